"""Make the closing report of an audit: typeset it, seal it, keep it by its hash, and enter it in the audit's record.

Doing it twice is the same as once: an audit that has its report is left alone.
"""

from __future__ import annotations

import uuid
from typing import Any

from pia_engine import clock
from pia_engine.documents.audit_report import render_audit_report
from pia_engine.documents.signatures import sign_document
from pia_engine.documents.signers import open_sealing
from pia_engine.jobs.context import JobContext
from pia_engine.jobs.copies import keep_signed
from pia_engine.register.entries import canonical_bytes
from pia_engine.services.audit_documents import document_of
from pia_engine.services.audit_reports import build_audit_record, get_audit_to_report, record_report
from pia_engine.services.copies import SignedFile, record_first_copy
from pia_engine.settings import Settings


def make_audit_report(context: JobContext) -> None:
    """Make the report of the closed audit named in the payload."""
    kind, audit_id = context.payload["kind"], uuid.UUID(context.payload["audit"])
    with context.read() as session:
        audit = get_audit_to_report(session, kind, audit_id)
        record = build_audit_record(session, audit) if audit else None
    if record is None:
        return
    file = _make_file(record, context.settings)
    with context.write() as session:
        audit = get_audit_to_report(session, kind, audit_id)
        if audit is not None:
            record_report(session, audit, file.digest, now=context.now)
            record_first_copy(session, audit, file, now=context.now)


def _make_file(record: dict[str, Any], settings: Settings) -> SignedFile:
    """Typeset and seal the report and keep it. The seal carries the true present moment."""
    report = document_of(record, public_url=settings.public_url)
    now = clock.now()
    signed = sign_document(
        render_audit_report(report, record=canonical_bytes(record)),
        authority=open_sealing(settings, now=now),
        approvers=(),
        city_name=report.city_name,
        reference=f"Closing report of audit {report.reference}",
        now=now,
    )
    return keep_signed(signed, settings)
