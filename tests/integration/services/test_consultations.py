"""The log of who was heard: recorded while the assessment is open, corrected with care, taken off with a reason."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from pia_engine.errors import Invalid, NotAllowed, NotFound, NotPossible, Stale
from pia_engine.models import Assessment, AuditEvent, Consultation
from pia_engine.services import consultations
from pia_engine.services.audit import verify_trail
from pia_engine.services.consultations import Heard, digest_of, list_consultations
from tests.factories.hearing import FORUM, hear, on
from tests.factories.walks import Walk

REPLIED = dataclasses.replace(
    FORUM, reply="Count at night too.", replied_on=on(2), effect="Two counters were added on Bridge Street."
)


def change(walk: Walk, entry: Consultation, heard: Heard, *, by: str = "amara", seen: str = "") -> bool:
    return consultations.change_consultation(
        walk.session, entry, heard, seen=seen or digest_of(entry), actor=walk.who(by), now=walk.now
    )


def events(session: Session, record: Assessment) -> list[str]:
    rows = session.scalars(
        select(AuditEvent.event)
        .where(AuditEvent.aggregate_id == record.id, AuditEvent.event.like("consultation:%"))
        .order_by(AuditEvent.sequence)
    )
    return list(rows)


@pytest.mark.parametrize("by", ["amara", "daniel", "petra"])
def test_the_department_and_the_officer_record_who_was_asked(session: Session, walk: Walk, by: str) -> None:
    record = walk.full()
    entry = hear(walk, record, by=by)
    assert [(each.who, each.reply) for each in list_consultations(session, record)] == [("Civil Rights Forum", "")]
    assert entry.is_public
    assert events(session, record) == ["consultation:recorded"]


@pytest.mark.parametrize("by", ["otto", "sofia", "helen", "victor", "ingrid", "adam"])
def test_nobody_else_records_anything(session: Session, walk: Walk, by: str) -> None:
    record = walk.full()
    with pytest.raises(NotAllowed):
        hear(walk, record, by=by)
    entry = hear(walk, record)
    with pytest.raises(NotAllowed):
        change(walk, entry, REPLIED, by=by)
    with pytest.raises(NotAllowed):
        consultations.remove_consultation(session, entry, reason="Twice", actor=walk.who(by), now=walk.now)


def test_a_reply_is_added_with_what_became_of_it(session: Session, walk: Walk) -> None:
    record = walk.full()
    entry = hear(walk, record)
    assert change(walk, entry, REPLIED) is True
    assert (entry.reply, entry.replied_on, entry.effect) == (REPLIED.reply, on(2), REPLIED.effect)
    assert change(walk, entry, REPLIED) is False
    assert change(walk, entry, dataclasses.replace(REPLIED, capacity="An umbrella body")) is True
    assert events(session, record) == ["consultation:recorded", "consultation:replied", "consultation:changed"]
    assert list(verify_trail(session)) == []


def test_a_change_by_somebody_else_is_never_overwritten_unseen(session: Session, walk: Walk) -> None:
    entry = hear(walk, walk.full())
    seen = digest_of(entry)
    change(walk, entry, REPLIED, by="petra")
    with pytest.raises(Stale, match="Somebody else changed this entry"):
        change(walk, entry, dataclasses.replace(FORUM, who="The Forum"), seen=seen)
    assert entry.who == "Civil Rights Forum"


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("kind", {"kind": "friend"}),
        ("who", {"who": "  "}),
        ("who", {"who": "x" * 201}),
        ("channel", {"channel": ""}),
        ("asked", {"asked": ""}),
        ("effect", {"effect": "x" * 4001}),
        ("asked_on", {"asked_on": on(20)}),
        ("replied_on", {"reply": "Yes."}),
        ("replied_on", {"replied_on": on(2)}),
        ("replied_on", {"reply": "Yes.", "replied_on": dt.date(2026, 1, 1)}),
        ("replied_on", {"reply": "Yes.", "replied_on": on(20)}),
        ("asked", {"asked": "May we \u0e44?"}),
    ],
)
def test_what_does_not_fit_is_refused_where_it_stands(walk: Walk, field: str, changes: dict[str, Any]) -> None:
    record = walk.full()
    with pytest.raises(Invalid) as refused:
        hear(walk, record, dataclasses.replace(FORUM, **changes))
    assert refused.value.field == field


def test_what_stays_internal_need_not_be_printable(walk: Walk) -> None:
    assert hear(walk, walk.full(), dataclasses.replace(FORUM, asked="May we \u0e44?", is_public=False)).asked


@pytest.mark.parametrize("status", ["submitted", "in_review", "awaiting_agency_sign_off", "awaiting_decision"])
def test_the_log_is_open_until_the_decision(session: Session, walk: Walk, status: str) -> None:
    record = walk.full(status)
    assert change(walk, hear(walk, record), REPLIED)


@pytest.mark.parametrize("status", ["approved", "published"])
def test_after_the_decision_nothing_is_recorded_changed_or_removed(session: Session, walk: Walk, status: str) -> None:
    record = walk.full("awaiting_decision")
    entry = hear(walk, record)
    for step in ("approved", "publishing", "published")[: 1 if status == "approved" else 3]:
        getattr(walk, f"_to_{step}")(record, "low")
    with pytest.raises(NotPossible, match="the log of who was heard is closed"):
        hear(walk, record)
    with pytest.raises(NotPossible):
        change(walk, entry, REPLIED)
    with pytest.raises(NotPossible):
        consultations.remove_consultation(session, entry, reason="Twice", actor=walk.who("amara"), now=walk.now)


def test_an_initial_assessment_has_no_log(walk: Walk) -> None:
    with pytest.raises(NotPossible):
        hear(walk, walk.initial())


def test_an_entry_taken_off_the_list_leaves_its_reason_in_the_trail(session: Session, walk: Walk) -> None:
    record = walk.full()
    entry = hear(walk, record)
    with pytest.raises(Invalid, match="Say why"):
        consultations.remove_consultation(session, entry, reason=" ", actor=walk.who("amara"), now=walk.now)
    consultations.remove_consultation(session, entry, reason="Recorded twice", actor=walk.who("amara"), now=walk.now)
    assert list_consultations(session, record) == []
    last = session.scalars(select(AuditEvent).where(AuditEvent.event == "consultation:removed")).one()
    assert last.reason == "Recorded twice"
    with pytest.raises(NotPossible, match="taken off the list"):
        change(walk, entry, REPLIED)


def test_an_entry_of_another_assessment_is_not_found(session: Session, walk: Walk) -> None:
    entry = hear(walk, walk.full())
    other = walk.full(title="Another one")
    with pytest.raises(NotFound):
        consultations.get_consultation(session, other, entry.id)
