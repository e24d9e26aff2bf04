"""W8: the daily sweep over 10,000 assessments and over 100,000, a tenth of what has a day being due."""

from __future__ import annotations

import contextlib
import datetime as dt
import shutil
import sqlite3
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import flask_migrate
from flask import Flask
from sqlalchemy import event, func, select

from benchmarks.measuring import Result
from pia_engine import clock, create_app
from pia_engine.documents.authority import create_authority
from pia_engine.extensions import db, start_writing
from pia_engine.jobs.engine import workplace_of
from pia_engine.jobs.sweep import run_sweep
from pia_engine.models import AnnualAudit
from pia_engine.settings import Settings
from tests.factories.many_assessments import copy_many, walk_prototypes
from tests.factories.people import FOUNDED, found_test_city
from tests.factories.walks import Walk

FEW, MANY, SPREAD = 10_000, 100_000, 100
TO_SET_BASED, LINEAR, STATEMENTS = 15.0, 1.3, 3.0


@dataclass(frozen=True, slots=True)
class Swept:
    """What one sweep took: milliseconds of processor time, statements, and how many records it changed."""

    took: float
    statements: int
    changes: int


def sweeping() -> Iterator[Result]:
    """Against the same changes made by a handful of statements, and against a city a tenth as large."""
    few, few_idle, limit = _measured(FEW)
    many, many_idle, _ = _measured(MANY)
    thousand, thousands = few.took / FEW * 1000, many.took / MANY * 1000
    yield Result("W8", "sweep 10,000, for each 1,000: to set-based SQL", thousand, limit / FEW * 1000, TO_SET_BASED)
    yield Result("W8", "sweep 100,000, for each 1,000: to 10,000", thousands, thousand, LINEAR)
    yield Result("W8", "statements for each change", many.statements / many.changes, 1, STATEMENTS, "a change")
    yield Result("W8", "statements when nothing is due: 100,000 to 10,000", many_idle, few_idle, 1.0, "in all")


def _measured(count: int) -> tuple[Swept, int, float]:
    """The sweep, the statements of one that finds nothing more, and the milliseconds of the set-based one."""
    with tempfile.TemporaryDirectory() as folder:
        app, now = _city(Path(folder), count)
        copy = Path(folder) / "copy.db"
        shutil.copy(Path(folder) / "pia.db", copy)
        swept = _sweep(app, now)
        idle = _sweep(app, now)
        assert idle.changes == 0
        return swept, idle.statements, _set_based(copy, now)


def _city(folder: Path, count: int) -> tuple[Flask, dt.datetime]:
    """A city of that many assessments, and a moment when a tenth of its days have come."""
    settings = Settings(instance=folder, public_url="http://127.0.0.1:8000")
    settings.secret_key_path.write_text("a secret for benchmarks only")
    create_authority(settings.keys_folder, city_name="City of Testwell", now=FOUNDED)
    app = create_app(settings)
    with app.app_context():
        flask_migrate.upgrade()
        start_writing()
        found_test_city(db.session, password_hash="")
        walk_prototypes(Walk(db.session()))
        db.session.commit()
        copy_many(db.session(), count, spread=SPREAD)
        first = db.session.scalar(select(func.min(AnnualAudit.due_on)))
        assert first is not None
        db.session.commit()
        db.session.remove()
        with db.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    called_on = first - dt.timedelta(days=30) + dt.timedelta(days=SPREAD // 10)
    return app, dt.datetime.combine(called_on, dt.time(9), dt.UTC)


def _sweep(app: Flask, now: dt.datetime) -> Swept:
    with app.app_context(), clock.frozen(now), _counted(app) as statements:
        began = time.process_time()
        found = run_sweep(workplace_of(app).write, now=now)
        return Swept((time.process_time() - began) * 1000, len(statements), sum(found.values()))


@contextlib.contextmanager
def _counted(app: Flask) -> Iterator[list[None]]:
    statements: list[None] = []

    def count(*_args: object) -> None:
        statements.append(None)

    event.listen(db.engine, "before_cursor_execute", count)
    try:
        yield statements
    finally:
        event.remove(db.engine, "before_cursor_execute", count)


def _set_based(database: Path, now: dt.datetime) -> float:
    """The same records changed, told of and recorded by three statements a kind, without asking who may."""
    today, moment = now.date(), now.isoformat(sep=" ")
    kinds = {
        "annual_audit": ("due", f"status = 'scheduled' AND due_on <= '{today + dt.timedelta(days=30)}'"),
        "vendor_response": ("expired", f"status = 'issued' AND expires_at <= '{moment}'"),
        "commitment": ("open", f"status = 'open' AND due_on < '{today}'"),
    }
    with contextlib.closing(sqlite3.connect(database)) as connection:
        began = time.process_time()
        for table, (status, due) in kinds.items():
            connection.execute(
                "INSERT INTO audit_event (id, aggregate_kind, aggregate_id, sequence, event, actor_name, role, reason,"
                f" at, body, previous_hash, hash) SELECT hex(randomblob(16)), '{table}', id, trail_length + 1, 'x',"
                f" 'PIA Engine', 'system', '', '{moment}', '', '', hex(randomblob(32)) FROM {table} WHERE {due}"
            )
            connection.execute(
                "INSERT INTO outbox_job (id, kind, key, payload, state, run_at, attempts, last_error, queued_at)"
                f" SELECT hex(randomblob(16)), 'notice', hex(randomblob(32)), '{{}}', 'waiting', '{moment}', 0, '',"
                f" '{moment}' FROM {table} WHERE {due}"
            )
            connection.execute(
                f"UPDATE {table} SET status = '{status}', trail_length = trail_length + 1, version = version + 1"
                f" WHERE {due}"
            )
        connection.commit()
        return (time.process_time() - began) * 1000
