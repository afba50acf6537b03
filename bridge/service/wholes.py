"""What the cloud takes only whole: the parts that a command gives, merged with what the device has."""

from collections.abc import Mapping
from dataclasses import dataclass

from bridge.devices import Family, Json, Setting
from bridge.devices.kinds import Object


@dataclass(frozen=True)
class Whole:
    """A setting that is written whole."""

    setting: Setting
    kind: Object

    def missing(self, known: Mapping[str, Json]) -> str | None:
        """Why it cannot be written with what is known; None where it can."""
        parts = [part.key for part in self.kind.parts if known.get(part.key) is None]
        return f"the device does not tell its present {', '.join(parts)}; give the whole" if parts else None

    def merged(self, present: Mapping[str, Json], given: Mapping[str, Json]) -> dict[str, Json]:
        """What would be written. `present`: its parts as the device has them."""
        return self.kind.until_midnight({**present, **given})

    def objection(
        self, merged: Mapping[str, Json], given: Mapping[str, Json], values: Mapping[str, Json]
    ) -> str | None:
        """Why all of it, of which parts were given, may not be written; None where it may. `values`: the device's."""
        reason = self.kind.left_over(merged, given) or self.kind.timeless(merged, given)
        return reason or (self.setting.check(merged, values) if self.setting.check else None)


def whole_of(family: Family, setting: Setting) -> Whole | None:
    """What a setting is written with, be it itself; None where it stands alone."""
    whole = setting if setting.whole is None else family.setting(setting.whole)
    return Whole(whole, whole.kind) if whole is not None and isinstance(whole.kind, Object) else None


def parts_of(setting: Setting, value: Json) -> dict[str, Json]:
    """The parts of a whole that a value for it, or for one of them, gives."""
    return dict(value) if setting.key is None else {setting.key: value}
