"""Reading a trust bundle, as a ZIP or unpacked: whom to trust, and what the log in it says of a file.

A bundle may come from anybody. Its log counts only as far as the city signed it: the entries must lead to the root in
the checkpoint, and the city's own time stamp over that ties the log to the certificates. Whether those are the city's,
nobody but its owner can say.
"""

from __future__ import annotations

import datetime as dt
import io
import json
import tempfile
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from pia_engine.documents.seals import LARGEST_SEAL, is_stamped_by_city
from pia_engine.documents.trust import Purpose, Trust, read_trust
from pia_engine.errors import N_, Invalid
from pia_engine.models.transparency import Kind
from pia_engine.register import bundle
from pia_engine.register.log_entries import EntryContent, read_entry
from pia_engine.register.log_fetching import NotThere
from pia_engine.register.merkle import Frontier, leaf_hash
from pia_engine.register.monitoring import LogAlarm, Looked, Seen, Source, look
from pia_engine.register.signed_notes import read_checkpoint, read_note, read_verifier
from pia_engine.register.verification import CLOSING_REPORT, ORIGINAL, PublishedDocument, Standing

MOST_FILES, LARGEST_FILE, LARGEST_TOTAL = 2_000, 512 * 1024**2, 640 * 1024**2
NO_BUNDLE = N_("This is no trust bundle of a city: %(why)s. Get it again from the city's page for checking documents.")
BAD_LOG = N_("the log in it is not the one the city signed")
NO_STAMP = N_("no time stamp of the city's own authority vouches for the log in it")
NEWS_NOT_STAMPED = N_(
    "The newest checkpoint of the city's site has no time stamp of the city's own authority, so what the site adds is "
    "not believed. Try again in a minute; if it stays so, check with --offline and tell the city."
)
_EDITIONS = (Kind.PUBLICATION, Kind.CORRECTION)
_ENDS = (Kind.RETRACTION, Kind.DISPOSAL)
_PACKED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_REPORTS: Mapping[str, str] = {
    Kind.ANNUAL_REPORT: N_("The city published exactly this file as annual report %(reference)s on %(when)s."),
    Kind.CLOSING_REPORT: CLOSING_REPORT,
}
PUBLISHED = N_("The city published exactly this file as %(reference)s, %(title)s, on %(when)s.")
EDITION = N_("edition %(edition)s")


@dataclass(frozen=True, slots=True)
class LoggedEntry:
    """One entry with its place."""

    position: int
    content: EntryContent

    @property
    def at(self) -> dt.datetime:
        """When it was entered."""
        return _moment(self.content.recorded_at)


@dataclass(frozen=True, slots=True)
class Log:
    """The entries of a log the city signed, as of a moment."""

    entries: tuple[LoggedEntry, ...]
    seen: Seen

    @property
    def as_of(self) -> dt.datetime | None:
        """When the newest entry was made."""
        return self.entries[-1].at if self.entries else None

    def find(self, digest: str) -> PublishedDocument | None:
        """What the log says of a file with this SHA-256."""
        return find_logged(self.entries, digest)


@dataclass(frozen=True, slots=True)
class Bundle:
    """What a bundle holds. `log` is None in a folder of certificates only."""

    trust: Trust
    log: Log | None
    city: str = ""
    site: str = ""


def open_bundle(path: Path) -> Bundle:
    """Read a bundle, or a folder of certificates. Raises Invalid for anything else."""
    if path.is_dir():
        return _read(path)
    with tempfile.TemporaryDirectory(prefix="pia-bundle-") as folder:
        _unpack(path.read_bytes(), Path(folder))
        return _read(Path(folder))


