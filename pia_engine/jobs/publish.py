"""Publish one edition: fix the public record, typeset it, sign it, keep both by their hash, and say so in the register.

Where parts of it are withheld, two documents are made. The original says everything that would be public otherwise: it
is signed by the city and its approvers, entered in the log and kept inside the city. The public one is typeset from
the projection of the record, never cut out of the original; the city seals it, and it names the original by its hash.

Doing it twice is the same as once: an edition that is already in the register is left alone, and an original that is
in the log is not signed again. What is published then is the projection of the record inside that original, whatever
was written about the assessment meanwhile.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from pia_engine import clock
from pia_engine.documents.attached import read_record
from pia_engine.documents.rendering import render_pdf
from pia_engine.documents.report import Report
from pia_engine.documents.signatures import Approver, sign_document
from pia_engine.documents.signers import open_sealing
from pia_engine.documents.storage import open_storage
from pia_engine.jobs.context import JobContext
from pia_engine.jobs.copies import keep_signed
from pia_engine.models import Assessment
from pia_engine.register.entries import canonical_bytes, searchable_text
from pia_engine.services.publications import (
    PublishedFiles,
    find_original,
    find_publication,
    record_original,
    record_publication,
)
from pia_engine.services.reports import build_record, project_record, report_of
from pia_engine.settings import Settings


@dataclass(frozen=True, slots=True)
class Edition:
    """One edition: its complete record, what of it is published, and the original if that is signed already."""

    complete: dict[str, Any]
    public: dict[str, Any]
    based_on: dict[str, Any] | None = None

    @property
    def is_withheld_in_part(self) -> bool:
        return bool(self.public["withheld"])


def publish(context: JobContext) -> None:
    """Make the files of the edition named in the payload and enter it in the register."""
    assessment_id = uuid.UUID(context.payload["assessment"])
    with context.read() as session:
        edition = _read_edition(session, assessment_id, context)
    if edition is None:
        return
    based_on = None
    if edition.is_withheld_in_part:
        based_on = edition.based_on or _make_original(edition, assessment_id, context)
    files = make_files(edition, context.settings, based_on=based_on)
    with context.write() as session:
        record_publication(session, session.get_one(Assessment, assessment_id), files, now=context.now)


def _read_edition(session: Session, assessment_id: uuid.UUID, context: JobContext) -> Edition | None:
    assessment = session.get_one(Assessment, assessment_id)
    if find_publication(session, assessment) is not None:
        return None
    original = find_original(session, assessment)
    if original is None:
        record = build_record(session, assessment, now=context.now, public_url=context.settings.public_url)
        return Edition(record, project_record(session, assessment, record))
    record = json.loads(read_record(open_storage(context.settings.documents_folder).get(original.digest)))
    based_on = {"sha256": original.digest, "log_index": original.position}
    return Edition(record, project_record(session, assessment, record), based_on)


def _make_original(edition: Edition, assessment_id: uuid.UUID, context: JobContext) -> dict[str, Any]:
    """Sign the complete document, keep it inside the city, log its hash, and return how the public one names it."""
    report = report_of(edition.complete, public_url=context.settings.public_url)
    signed = sign_report(report, edition.complete, _approvers(report), context.settings)
    kept = keep_signed(signed, context.settings)
    with context.write() as session:
        entry = record_original(session, session.get_one(Assessment, assessment_id), kept.digest, now=context.now)
        return {"sha256": entry.digest, "log_index": entry.position}


def make_files(edition: Edition, settings: Settings, *, based_on: dict[str, Any] | None = None) -> PublishedFiles:
    """Typeset and sign the public document and keep it with its record. With an original, nobody but the city signs."""
    record = {**edition.public, "based_on": based_on}
    report = report_of(record, public_url=settings.public_url)
    kept = keep_signed(sign_report(report, record, () if based_on else _approvers(report), settings), settings)
    return PublishedFiles(
        title=report.title,
        summary=report.summary,
        search_text=searchable_text(record),
        pdf_digest=kept.digest,
        json_digest=open_storage(settings.documents_folder).put(canonical_bytes(record)),
        renew_on=kept.renew_on,
        original_digest=based_on["sha256"] if based_on else "",
    )


def sign_report(report: Report, record: dict[str, Any], approvers: Sequence[Approver], settings: Settings) -> bytes:
    """Typeset a report with its record inside it, and sign it. The signatures carry the true present moment."""
    now = clock.now()
    return sign_document(
        render_pdf(report, record=canonical_bytes(record)),
        authority=open_sealing(settings, now=now),
        approvers=approvers,
        city_name=report.city_name,
        reference=report.reference,
        now=now,
    )


def _approvers(report: Report) -> list[Approver]:
    return [Approver(line.name, line.role, line.decision, line.signed_at) for line in report.sign_offs]
