"""The files ever signed for a published document: the first, and each later one with fresh proofs or a word of what
became of it. Making them is `jobs.copies`; which document a file is, is asked by its hash.
"""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from pia_engine.errors import N_, Stale
from pia_engine.models import (
    AnnualAudit,
    AnnualReport,
    Assessment,
    ProgrammeAudit,
    Publication,
    PublishedCopy,
)
from pia_engine.permissions.roles import SYSTEM
from pia_engine.services.audit import append_event
from pia_engine.services.outbox import queue_job
from pia_engine.services.transparency_log import Kind, append_entry

Document = Publication | AnnualReport | AnnualAudit | ProgrammeAudit
Record = Assessment | AnnualReport | AnnualAudit | ProgrammeAudit

_OWNERS: dict[type[Document], str] = {
    Publication: "publication_id",
    AnnualReport: "annual_report_id",
    AnnualAudit: "annual_audit_id",
    ProgrammeAudit: "programme_audit_id",
}
_EVENTS: dict[type[Document], str] = {
    Publication: "publication:copy-made",
    AnnualReport: "annual-report:copy-made",
    AnnualAudit: "annual-audit:copy-made",
    ProgrammeAudit: "programme-audit:copy-made",
}


class Why(StrEnum):  # stored, and published in the log: a change needs a migration
    """Why a file was signed."""

    SIGNED = "signed"
    RENEWED = "renewed"
    SUPERSEDED = "superseded"
    RETRACTED = "retracted"


STANDINGS = frozenset({Why.SUPERSEDED, Why.RETRACTED})
"""What is said in the file itself, once: it has one place for it."""


@dataclass(frozen=True, slots=True)
class SignedFile:
    """Bytes that lie in the store, and the day their proofs are to be renewed."""

    digest: str
    renew_on: dt.date


def record_first_copy(session: Session, document: Document, file: SignedFile, *, now: dt.datetime) -> PublishedCopy:
    """The file as it was first signed. Doing it twice is the same as once."""
    known = find_newest_copy(session, document)
    if known is not None:
        return known
    return _insert(session, document, file, number=1, why=Why.SIGNED, now=now)


def add_copy(
    session: Session, document: Document, file: SignedFile, *, why: Why, after: int, now: dt.datetime
) -> PublishedCopy:
    """A further file, made from copy number `after`. What a file says of itself is said once: then that copy is given.

    Raises Stale when another copy was made meanwhile, so that none is left out of the next.
    """
    known = _find_standing(session, document) if why in STANDINGS else None
    if known is not None:
        return known
    newest = find_newest_copy(session, document)
    if newest is None or newest.number != after:
        raise Stale(N_("Another copy of this document was made meanwhile. It is tried again from that one."))
    copy = _insert(session, document, file, number=after + 1, why=why, now=now)
    _tell(session, document, copy, now=now)
    return copy


def find_copy(session: Session, digest: str) -> PublishedCopy | None:
    """Which copy of which document a file is, by the hash of the whole file."""
    return session.scalars(select(PublishedCopy).where(PublishedCopy.digest == digest)).one_or_none()


def list_copies(session: Session, document: Document) -> list[PublishedCopy]:
    """Every file of a document, the first one first."""
    rows = select(PublishedCopy).where(_is_of(document)).order_by(PublishedCopy.number)
    return list(session.scalars(rows))


def find_newest_copy(session: Session, document: Document) -> PublishedCopy | None:
    """The file that is given out now."""
    query = select(PublishedCopy).where(_is_of(document)).order_by(PublishedCopy.number.desc()).limit(1)
    return session.scalars(query).first()


def document_of(copy: PublishedCopy) -> Document:
    """The document a copy is of."""
    found = copy.publication or copy.annual_report or copy.annual_audit or copy.programme_audit
    assert found is not None, "the database keeps each copy with its document"
    return found


def record_of(document: Document) -> Record:
    """The record in whose trail it stands what becomes of the document."""
    return document.assessment if isinstance(document, Publication) else document


def _insert(
    session: Session, document: Document, file: SignedFile, *, number: int, why: Why, now: dt.datetime
) -> PublishedCopy:
    copy = PublishedCopy(
        **{_OWNERS[type(document)]: document.id},
        number=number,
        digest=file.digest,
        why=str(why),
        made_at=now,
        renew_on=file.renew_on,
    )
    session.add(copy)
    session.flush()
    if isinstance(document, Publication):
        session.expire(document, ["copies"])
    return copy


def _tell(session: Session, document: Document, copy: PublishedCopy, *, now: dt.datetime) -> None:
    """A later copy stands in the record's trail, in the public log, and on the public page."""
    record, what = record_of(document), {"number": copy.number, "why": copy.why, "sha256": copy.digest}
    append_event(session, record, _EVENTS[type(document)], actor=SYSTEM, now=now, details=what)
    facts: dict[str, str | int] = {"reference": record.reference, "copy": copy.number, "why": copy.why}
    if isinstance(document, Publication):
        facts["edition"] = document.edition
    key = f"copy:{document.id}:{copy.number}"
    append_entry(session, Kind.COPY, key=key, digest=copy.digest, facts=facts, now=now)
    if isinstance(document, Publication | AnnualReport):
        queue_job(session, "pages", key=f"pages:{copy.id}", payload={"reference": record.reference}, now=now)


def _find_standing(session: Session, document: Document) -> PublishedCopy | None:
    said = PublishedCopy.why.in_([str(why) for why in STANDINGS])
    return session.scalars(select(PublishedCopy).where(_is_of(document), said)).one_or_none()


def _is_of(document: Document) -> ColumnElement[bool]:
    owner: ColumnElement[uuid.UUID | None] = getattr(PublishedCopy, _OWNERS[type(document)])
    return owner == document.id
