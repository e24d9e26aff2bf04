#!/usr/bin/env python3
"""What `make` calls: get this machine ready for the program or for its tests, then start them. Standard library only.

Every step is skipped when it is done already, so a second run costs next to nothing.
"""

from __future__ import annotations

import argparse
import ctypes.util
import hashlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
LOCKS = {"run": ROOT / "requirements.lock", "test": ROOT / "requirements-dev.lock"}

LIBRARIES = {
    "pango-1.0": "libpango-1.0-0",
    "pangoft2-1.0": "libpangoft2-1.0-0",
    "harfbuzz-subset": "libharfbuzz-subset0",
}
TEST_LIBRARIES = {"atomic": "libatomic1"}  # the browser driver needs it
TEST_PROGRAMS = {
    "chromium": "chromium",
    "pdftotext": "poppler-utils",
    "qpdf": "qpdf",
    "certutil": "libnss3-tools",
    "pg_ctlcluster": "postgresql",
    "javac": "openjdk-17-jdk-headless",
    "pkcs11-tool": "opensc",
    "softhsm2-util": "softhsm2",
}
TEST_FILES = {
    "/usr/share/fonts/truetype/noto/NotoSans-Regular.ttf": "fonts-noto-core",
    "/usr/sbin/clamd": "clamav-daemon",
}


def say(text: str) -> None:
    print(f"==> {text}", flush=True)


def stop(text: str) -> None:
    print(text, file=sys.stderr)
    sys.exit(1)


def check_python() -> None:
    if sys.version_info < (3, 11):  # noqa: UP036 - this file alone may meet an older one
        stop(f"Python 3.11 or newer is needed; this is {sys.version.split()[0]}. On Debian 12: apt-get install python3")


def missing_packages(purpose: str) -> list[str]:
    """Debian packages this machine still needs."""
    missing = [package for library, package in LIBRARIES.items() if ctypes.util.find_library(library) is None]
    if not _can_make_venv():
        missing.append("python3-venv")
    if purpose == "test":
        missing += [package for library, package in TEST_LIBRARIES.items() if ctypes.util.find_library(library) is None]
        missing += [package for program, package in TEST_PROGRAMS.items() if shutil.which(program) is None]
        missing += [package for file, package in TEST_FILES.items() if not Path(file).exists()]
    return missing


def _can_make_venv() -> bool:
    return (
        PYTHON.exists()
        or subprocess.run([sys.executable, "-c", "import ensurepip, venv"], capture_output=True, check=False).returncode
        == 0
    )


def install_packages(packages: Sequence[str]) -> None:
    """With apt as root or by sudo without a password; otherwise say the exact command and stop."""
    if not packages:
        return
    wanted = " ".join(packages)
    typed = f"apt-get update && apt-get install --yes --no-install-recommends {wanted}"
    prefix = _root_prefix()
    if shutil.which("apt-get") is None or prefix is None:
        stop(f"System packages are missing: {wanted}\nInstall them, then run this again:\n\n  sudo sh -c '{typed}'\n")
    say(f"installing from Debian: {wanted}")
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (["update", "-qq"], ["install", "--yes", "-qq", "--no-install-recommends", *packages]):
        outcome = subprocess.run(
            [*(prefix or []), "apt-get", *command], env=environment, stdout=subprocess.DEVNULL, check=False
        )
        if outcome.returncode:
            stop(f"apt-get {command[0]} failed. Look at its message above; the command was:\n\n  {typed}\n")


def _root_prefix() -> list[str] | None:
    if os.geteuid() == 0:
        return []
    sudo = shutil.which("sudo")
    if sudo and subprocess.run([sudo, "-n", "true"], capture_output=True, check=False).returncode == 0:
        return ["sudo", "-n", "--preserve-env=DEBIAN_FRONTEND"]
    return None


def make_environment(purpose: str) -> None:
    """`.venv` exactly as the lock says. The lock's digest is kept in it, so an unchanged one is not installed again."""
    if is_environment_ready(purpose):
        return
    lock = LOCKS[purpose]
    if not PYTHON.exists():
        say("making .venv")
        _must([sys.executable, "-m", "venv", str(VENV)])
    say(f"installing the libraries of {lock.name}: one or two minutes the first time")
    began = time.monotonic()
    _pip("install", "--use-pep517", "--require-hashes", "-r", str(lock))
    _pip("install", "--no-deps", "-e", str(ROOT))
    _stamp(purpose).write_text(_wanted(purpose))
    say(f"libraries ready after {time.monotonic() - began:.0f} s")


def is_environment_ready(purpose: str) -> bool:
    """True when `.venv` was made from the present lock."""
    stamp = _stamp(purpose)
    return PYTHON.exists() and stamp.exists() and stamp.read_text() == _wanted(purpose)


def _stamp(purpose: str) -> Path:
    return VENV / f".{LOCKS[purpose].stem}.sha256"


