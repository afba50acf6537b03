"""How an endpoint is declared: once, for the sync and the async client alike.

An endpoint is a generator (a plan) that yields the calls it needs and gets their envelopes back; the session drives it
and does all input and output. Declared with `@endpoint` in a module, or made from a `@template` that families share:

    class Min(Module[S]):
        energy_v4 = last_data(MinEnergyV4, every=300)

Type checkers see `api.min.energy_v4(...) -> MinEnergyV4` on `GrowattApi` and an awaitable of it on `AsyncGrowattApi`.
"""

import functools
import inspect
from collections.abc import Callable, Coroutine, Generator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from types import MethodType
from typing import TYPE_CHECKING, Any, ClassVar, Concatenate, Generic, Literal, ParamSpec, TypeVar, overload

from bridge.growatt.arguments import serial_list, single_serial
from bridge.growatt.fields import Reading

if TYPE_CHECKING:
    from bridge.growatt.enums import DeviceType
    from bridge.growatt.session import AsyncGrowattApiSession, GrowattApiSession

P = ParamSpec("P")
T = TypeVar("T")
M = TypeVar("M", bound=Reading)
S = TypeVar("S", "GrowattApiSession", "AsyncGrowattApiSession")
Serials = str | Sequence[str] | None


@dataclass(frozen=True, kw_only=True)
class Call:
    """One request to the cloud.

    `every`: documented minimum seconds between two calls; `per_day`: documented calls a day; None where unknown.
    `write`: changes something at the cloud or the device. `bare`: the answer has no envelope. `pause`: seconds to wait
    before sending, for the next page of a list. `errors`: meanings of codes that are this call's own. `answers`: codes
    that are no failure but an answer.
    """

    path: str
    verb: Literal["GET", "POST"] = "POST"
    prefix: Literal["v1", "v4"] = "v4"
    query: Mapping[str, str] = field(default_factory=dict)
    form: Mapping[str, str] = field(default_factory=dict)
    every: float | None = None
    per_day: int | None = None
    write: bool = False
    bare: bool = False
    pause: float = 0.0
    errors: Mapping[int, str] = field(default_factory=dict)
    answers: tuple[int, ...] = ()

    @property
    def parameters(self) -> dict[str, str]:
        return {**self.query, **self.form}


@dataclass(frozen=True)
class Envelope:
    """A reply without the wrapping that differs between v1, v4 and app calls. `beside`: keys next to the data."""

    family: Literal["v1", "v4", "app"]
    code: int
    message: str
    data: Any
    beside: Mapping[str, Any] = field(default_factory=dict)

    def into(self, model: type[M], reshape: Callable[[Any], Any] | None = None) -> M:
        """Parse into the reply model. `reshape` turns the wire's data into the model's, on success only."""
        data = reshape(self.data) if reshape and self.code == 0 and self.data is not None else self.data
        return model.model_validate({**self.beside, "data": data, "error_code": self.code, "error_msg": self.message})

    def with_data(self, data: Any) -> "Envelope":
        return replace(self, data=data)


Plan = Generator[Call, Envelope, T]
Promise = Coroutine[Any, Any, T]


def fetch(call: Call, model: type[M], reshape: Callable[[Any], Any] | None = None) -> Plan[M]:
    """The plan of nearly all endpoints: one call, one reply."""
    envelope = yield call
    return envelope.into(model, reshape)


class Module(Generic[S]):
    """A group of endpoints: `api.noah`, `api.plant`. With `device_sn` set, it may be left out of every call."""

    name: ClassVar[str] = ""
    device_type: ClassVar["DeviceType | None"] = None
    wire: ClassVar[str] = ""
    """The family's name in v1 paths and keys."""

    def __init__(self, session: S, device_sn: str | None = None) -> None:
        self.session: S = session
        self.device_sn = device_sn

    def today(self) -> date:
        """The day where this program runs, by the session's clock."""
        return self.session.clock.now().astimezone().date()

    def serial(self, device_sn: str | None) -> str:
        """The serial number to send: the argument, else the bound one."""
        return single_serial(self.device_sn if device_sn is None else device_sn)

    def serials(self, device_sn: Serials) -> list[str]:
        """As `serial`, for calls that take many."""
        return serial_list(self.device_sn if device_sn is None else device_sn)

    def serial_and(self, device_sn: Any, value: Any) -> tuple[Any, Any]:
        """For methods whose serial number comes first: on a bound object the value may stand alone in its place."""
        return (None, device_sn) if value is None and self.device_sn is not None else (device_sn, value)

    @classmethod
    def endpoints(cls) -> dict[str, "Endpoint[Any, Any]"]:
        """Every endpoint of this module by name."""
        found = {k: v for base in reversed(cls.__mro__) for k, v in vars(base).items()}
        return {name: e for name, e in found.items() if isinstance(e, Endpoint)}


