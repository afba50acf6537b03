"""Small files that belong to one user, and a folder that belongs to one process."""

import contextlib
import logging
import os
import sys
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

if sys.platform != "win32":
    import fcntl

LOCK_FILE = "lock"
_log = logging.getLogger("bridge")


class FolderInUse(Exception):
    """Another process has the folder."""


@contextlib.contextmanager
def held(folder: Path) -> Iterator[None]:
    """Keep a folder for this process, until it ends in whatever way; FolderInUse where another has it. Where nothing
    can be locked, as on some network drives, nobody is held up."""
    with contextlib.ExitStack() as open_files:
        if sys.platform != "win32":
            try:
                folder.mkdir(parents=True, exist_ok=True, mode=0o700)
                fcntl.flock(open_files.enter_context((folder / LOCK_FILE).open("w")), fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise FolderInUse(folder) from None
            except OSError as error:
                _log.debug("%s cannot be locked: %s", folder, error.strerror)
        yield


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
