"""Which document of the city a file is, by the hash of the whole file: one place for every kind that is signed.

And, for a file that is none of them, the published one it was made from.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from pia_engine.documents.containers import find_containers
from pia_engine.documents.storage import Storage
from pia_engine.errors import N_, PiaError
from pia_engine.models import AnnualAudit, AnnualReport, ProgrammeAudit, Publication
from pia_engine.register.log_entries import read_entry
from pia_engine.register.log_proofs import proof_address
from pia_engine.register.trust_bundles import LoggedEntry, find_logged
from pia_engine.register.verdict_words import in_words
from pia_engine.register.verification import (
    CLOSING_REPORT,
    ORIGINAL,
    PublishedDocument,
    Register,
    Signer,
    Standing,
)
from pia_engine.services.audit_documents import TITLE as AUDIT_OF_PROGRAMME
from pia_engine.services.audit_reports import find_by_report
from pia_engine.services.cities import get_city
from pia_engine.services.copies import document_of, find_copy, find_newest_copy, list_copies
from pia_engine.services.places import title_of
from pia_engine.services.publications import find_by_original, list_publications
from pia_engine.services.transparency_log import find_entry, list_entries

ANNUAL_REPORT = N_("Annual report %(year)s")
_REFERENCE = re.compile(rb"\b([A-Z]{2,5})(?:-|\\055)(\d{4})(?:(?:-|\\055)(\d{1,6}))?")
MOST_REFERENCES, MOST_CANDIDATES = 8, 24
FINGER = 1000

Document = Publication | AnnualReport | AnnualAudit | ProgrammeAudit


def register_of(session: Session, storage: Storage) -> Register:
    """The register of this installation, as something that can be asked about files."""
    return Register(
        find=lambda digest: find_document(session, digest, storage=storage),
        original_of=lambda data: find_published_original(session, data, storage=storage),
    )


def find_document(session: Session, digest: str, *, storage: Storage | None = None) -> PublishedDocument | None:
    """What the city knows about a file with this SHA-256; None for a file it never signed.

    With the document store, also who signed it.
    """
    known = _registered(session, digest, storage) or _logged(session, digest)
    if known is None or not (known.since or known.disposed_at):
        return known
    zone = ZoneInfo(get_city(session).time_zone)
    since, gone = (each.astimezone(zone) if each else None for each in (known.since, known.disposed_at))
    return replace(known, since=since, disposed_at=gone)


def _registered(session: Session, digest: str, storage: Storage | None) -> PublishedDocument | None:
    document = _document(session, digest)
    if document is not None:
        return _described(session, document, digest, storage)
    original = find_by_original(session, digest)
    return _original(session, original, digest) if original else None


def _logged(session: Session, digest: str) -> PublishedDocument | None:
    """What the log alone says of a file: the original of an edition not yet published, or of records disposed of."""
    if find_entry(session, digest) is None:
        return None
    entries = [LoggedEntry(each.position, read_entry(each.body)) for each in list_entries(session)]
    known = find_logged(entries, digest)
    if known is None or known.standing in (Standing.ORIGINAL, Standing.DISPOSED):
        return known
    ended = known.standing if known.since else None
    return replace(known, standing=Standing.DISPOSED, ended=ended, has_newer_copy=False)


def _document(session: Session, digest: str) -> Document | None:
    copy = find_copy(session, digest)
    if copy is not None:
        return document_of(copy)
    report = session.scalars(select(AnnualReport).where(AnnualReport.pdf_digest == digest)).one_or_none()
    return report or find_by_report(session, digest)


def _described(session: Session, document: Document, digest: str, storage: Storage | None) -> PublishedDocument | None:
    describe: Callable[..., PublishedDocument | None] = _audit
    if isinstance(document, Publication):
        describe = _publication
    elif isinstance(document, AnnualReport):
        describe = _annual_report
    newest = find_newest_copy(session, document)
    entry = find_entry(session, digest)
    return describe(
        session,
        document,
        storage,
        has_newer_copy=newest is not None and newest.digest != digest,
        position=entry.position if entry else None,
    )


def _publication(
    session: Session, publication: Publication, storage: Storage | None, **known: Any
) -> PublishedDocument:
    standing, since = _standing(publication)
    return PublishedDocument(
        publication.reference,
        publication.title,
        publication.published_at,
        standing,
        since,
        publication.retraction_reason,
        address=f"/register/{publication.reference}/v{publication.edition}",
        proof=proof_address((publication.reference, str(publication.edition))),
        organisation=get_city(session).name,
        signers=_signers(session, publication, storage),
        **known,
    )


def _standing(publication: Publication) -> tuple[Standing, dt.datetime | None]:
    if publication.retracted_at is not None:
        return Standing.WITHDRAWN, publication.retracted_at
    if not publication.is_current:
        return Standing.SUPERSEDED, publication.superseded_at
    return Standing.CURRENT, None


def _original(session: Session, publication: Publication, digest: str) -> PublishedDocument:
    entry = find_entry(session, digest)
    standing, since = _standing(publication)
    return PublishedDocument(
        publication.reference,
        publication.title,
        entry.recorded_at if entry else publication.published_at,
        Standing.ORIGINAL,
        since,
        publication.retraction_reason,
        ended=standing if since else None,
        sentence=ORIGINAL,
        position=entry.position if entry else None,
        address=f"/register/{publication.reference}/v{publication.edition}",
    )


def _annual_report(
    session: Session, report: AnnualReport, storage: Storage | None, **known: Any
) -> PublishedDocument | None:
    if report.published_at is None:
        return None
    title = ANNUAL_REPORT % {"year": report.year}
    address = f"/reports/{report.reference}"
    return PublishedDocument(report.reference, title, report.published_at, address=address, **known)


def _audit(
    session: Session, audit: AnnualAudit | ProgrammeAudit, storage: Storage | None, **known: Any
) -> PublishedDocument | None:
    if audit.concluded_at is None:
        return None
    title = AUDIT_OF_PROGRAMME % {"year": audit.year} if isinstance(audit, ProgrammeAudit) else title_of(audit)
    return PublishedDocument(audit.reference, title, audit.concluded_at, sentence=CLOSING_REPORT, **known)


def _signers(session: Session, publication: Publication, storage: Storage | None) -> tuple[Signer, ...]:
    """Who signed, as the published record has it. Without the store, or where it is damaged, nobody is named."""
    if storage is None:
        return ()
    try:
        record = json.loads(storage.get(publication.json_digest))
        return tuple(
            Signer(
                who=line["name"],
                role=line["job_title"] or line["role"],
                when=in_words(dt.datetime.fromisoformat(line["signed_at"])),
                says=line["decision"],
            )
            for line in record["sign_offs"]
        )
    except (PiaError, ValueError, LookupError, TypeError):
        return ()


def find_published_original(session: Session, data: bytes, *, storage: Storage) -> bytes | None:
    """The published file that an unknown one was made from: the one whose signatures are in it, the most of them."""
    spelt = data.lower()
    best, most = None, (False, 0, 0)
    for digest in _candidates(session, data):
        try:
            candidate = storage.get(digest)
        except PiaError:
            continue
        places = find_containers(candidate)
        marks = [candidate[each.start + 1 : min(each.end, each.start + FINGER)].lower() for each in places]
        found = sum(mark in spelt for mark in marks)
        fit = (candidate.startswith(data), found, found - len(marks))
        if (found or fit[0]) and fit > most:
            best, most = candidate, fit
    return best


def _candidates(session: Session, data: bytes) -> list[str]:
    """Digests of what was published under a reference that stands in the file, the newest first."""
    found: list[str] = []
    for reference in _references(data):
        for document in _documents_of(session, reference):
            found += [copy.digest for copy in reversed(list_copies(session, document))] or [_first_digest(document)]
    return [digest for digest in dict.fromkeys(found) if digest][:MOST_CANDIDATES]


def _references(data: bytes) -> list[str]:
    """The references that stand in a file as plain text, few of them whatever the file holds."""
    seen: dict[str, None] = {}
    for match in _REFERENCE.finditer(data):
        seen["-".join(part.decode() for part in match.groups() if part)] = None
        if len(seen) == MOST_REFERENCES:
            break
    return list(seen)


def _documents_of(session: Session, reference: str) -> Iterator[Document]:
    yield from list_publications(session, reference=reference, current_only=False)
    yield from session.scalars(select(AnnualReport).where(AnnualReport.reference == reference))
    yield from session.scalars(select(AnnualAudit).where(AnnualAudit.reference == reference))
    yield from session.scalars(select(ProgrammeAudit).where(ProgrammeAudit.reference == reference))


def _first_digest(document: Document) -> str:
    return document.report_digest if isinstance(document, AnnualAudit | ProgrammeAudit) else document.pdf_digest
