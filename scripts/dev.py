"""The two commands of the README, with nothing but Python 3.11+ and git on the machine.

python3 scripts/dev.py demo [OPTIONS]   run the demo: broker, simulated cloud, bridge
python3 scripts/dev.py test [OPTIONS]   run the tests
python3 scripts/dev.py check            run formatter, linter, types, import layers

Everything is installed into `.venv` beside this folder; later runs reuse it.
"""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
CHECKS = (
    ("ruff", "format", "--check", "."),
    ("ruff", "check", "."),
    ("mypy",),
    ("lint-imports",),
    ("python", "scripts/devices_doc.py", "--check"),
)


def main() -> int:
    if sys.version_info < (3, 11):
        return _fail(f"Python 3.11 or newer is needed, this is {sys.version.split()[0]}")
    command, *options = sys.argv[1:] or [""]
    os.chdir(ROOT)
    if command == "demo":
        _install("demo")
        return _become("growatt-bridge", "demo", *options)
    if command == "test":
        _install("dev")
        return _broker() or _become("python", "-m", "pytest", *options)
    if command == "check":
        _install("dev")
        return max(_run(*check) for check in CHECKS)
    return _fail((__doc__ or "").strip())


def _install(extra: str) -> None:
    """Create the virtual environment and install the project into it, once for each state of pyproject.toml."""
    mark = VENV / f"installed-{extra}"
    wanted = hashlib.sha256((ROOT / "pyproject.toml").read_bytes()).hexdigest()
    if mark.exists() and mark.read_text() == wanted:
        return
    print(f"setting up {VENV.name} (this takes a minute the first time)", flush=True)
    if not (BIN / "pip").exists() and not (BIN / "pip.exe").exists():
        created = subprocess.run([sys.executable, "-m", "venv", str(VENV)], check=False)
        if created.returncode:
            sys.exit(_fail("cannot create a virtual environment; on Debian and Ubuntu: apt-get install python3-venv"))
    subprocess.run(
        [str(BIN / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-e", f".[{extra}]"],
        check=True,
    )
    mark.write_text(wanted)


def _broker() -> int:
    """The integration tests talk to a real Mosquitto: the installed one, or one in a container."""
    if shutil.which("mosquitto", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin") or _docker():
        return 0
    if shutil.which("apt-get") and hasattr(os, "geteuid") and os.geteuid() == 0:
        subprocess.run(["apt-get", "update", "-qq"], check=True)
        return subprocess.run(["apt-get", "install", "-y", "-qq", "mosquitto"], check=True).returncode
    return _fail("the tests need Mosquitto (Debian and Ubuntu: sudo apt-get install mosquitto) or a running Docker")


def _docker() -> bool:
    if not shutil.which("docker"):
        return False
    return subprocess.run(["docker", "version"], check=False, capture_output=True, timeout=10).returncode == 0


def _become(program: str, *arguments: str) -> int:
    """Run as the last thing. Signals go straight to the program where the system can replace a process."""
    if os.name == "posix":
        os.execv(BIN / program, [str(BIN / program), *arguments])
    return _run(program, *arguments)


def _run(program: str, *arguments: str) -> int:
    return subprocess.run([str(BIN / program), *arguments], check=False).returncode


def _fail(message: str) -> int:
    print(message, file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main())
