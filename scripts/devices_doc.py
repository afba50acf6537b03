"""Writes docs/devices.md from the catalogues; with --check, tells whether it is current.

Runs inside the project's environment: `.venv/bin/python scripts/devices_doc.py`.
"""

import sys
from collections.abc import Iterator
from pathlib import Path

from bridge.devices import GENERIC, Family, Property, Setting, families
from bridge.devices.kinds import Choice, Kind, Number, Object, Switch, TimeOfDay
from bridge.devices.raw import RAW, raw_parameter
from bridge.devices.reads import Read, fields_of, source_of

DOCUMENT = Path(__file__).resolve().parent.parent / "docs" / "devices.md"
HEAD = """# Devices

What every device family shows and takes. Written by `scripts/devices_doc.py` from the catalogues in `bridge/devices`.

`*` marks what is enabled in Home Assistant by default; everything is in the device's state on MQTT. "Source" names the
reply and its fields. Units are those on MQTT.
"""
TAIL = f"""## Raw parameters

With `commands.allow_raw: true` some families also take `{RAW}`: any v1 parameter by its id with its values, or a
register with its value, as in `{{"parameter_id": "set_any_reg", "values": ["22", "5"]}}`. So many values at most:
{", ".join(f"{f.name} {raw.kind.most}" for f in families() if (raw := raw_parameter(f)))}.
"""


def main() -> int:
    text = "\n".join([HEAD, *(line for family in (*families(), GENERIC) for line in _family(family)), TAIL])
    if "--check" not in sys.argv:
        DOCUMENT.write_text(text, encoding="utf-8")
        return 0
    if DOCUMENT.exists() and DOCUMENT.read_text(encoding="utf-8") == text:
        return 0
    print("docs/devices.md is out of date: run scripts/devices_doc.py", file=sys.stderr)
    return 1


def _family(family: Family) -> Iterator[str]:
    yield f"## {family.title}\n"
    yield f"Family `{family.name}`. Sources:\n"
    for source in family.sources:
        rhythm = f"every {source.every:g} s" if source.every else _occasion(family)
        yield f"- `{source.name}`: {rhythm}" + (f", up to {source.most} devices a call" if source.most > 1 else "")
    yield "\n| property | unit | meaning | source |\n|---|---|---|---|"
    yield from (_property(prop) for prop in family.properties)
    yield ""
    if family.settings:
        yield "| setting | values | meaning | read back |\n|---|---|---|---|"
        yield from (_setting(setting) for setting in family.settings if setting.whole is None)
        yield ""


def _occasion(family: Family) -> str:
    """When a source is heard that is not polled."""
    if any(attached.family is family for each in families() for attached in each.attached):
        return "with the records of its device"
    return "when a setting is confirmed" if family.settings else "when the account is looked through"


def _property(prop: Property) -> str:
    unit = prop.quantity.unit if prop.quantity else ""
    sources = "; ".join(_read(read) for read in prop.reads)
    return f"| `{prop.name}`{' *' * prop.main} | {unit} | {prop.label} | {sources} |"


def _setting(setting: Setting) -> str:
    read_back = f"`{setting.confirm}`" if setting.confirm else "not possible"
    return f"| `{setting.name}`{' *' * setting.main} | {_values(setting.kind)} | {setting.label} | {read_back} |"


def _values(kind: Kind) -> str:
    match kind:
        case Number():
            return f"{kind.low:g} to {kind.high:g} {kind.unit}".rstrip()
        case Choice():
            return ", ".join(f"`{option}`" for option in kind.options)
        case Object():
            return "; ".join(f"`{part.key}`: {_values(part.kind)}" for part in kind.parts)
        case Switch():
            return "`ON`, `OFF`"
        case TimeOfDay():
            return "`HH:MM`"
        case _:
            return kind.word


def _read(read: Read) -> str:
    return f"{source_of(read)}: {', '.join(f'`{name}`' for name in dict.fromkeys(fields_of(read)))}"


if __name__ == "__main__":
    sys.exit(main())
