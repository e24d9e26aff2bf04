"""Examining a file that anybody may have made, in a process of its own within limits on time and memory.

Started as a program it reads one job from standard input: a line of JSON, then the bytes. What comes back is JSON, too,
and is tamed before anything believes it: short texts, nothing in them that steers a screen.
"""

import dataclasses
import gettext
import io
import json
import os
import resource
import subprocess
import sys
import tempfile
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

from pia_engine.documents.case_checking import WRONG, CaseVerdict, verify_case_file
from pia_engine.documents.checking import (
    ADDED,
    LARGEST_FILE,
    TOO_LARGE,
    UNKNOWN_AUTHORITY,
    DocumentCheck,
    SignatureCheck,
    check_document,
)
from pia_engine.documents.containers import find_containers
from pia_engine.documents.retracing import retrace
from pia_engine.documents.tampering import Change, Kind, Part, name_changes
from pia_engine.documents.trust import Trust, trust_from_text, trust_to_text
from pia_engine.errors import N_
from pia_engine.templating import PACKAGE

PACKAGE_PARENT = Path(__file__).resolve().parents[2]
LONGEST_TEXT, LARGEST_RESULT = 600, 1024 * 1024
MOST_STATES = 8

TOO_MUCH = N_(
    "Examining the file took more time or memory than any document of this program needs, so it was stopped. "
    "That is the mark of a damaged file, or of one made to do harm."
)


@dataclass(frozen=True, slots=True)
class Limits:
    """What examining one file may use before it is stopped."""

    seconds: int = 20
    wall_seconds: int = 40
    memory: int = 1024**3
    largest: int = LARGEST_FILE


LIMITS = Limits()
FULL = Limits(seconds=900, wall_seconds=1200, memory=2 * 1024**3)


@dataclass(frozen=True, slots=True)
class Examination:
    """What was found. `alterations` is a sentence for translation, None when nothing was altered."""

    valid: bool
    signatures: tuple[SignatureCheck, ...] = ()
    alterations: str | None = None
    changes: tuple[Change, ...] = ()
    standing: str = ""
    stated_at: datetime | None = None
    seconds: float = 0.0
    memory: int = 0


def examine(pdf: bytes, *, trust: Trust, original: bytes | None = None, limits: Limits = LIMITS) -> Examination:
    """Check a PDF and name what was done to it; a file that asks for too much gets a sentence, not more time."""
    if len(pdf) > limits.largest:
        return Examination(False, alterations=TOO_LARGE)
    job = _job("pdf", pdf, trust, limits) | {"has_original": original is not None}
    return _examination(_run(job, pdf + (original or b""), limits))


def examine_case_file(
    archive: bytes | BinaryIO, *, trust: Trust | None, language: str = "en", limits: Limits = LIMITS
) -> CaseVerdict:
    """Check a case file in the same way; the answer comes in words already.

    One that lies open on the disk is read from there, so that its size takes no memory.
    """
    data, opened = (archive, None) if isinstance(archive, bytes) else (b"", archive.fileno())
    said = _run(_job("case", data, trust, limits) | {"language": language, "opened": opened}, data, limits)
    try:
        answer = json.loads(said)
        sentences = tuple(str(_tame(each)) for each in answer["sentences"])
        return CaseVerdict(answer["valid"] is True, str(_tame(answer["headline"])), sentences)
    except (ValueError, LookupError, TypeError):
        translate = _translation(language)
        return CaseVerdict(False, translate(WRONG), (translate(TOO_MUCH),))


def examine_fully(pdf: bytes, *, limits: Limits = FULL) -> tuple[tuple[str, str], ...] | None:
    """Follow every signature through what came after it (`retracing`); None when that took too much."""
    if len(pdf) > limits.largest:
        return None
    try:
        said = json.loads(_run(_job("full", pdf, None, limits), pdf, limits))
        return tuple((str(_tame(name)), str(_tame(sentence))) for name, sentence in said)
    except (ValueError, TypeError):
        return None


def _job(kind: str, data: bytes, trust: Trust | None, limits: Limits) -> dict[str, Any]:
    return {
        "kind": kind,
        "trust": trust_to_text(trust) if trust else None,
        "size": len(data),
        "seconds": limits.seconds,
        "memory": limits.memory,
    }


def _run(job: dict[str, Any], data: bytes, limits: Limits) -> bytes:
    with tempfile.TemporaryFile() as result:
        try:
            ended = subprocess.run(
                [sys.executable, "-P", "-m", "pia_engine.documents.examining"],
                input=json.dumps(job).encode() + b"\n" + data,
                stdout=result,
                stderr=subprocess.DEVNULL,
                timeout=limits.wall_seconds,
                check=False,
                pass_fds=() if job.get("opened") is None else (job["opened"],),
                env=_bare_environment(),
            )
        except subprocess.TimeoutExpired:
            return b""
        result.seek(0)
        return result.read(LARGEST_RESULT) if ended.returncode == 0 else b""


