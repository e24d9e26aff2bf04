"""V1: answering about a file: one the city knows, and a genuine one of twelve pages that it does not."""

from __future__ import annotations

import dataclasses
import hashlib
import io
import resource
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import flask_migrate
from flask import Flask
from sqlalchemy.orm import Session

from benchmarks.measuring import Result, compare
from pia_engine import create_app
from pia_engine.documents.apart import run_apart
from pia_engine.documents.authority import create_authority, open_authority
from pia_engine.documents.containers import find_containers
from pia_engine.documents.parts import read_parts
from pia_engine.documents.proofs import prove
from pia_engine.documents.rendering import render_pdf
from pia_engine.documents.report import Entry, Report
from pia_engine.documents.signatures import Approver, sign_document
from pia_engine.documents.storage import open_storage
from pia_engine.documents.trust import read_trust
from pia_engine.extensions import db, limiter, start_writing
from pia_engine.services.publications import find_publication
from pia_engine.settings import Settings
from tests.factories.people import FOUNDED, found_test_city
from tests.factories.reports import school_route_report
from tests.factories.walks import Walk

PAGES, ROUNDS, TIMES = 12, 9, 5
TO_HASH, UNKNOWN_TO_HASH, TO_VALIDATION = 200.0, 40_000.0, 35.0
PARAGRAPH = "The cameras look at the crossing only, and what they see is deleted after seven days. " * 40


def verifying() -> Iterator[Result]:
    """A known file against the bare hash of its bytes, an unknown one against the bare validation of its signatures."""
    with tempfile.TemporaryDirectory() as folder:
        app = _city(Path(folder))
        settings: Settings = app.extensions["pia-settings"]
        known, unknown = _signed(settings, "PIA-2026-0001"), _signed(settings, "PIA-2026-0002")
        _publish(app, known)
        client = app.test_client()

        def send(pdf: bytes) -> None:
            with app.app_context():
                limiter.reset()
            sent = {"file": (io.BytesIO(pdf), "file.pdf")}
            answer = client.post("/verify/answer", data=sent, content_type="multipart/form-data")
            assert answer.status_code == 200, answer.text

        def bare(pdf: bytes) -> Callable[[], object]:
            return lambda: hashlib.sha256(pdf).hexdigest()

        answered, hashed = compare(lambda: send(known), bare(known), rounds=ROUNDS, times=TIMES)
        yield Result("V1", "/verify, a known file: to its bare hash", answered, hashed, TO_HASH)
        _, hashed = compare(bare(unknown), bare(unknown), rounds=ROUNDS, times=TIMES)
        examined = _with_children(lambda: send(unknown))
        yield Result("V1", "/verify, an unknown one: to its bare hash", examined, hashed, UNKNOWN_TO_HASH)
        trust, places = read_trust(settings.keys_folder), find_containers(unknown)
        validated = _with_children(lambda: run_apart(prove(unknown, places, trust)))
        yield Result("V1", "/verify, an unknown one: to bare validation", examined, validated, TO_VALIDATION)


def _with_children(act: Callable[[], object]) -> float:
    """Median milliseconds of processor time of one call, with that of the processes it starts."""
    act()
    took = []
    for _ in range(ROUNDS):
        before = _used()
        act()
        took.append((_used() - before) * 1000)
    return statistics.median(took)


def _used() -> float:
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


def _city(folder: Path) -> Flask:
    settings = Settings(instance=folder, public_url="http://127.0.0.1:8000")
    settings.secret_key_path.write_text("a secret for benchmarks only")
    create_authority(settings.keys_folder, city_name="City of Testwell", now=FOUNDED)
    app = create_app(settings)
    with app.app_context():
        flask_migrate.upgrade()
        start_writing()
        found_test_city(db.session, password_hash="")
        db.session.commit()
        db.session.remove()
    return app


def _signed(settings: Settings, reference: str) -> bytes:
    """A document of twelve pages, sealed, approved twice and stamped."""
    report = dataclasses.replace(school_route_report(), reference=reference)
    rendered = next(pdf for notes in range(12) if _pages(pdf := _rendered(report, notes)) >= PAGES)
    return sign_document(
        rendered,
        authority=open_authority(settings.keys_folder),
        approvers=[Approver(line.name, line.role, line.decision, line.signed_at) for line in report.sign_offs],
        city_name="City of Testwell",
        reference=reference,
        now=FOUNDED,
    )


def _rendered(report: Report, notes: int) -> bytes:
    last = report.sections[-1]
    longer = dataclasses.replace(
        last, entries=(*last.entries, *(Entry(f"Note {number}", PARAGRAPH) for number in range(notes)))
    )
    report = dataclasses.replace(report, sections=(*report.sections[:-1], longer))
    return render_pdf(report, record=b'{"reference":"%b"}' % report.reference.encode())


def _pages(pdf: bytes) -> int:
    parts = read_parts(pdf)
    assert parts is not None
    return len(parts.pages)


def _publish(app: Flask, pdf: bytes) -> None:
    """Let a made-up edition be this file."""
    settings: Settings = app.extensions["pia-settings"]
    digest = open_storage(settings.documents_folder).put(pdf)
    with app.app_context():
        start_writing()
        session: Session = db.session()
        publication = find_publication(session, Walk(session).full("published"))
        assert publication is not None
        publication.pdf_digest = publication.copies[0].digest = digest
        session.commit()
        db.session.remove()
