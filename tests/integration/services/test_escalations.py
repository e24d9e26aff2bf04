"""Overdue commitments are passed up by the calendar: each level once, to the right people, with bounded queries."""

from __future__ import annotations

import datetime as dt

import pytest
from flask import Flask
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from pia_engine.jobs.mail import list_messages
from pia_engine.jobs.worker import drain
from pia_engine.models import AuditEvent, Commitment, OutboxJob, Person
from pia_engine.services.commitment_steps import postpone, report_kept
from pia_engine.services.commitments import NewCommitment, make_commitment
from pia_engine.services.escalations import escalate_overdue, show_overdue
from tests.factories.governance.commitments import EVIDENCE, commitment, commitment_of
from tests.factories.people import persona
from tests.factories.walks import Walk

JUNE_30 = dt.date(2026, 6, 30)


def morning(days: int) -> dt.datetime:
    """Some days after the commitment of the tests is due."""
    return dt.datetime.combine(JUNE_30 + dt.timedelta(days=days), dt.time(6), dt.UTC)


def told(session: Session) -> list[tuple[str, str]]:
    names = {str(person.id): person.name for person in session.scalars(select(Person))}
    jobs = [job.payload for job in session.scalars(select(OutboxJob).order_by(OutboxJob.queued_at, OutboxJob.id))]
    return [(names[job["person"]], job["days"]) for job in jobs if job.get("event") == "commitment:escalated"]


@pytest.fixture
def found(walk: Walk) -> Commitment:
    return commitment(walk)


def test_each_level_comes_once_and_to_more_people(session: Session, found: Commitment) -> None:
    levels = []
    for days in range(0, 60):
        while escalate_overdue(session, now=morning(days)):
            levels.append((days, found.escalation))
    assert levels == [(7, 1), (30, 2)]
    assert sorted(told(session)) == [
        ("Amara Author", "30"), ("Amara Author", "7"), ("Helen Senior", "30"), ("Helen Senior", "7"),
        ("Victor Executive", "30"),
    ]  # fmt: skip
    events = session.scalars(select(AuditEvent).where(AuditEvent.event == "commitment:escalated")).all()
    assert [(each.actor_name, b'"level":1' in each.body) for each in events] == [
        ("PIA Engine", True), ("PIA Engine", False),
    ]  # fmt: skip


def test_one_long_out_of_sight_goes_to_the_highest_level_at_once(session: Session, found: Commitment) -> None:
    assert escalate_overdue(session, now=morning(45)) == 1
    assert found.escalation == 2
    assert escalate_overdue(session, now=morning(45)) == 0
    assert {name for name, _days in told(session)} == {"Amara Author", "Helen Senior", "Victor Executive"}


def test_postponing_begins_anew(session: Session, walk: Walk, found: Commitment) -> None:
    escalate_overdue(session, now=morning(8))
    actor = walk.who("petra")
    postpone(session, found, until=JUNE_30 + dt.timedelta(days=20), reason="Late.", actor=actor, now=morning(8))
    assert escalate_overdue(session, now=morning(26)) == 0
    assert escalate_overdue(session, now=morning(27)) == 1
    assert found.escalation == 1


def test_what_is_reported_is_not_passed_up(session: Session, walk: Walk, found: Commitment) -> None:
    report_kept(session, found, evidence=EVIDENCE, actor=walk.who("amara"), now=walk.now)
    assert escalate_overdue(session, now=morning(60)) == 0


def test_the_letter_says_who_what_how_long_and_what_to_do(app: Flask, session: Session, found: Commitment) -> None:
    reference = found.reference
    escalate_overdue(session, now=morning(8))
    session.commit()
    drain(app, morning(8))
    messages = list_messages(app.extensions["pia-settings"].mail_folder)
    (letter,) = [each for each in messages if each.to == "helen@city.example" and "overdue" in each.subject]
    assert letter.subject == f"A commitment is overdue ({reference})"
    for said in (
        "  Two people unlock each search.",
        "Amara Author keeps it, due on 30 June 2026. It is 8 days overdue.",
        "a privacy officer gives it another day",
        f"/commitments/{reference}",
    ):
        assert said in " ".join(letter.body.split("\n")), letter.body


def test_a_closed_account_is_not_written_to_and_the_letter_says_so(
    app: Flask, session: Session, found: Commitment
) -> None:
    persona(session, "amara").active = False
    escalate_overdue(session, now=morning(8))
    assert {name for name, _days in told(session)} == {"Helen Senior"}
    session.commit()
    drain(app, morning(8))
    messages = list_messages(app.extensions["pia-settings"].mail_folder)
    assert any("Amara Author has no account any more" in " ".join(each.body.split()) for each in messages)


def test_the_public_pages_are_made_anew_once_when_a_day_is_over(session: Session, walk: Walk) -> None:
    found = commitment_of(walk, walk.full("published"))
    assert show_overdue(session, now=morning(0)) == 0
    assert show_overdue(session, now=morning(1)) == 1
    assert show_overdue(session, now=morning(1)) == 0
    assert found.lapsed_on == JUNE_30
    keys = [job.key for job in session.scalars(select(OutboxJob)) if job.key.startswith("pages:overdue:")]
    assert len(keys) == 1


def test_the_queries_grow_only_by_what_each_change_needs(session: Session, walk: Walk, found: Commitment) -> None:
    def count(days: int) -> int:
        statements: list[str] = []
        listener = lambda *given: statements.append(given[2])  # noqa: E731
        session.flush()
        session.expire_all()
        event.listen(session.get_bind(), "before_cursor_execute", listener)
        try:
            assert escalate_overdue(session, now=morning(days))
        finally:
            event.remove(session.get_bind(), "before_cursor_execute", listener)
        return len([each for each in statements if each.startswith("SELECT")])

    one = count(8)
    for number in range(10):
        new = NewCommitment(f"Promise {number}", found.keeper, JUNE_30, "officer", initiative=found.initiative)
        make_commitment(session, new, actor=walk.who("petra"), now=walk.now)
    assert count(8) <= one + 9 * 4
