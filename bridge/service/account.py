"""One token: its client and its budget, the survey of its devices, and the poller that asks about them."""

import asyncio
from collections.abc import MutableMapping

from bridge.clock import Clock
from bridge.config import Config, Growatt
from bridge.fleet import Turns
from bridge.growatt import AsyncGrowattApi, Budget
from bridge.service.condition import Condition
from bridge.service.poller import Listener, Poller
from bridge.service.registry import Registry
from bridge.service.store import Store
from bridge.service.survey import Survey
from bridge.service.zones import Zones

BETWEEN_STARTS = 10.0
"""Seconds that a restart loop leaves between its calls of one kind where Growatt states no limit: as the status of NOAH
is asked for without one."""


class Account:
    """Works for itself: whatever befalls one account, the others do not notice."""

    def __init__(
        self,
        options: Growatt,
        config: Config,
        registry: Registry,
        clock: Clock,
        store: Store,
        conditions: MutableMapping[AsyncGrowattApi, Condition],
        listener: Listener,
    ) -> None:
        """`conditions`: those of all accounts, by `api`; its own is added."""
        self.name = options.name
        pause = 0.0 if config.fleet.shard else BETWEEN_STARTS  # replicas that start together would wait for each other
        self.api, self._lists_api = clients(options, config, clock, between_starts=pause)
        conditions[self.api] = Condition(options, config, clock, listener.event)
        zones = Zones(options, config, clock, store)
        self.poller = Poller(options, self.api, registry, config, clock, conditions[self.api], listener, zones)
        self.survey = Survey(
            options, self._lists_api, self.api, registry, config, clock, store, self.poller, conditions, listener
        )

    async def run(self) -> None:
        """Work until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self.survey.run())
            tasks.create_task(self.poller.run())

    async def close(self) -> None:
        await self.api.close()
        await self._lists_api.close()


def clients(
    options: Growatt, config: Config, clock: Clock, *, between_starts: float = 0.0
) -> tuple[AsyncGrowattApi, AsyncGrowattApi]:
    """For calls about devices, and for lists. All replicas of a fleet ask for the same lists, so they take turns unless
    they share a budget; calls about a device are one replica's own where the cloud counts each by itself."""
    budget = budget_for(options, config, clock, shared=True, between_starts=between_starts)
    lists = _client(options, config, clock, budget)
    if config.taking_turns == 1 or options.limits == "endpoint":
        return lists, lists
    return _client(options, config, clock, budget_for(options, config, clock)), lists


def budget_for(
    options: Growatt, config: Config, clock: Clock | None = None, *, shared: bool = False, between_starts: float = 0.0
) -> Budget:
    """The call budget of a token. `shared`: for calls that other replicas of a fleet make, too."""
    turns = Turns(config.shard.number, config.shard.count) if shared and config.taking_turns > 1 else None
    return Budget(config.budget_file, scope=options.limits, clock=clock, turns=turns, between_starts=between_starts)


def _client(options: Growatt, config: Config, clock: Clock, budget: Budget) -> AsyncGrowattApi:
    token = options.token.get_secret_value() if options.token else ""
    return AsyncGrowattApi(token, options.server, budget=budget, clock=clock, timeout=options.timeout)
