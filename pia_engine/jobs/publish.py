"""Publish one edition: fix the public record, typeset it, sign it, keep both by their hash, and say so in the register.

Doing it twice is the same as once: an edition that is already in the register is left alone.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from pia_engine import clock
from pia_engine.documents.authority import open_authority
from pia_engine.documents.rendering import render_pdf
from pia_engine.documents.report import Report
from pia_engine.documents.signatures import Approver, sign_document
from pia_engine.documents.storage import open_storage
from pia_engine.jobs.context import JobContext
from pia_engine.models import Assessment
from pia_engine.register.entries import canonical_bytes, searchable_text
from pia_engine.services.publications import PublishedFiles, find_publication, record_publication
from pia_engine.services.reports import build_record, report_of
from pia_engine.settings import Settings


@dataclass(frozen=True, slots=True)
class Edition:
    """One edition as it will be published: the public record and what the document says."""

    record: dict[str, Any]
    report: Report


def publish(context: JobContext) -> None:
    """Make the files of the edition named in the payload and enter it in the register."""
    assessment_id = uuid.UUID(context.payload["assessment"])
    with context.read() as session:
        edition = _read_edition(session, assessment_id, context)
    if edition is None:
        return
    files = make_files(edition, context.settings)
    with context.write() as session:
        record_publication(session, session.get_one(Assessment, assessment_id), files, now=context.now)


def _read_edition(session: Session, assessment_id: uuid.UUID, context: JobContext) -> Edition | None:
    assessment = session.get_one(Assessment, assessment_id)
    if find_publication(session, assessment) is not None:
        return None
    public_url = context.settings.public_url
    record = build_record(session, assessment, now=context.now, public_url=public_url)
    return Edition(record, report_of(record, public_url=public_url))


def make_files(edition: Edition, settings: Settings) -> PublishedFiles:
    """Typeset and sign the document and keep it with its record. The signatures carry the true present moment."""
    record = canonical_bytes(edition.record)
    report = edition.report
    signed = sign_document(
        render_pdf(report, record=record),
        authority=open_authority(settings.keys_folder),
        approvers=[Approver(line.name, line.role, line.decision, line.signed_at) for line in report.sign_offs],
        city_name=report.city_name,
        reference=report.reference,
        now=clock.now(),
    )
    storage = open_storage(settings.documents_folder)
    return PublishedFiles(
        title=report.title,
        summary=report.summary,
        search_text=searchable_text(edition.record),
        pdf_digest=storage.put(signed),
        json_digest=storage.put(record),
    )
