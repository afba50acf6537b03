"""The list of an account's plants, which Growatt gives ten times a day: kept, and made anew where it may be wrong.

Whoever shares the state folder shares it: replicas of a fleet, and the runs of this bridge.
"""

import math
from typing import Any

from bridge.clock import Clock
from bridge.config import Config
from bridge.growatt import AsyncGrowattApi, BadReply, RateLimited
from bridge.growatt.paging import LONGEST_PAGE
from bridge.service.store import Plants, Store

LIST_LASTS, LIST_DOUBTED, LIST_OLDEST = 4 * 3600.0, 3600.0, 24 * 3600.0
"""Growatt lists plants ten times a day. So a list is good for some hours, and some calls are left to people; for less
where it may be wrong, as at the first look of a run. As many times longer as it has pages or replicas take turns with
it, but at most a day."""


class PlantList:
    """If a list made in the place of a doubted one leaves the same doubt, it is right; `_confirmed` is its time."""

    def __init__(self, api: AsyncGrowattApi, config: Config, clock: Clock, store: Store) -> None:
        self._api = api
        self._config = config
        self._clock = clock
        self._store = store
        self._doubts = True
        self._confirmed: float | None = None

    def doubt(self) -> None:
        """Something says that a plant of the list is gone."""
        self._doubts = True

    async def present(self) -> Plants:
        """The list that is known while it is good, else a new one."""
        known = self._store.plants(self._api.session.owner)
        return known if known is not None and self._is_good(known) else await self._newer(known)

    def _is_good(self, known: Plants) -> bool:
        calls = max(1, math.ceil(len(known.plants) / LONGEST_PAGE)) * self._config.taking_turns
        lasts = min(LIST_OLDEST, calls * (LIST_DOUBTED if self._is_doubted(known) else LIST_LASTS))
        return 0 <= self._clock.time() - known.made < lasts

    def _is_doubted(self, known: Plants) -> bool:
        return known.made != self._confirmed and (self._doubts or (known.count or 0) > len(known.plants))

    async def _newer(self, known: Plants | None) -> Plants:
        """A new list, where Growatt's limits allow one, else the one that is known."""
        try:
            reply = await self._api.plant.list_all()
        except RateLimited as limited:
            soon = self._config.taking_turns > 1 and limited.retry_after < self._config.polling.account
            if known is None or soon:
                raise
            return known
        rows = whole(reply.data and reply.data.plants, "plant_id")
        plants = Plants(made=self._clock.time(), count=reply.data and reply.data.count, plants=rows)
        self._confirmed = plants.made if known is not None and self._is_doubted(known) else None
        self._doubts = False
        self._store.remember_plants(self._api.session.owner, plants)
        return plants


def whole(rows: Any, key: str) -> list[Any]:
    """The rows of a list; GrowattError where something is missing, for what is not listed has left the account."""
    if rows is None or any(getattr(row, key) is None for row in rows):
        raise BadReply(f"the cloud's list is not complete: {key} is missing")
    return list(rows)