def with_news(bundle_of: Bundle, source: Source) -> Bundle:
    """The bundle with what was added to the city's log since.

    Raises LogAlarm when its history is another one, or nothing shows that the city signed what was added.
    """
    if bundle_of.log is None:
        return bundle_of
    added: list[LoggedEntry] = []
    looked = look(
        source,
        bundle_of.log.seen.verifier,
        seen=bundle_of.log.seen,
        whole=False,
        tell=lambda position, body: added.append(LoggedEntry(position, read_entry(body))),
    )
    _check_stamp_of_news(source, looked, bundle_of.trust)
    return replace(bundle_of, log=Log((*bundle_of.log.entries, *added), looked.seen))


def _check_stamp_of_news(source: Source, looked: Looked, trust: Trust) -> None:
    try:
        stamp = source.get("checkpoint.tsr", most=LARGEST_SEAL)
    except NotThere:
        stamp = b""
    if not is_stamped_by_city(looked.note.document(), stamp, trust=trust):
        raise LogAlarm(NEWS_NOT_STAMPED)


def _read(folder: Path) -> Bundle:
    trust = read_trust(folder)
    said = _city(folder / bundle.CITY)
    has_log = (folder / bundle.CHECKPOINT).exists()
    return Bundle(trust, _read_log(folder, trust) if has_log else None, said.get("city", ""), said.get("site", ""))


def _city(path: Path) -> dict[str, str]:
    try:
        said = json.loads(path.read_bytes())
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, RecursionError):
        raise Invalid(NO_BUNDLE, why=bundle.CITY) from None
    if not isinstance(said, dict) or said.get("format") != bundle.FORMAT:
        raise Invalid(NO_BUNDLE, why=bundle.CITY)
    return {name: value for name, value in said.items() if isinstance(value, str)}


def _read_log(folder: Path, trust: Trust) -> Log:
    try:
        verifier = read_verifier((folder / bundle.KEY).read_text(encoding="utf-8"))
        signed_note = (folder / bundle.CHECKPOINT).read_bytes()
        stamp = (folder / bundle.STAMP).read_bytes() if (folder / bundle.STAMP).exists() else b""
        bodies = (folder / bundle.ENTRIES).read_bytes().splitlines()
    except (OSError, UnicodeDecodeError):
        raise Invalid(NO_BUNDLE, why=BAD_LOG) from None
    note = read_note(signed_note)
    checkpoint = read_checkpoint(note)
    tree = Frontier()
    for body in bodies:
        for _complete in tree.append(leaf_hash(body)):
            pass
    signed = verifier.is_signed(note) and checkpoint.origin == verifier.name
    if not signed or (tree.size, tree.root()) != (checkpoint.size, checkpoint.root):
        raise Invalid(NO_BUNDLE, why=BAD_LOG)
    if not is_stamped_by_city(signed_note, stamp, trust=trust):
        raise Invalid(NO_BUNDLE, why=NO_STAMP)
    entries = tuple(LoggedEntry(number, read_entry(body)) for number, body in enumerate(bodies))
    return Log(entries, Seen(checkpoint.size, checkpoint.root, verifier))


def _unpack(content: bytes, folder: Path) -> None:
    """Write out the files a bundle may hold, under the names it may have, and never more than is reasonable."""
    places = ("", "log/", *(f"{purpose}/" for purpose in Purpose))
    left = LARGEST_TOTAL
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for entry in archive.infolist()[:MOST_FILES]:
                place, _slash, name = entry.filename.rpartition("/")
                if (f"{place}/" if place else "") not in places or not name or name.startswith("."):
                    continue
                if entry.compress_type not in _PACKED:
                    raise NotImplementedError(entry.compress_type)
                with archive.open(entry) as file:
                    data = file.read(min(left, LARGEST_FILE) + 1)
                left -= len(data)
                if left < 0 or len(data) > LARGEST_FILE:
                    raise Invalid(NO_BUNDLE, why=entry.filename)
                (folder / place).mkdir(exist_ok=True)
                (folder / place / name).write_bytes(data)
    except (zipfile.BadZipFile, zlib.error, OSError, ValueError, NotImplementedError, RuntimeError, EOFError):
        raise Invalid(NO_BUNDLE, why=N_("it is no ZIP archive, or damaged")) from None


