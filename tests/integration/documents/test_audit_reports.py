"""The closing report of an audit: made once, sealed, said again by whoever checks the file, and fit for the archive."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from pia_engine.documents.audit_report import render_audit_report
from pia_engine.documents.storage import open_storage
from pia_engine.errors import Invalid
from pia_engine.jobs.audit_reports import make_audit_report
from pia_engine.jobs.context import JobContext
from pia_engine.jobs.engine import workplace_of
from pia_engine.models import AnnualAudit, AuditEvent
from pia_engine.register.entries import canonical_bytes
from pia_engine.register.verification import Register, verify_file
from pia_engine.services import annual_audits, findings
from pia_engine.services.audit_documents import document_of
from pia_engine.services.audit_reports import build_audit_record, find_by_report
from pia_engine.services.findings import Audit
from pia_engine.services.known_documents import find_document
from tests.factories.governance.audits import accept, audit_with_findings, programme_audit
from tests.factories.walks import Walk
from tests.integration.documents.conformance import assert_conformant

URL = "http://127.0.0.1:8000"


def closed_audit(walk: Walk) -> AnnualAudit:
    """One finding accepted, one disputed, and the assessment confirmed."""
    audit = audit_with_findings(walk, 2)
    accept(walk, findings.get_finding(walk.session, audit, 1))
    findings.dispute_finding(
        walk.session,
        findings.get_finding(walk.session, audit, 2),
        "A court ordered the copy.",
        actor=walk.who("amara"),
        now=walk.now,
    )
    annual_audits.confirm(walk.session, audit, actor=walk.who("helen"), now=walk.now, reason="It is mended.")
    return audit


@pytest.fixture
def make(app: Flask, session: Session, walk: Walk) -> Callable[[Audit], Audit]:
    """Does the job that makes the report, and gives the audit anew."""

    def run(audit: Audit) -> Audit:
        session.commit()
        make_audit_report(context_of(app, audit, walk.now))
        session.expire_all()
        return audit

    return run


def context_of(app: Flask, audit: Audit, now: dt.datetime) -> JobContext:
    payload = {"kind": audit.workflow_name, "audit": str(audit.id)}
    return workplace_of(app).context("audit-report", "key", payload, now=now)


def pdf_of(app: Flask, audit: Audit) -> bytes:
    return open_storage(app.extensions["pia-settings"].documents_folder).get(audit.report_digest)


def words_in(pdf: bytes, folder: Path) -> str:
    path = folder / "report.pdf"
    path.write_bytes(pdf)
    text = subprocess.run(["pdftotext", "-raw", str(path), "-"], check=True, capture_output=True, text=True).stdout
    return " ".join(text.split())


def test_the_report_says_what_was_found_answered_and_concluded(
    app: Flask, walk: Walk, make: Callable[[Audit], Audit], tmp_path: Path
) -> None:
    audit = make(closed_audit(walk))
    text = words_in(pdf_of(app, audit), tmp_path)
    for part in (
        "Annual audit of an assessment",
        "Traffic counters on Mill Road",
        f"{audit.assessment.reference}, version 1",
        "Conducted by Ingrid Auditor",
        "The published assessment still holds.",
        "It is mended.",
        "Finding 1 (Medium)",
        "Recording number 1 was kept too long.",
        "Recommendation: Check the clocks every month.",
        "Who should act: Head of the office",
        "Accepted by Amara Author",
        "Every clock is checked on the first of the month.",
        "Who puts it right: Daniel Director",
        "Disputed by Amara Author",
        "A court ordered the copy.",
        "Was information deleted on time?",
    ):
        assert part in text, part


def test_the_report_of_the_programme_says_how_the_sample_was_drawn(
    app: Flask, walk: Walk, make: Callable[[Audit], Audit], tmp_path: Path
) -> None:
    reference = walk.full("published").reference
    audit = make(programme_audit(walk, "closed", count=1))
    pdf = pdf_of(app, audit)
    text = words_in(pdf, tmp_path)
    said = ("Audit of the programme 2026", "1 of 1 decisions of the period were drawn", "The audit is closed.")
    for part in (*said, reference):
        assert part in text, part
    subprocess.run(["pdfdetach", "-saveall", "-o", str(tmp_path), str(tmp_path / "report.pdf")], check=True)
    attached = json.loads((tmp_path / "pia.jsonld").read_text(encoding="utf-8"))
    assert attached["sample"]["drawn_from"] == [[reference, "published"]]


def test_the_file_is_sealed_and_known(app: Flask, walk: Walk, make: Callable[[Audit], Audit]) -> None:
    audit = make(closed_audit(walk))
    pdf = pdf_of(app, audit)
    keys = app.extensions["pia-settings"].keys_folder
    known = find_document(walk.session, hashlib.sha256(pdf).hexdigest())
    verdict = verify_file(pdf, trust=keys, register=Register(find=lambda _digest: known))
    assert verdict.valid
    said = " ".join(verdict.sentences)
    assert f"This is the closing report of audit {audit.reference}, “Traffic counters on Mill Road”" in said
    by_itself = verify_file(pdf, trust=keys)
    assert by_itself.valid
    stated = f"Closing report of audit {audit.reference}: sealed as the record of City of Testwell"
    assert stated in [each.says for each in by_itself.signatures]
    altered = bytearray(pdf)
    altered[len(altered) // 2] ^= 1
    assert not verify_file(bytes(altered), trust=keys).valid


def test_making_it_twice_is_the_same_as_once(
    app: Flask, session: Session, walk: Walk, make: Callable[[Audit], Audit]
) -> None:
    audit = make(closed_audit(walk))
    digest = audit.report_digest
    assert hashlib.sha256(pdf_of(app, audit)).hexdigest() == digest
    assert make(audit).report_digest == digest
    signed = select(func.count(AuditEvent.id)).where(AuditEvent.event == "annual-audit:report-signed")
    assert session.scalar(signed) == 1
    assert find_by_report(session, digest) == audit
    assert find_by_report(session, "0" * 64) is None


def test_an_open_audit_has_no_report(app: Flask, walk: Walk, make: Callable[[Audit], Audit]) -> None:
    assert make(audit_with_findings(walk)).report_digest == ""


def test_the_record_is_the_same_however_often_it_is_built(session: Session, walk: Walk) -> None:
    audit = closed_audit(walk)
    assert canonical_bytes(build_audit_record(session, audit)) == canonical_bytes(build_audit_record(session, audit))


def record_with(session: Session, walk: Walk, **changed: Any) -> dict[str, Any]:
    return build_audit_record(session, closed_audit(walk)) | changed


def test_a_character_no_font_has_is_named_with_its_place(session: Session, walk: Walk) -> None:
    record = record_with(session, walk)
    record["findings"][1]["response_text"] = "Look \U00012000 here"
    with pytest.raises(Invalid) as refusal:
        render_audit_report(document_of(record, public_url=URL), record=b"{}")
    assert refusal.value.values["where"] == "Finding 2"


def test_archive_and_screen_reader_profiles_pass(session: Session, walk: Walk, tmp_path: Path) -> None:
    annual = document_of(record_with(session, walk), public_url=URL)
    programme = document_of(build_audit_record(session, programme_audit(walk, "closed")), public_url=URL)
    documents = {
        "annual": annual,
        "bare": replace(annual, findings=(), sections=()),
        "arabic": replace(annual, language="ar", direction="rtl", title="كاميرات مراقبة طرق المدارس"),
        "programme": programme,
    }
    assert_conformant({name: render_audit_report(each, record=b"{}") for name, each in documents.items()}, tmp_path)
