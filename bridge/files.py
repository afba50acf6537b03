"""Small files that belong to one user."""

import os
import tempfile
from collections.abc import Iterable
from pathlib import Path


def write_private(path: Path, text: Iterable[str]) -> None:
    """Replace a file in one step, readable by its owner alone. A long text comes in pieces."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w") as file:
            file.writelines(text)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
