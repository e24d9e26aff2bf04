"""The way of `docs/how-to/verify.md` that needs nothing of ours: its own lines are run here."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from pia_engine.documents.authority import Authority
from tests.factories.tampered import flipped

GUIDE = Path(__file__).parents[3] / "docs" / "how-to" / "verify.md"


def test_the_guide_checks_every_signature_with_openssl_alone(
    signed: bytes, authority: Authority, tmp_path: Path
) -> None:
    text = GUIDE.read_text(encoding="utf-8")
    program = re.search(r"```python\n(.*?)```", text, re.DOTALL)
    commands = re.findall(r"^openssl .*$", text, re.MULTILINE)
    assert program
    assert len(commands) == 3
    (tmp_path / "file.pdf").write_bytes(signed)
    (tmp_path / "cut.py").write_text(program[1])
    for name in ("root.crt", "issuing.crt"):
        (tmp_path / name).write_bytes((authority.folder / name).read_bytes())
    cut = subprocess.run(
        [sys.executable, "cut.py", "file.pdf"], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert [line.split(" ", 1)[1] for line in cut.stdout.splitlines()] == ["covers a part"] * 3 + [
        "covers the whole file"
    ]
    cms, stamp, _ = commands  # the third is about the log: test_time_stamps.py
    for number in (1, 2, 3):
        run(cms.replace("1.der", f"{number}.der").replace("1.bin", f"{number}.bin"), tmp_path, good=True)
    run(stamp, tmp_path, good=True)
    for number in (1, 4):
        (tmp_path / f"{number}.bin").write_bytes(flipped((tmp_path / f"{number}.bin").read_bytes(), 5000))
    run(cms, tmp_path, good=False)
    run(stamp, tmp_path, good=False)


def run(command: str, folder: Path, *, good: bool) -> None:
    ended = subprocess.run(command.split(), cwd=folder, capture_output=True, text=True, check=False)
    assert (ended.returncode == 0) is good, ended.stderr
