"""Answers that take several calls, as one reply: all pages of a list, and what is too much for one call."""

import logging
from collections.abc import Callable, Generator
from dataclasses import replace
from typing import Any, ParamSpec, TypeVar

from bridge.clock import whole_seconds
from bridge.growatt.calls import Call, Endpoint, Envelope, Module, Plan, Spec
from bridge.growatt.errors import RateLimited

_log = logging.getLogger("bridge.growatt")

P = ParamSpec("P")
T = TypeVar("T")

LAST_PAGE = 250
LONGEST_PAGE = 100
LONGEST_PAUSE = 10.0
"""Seconds between two calls that are kept without a budget, too."""

PATIENCE = 3600.0
"""Seconds that a further call waits for the budget. Where it is more, the calls of the day are used up."""


def every_page(single: Endpoint[P, T]) -> Endpoint[P, T]:
    """The endpoint that asks for one page after another, from `page` (default the first), and joins their rows."""
    one_page: Callable[..., Plan[T]] = single.plan

    def plan(module: Module[Any], /, *args: P.args, **kwargs: P.kwargs) -> Plan[T]:
        signature = single.signature
        given = signature.bind(*args, **kwargs).arguments
        if "limit" in signature.parameters:
            given["limit"] = given.get("limit") or LONGEST_PAGE
        first = given.pop("page", None) or 1
        return _walk(lambda page: one_page(module, **given, page=page), first)

    plan.__name__ = f"{single.name}_all"
    summary, _, _ = single.doc.partition("\n")  # empty where Python runs without docstrings
    plan.__doc__ = f"{summary} All pages in one reply.".strip()
    return Endpoint(plan, signature=lambda: single.signature)


def _walk(one_page: Callable[[int], Plan[T]], page: int) -> Plan[T]:
    step = one_page(page)
    whole = yield next(step)
    part = whole
    while part.code == 0 and page < LAST_PAGE and not _complete(part.data, whole.data):
        page += 1
        step = one_page(page)
        part = yield from further(next(step))
        whole = part if part.code != 0 else whole.with_data(_appended(whole.data, part.data))
    return _answer(step, whole)


def further(call: Call) -> Plan[Envelope]:
    """A further call of several that make one answer, as soon as it may be made, also where a budget refuses other
    calls: given up on its way, the answer could never be had whole."""
    if call.every and call.every <= LONGEST_PAUSE:
        call = replace(call, pause=call.every)
    while True:
        try:
            return (yield call)
        except RateLimited as limited:
            if limited.code is not None or limited.retry_after > PATIENCE:  # the cloud's own word, or too long
                raise
            _log.info("waiting %d s for the next part of %s", whole_seconds(limited.retry_after), call.path)
            call = replace(call, pause=limited.retry_after)


def in_parts(calls: list[Call], spec: Spec, reshape: Callable[[Any], Any] | None = None) -> Plan[Any]:
    """Ask in several calls, answer in one reply; the first refusal ends it."""
    envelope = yield calls[0]
    for call in calls[1:]:
        if envelope.code != 0:
            break
        part = yield from further(call)
        envelope = part if part.code != 0 else envelope.with_data(_merged(envelope.data, part.data))
    return envelope.into(spec.model, reshape)


def _merged(first: Any, second: Any) -> Any:
    """The data of two answers to one question as one: lists joined, counts added, else the first's."""
    if isinstance(first, list) and isinstance(second, list):
        return first + second
    if not isinstance(first, dict) or not isinstance(second, dict):
        return second if first in (None, "") else first
    both = {key: _merged(first[key], second[key]) for key in first.keys() & second.keys()}
    if isinstance(first.get("count"), int) and isinstance(second.get("count"), int):
        both["count"] = first["count"] + second["count"]
    return {**second, **first, **both}


def _answer(step: Generator[Call, Envelope, T], envelope: Envelope) -> T:
    try:
        step.send(envelope)
    except StopIteration as stop:
        answer: T = stop.value
        return answer
    raise RuntimeError("a plan with pages asks once a page")


def _rows(data: Any) -> list[Any]:
    lists = [value for value in data.values() if isinstance(value, list)] if isinstance(data, dict) else []
    return lists[0] if lists else []


def _complete(part: Any, whole: Any) -> bool:
    rows = _rows(part)
    if not rows or part.get("lastPager") is True:
        return True
    count = part.get("count")
    return "lastPager" not in part and isinstance(count, int) and len(_rows(whole)) >= count


def _appended(whole: Any, part: Any) -> Any:
    if not isinstance(part, dict) or not isinstance(whole, dict):
        return whole
    joined = {key: whole.get(key, []) + rows for key, rows in part.items() if isinstance(rows, list)}
    return {**whole, **part, **joined}
