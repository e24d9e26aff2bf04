"""Make the closing report of an audit: typeset it, seal it, keep it by its hash, and enter it in the audit's record.

Doing it twice is the same as once: an audit that has its report is left alone.
"""

from __future__ import annotations

import uuid
from typing import Any

from pia_engine import clock
from pia_engine.documents.audit_report import render_audit_report
from pia_engine.documents.authority import open_authority
from pia_engine.documents.signatures import sign_document
from pia_engine.documents.storage import open_storage
from pia_engine.jobs.context import JobContext
from pia_engine.register.entries import canonical_bytes
from pia_engine.services.audit_documents import document_of
from pia_engine.services.audit_reports import build_audit_record, get_audit_to_report, record_report
from pia_engine.settings import Settings


def make_audit_report(context: JobContext) -> None:
    """Make the report of the closed audit named in the payload."""
    kind, audit_id = context.payload["kind"], uuid.UUID(context.payload["audit"])
    with context.read() as session:
        audit = get_audit_to_report(session, kind, audit_id)
        record = build_audit_record(session, audit) if audit else None
    if record is None:
        return
    digest = _make_file(record, context.settings)
    with context.write() as session:
        audit = get_audit_to_report(session, kind, audit_id)
        if audit is not None:
            record_report(session, audit, digest, now=context.now)


def _make_file(record: dict[str, Any], settings: Settings) -> str:
    """Typeset and seal the report and keep it. The seal carries the true present moment."""
    report = document_of(record, public_url=settings.public_url)
    signed = sign_document(
        render_audit_report(report, record=canonical_bytes(record)),
        authority=open_authority(settings.keys_folder),
        approvers=(),
        city_name=report.city_name,
        reference=f"Closing report of audit {report.reference}",
        now=clock.now(),
    )
    return open_storage(settings.documents_folder).put(signed)
