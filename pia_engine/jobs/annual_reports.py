"""Publish one annual report: fix its public record, typeset it, seal it, keep both by their hash, record it.

Doing it twice is the same as once: a report that is published already is left alone.
"""

from __future__ import annotations

import uuid

from pia_engine import clock
from pia_engine.documents.annual_report import render_annual_report
from pia_engine.documents.signatures import sign_document
from pia_engine.documents.signers import open_sealing
from pia_engine.documents.storage import open_storage
from pia_engine.jobs.context import JobContext
from pia_engine.jobs.copies import keep_signed
from pia_engine.models import AnnualReport
from pia_engine.register.entries import canonical_bytes
from pia_engine.services.annual_report_record import annual_report_record, document_of
from pia_engine.services.annual_reports import ReportFiles, record_report
from pia_engine.services.copies import record_first_copy
from pia_engine.workflows.annual_report import Status


def publish_annual_report(context: JobContext) -> None:
    """Make the files of the report named in the payload and record them. The seal carries the true present moment."""
    report_id = uuid.UUID(context.payload["report"])
    settings = context.settings
    with context.read() as session:
        report = session.get_one(AnnualReport, report_id)
        if report.status != Status.PUBLISHING:
            return
        record = annual_report_record(session, report, now=context.now, public_url=settings.public_url)
    content, document = canonical_bytes(record), document_of(record)
    now = clock.now()
    signed = sign_document(
        render_annual_report(document, record=content),
        authority=open_sealing(settings, now=now),
        approvers=(),
        city_name=document.city_name,
        reference=document.reference,
        now=now,
    )
    kept = keep_signed(signed, settings)
    files = ReportFiles(kept.digest, open_storage(settings.documents_folder).put(content))
    with context.write() as session:
        report = session.get_one(AnnualReport, report_id)
        record_report(session, report, files, now=context.now)
        if report.pdf_digest == kept.digest:
            record_first_copy(session, report, kept, now=context.now)
