"""Is this case file whole and genuine? Judged from its bytes alone: no database, no installation, no network.

In this order, and no further than the first thing that is wrong: the archive, the city's seal over the manifest, that
exactly the files of the manifest are there with the bytes it names, and every audit chain, computed anew.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, BinaryIO

import rfc8785

from pia_engine.documents.archives import Archive, open_archive
from pia_engine.documents.case_archives import MANIFEST, SCHEMA, SEAL
from pia_engine.documents.chains import ChainedEvent, Head, read_body, why_broken, why_cut
from pia_engine.documents.checking import Trust
from pia_engine.documents.seals import LARGEST_SEAL, SealCheck, check_seal
from pia_engine.errors import N_, Invalid

LARGEST_MANIFEST = 64 * 1024**2
LONGEST_LINE = 16 * 1024**2

WHOLE = N_("This case file is genuine and whole. Not one byte was changed since it was sealed.")
WRONG = N_("This case file is not what was sealed.")
FOREIGN = N_("This case file fits together, but the seal is not of a city you trust.")

Translate = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class CaseVerdict:
    """The answer: a headline, then sentences in the order to read them."""

    valid: bool
    headline: str
    sentences: tuple[str, ...]


def verify_case_file(file: BinaryIO, *, trust: Trust | None, translate: Translate = str) -> CaseVerdict:
    """Say what a case file is, or the first thing that is wrong with it."""
    try:
        archive = open_archive(file)
        manifest, seal = _read_manifest(archive, trust)
        _check_files(archive, manifest)
        events = _check_chains(archive, manifest)
    except Invalid as wrong:
        said = translate(wrong.sentence) % wrong.values if wrong.values else translate(wrong.sentence)
        return CaseVerdict(False, translate(WRONG), (said,))
    headline = WHOLE if seal.is_trusted else FOREIGN
    return CaseVerdict(seal.is_trusted, translate(headline), tuple(_about(manifest, seal, events, translate)))


def _read_manifest(archive: Archive, trust: Trust | None) -> tuple[dict[str, Any], SealCheck]:
    for name in (MANIFEST, SEAL):
        if name not in archive.entries:
            raise Invalid(N_("“%(name)s” is missing, so nothing in this archive can be relied on."), name=name)
    content = archive.read(MANIFEST, most=LARGEST_MANIFEST)
    seal = check_seal(content, archive.read(SEAL, most=LARGEST_SEAL), trust=trust)
    if not seal.is_intact:
        raise Invalid(N_("The seal does not fit “manifest.json”: one of the two was changed."))
    try:
        manifest = json.loads(content)
        if rfc8785.dumps(manifest) != content or not _is_manifest(manifest):
            raise ValueError
    except (ValueError, RecursionError, TypeError, rfc8785.CanonicalizationError) as error:
        raise Invalid(N_("“manifest.json” is not the manifest of a case file that this version can read.")) from error
    return manifest, seal


def _is_manifest(manifest: Any) -> bool:
    if not isinstance(manifest, dict) or (manifest.get("schema"), manifest.get("kind")) != (SCHEMA, "case-file"):
        return False
    lists = {"files": {"path", "sha256"}, "missing": {"path", "sha256"},
             "chains": {"record", "reference", "length", "head", "path", "kind"}}  # fmt: skip
    texts = ("reference", "initiative", "title", "city", "installation", "instant", "program", "classification")
    return all(isinstance(manifest.get(name), str) for name in texts) and all(
        isinstance(manifest.get(name), list)
        and all(isinstance(each, dict) and fields <= set(each) and _is_plain(each) for each in manifest[name])
        for name, fields in lists.items()
    )


def _is_plain(entry: dict[str, Any]) -> bool:
    return all(isinstance(value, int if name == "length" else str) for name, value in entry.items())


def _check_files(archive: Archive, manifest: Mapping[str, Any]) -> None:
    """Nothing is missing, nothing was added, and every file has the bytes that were sealed."""
    named = {each["path"]: each["sha256"] for each in manifest["files"]}
    if len(named) != len(manifest["files"]):
        raise Invalid(N_("“manifest.json” names a file twice."))
    for path in sorted(named.keys() - archive.entries.keys()):
        raise Invalid(N_("The file “%(path)s” is missing."), path=path)
    for path in sorted(archive.entries.keys() - named.keys() - {MANIFEST, SEAL}):
        raise Invalid(N_("The file “%(path)s” was added: the manifest does not name it."), path=path)
    for path, sha256 in sorted(named.items()):
        whole = hashlib.sha256()
        for piece in archive.pieces(path):
            whole.update(piece)
        if whole.hexdigest() != sha256:
            raise Invalid(N_("The file “%(path)s” was changed."), path=path)


def _check_chains(archive: Archive, manifest: Mapping[str, Any]) -> int:
    """Every chain follows from its first event to the head the manifest names. Returns how many events there are."""
    count = 0
    kept = {path for path in archive.entries if path.startswith("trail/")}
    for path in sorted(kept ^ {chain["path"] for chain in manifest["chains"]}):
        raise Invalid(N_("The audit trail in “%(path)s” belongs to no record of this case file."), path=path)
    for chain in manifest["chains"]:
        head = Head()
        for event in _events(archive, chain, manifest["installation"]):
            _check_event(chain, event, why_broken(event, head))
            head = event.head
            count += 1
        _check_event(chain, None, why_cut(head, Head(chain["length"], chain["head"])), head)
    return count


def _check_event(chain: Mapping[str, Any], event: ChainedEvent | None, why: str, head: Head | None = None) -> None:
    if not why:
        return
    raise Invalid(
        N_("The audit trail of %(kind)s %(reference)s is broken at event %(number)s%(event)s: %(why)s."),
        kind=chain["kind"],
        reference=chain["reference"],
        number=event.sequence if event else (head.length if head else 0),
        event=f" “{read_body(event.body).get('event', '')}”" if event else "",
        why=why,
    )


def _events(archive: Archive, chain: Mapping[str, Any], installation: str) -> Iterator[ChainedEvent]:
    """The lines of one trail as events; what a text says of itself has to be what the manifest says of the chain."""
    beside = {"kind": chain["kind"], "record": chain["record"], "installation": installation}
    for number, line in enumerate(_lines(archive, chain["path"]), start=1):
        stored, _blank, body = line.partition(b" ")
        said = read_body(body)
        sequence, previous = said.get("sequence"), said.get("previous")
        yield ChainedEvent(
            sequence=sequence if isinstance(sequence, int) else number,
            previous_hash=previous if isinstance(previous, str) else "",
            hash=stored.decode("ascii", errors="replace"),
            body=body,
            beside=beside,
        )


def _lines(archive: Archive, path: str) -> Iterator[bytes]:
    rest = b""
    for piece in archive.pieces(path):
        *lines, rest = (rest + piece).split(b"\n")
        yield from lines
        if len(rest) > LONGEST_LINE:
            raise Invalid(N_("The file “%(path)s” holds a line longer than any event."), path=path)
    if rest:
        raise Invalid(N_("The end of the file “%(path)s” is missing."), path=path)


def _about(manifest: Mapping[str, Any], seal: SealCheck, events: int, translate: Translate) -> Iterator[str]:
    yield translate(N_("Case file %(reference)s, “%(title)s”, of %(city)s.")) % {
        "reference": manifest["reference"],
        "title": manifest["title"],
        "city": manifest["city"],
    }
    when = seal.sealed_at.strftime("%Y-%m-%d, %H:%M UTC") if seal.sealed_at else "?"
    yield translate(N_("Sealed by %(organisation)s on %(when)s.")) % {"organisation": seal.organisation, "when": when}
    yield translate(N_("%(files)s files and %(events)s events of %(chains)s audit trails were checked.")) % {
        "files": len(manifest["files"]),
        "events": events,
        "chains": len(manifest["chains"]),
    }
    for each in manifest["missing"]:
        said = N_("“%(path)s” was gone from the city's store already when the case file was made.")
        yield translate(said) % {"path": each["path"]}
