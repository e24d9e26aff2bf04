"""Which document of the city a file is, by the hash of the whole file: one place for every kind that is signed."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import select
from sqlalchemy.orm import Session

from pia_engine.errors import N_
from pia_engine.models import AnnualReport, ProgrammeAudit
from pia_engine.register.verification import CLOSING_REPORT, PublishedDocument
from pia_engine.services.audit_documents import TITLE as AUDIT_OF_PROGRAMME
from pia_engine.services.audit_reports import find_by_report
from pia_engine.services.places import title_of
from pia_engine.services.publications import find_by_pdf

REPLACED = N_("a newer one has taken its place in the register.")
ANNUAL_REPORT = N_("Annual report %(year)s")


def find_document(session: Session, digest: str) -> PublishedDocument | None:
    """What the city knows about a file with this SHA-256; None for a file it never signed."""
    found = (find(session, digest) for find in KINDS)
    return next((each for each in found if each is not None), None)


def _published_assessment(session: Session, digest: str) -> PublishedDocument | None:
    found = find_by_pdf(session, digest)
    if found is None:
        return None
    note = "" if found.is_current else REPLACED
    return PublishedDocument(found.reference, found.title, found.published_at, found.is_current, note)


def _annual_report(session: Session, digest: str) -> PublishedDocument | None:
    found = session.scalars(select(AnnualReport).where(AnnualReport.pdf_digest == digest)).one_or_none()
    if found is None or found.published_at is None:
        return None
    return PublishedDocument(found.reference, ANNUAL_REPORT % {"year": found.year}, found.published_at)


def _closing_report(session: Session, digest: str) -> PublishedDocument | None:
    audit = find_by_report(session, digest)
    if audit is None or audit.concluded_at is None:
        return None
    title = AUDIT_OF_PROGRAMME % {"year": audit.year} if isinstance(audit, ProgrammeAudit) else title_of(audit)
    return PublishedDocument(audit.reference, title, audit.concluded_at, sentence=CLOSING_REPORT)


KINDS: tuple[Callable[[Session, str], PublishedDocument | None], ...] = (
    _published_assessment,
    _annual_report,
    _closing_report,
)