def _wanted(purpose: str) -> str:
    return hashlib.sha256(LOCKS[purpose].read_bytes() + (ROOT / "setup.cfg").read_bytes()).hexdigest()


def _pip(*arguments: str) -> None:
    _must([str(PYTHON), "-m", "pip", "--quiet", "--disable-pip-version-check", "--no-input", *arguments])


def _must(command: list[str]) -> None:
    outcome = subprocess.run(command, cwd=ROOT, check=False)
    if outcome.returncode:
        stop(f"This did not work, see above: {' '.join(command)}")


def prepare_installation(environment: dict[str, str]) -> None:
    """The demo's keys, database and history, made once; a changed program brings them up to date."""
    instance = Path(environment.get("PIA_INSTANCE", ROOT / "instance"))
    stamp = instance / ".prepared"
    digest = _program_digest()
    if stamp.exists() and stamp.read_text() == digest:
        return
    say("preparing the installation")
    _pia(["init", "--for-demo"], environment)
    _pia(["demo", "--without-logins"], environment)
    stamp.write_text(digest)


def _program_digest() -> str:
    found = hashlib.sha256()
    for path in sorted((ROOT / "pia_engine" / "migrations" / "versions").glob("*.py")):
        found.update(path.read_bytes())
    found.update((ROOT / "pia_engine" / "static" / "dist" / "manifest.json").read_bytes())
    return found.hexdigest()


def _pia(arguments: list[str], environment: dict[str, str]) -> None:
    outcome = subprocess.run([str(PYTHON), "-m", "pia_engine.cli", *arguments], cwd=ROOT, env=environment, check=False)
    if outcome.returncode:
        sys.exit(outcome.returncode)


def run(port: int) -> None:
    """Start the demo city. This process becomes the server, so Ctrl-C goes straight to it."""
    install_packages(missing_packages("run"))
    if not is_environment_ready("test"):  # it holds everything a run needs
        make_environment("run")
    address = f"http://127.0.0.1:{port}"
    environment = {"PIA_PUBLIC_URL": address, **os.environ, "PIA_PORT": str(port)}
    prepare_installation(environment)
    say(f"starting on {address}")
    os.chdir(ROOT)
    os.execve(PYTHON, [str(PYTHON), "-m", "pia_engine.cli", "serve", "--with-worker"], environment)


CHECKS = (
    ("ruff", ["-m", "ruff", "check", "."]),
    ("mypy", ["-m", "mypy"]),
    ("import contracts", ["-c", "from importlinter.cli import lint_imports_command as c; c()", "--no-cache"]),
    ("djlint", ["-m", "djlint", "templates", "--lint", "--quiet"]),
    ("codespell", ["-m", "codespell_lib", "pia_engine", "templates", "docs", "tests", "scripts", "README.md"]),
)


def prepare_frontend() -> None:
    """The tools that rebuild the style sheet and check pages. Without npm those tests are skipped and say so."""
    npm, lock = shutil.which("npm"), ROOT / "frontend" / "package-lock.json"
    stamp = ROOT / "frontend" / "node_modules" / ".lock.sha256"
    digest = hashlib.sha256(lock.read_bytes()).hexdigest()
    if npm is None:
        say("npm is not here: the style sheet is not rebuilt and pages are not put before the Nu HTML checker")
    elif not (stamp.exists() and stamp.read_text() == digest):
        say("installing the frontend's tools")
        command = [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
        if subprocess.run(command, cwd=ROOT / "frontend", check=False).returncode:
            stop("npm ci failed in frontend/. Look at its message above and run `make test` again.")
        stamp.write_text(digest)


def check() -> int:
    """Everything that needs no running program."""
    install_packages(missing_packages("test"))
    make_environment("test")
    prepare_frontend()
    failed = []
    for name, arguments in CHECKS:
        say(name)
        if subprocess.run([str(PYTHON), *arguments], cwd=ROOT, check=False).returncode:
            failed.append(name)
    if failed:
        print(f"Not clean: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


def bench(workloads: list[str]) -> int:
    """Measure, each workload beside its limit."""
    install_packages(missing_packages("test"))
    make_environment("test")
    return subprocess.run([str(PYTHON), "-m", "benchmarks", *workloads], cwd=ROOT, check=False).returncode


def test() -> int:
    """The checks, then every test; both are always run, so that one report says everything."""
    unclean = check()
    say("tests")
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
    failed = subprocess.run([str(PYTHON), "-m", "pytest", "-n", "2"], cwd=ROOT, env=environment, check=False).returncode
    return unclean or failed


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("task", choices=("run", "test", "check", "bench"))
    parser.add_argument("workloads", nargs="*", help="what to measure, for example W6; all when none is named")
    parser.add_argument("--port", type=int, default=8000)
    given = parser.parse_args()
    check_python()
    try:
        if given.task == "run":
            run(given.port)
        elif given.task == "bench":
            sys.exit(bench(given.workloads))
        else:
            sys.exit(check() if given.task == "check" else test())
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