class Endpoint(Generic[P, T]):
    """A method of the client, from the plan that says what to send."""

    def __init__(
        self,
        plan: Callable[Concatenate[Any, P], Plan[T]],
        *,
        account_changing: bool = False,
        spec: "Spec | None" = None,
        signature: Callable[[], inspect.Signature] | None = None,
    ) -> None:
        """`signature`: makes that of the plan, without the module, where its own tells nothing."""
        self._plan = plan
        self.account_changing = account_changing
        self.spec = spec
        self.name = getattr(plan, "__name__", "")
        self._signature = signature

    @functools.cached_property
    def _caller(self) -> Callable[..., Any]:
        """Made when first used, as the signature is: of hundreds of endpoints most programs need a few."""

        def caller(module: Module[Any], /, *args: P.args, **kwargs: P.kwargs) -> Any:
            return module.session.run(self._plan(module, *args, **kwargs))

        module = inspect.Parameter("module", inspect.Parameter.POSITIONAL_ONLY)
        signature = self.signature
        shown = signature.replace(parameters=[module, *signature.parameters.values()])
        functools.update_wrapper(caller, self._plan)
        caller.__signature__ = shown  # type: ignore[attr-defined]
        return caller

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    @property
    def writes(self) -> bool:
        """Whether it changes a device."""
        return self.name.startswith(("setting_write", "setting_clear"))

    def plan(self, module: "Module[Any]", *args: P.args, **kwargs: P.kwargs) -> "Plan[T]":
        """The calls it would make, for a session to run."""
        return self._plan(module, *args, **kwargs)

    @property
    def signature(self) -> inspect.Signature:
        """The arguments without the module."""
        if self._signature is not None:
            return self._signature()
        full = inspect.signature(self._plan)
        return full.replace(parameters=list(full.parameters.values())[1:])

    @property
    def doc(self) -> str:
        return inspect.getdoc(self._plan) or ""

    @overload
    def __get__(self, instance: None, owner: Any) -> "Endpoint[P, T]": ...
    @overload
    def __get__(self, instance: "Module[GrowattApiSession]", owner: Any) -> Callable[P, T]: ...
    @overload
    def __get__(self, instance: "Module[AsyncGrowattApiSession]", owner: Any) -> Callable[P, "Promise[T]"]: ...
    def __get__(self, instance: Any, owner: Any) -> Any:
        return self if instance is None else MethodType(self._caller, instance)


def endpoint(plan: Callable[Concatenate[Any, P], Plan[T]]) -> Endpoint[P, T]:
    """Declare one endpoint."""
    return Endpoint(plan)


def account_changing(plan: Callable[Concatenate[Any, P], Plan[T]]) -> Endpoint[P, T]:
    """Declare an endpoint that registers, modifies, adds or deletes; never reachable from MQTT."""
    return Endpoint(plan, account_changing=True)


def meanings(*texts: str) -> dict[int, str]:
    """What the v1 codes 10001, 10002 and so on mean; an empty text leaves one out."""
    return {code: text for code, text in enumerate(texts, 10001) if text}


@dataclass(frozen=True, kw_only=True)
class Spec:
    """Where families that share a template differ.

    `path` and the wire key `sn` of the serial number replace what the template makes of the family's `wire` name;
    `every` is the documented limit.
    """

    model: type[Any]
    path: str = ""
    sn: str = ""
    every: float | None = None
    errors: Mapping[int, str] = field(default_factory=dict)


class Template(Generic[P]):
    """An endpoint that several families have, each with its own model and path."""

    def __init__(self, plan: Callable[Concatenate[Any, Spec, P], Plan[Any]]) -> None:
        self._plan = plan

    def __call__(
        self,
        model: type[T],
        path: str = "",
        *,
        sn: str = "",
        every: float | None = None,
        errors: Mapping[int, str] | None = None,
    ) -> Endpoint[P, T]:
        spec = Spec(model=model, path=path, sn=sn, every=every, errors=errors or {})
        template = self._plan

        def plan(module: Any, /, *args: P.args, **kwargs: P.kwargs) -> Plan[T]:
            return template(module, spec, *args, **kwargs)

        def signature() -> inspect.Signature:
            full = inspect.signature(template)
            return full.replace(parameters=list(full.parameters.values())[2:], return_annotation=model)

        plan.__name__, plan.__doc__ = template.__name__, template.__doc__
        return Endpoint(plan, spec=spec, signature=signature)


def template(plan: Callable[Concatenate[Any, Spec, P], Plan[Any]]) -> Template[P]:
    """Declare a shared endpoint: `plan(module, spec, ...)`."""
    return Template(plan)
