"""The `call` command: any method of the client, from the command line."""

import inspect
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import click

from bridge.config import Config, Growatt
from bridge.growatt import ArgumentError, GrowattApi, GrowattError
from bridge.growatt.calls import Endpoint
from bridge.growatt.fields import Reading
from bridge.growatt.invoke import arguments, find, methods
from bridge.service.account import budget_for
from bridge.service.store import STORE_FILE, Store

ReadConfig = Callable[[Path | None], Config]


class _Method(click.Command):
    """Says of the options of `call` itself where they belong."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        try:
            return super().parse_args(ctx, args)
        except click.NoSuchOption as error:
            group = ctx.parent.command.params if ctx.parent else []
            if any(error.option_name in option.opts for option in group):
                raise click.UsageError(f"put {error.option_name} before {self.name}") from None
            raise


class Methods(click.Group):
    """Every method as a command of its own, named `module.method`."""

    def __init__(self, *args: Any, read_config: ReadConfig, **options: Any) -> None:
        super().__init__(*args, **options)
        self._read_config = read_config

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [f"{module}.{name}" for module, found in methods(_unconnected()).items() for name in sorted(found)]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        module, _, name = cmd_name.partition(".")
        try:
            _, endpoint = find(_unconnected(), module, name)
        except GrowattError as error:
            raise click.UsageError(error.message) from None
        return self._command(module, name, endpoint)

    def _command(self, module: str, name: str, endpoint: Endpoint[Any, Any]) -> click.Command:
        parameters = endpoint.signature.parameters.values()
        options: list[click.Parameter] = [_option(parameter) for parameter in parameters]
        if endpoint.account_changing:
            options.append(click.Option(["--yes"], is_flag=True, help="Do not ask whether to change the account."))
        return _Method(
            f"{module}.{name}",
            params=options,
            help=endpoint.doc,
            callback=lambda **values: self._run(module, name, endpoint, values),
        )

    def _run(self, module: str, name: str, endpoint: Endpoint[Any, Any], values: dict[str, Any]) -> None:
        context = click.get_current_context()
        outer = context.parent.params if context.parent else {}
        config = self._read_config(outer.get("path"))
        if (endpoint.writes or endpoint.account_changing) and (reason := config.commands.mute):
            raise click.UsageError(f"{module}.{name} writes, and {reason}")
        if values.pop("yes", None) is False:
            click.confirm(f"{module}.{name} changes your Growatt account. Go on?", abort=True, err=True)
        given = {key: _value(text) for key, text in values.items() if text is not None}
        try:
            reply = _call(config, _account(config, outer.get("account")), module, name, given)
        except ArgumentError as error:
            raise click.UsageError(str(error)) from None
        except GrowattError as error:
            raise click.ClickException(str(error)) from None
        click.echo("\n".join(_table(reply)) if outer.get("table") else _json(reply))


def _account(config: Config, name: str | None) -> Growatt:
    accounts = {account.name: account for account in config.all_accounts.values()}
    if name is not None and name not in accounts:
        raise click.UsageError(f"there is no account {name!r} in the configuration; there are: {', '.join(accounts)}")
    return accounts[name] if name is not None else next(iter(accounts.values()))


def _call(config: Config, account: Growatt, module: str, name: str, values: Mapping[str, Any]) -> Any:
    token, budget = account.token, budget_for(account, config, shared=True)
    api = GrowattApi(token.get_secret_value() if token else "", account.server, budget=budget, timeout=account.timeout)
    for serial, model in Store(config.state / STORE_FILE).facts.models.items():
        api.session.remember_model(serial, model)
    with api:
        owner, endpoint = find(api, module, name)
        return api.session.run(endpoint.plan(owner, **arguments(endpoint, values)))


def _unconnected() -> GrowattApi:
    """A client to look at; it is never asked to send anything."""
    return GrowattApi("nobody", "http://localhost")


def _option(parameter: inspect.Parameter) -> click.Option:
    name = parameter.name
    needed = parameter.default is inspect.Parameter.empty
    shown = None if needed or parameter.default is None else f"Default: {parameter.default}"
    return click.Option([f"--{name.strip('_').replace('_', '-')}", name], required=needed, help=shown)


def _value(text: str) -> Any:
    """Lists and objects are given as JSON, everything else as it stands."""
    if text[:1] not in ("[", "{"):
        return text
    try:
        return json.loads(text)
    except ValueError:
        return text


def _json(reply: Any) -> str:
    shown = reply.model_dump(mode="json") if isinstance(reply, Reading) else reply
    return json.dumps(shown, indent=2, ensure_ascii=False, default=str)


def _table(reply: Any) -> Iterator[str]:
    """One line for each known value: meaning, value, unit."""
    rows = list(_rows(getattr(reply, "data", reply), ""))
    if not rows:
        yield "no data"
        return
    width = max(len(meaning) for meaning, _ in rows)
    yield from (f"{meaning:<{width}}  {value}" for meaning, value in rows)


def _rows(value: Any, path: str) -> Iterator[tuple[str, str]]:
    match value:
        case None:
            return
        case Reading():
            for spec in type(value).vocabulary().values():
                unit = f" {spec.quantity.unit}" if spec.quantity else ""
                yield from _suffixed(_rows(getattr(value, spec.name), _join(path, spec.label)), unit)
        case dict():
            for key, item in value.items():
                yield from _rows(item, _join(path, str(key)))
        case list():
            for number, item in enumerate(value, 1):
                yield from _rows(item, _join(path, str(number)))
        case _:
            yield path, str(value)


def _join(path: str, key: str) -> str:
    return f"{path} / {key}" if path else key


def _suffixed(rows: Iterable[tuple[str, str]], unit: str) -> Iterator[tuple[str, str]]:
    return ((meaning, f"{value}{unit}") for meaning, value in rows)