def find_logged(entries: Sequence[LoggedEntry], digest: str) -> PublishedDocument | None:
    """What the entries of a log say of a file with this SHA-256."""
    found = (each for each in entries if each.content.digest == digest and each.content.kind not in _ENDS)
    entry = next(found, None)
    known = _describe(entry, entries) if entry else None
    return _without_records(known, entries, entry.content.facts.get("edition", "")) if known and entry else None


def _without_records(known: PublishedDocument, entries: Sequence[LoggedEntry], edition: str) -> PublishedDocument:
    """The same of a document whose records were disposed of, where the log says so."""
    gone = (each.at for each in entries if _is_disposal(each, known.reference, edition))
    disposed_at = next(gone, None)
    if disposed_at is None or known.standing is Standing.ORIGINAL:
        return replace(known, disposed_at=disposed_at)
    ended = known.standing if known.since else None
    return replace(known, standing=Standing.DISPOSED, ended=ended, disposed_at=disposed_at, has_newer_copy=False)


def _describe(entry: LoggedEntry, entries: Sequence[LoggedEntry]) -> PublishedDocument | None:
    """An entry as what it says of a file; None for entries that are about no file."""
    facts, kind = entry.content.facts, entry.content.kind
    reference = facts.get("reference", "")
    if kind in _REPORTS:
        return PublishedDocument(reference, reference, entry.at, sentence=_REPORTS[kind], position=entry.position)
    edition = facts.get("edition", "")
    if kind == Kind.COPY and not edition:
        first = next((each for each in entries if _is_report(each, reference)), None)
        return _describe(replace(first, position=entry.position), entries) if first else None
    if kind not in (*_EDITIONS, Kind.COPY, Kind.ORIGINAL):
        return None
    known = PublishedDocument(
        reference,
        EDITION % {"edition": edition},
        entry.at,
        sentence=ORIGINAL if kind == Kind.ORIGINAL else PUBLISHED,
        position=entry.position,
    )
    standing, since = _standing(entries, reference, edition)
    if kind == Kind.ORIGINAL:
        return replace(known, standing=Standing.ORIGINAL, since=since, ended=standing if since else None)
    copies = [each.position for each in _about(entries, reference, edition) if each.content.kind == Kind.COPY]
    return replace(known, standing=standing, since=since, has_newer_copy=any(at > entry.position for at in copies))


def _is_disposal(entry: LoggedEntry, reference: str, edition: str) -> bool:
    said = entry.content.facts
    about = (said.get("reference"), said.get("edition", ""))
    return entry.content.kind == Kind.DISPOSAL and about == (reference, edition)


def _is_report(entry: LoggedEntry, reference: str) -> bool:
    return entry.content.kind in _REPORTS and entry.content.facts.get("reference") == reference


def _about(entries: Sequence[LoggedEntry], reference: str, edition: str) -> Iterator[LoggedEntry]:
    return (each for each in entries if each.content.edition == (reference, edition))


def _standing(entries: Sequence[LoggedEntry], reference: str, edition: str) -> tuple[Standing, dt.datetime | None]:
    """Withdrawn when an entry says so, superseded when there is a later edition, current as far as the log goes."""
    for each in _about(entries, reference, edition):
        if each.content.kind == Kind.RETRACTION:
            return Standing.WITHDRAWN, each.at
    for each in entries:
        facts = each.content.facts
        is_edition = each.content.kind in _EDITIONS and facts.get("reference") == reference
        if is_edition and _number(facts.get("edition", "")) > _number(edition):
            return Standing.SUPERSEDED, each.at
    return Standing.CURRENT, None


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def _moment(text: str) -> dt.datetime:
    try:
        known = dt.datetime.fromisoformat(text)
    except ValueError:
        return dt.datetime.fromtimestamp(0, dt.UTC)
    return known if known.tzinfo else known.replace(tzinfo=dt.UTC)
