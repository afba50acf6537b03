"""Reads the configuration: a YAML file, then the environment, then secret files, each overriding the one before."""

from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from bridge import environment
from bridge.config import Config, ConfigError


def load(path: Path | None) -> Config:
    """Read and check the configuration; raises ConfigError. Without a file, the environment alone counts."""
    values = _read(path) if path else {}
    try:
        config = Config.model_validate(_over(values, environment.told(Config)))
    except ValidationError as error:
        raise _mistakes(path, error) from None
    if any(environment.strays(Config)):
        raise _mistakes(path, None)
    return config


def _over(values: dict[str, Any], others: dict[str, Any]) -> dict[str, Any]:
    """Sections have the keys of both; of two values the other one counts."""
    both = (key for key in others if isinstance(values.get(key), dict) and isinstance(others[key], dict))
    return values | others | {key: _over(values[key], others[key]) for key in both}


def _mistakes(path: Path | None, error: ValidationError | None) -> ConfigError:
    from bridge.mistakes import explained  # noqa: PLC0415 - most configurations need none of its words

    return ConfigError("\n".join(explained(path, error)))


class _Loader(yaml.SafeLoader):
    """Refuses a key that stands twice in one place, of which the last would win in silence."""

    def compose_mapping_node(self, anchor: Any) -> yaml.MappingNode:
        node = super().compose_mapping_node(anchor)
        first: dict[tuple[str, str], int] = {}
        for key, _ in node.value:
            name = (key.tag, str(key.value))
            if name in first:
                text = f"the key {key.value} is in line {first[name]} already; keep one of the two"
                raise yaml.MarkedYAMLError(problem=text, problem_mark=key.start_mark)
            first[name] = key.start_mark.line + 1
        return node


def _read(path: Path) -> dict[str, Any]:
    try:
        values = yaml.load(path.read_text(encoding="utf-8"), _Loader)  # noqa: S506 - it is a SafeLoader
    except FileNotFoundError:
        raise ConfigError(f"{path}: no such file; copy config.example.yaml and fill in your token") from None
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read ({error.strerror}); check the permissions") from None
    except UnicodeDecodeError:
        raise ConfigError(f"{path}: not UTF-8 text") from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"line {mark.line + 1}, column {mark.column + 1}: " if mark else ""
        raise ConfigError(
            f"{path}: {where}not valid YAML: {getattr(error, 'problem', None) or 'cannot be read'}"
        ) from None
    except ValueError as error:
        raise ConfigError(f"{path}: a value cannot be read: {error}; put dates and the like in quotes") from None
    if values is None:
        return {}
    if not isinstance(values, dict):
        raise ConfigError(f"{path}: expected keys such as `growatt:` and `mqtt:`, found {type(values).__name__}")
    return {str(key): value for key, value in values.items() if value is not None}
