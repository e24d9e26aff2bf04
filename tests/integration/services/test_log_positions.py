"""Entries written at the same moment by several people: every position once, none left out, on both databases."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Iterator
from pathlib import Path

import flask_migrate
import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from pia_engine import create_app
from pia_engine.extensions import db, writing_engine
from pia_engine.models import LogEntry
from pia_engine.register.merkle import leaf_hash
from pia_engine.services.transparency_log import Kind, append_entry, list_entries
from pia_engine.settings import Settings

NOW = dt.datetime(2026, 3, 2, 9, 0, tzinfo=dt.UTC)
WRITERS, EACH = 6, 8


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    url = request.getfixturevalue("postgresql") if request.param == "postgresql" else ""
    settings = Settings(instance=tmp_path, database_url=url)
    settings.keys_folder.mkdir()
    settings.secret_key_path.write_text("a secret for tests only")
    app = create_app(settings)
    with app.app_context():
        flask_migrate.upgrade()
        yield writing_engine(db.engine)
        db.engine.dispose()


def write(engine: Engine, writer: int) -> None:
    for number in range(EACH):
        with Session(engine) as session, session.begin():
            facts = {"reference": f"W-{writer}-{number}", "edition": 1}
            append_entry(session, Kind.PUBLICATION, key=f"{writer}:{number}", facts=facts, now=NOW)
            append_entry(session, Kind.PUBLICATION, key="everybody writes this", facts={"reference": "X"}, now=NOW)


def test_entries_written_at_once_get_every_position_once(engine: Engine) -> None:
    threads = [threading.Thread(target=write, args=(engine, writer)) for writer in range(WRITERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with Session(engine) as session:
        entries = list_entries(session)
        assert [entry.position for entry in entries] == list(range(WRITERS * EACH + 1))
        assert [entry.leaf_hash for entry in entries] == [leaf_hash(entry.body).hex() for entry in entries]
    with Session(engine) as session, pytest.raises(DatabaseError, match="append-only"):
        session.execute(text("UPDATE log_entry SET digest = ''"))
    with Session(engine) as session, pytest.raises(DatabaseError, match="append-only"):
        session.execute(text("DELETE FROM log_entry"))
    if engine.dialect.name == "postgresql":
        with Session(engine) as session, pytest.raises(DatabaseError, match="append-only"):
            session.execute(text("TRUNCATE log_entry"))
    with Session(engine) as session:
        assert session.get(LogEntry, entries[0].id) is not None