def _bare_environment() -> dict[str, str]:
    """No locale, no settings, no secrets of this process."""
    kept = {name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH") if name in os.environ}
    return kept | {"LC_ALL": "C.UTF-8", "PYTHONPATH": str(PACKAGE_PARENT), "TZ": "UTC", "MALLOC_ARENA_MAX": "1"}


def _examination(given: bytes) -> Examination:
    try:
        said = json.loads(given)
        return Examination(
            valid=said["valid"] is True,
            signatures=tuple(SignatureCheck(**_tamed(each)) for each in said["signatures"]),
            alterations=_tame(said["alterations"]) if said["alterations"] is not None else None,
            changes=tuple(_change(each) for each in said["changes"]),
            standing=_tame(said["standing"]),
            stated_at=_tame(said["stated_at"]),
            seconds=float(said["seconds"]),
            memory=int(said["memory"]),
        )
    except (ValueError, LookupError, TypeError, AttributeError):
        return Examination(False, alterations=TOO_MUCH)


def _change(said: dict[str, Any]) -> Change:
    part = Part(said["part"]) if said["part"] is not None else None
    return Change(Kind(said["kind"]), part, tuple(int(page) for page in said["pages"]))


def _tamed(said: dict[str, Any]) -> dict[str, Any]:
    return {name: _tame(value) for name, value in said.items()}


def _tame(value: Any) -> Any:
    if isinstance(value, dict):
        return datetime.fromisoformat(value["moment"])
    if isinstance(value, str):
        return "".join(each for each in value if unicodedata.category(each)[0] != "C")[:LONGEST_TEXT]
    if value is None or isinstance(value, bool):
        return value
    raise TypeError(value)


def _examined(pdf: bytes, original: bytes | None, trust: Trust) -> dict[str, Any]:
    check = check_document(pdf, trust=trust)
    changes: tuple[Change, ...] = ()
    if check.alterations is not None:
        changes = name_changes(
            pdf,
            signed_to=_signed_to(pdf, check, trust),
            all_intact=all(each.intact for each in check.signatures),
            original=original,
        )
    used = resource.getrusage(resource.RUSAGE_SELF)
    return {
        "valid": check.valid,
        "signatures": [_plain(each) for each in check.signatures],
        "alterations": check.alterations,
        "changes": [dataclasses.asdict(each) for each in changes],
        "standing": check.standing.words if check.standing else "",
        "stated_at": {"moment": check.standing.stated_at.isoformat()} if check.standing else None,
        "seconds": used.ru_utime + used.ru_stime,
        "memory": _most_memory(),
    }


def _most_memory() -> int:
    """The most bytes this process ever had in memory; what its parent had does not count."""
    status = Path("/proc/self/status")
    lines = status.read_text().splitlines() if status.exists() else []
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM:")), 0)


def _signed_to(pdf: bytes, check: DocumentCheck, trust: Trust) -> int:
    """Where the last state ended that is genuine as a whole; without one, the last signature that counts."""
    places = [
        place.covers_to
        for place, each in zip(find_containers(pdf), check.signatures, strict=True)
        if each.intact and each.trusted
    ]
    if check.alterations in (ADDED, UNKNOWN_AUTHORITY):
        for end in places[: -MOST_STATES - 1 : -1]:
            if end < len(pdf) and check_document(pdf[:end], trust=trust).valid:
                return end
    return max(places, default=0)


def _plain(signature: SignatureCheck) -> dict[str, Any]:
    said = {each.name: getattr(signature, each.name) for each in dataclasses.fields(signature)}
    return {
        name: {"moment": value.isoformat()} if isinstance(value, datetime) else value for name, value in said.items()
    }


def limit(seconds: int, memory: int) -> None:
    """Ask the kernel to stop this process when it uses more; it may write its answer and no other file."""
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_FSIZE, (LARGEST_RESULT, LARGEST_RESULT))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def main() -> int:
    """Examine the one file given on standard input."""
    given = sys.stdin.buffer
    job = json.loads(given.readline())
    limit(job["seconds"], job["memory"])
    data = given.read(job["size"])
    trust = trust_from_text(job["trust"]) if job["trust"] else None
    if job["kind"] == "case":
        archive = io.BytesIO(data) if job["opened"] is None else os.fdopen(job["opened"], "rb")
        answer = verify_case_file(archive, trust=trust, translate=_translation(job["language"]))
        json.dump(dataclasses.asdict(answer), sys.stdout)
        return 0
    if job["kind"] == "full":
        json.dump(list(retrace(data)), sys.stdout)
        return 0
    assert trust is not None
    json.dump(_examined(data, given.read() if job["has_original"] else None, trust), sys.stdout)
    return 0


def _translation(language: str) -> Callable[[str], str]:
    known = gettext.translation(
        "messages", PACKAGE / "translations", languages=[language.replace("-", "_")], fallback=True
    )
    return known.gettext


if __name__ == "__main__":
    sys.exit(main())
