"""Whoever keeps the city's bundle reads in its log that the records of a published file were disposed of."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from pia_engine import clock
from pia_engine.jobs.worker import drain
from pia_engine.models import AnnualAudit, Publication
from pia_engine.models.transparency import Kind
from pia_engine.register.live import PublicFolder
from pia_engine.register.trust_bundles import open_bundle
from pia_engine.register.verification import Standing
from pia_engine.services.disposing import carry_out_approved
from pia_engine.services.known_documents import find_document
from pia_engine.services.log_calls import log_closing_report
from pia_engine.services.transparency_log import list_entries
from pia_engine.settings import Settings
from tests.factories.matters import YEARS_LATER
from tests.factories.walks import Walk
from tests.integration.services.test_disposals import DAY, approved, over

GONE = YEARS_LATER + DAY
REPORT = "7" * 64


@pytest.fixture
def settings(app: Flask) -> Settings:
    found: Settings = app.extensions["pia-settings"]
    return found


@pytest.fixture
def published(session: Session, walk: Walk, settings: Settings) -> Publication:
    """An edition whose records are to be deleted, with the closing report of its annual audit."""
    initiative = over(walk, settings)
    audit = session.scalars(select(AnnualAudit)).one()
    audit.report_digest = REPORT
    log_closing_report(session, audit, now=walk.now)
    approved(session, walk, initiative)
    return session.scalars(select(Publication)).one()


def carried_out(session: Session) -> None:
    with clock.frozen(GONE):
        assert carry_out_approved(session, now=GONE) == 1
    session.commit()


def test_disposal_is_logged_for_each_file_the_log_knows(session: Session, published: Publication) -> None:
    reference, edition, digest = published.reference, published.edition, published.pdf_digest
    audited = session.scalars(select(AnnualAudit.reference)).one()
    carried_out(session)
    entries = list_entries(session, kind=Kind.DISPOSAL)
    assert [(json.loads(each.body)["facts"], each.digest) for each in entries] == [
        ({"reference": reference, "edition": edition}, digest),
        ({"reference": audited}, REPORT),
    ]


def test_bundle_and_site_say_the_same_of_what_was_disposed_of(
    app: Flask, session: Session, settings: Settings, published: Publication, tmp_path: Path
) -> None:
    digests = (published.pdf_digest, REPORT)
    carried_out(session)
    drain(app, GONE + dt.timedelta(days=1))
    public = PublicFolder(settings.public_folder)
    path = tmp_path / "bundle.zip"
    path.write_bytes((public.store / public.read_map()["/verify/bundle.zip"].file).read_bytes())
    log = open_bundle(path).log
    assert log is not None
    for digest in digests:
        for known in (log.find(digest), find_document(session, digest)):
            assert known is not None
            assert (known.standing, known.ended, known.disposed_at) == (Standing.DISPOSED, None, GONE)
