"""A disposal from the calendar to the tombstone, and a case file, on PostgreSQL: the same statements hold there."""

from __future__ import annotations

import datetime as dt
import io
from pathlib import Path

import flask_migrate
import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from pia_engine import clock, create_app
from pia_engine.documents.authority import create_authority
from pia_engine.documents.case_checking import verify_case_file
from pia_engine.documents.checking import read_trust
from pia_engine.documents.storage import open_storage
from pia_engine.extensions import db
from pia_engine.jobs.worker import drain
from pia_engine.models import CaseFile, Initiative, Tombstone
from pia_engine.services.audit import verify_trail
from pia_engine.services.case_files import order_case_file
from pia_engine.services.disposals import approve_disposal, find_open_disposal, propose_overdue
from pia_engine.services.disposing import carry_out_approved
from pia_engine.settings import Settings
from tests.factories.matters import YEARS_LATER, retired
from tests.factories.people import FOUNDED, acting, found_test_city
from tests.factories.walks import START, Walk

pytestmark = pytest.mark.postgresql


@pytest.fixture
def city(tmp_path: Path, postgresql: str) -> Flask:
    settings = Settings(instance=tmp_path, database_url=postgresql)
    create_authority(settings.keys_folder, city_name="City of Testwell", now=FOUNDED)
    settings.secret_key_path.write_text("a secret for tests only")
    app = create_app(settings)
    with app.app_context():
        flask_migrate.upgrade()
    return app


def test_records_are_exported_and_disposed_of(city: Flask) -> None:
    settings: Settings = city.extensions["pia-settings"]
    with city.app_context():
        engine = db.engine
    info = {"catalogue": city.extensions["pia-catalogue"]}
    with clock.frozen(START), Session(engine, info=info, expire_on_commit=False) as session:
        found_test_city(session, password_hash="unused")
        walk = Walk(session)
        initiative = retired(walk)
        walk.initial("withdrawn", "Another")
        officer = acting(session, "petra", walk.now)
        ordered = order_case_file(session, initiative, reference=initiative.reference, actor=officer, now=walk.now)
        session.commit()
    drain(city, walk.now)
    later = YEARS_LATER + dt.timedelta(days=1)
    with Session(engine, info=info, expire_on_commit=False) as session:
        digest = session.get_one(CaseFile, ordered.id).digest
        data = open_storage(settings.documents_folder).get(digest)
        assert verify_case_file(io.BytesIO(data), trust=read_trust(settings.keys_folder)).valid
        assert propose_overdue(session, now=YEARS_LATER) == 2
        disposal = find_open_disposal(session, session.get_one(Initiative, initiative.id))
        assert disposal is not None
        with clock.frozen(YEARS_LATER):
            helen = acting(session, "helen", YEARS_LATER)
            approve_disposal(session, disposal, actor=helen, now=YEARS_LATER, reason="Its time is over.")
        with clock.frozen(later):
            assert carry_out_approved(session, now=later) == 1
            assert carry_out_approved(session, now=later) == 0
        session.commit()
        assert session.scalar(select(func.count(Initiative.id))) == 1
        assert session.scalars(select(Tombstone.reference)).all() == [initiative.reference]
        assert list(verify_trail(session)) == []
    engine.dispose()
