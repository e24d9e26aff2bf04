"""`pia audit verify` after somebody altered the trail behind the program's back, on both databases."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import flask_migrate
import pytest
import rfc8785
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Session

from pia_engine import clock, create_app
from pia_engine.cli import run
from pia_engine.extensions import db
from pia_engine.models import AuditEvent
from pia_engine.settings import Settings
from tests.factories.people import found_test_city
from tests.factories.walks import START, Walk

LAST = 4


@dataclass(frozen=True)
class Prepared:
    """A database with one determined initial assessment in it, and how to make another just like it."""

    instance: Path
    url: str
    record: uuid.UUID
    reference: str


@dataclass(frozen=True)
class Opened:
    """One copy of it, written to by somebody who may switch the guards off."""

    engine: Engine
    prepared: Prepared

    def alter(self, *statements: str, **given: Any) -> None:
        with self.engine.begin() as connection:
            switch_guards_off(connection)
            for statement in statements:
                connection.execute(text(statement), {"record": self.key, **given} if ":" in statement else {})

    @property
    def key(self) -> str:
        return self.prepared.record.hex if self.engine.dialect.name == "sqlite" else str(self.prepared.record)

    def event(self, sequence: int) -> AuditEvent:
        with Session(self.engine) as session:
            rows = session.query(AuditEvent).filter_by(aggregate_id=self.prepared.record, sequence=sequence)
            return rows.one()


def switch_guards_off(connection: Connection) -> None:
    """As the owner of the file, or the superuser of the server, can."""
    if connection.dialect.name == "sqlite":
        connection.execute(text("DROP TRIGGER IF EXISTS audit_event_no_update"))
        connection.execute(text("DROP TRIGGER IF EXISTS audit_event_no_delete"))
    else:
        connection.execute(text("ALTER TABLE audit_event DISABLE TRIGGER USER"))


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def prepared(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Prepared:
    instance = tmp_path_factory.mktemp(f"trail-{request.param}")
    url = request.getfixturevalue("postgresql") if request.param == "postgresql" else ""
    settings = Settings(instance=instance, database_url=url)
    settings.keys_folder.mkdir(exist_ok=True)
    settings.secret_key_path.write_text("a secret for tests only")
    app = create_app(settings)
    with app.app_context(), clock.frozen(START):
        flask_migrate.upgrade()
        with Session(db.engine, info={"catalogue": app.extensions["pia-catalogue"]}) as session, session.begin():
            found_test_city(session, password_hash="unused")
            record = Walk(session).initial("determined")
            found = Prepared(instance, url, record.id, record.reference)
            assert record.trail_length == LAST
        db.engine.dispose()
    return found


@pytest.fixture
def opened(prepared: Prepared, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Opened]:
    """A copy for one test, which the command finds, too."""
    shutil.copytree(prepared.instance, tmp_path / "instance")
    url = f"sqlite:///{tmp_path / 'instance' / 'pia.db'}"
    if prepared.url:
        name = f"trail_{os.getpid()}_{uuid.uuid4().hex[:8]}"
        server = create_engine(prepared.url.rsplit("/", 1)[0] + "/template1", isolation_level="AUTOCOMMIT")
        with server.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name} TEMPLATE postgres"))
        server.dispose()
        url = f"{prepared.url.rsplit('/', 1)[0]}/{name}"
        monkeypatch.setenv("PIA_DATABASE_URL", url)
    monkeypatch.setenv("PIA_INSTANCE", str(tmp_path / "instance"))
    engine = create_engine(url)
    yield Opened(engine, prepared)
    engine.dispose()


Verify = Callable[[], tuple[int, str]]


@pytest.fixture
def verify(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Verify:
    monkeypatch.setenv("COLUMNS", "300")

    def typed() -> tuple[int, str]:
        capsys.readouterr()
        code = run(["audit", "verify"])
        return code, capsys.readouterr().out

    return typed


def named(opened: Opened, sequence: int, event: str, why: str) -> str:
    said = f" “{event}”" if event else ""
    where = f"{opened.prepared.reference} ({opened.prepared.record})"
    return f"initial_assessment {where}, event {sequence}{said}: {why}."


def test_an_untouched_trail_is_whole(opened: Opened, verify: Verify) -> None:
    code, out = verify()
    assert code == 0
    assert "The audit trail is whole" in out


def test_an_altered_text_is_named(opened: Opened, verify: Verify) -> None:
    opened.alter(
        "UPDATE audit_event SET body = :body WHERE aggregate_id = :record AND sequence = 2",
        body=opened.event(2).body.replace(b"Amara", b"Armin"),
    )
    code, out = verify()
    assert code == 1
    assert named(opened, 2, "answers:saved", "its content was altered") in out
    assert "1 records are broken" in out


def test_a_text_altered_together_with_its_hash_is_noticed_at_the_next_event(opened: Opened, verify: Verify) -> None:
    body = opened.event(2).body.replace(b"Amara", b"Armin")
    opened.alter(
        "UPDATE audit_event SET body = :body, hash = :hash, actor_name = 'Armin Author' "
        "WHERE aggregate_id = :record AND sequence = 2",
        body=body,
        hash=hashlib.sha256(body).hexdigest(),
    )
    code, out = verify()
    assert code == 1
    assert named(opened, 3, "initial-assessment:submitted", "it does not follow the event before it") in out


@pytest.mark.parametrize(
    ("column", "value", "said"),
    [
        ("actor_name", "'Somebody Else'", "actor_name"),
        ("event", "'initial-assessment:withdrawn'", "event"),
        ("reason", "'Another reason'", "reason"),
        ("role", "'executive'", "role"),
        ("at", "'2025-01-01 00:00:00+00:00'", "at"),
        ("actor_id", "NULL", "actor"),
    ],
)
def test_an_altered_column_beside_the_text_is_named(
    column: str, value: str, said: str, opened: Opened, verify: Verify
) -> None:
    opened.alter(f"UPDATE audit_event SET {column} = {value} WHERE aggregate_id = :record AND sequence = 3")
    event = "initial-assessment:withdrawn" if column == "event" else "initial-assessment:submitted"
    code, out = verify()
    assert code == 1
    assert named(opened, 3, event, f"its “{said}” was altered: it does not say what was hashed") in out


def test_a_removed_event_is_named(opened: Opened, verify: Verify) -> None:
    opened.alter("DELETE FROM audit_event WHERE aggregate_id = :record AND sequence = 2")
    code, out = verify()
    assert code == 1
    assert named(opened, 3, "initial-assessment:submitted", "event 2 is missing") in out


def test_a_removed_last_event_is_noticed_by_its_record(opened: Opened, verify: Verify) -> None:
    opened.alter(f"DELETE FROM audit_event WHERE aggregate_id = :record AND sequence = {LAST}")
    code, out = verify()
    assert code == 1
    assert named(opened, LAST, "", f"event {LAST} is missing: the record has had {LAST}") in out


def test_a_removed_chain_is_noticed_by_its_record(opened: Opened, verify: Verify) -> None:
    opened.alter("DELETE FROM audit_event WHERE aggregate_id = :record")
    code, out = verify()
    assert code == 1
    assert f"event 1: event 1 is missing: the record has had {LAST}." in out


def test_events_that_changed_places_are_named(opened: Opened, verify: Verify) -> None:
    swap = "UPDATE audit_event SET sequence = {to} WHERE aggregate_id = :record AND sequence = {at}"
    opened.alter(swap.format(at=2, to=99), swap.format(at=3, to=2), swap.format(at=99, to=3))
    code, out = verify()
    assert code == 1
    assert named(opened, 2, "initial-assessment:submitted", "it does not follow the event before it") in out


def forged(after: AuditEvent) -> AuditEvent:
    """An event that follows another one by every rule."""
    said = {**json.loads(after.body), "sequence": after.sequence + 1, "previous": after.hash, "reason": "Forged"}
    body = rfc8785.dumps(said)
    kept = ("aggregate_kind", "aggregate_id", "event", "actor_id", "actor_name", "role", "represented_id", "at")
    return AuditEvent(
        **{name: getattr(after, name) for name in kept},
        sequence=after.sequence + 1,
        reason="Forged",
        body=body,
        previous_hash=after.hash,
        hash=hashlib.sha256(body).hexdigest(),
    )


def test_an_event_put_between_two_others_is_noticed_at_the_next_one(opened: Opened, verify: Verify) -> None:
    opened.alter(
        "UPDATE audit_event SET sequence = sequence + 1000 WHERE aggregate_id = :record AND sequence > 2",
        "UPDATE audit_event SET sequence = sequence - 999 WHERE aggregate_id = :record AND sequence > 2",
    )
    with Session(opened.engine) as session, session.begin():
        session.add(forged(opened.event(2)))
    code, out = verify()
    assert code == 1
    assert named(opened, 4, "initial-assessment:submitted", "it does not follow the event before it") in out


def test_an_event_added_at_the_end_is_noticed_by_its_record(opened: Opened, verify: Verify) -> None:
    with Session(opened.engine) as session, session.begin():
        session.add(forged(opened.event(LAST)))
    code, out = verify()
    assert code == 1
    why = f"it was added behind the program's back: the record has had {LAST}"
    assert named(opened, LAST + 1, "initial-assessment:determined", why) in out


def test_a_record_removed_without_a_disposal_is_named(opened: Opened, verify: Verify) -> None:
    keys = (
        "PRAGMA foreign_keys = OFF"
        if opened.engine.dialect.name == "sqlite"
        else "SET session_replication_role = replica"
    )
    with opened.engine.connect() as connection:
        connection.execute(text(keys))
        connection.commit()
        connection.execute(text("DELETE FROM assessment WHERE id = :record"), {"record": opened.key})
        connection.commit()
    code, out = verify()
    assert code == 1
    assert "“initial-assessment:determined”: its record is gone, and no disposal says so." in out
