"""The daily seal of the audit trail in the public log, and what it finds that the chains alone cannot show."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from typing import Any

import pytest
import rfc8785
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from pia_engine.models import Assessment, AuditEvent, LogEntry
from pia_engine.register.merkle import MerkleTree, leaf_hash
from pia_engine.services import audit_heads
from pia_engine.services.audit import verify_trail
from pia_engine.services.audit_heads import check_newest_seal, check_seals, log_audit_head
from pia_engine.services.log_status import about_seal
from pia_engine.services.transparency_log import Kind, list_entries
from tests.factories.walks import Walk

DAY = dt.timedelta(days=1)


@pytest.fixture
def sealed(session: Session, walk: Walk) -> Assessment:
    """A record whose trail was sealed yesterday, and which went on since."""
    record = walk.initial("submitted")
    assert log_audit_head(session, now=walk.now) == 1
    walk.initial("determined", title="Another one")
    session.commit()
    return record


def is_whole(session: Session) -> bool:
    seal = check_newest_seal(session)
    assert seal is not None
    return seal.is_whole


def test_the_seal_is_entered_once_a_day_of_the_city(session: Session, walk: Walk) -> None:
    assert check_newest_seal(session) is None
    assert [log_audit_head(session, now=walk.now + part * DAY) for part in (0, 0, 1, 1)] == [1, 0, 1, 0]
    entries = list_entries(session, kind=Kind.AUDIT_HEAD)
    assert len(entries) == 2
    assert json.loads(entries[1].opening) == {}, "nothing changed since the day before"


def test_an_auditor_can_work_the_seal_out_by_hand(session: Session, walk: Walk) -> None:
    walk.initial("submitted")
    log_audit_head(session, now=walk.now)
    entry = list_entries(session, kind=Kind.AUDIT_HEAD)[-1]
    ends: dict[str, tuple[int, str]] = {}
    for event in session.scalars(select(AuditEvent).order_by(AuditEvent.sequence)):
        ends[str(event.aggregate_id)] = (event.sequence, event.hash)
    leaves = [leaf_hash(rfc8785.dumps([record, *ends[record]])) for record in sorted(ends)]
    assert entry.digest == MerkleTree.of_leaves(leaves).root().hex()
    facts = json.loads(entry.body)["facts"]
    assert (facts["chains"], facts["events"]) == (len(ends), sum(length for length, _ in ends.values()))


def test_a_trail_that_only_grew_is_whole(session: Session, sealed: Assessment, walk: Walk) -> None:
    assert is_whole(session)
    log_audit_head(session, now=walk.now + DAY)
    walk.initial("submitted", title="A third one")
    assert is_whole(session)
    assert [line.is_good for line in about_seal(session)] == [True]


def forge(session: Session, record: Assessment, change: dict[str, Any]) -> None:
    """Rewrite the first event of a chain and every hash after it, as somebody would who knows how it works."""
    session.execute(text("DROP TRIGGER audit_event_no_update"))
    previous = ""
    events = select(AuditEvent).where(AuditEvent.aggregate_id == record.id).order_by(AuditEvent.sequence)
    for event in session.scalars(events).all():
        content = json.loads(event.body) | {"previous": previous} | (change if event.sequence == 1 else {})
        event.body, event.previous_hash = rfc8785.dumps(content), previous
        event.reason = content["reason"]
        event.hash = previous = hashlib.sha256(event.body).hexdigest()
    record.trail_head = previous
    session.commit()


def test_a_chain_forged_from_its_first_event_is_found_by_the_seal_alone(session: Session, sealed: Assessment) -> None:
    forge(session, sealed, {"reason": "something else"})
    assert list(verify_trail(session)) == []
    assert not is_whole(session)
    assert [line.is_good for line in about_seal(session)] == [False]


def test_a_chain_that_vanished_is_found(session: Session, sealed: Assessment) -> None:
    session.execute(text("DROP TRIGGER audit_event_no_delete"))
    session.execute(text("DELETE FROM audit_event WHERE aggregate_id = :id"), {"id": sealed.id.hex})
    session.commit()
    assert not is_whole(session)


def test_an_opening_that_was_altered_is_found(session: Session, sealed: Assessment) -> None:
    entry = session.scalars(select(LogEntry).where(LogEntry.kind == Kind.AUDIT_HEAD)).one()
    session.execute(text("DROP TRIGGER log_entry_no_update"))
    lengths = json.loads(entry.opening)
    entry.opening = json.dumps(lengths | {str(sealed.id): 1})
    session.commit()
    assert not is_whole(session)


def cut(session: Session, record: Assessment) -> None:
    """Take every event of a chain away but the first, and the guard that forbids it."""
    session.execute(text("DROP TRIGGER audit_event_no_delete"))
    session.execute(text("DELETE FROM audit_event WHERE aggregate_id = :id AND sequence > 1"), {"id": record.id.hex})
    session.commit()


@pytest.mark.parametrize("how", ["rewritten", "cut"])
def test_a_changed_trail_is_never_sealed_anew(
    session: Session, sealed: Assessment, walk: Walk, caplog: pytest.LogCaptureFixture, how: str
) -> None:
    if how == "rewritten":
        forge(session, sealed, {"reason": "something else"})
    else:
        cut(session, sealed)
    assert [log_audit_head(session, now=walk.now + day * DAY) for day in (1, 2)] == [0, 0]
    assert len(list_entries(session, kind=Kind.AUDIT_HEAD)) == 1
    assert "The audit trail is not what entry" in caplog.text
    assert [line.is_good for line in about_seal(session)] == [False]


def test_a_seal_made_over_a_changed_trail_hides_nothing(session: Session, sealed: Assessment, walk: Walk) -> None:
    """Somebody enters the seal that the program refuses to enter: the earlier seal still says what was there."""
    forge(session, sealed, {"reason": "something else"})
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(audit_heads, "check_newest_seal", lambda _session: None)
        assert log_audit_head(session, now=walk.now + DAY) == 1
    session.commit()
    assert is_whole(session)
    assert [seal.is_whole for seal in check_seals(session)] == [False, True]
    (line,) = about_seal(session)
    assert (line.is_good, "1 of 2 seals do not fit" in line.text) == (False, True)


def test_every_seal_of_a_trail_that_only_grew_is_whole(session: Session, sealed: Assessment, walk: Walk) -> None:
    for day in range(1, 4):
        walk.initial("submitted", title=f"Matter {day}")
        assert log_audit_head(session, now=walk.now + day * DAY) == 1
    assert [seal.is_whole for seal in check_seals(session)] == [True] * 4


@pytest.mark.parametrize("opening", ["", "[]", '{"x": "y"}', "[" * 100_000])
def test_an_opening_that_cannot_be_read_is_no_seal(session: Session, sealed: Assessment, opening: str) -> None:
    session.execute(text("DROP TRIGGER log_entry_no_update"))
    session.execute(text("UPDATE log_entry SET opening = :o WHERE kind = 'audit-head'"), {"o": opening})
    session.commit()
    assert not is_whole(session)
    assert [seal.is_whole for seal in check_seals(session)] == [False]
