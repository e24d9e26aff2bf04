"""What is due for whom: each kind of record gives its day to whoever it waits for, and to nobody else."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from pia_engine.errors import Invalid, NotFound, NotPossible
from pia_engine.models import Assessment, City, Determination, Person, PolicyVersion
from pia_engine.permissions.roles import SYSTEM, Role
from pia_engine.services.annual_audits import list_audits
from pia_engine.services.due import list_dated, list_due
from pia_engine.services.due_dates import Due
from pia_engine.services.due_sources import SOURCES
from pia_engine.services.people import actor_for, designate
from pia_engine.services.reminders import (
    LONGEST_SNOOZE,
    choose_reminders,
    find_dated,
    last_day_to_put_off,
    put_off,
    read_digest,
    remind_again,
)
from pia_engine.services.work_steps import FINDINGS
from tests.factories.deputies import stand_in
from tests.factories.governance.audits import programme_audit
from tests.factories.people import FOUNDED, PERSONAS, persona
from tests.factories.reminders import excepted, promised
from tests.factories.together import ask
from tests.factories.walks import START, Walk

TODAY = START.date()
DAY = dt.timedelta(days=1)


def due_for(walk: Walk, first: str, now: dt.datetime = START) -> list[Due]:
    return list_due(walk.session, persona(walk.session, first), now=now)


def with_day(walk: Walk, first: str, now: dt.datetime = START) -> dict[str, dt.date]:
    """Kind to day."""
    return {each.kind: each.due_on for each in due_for(walk, first, now) if each.due_on is not None}


def everybody_with(walk: Walk, kind: str) -> list[str]:
    return [first for first in PERSONAS if kind in with_day(walk, first)]


def test_a_promise_is_due_for_whoever_keeps_it(walk: Walk) -> None:
    commitment = promised(walk, TODAY + 5 * DAY)
    assert everybody_with(walk, "commitment") == ["daniel"]
    (due,) = [each for each in due_for(walk, "daniel") if each.kind == "commitment"]
    assert (due.reference, due.title, due.due_on) == (commitment.reference, "Cameras at the station", TODAY + 5 * DAY)
    assert due.path == f"/commitments/{commitment.reference}"
    assert "masks" not in f"{due.title} {due.what}"
    assert not due.is_overdue
    late = [each for each in due_for(walk, "daniel", START + 6 * DAY) if each.kind == "commitment"]
    assert late[0].is_overdue
    assert not late[0].can_snooze


def test_what_has_a_day_is_not_listed_again_as_waiting(walk: Walk) -> None:
    commitment = promised(walk, TODAY + 5 * DAY)
    assert [each.reference for each in due_for(walk, "daniel")].count(commitment.reference) == 1
    record = walk.full("submitted")
    (line,) = [each for each in due_for(walk, "petra") if each.reference == record.reference]
    assert (line.due_on, line.can_snooze, line.what) == (None, False, "Start the review")


def test_audits_are_due_for_those_who_conduct_and_then_for_those_who_conclude(walk: Walk) -> None:
    audit = walk.audit("scheduled")
    assert everybody_with(walk, "annual_audit") == ["ingrid"]
    assert with_day(walk, "ingrid")["annual_audit"] == audit.due_on
    reported = walk.audit("findings_reported")
    days = {each.reference: each.due_on for each in due_for(walk, "helen", walk.now)}
    assert days[reported.reference] == reported.due_on
    assert reported.reference not in {each.reference for each in due_for(walk, "ingrid", walk.now)}
    assert list_audits(walk.session, reported.assessment.reference) == [reported]


def test_an_audit_another_auditor_has_begun_is_not_due_for_the_rest(walk: Walk) -> None:
    designate(
        walk.session, persona(walk.session, "otto"), Role.AUDITOR, department=None, designated_by="Mayor",
        instrument="1", from_on=FOUNDED.date(), actor=SYSTEM, now=FOUNDED,
    )  # fmt: skip
    audit = walk.audit("in_progress")
    assert "annual_audit" in with_day(walk, "ingrid", walk.now)
    assert audit.reference not in {each.reference for each in due_for(walk, "otto", walk.now)}


def test_an_emergency_exception_ends_for_whoever_answers_for_it(walk: Walk) -> None:
    exception = excepted(walk)
    assert everybody_with(walk, "emergency_exception") == ["daniel"]
    assert with_day(walk, "daniel")["emergency_exception"] == exception.until_on


def test_an_outcome_that_runs_out_is_due_for_the_author_of_the_initiative(walk: Walk, session: Session) -> None:
    initial = walk.initial("submitted")
    from pia_engine.services.determinations import determine

    determine(session, initial, outcome="no_pia", actor=walk.who("petra"), now=walk.now, reason="Nobody is seen.")
    found = session.scalars(select(Determination).join(Assessment).where(Assessment.id == initial.id)).one()
    assert found.expires_on is not None
    assert everybody_with(walk, "determination") == ["amara"]
    assert with_day(walk, "amara")["determination"] == found.expires_on


def test_the_review_of_the_policy_is_due_for_the_senior_official(walk: Walk, session: Session) -> None:
    session.scalars(select(PolicyVersion)).one().review_due_on = TODAY + 20 * DAY
    session.flush()
    assert everybody_with(walk, "policy") == ["helen"]


def test_a_vendors_link_runs_out_for_whoever_sent_it(walk: Walk) -> None:
    response = walk.vendor(walk.full())
    author = walk.session.get_one(Person, response.author_id).name.split()[0].lower()
    assert everybody_with(walk, "vendor_response") == [author]
    assert with_day(walk, author)["vendor_response"] == response.expires_at.date()


def test_a_contribution_asked_by_a_day_is_due_for_the_expert(walk: Walk) -> None:
    ask(walk, walk.full(), due_on=TODAY + 3 * DAY)
    assert everybody_with(walk, "contribution") == ["sofia"]


def test_roles_that_end_are_due_for_whoever_holds_them_and_never_overdue(walk: Walk, session: Session) -> None:
    persona(session, "otto").designations[0].until_on = TODAY + 10 * DAY
    stand_in(walk, "sofia", "helen")
    session.flush()
    assert everybody_with(walk, "designation") == ["otto"]
    (ending,) = [each for each in due_for(walk, "otto") if each.kind == "designation"]
    assert (ending.what, ending.title) == ("Your role ends: Agency official", "Parks and Libraries")
    assert everybody_with(walk, "deputy") == ["sofia"]
    assert with_day(walk, "otto", START + 11 * DAY) == {}


def test_an_assessment_is_due_by_the_day_its_initiative_is_wanted(walk: Walk) -> None:
    record = walk.full("draft")
    record.initiative.target_on = TODAY + 30 * DAY
    walk.session.flush()
    assert everybody_with(walk, "full_assessment") == ["amara"]


def test_the_audit_of_the_programme_is_due_for_the_auditor_and_then_for_the_senior_official(walk: Walk) -> None:
    audit = programme_audit(walk, "planned")
    assert everybody_with(walk, "programme_audit") == ["ingrid"]
    assert with_day(walk, "ingrid")["programme_audit"] == audit.due_on


def test_every_source_is_tried_here() -> None:
    assert set(SOURCES) == {
        "commitments", "annual_audits", "programme_audits", "emergency_exceptions", "determinations", "policy",
        "vendor_links", "contributions", "designations", "deputyships", "targets",
    }  # fmt: skip


def test_somebody_with_a_closed_account_has_nothing_left_but_what_is_theirs(walk: Walk) -> None:
    walk.audit("scheduled")
    persona(walk.session, "ingrid").active = False
    assert due_for(walk, "ingrid") == []


def test_a_thing_is_put_off_until_a_day_and_comes_back_by_itself(walk: Walk, session: Session) -> None:
    commitment = promised(walk, TODAY + 12 * DAY)
    daniel = persona(session, "daniel")
    actor = actor_for(session, daniel, now=START)
    due = find_dated(session, daniel, "commitment", commitment.reference, actor=actor, now=START)
    put_off(session, daniel, due, TODAY + 4 * DAY, now=START)
    for day, until in ((0, TODAY + 4 * DAY), (3, TODAY + 4 * DAY), (4, None), (12, None)):
        (found,) = list_dated(session, daniel, actor=actor, now=START + day * DAY)
        assert found.snoozed_until == until, day
    assert read_digest(session, daniel, now=START).count == 0
    assert read_digest(session, daniel, now=START + 4 * DAY).count == 1
    put_off(session, daniel, due, TODAY + 6 * DAY, now=START)
    assert list_dated(session, daniel, actor=actor, now=START)[0].snoozed_until == TODAY + 6 * DAY
    for _again in range(2):
        remind_again(session, daniel, "commitment", commitment.reference)
        assert list_dated(session, daniel, actor=actor, now=START)[0].snoozed_until is None


def test_what_was_put_off_comes_back_when_its_day_is_moved_nearer(walk: Walk, session: Session) -> None:
    commitment = promised(walk, TODAY + 12 * DAY)
    daniel = persona(session, "daniel")
    actor = actor_for(session, daniel, now=START)
    due = find_dated(session, daniel, "commitment", commitment.reference, actor=actor, now=START)
    put_off(session, daniel, due, TODAY + 10 * DAY, now=START)
    commitment.due_on = TODAY
    session.flush()
    assert list_dated(session, daniel, actor=actor, now=START)[0].snoozed_until is None


@pytest.mark.parametrize(
    ("days", "until", "refused"), [(12, 12, ""), (12, 13, "12"), (12, 0, "12"), (60, 30, ""), (60, 31, "30")]
)
def test_nothing_is_put_off_beyond_its_day_or_for_more_than_thirty(
    walk: Walk, session: Session, days: int, until: int, refused: str
) -> None:
    assert LONGEST_SNOOZE.days == 30
    commitment = promised(walk, TODAY + days * DAY)
    daniel = persona(session, "daniel")
    actor = actor_for(session, daniel, now=START)
    due = find_dated(session, daniel, "commitment", commitment.reference, actor=actor, now=START)
    if not refused:
        put_off(session, daniel, due, TODAY + until * DAY, now=START)
        return
    with pytest.raises(Invalid) as refusal:
        put_off(session, daniel, due, TODAY + until * DAY, now=START)
    assert refusal.value.values["last"] == (TODAY + int(refused) * DAY).isoformat()


@pytest.mark.parametrize("days", [0, -1])
def test_what_is_due_today_or_overdue_cannot_be_put_off(walk: Walk, session: Session, days: int) -> None:
    commitment = promised(walk, TODAY + 5 * DAY)
    commitment.due_on = TODAY + days * DAY
    session.flush()
    daniel = persona(session, "daniel")
    actor = actor_for(session, daniel, now=START)
    due = find_dated(session, daniel, "commitment", commitment.reference, actor=actor, now=START)
    with pytest.raises(NotPossible):
        last_day_to_put_off(due, TODAY)


def test_nobody_puts_off_what_is_due_for_others(walk: Walk, session: Session) -> None:
    commitment = promised(walk, TODAY + 5 * DAY)
    petra = persona(session, "petra")
    with pytest.raises(NotFound):
        find_dated(
            session, petra, "commitment", commitment.reference, actor=actor_for(session, petra, now=START), now=START
        )


def test_a_digest_says_what_was_chosen(walk: Walk, session: Session) -> None:
    for days in (-1, 2, 9, 14, 15):
        promised(walk, TODAY + 5 * DAY, title=f"In {days}").due_on = TODAY + days * DAY  # a Monday
    session.flush()
    daniel = persona(session, "daniel")

    def titles(choice: str) -> list[list[str]]:
        choose_reminders(session, daniel, choice)
        digest = read_digest(session, daniel, now=START)
        return [[each.title for each in part] for part in (digest.overdue, digest.this_week, digest.later)]

    assert titles("daily") == titles("weekly") == [["In -1"], ["In 2"], ["In 9", "In 14"]]
    assert titles("overdue") == [["In -1"], [], []]
    with pytest.raises(Invalid):
        choose_reminders(session, daniel, "never")


def test_what_waits_is_said_after_a_week(walk: Walk, session: Session) -> None:
    walk.full("submitted")
    petra = persona(session, "petra")
    assert read_digest(session, petra, now=walk.now + 6 * DAY).count == 0
    assert len(read_digest(session, petra, now=walk.now + 8 * DAY).waiting) == 1
    choose_reminders(session, petra, "overdue")
    assert read_digest(session, petra, now=walk.now + 8 * DAY).count == 0


def test_the_number_of_queries_does_not_grow_with_the_records(walk: Walk, session: Session) -> None:
    def count(first: str) -> int:
        session.commit()
        session.expire_all()
        person = persona(session, first)
        seen: list[str] = []
        listener = lambda *arguments: seen.append(arguments[2])  # noqa: E731
        event.listen(session.get_bind(), "before_cursor_execute", listener)
        list_due(session, person, now=walk.now)
        event.remove(session.get_bind(), "before_cursor_execute", listener)
        return len(seen)

    def more(number: int) -> None:
        for each in range(number):
            promised(walk, TODAY + 5 * DAY, title=f"Counters {each}")
        ask(walk, walk.full(title="Asked"), due_on=TODAY + 3 * DAY)
        record = walk.full("draft", title="Wanted")
        record.initiative.target_on = TODAY
        walk.vendor(record)

    session.scalars(select(City)).one()
    more(5)
    few = {first: count(first) for first in ("daniel", "amara", "petra", "sofia", "ingrid")}
    more(45)
    assert {first: count(first) for first in few} == few
    assert max(few.values()) <= 45


def test_findings_to_answer_are_not_hidden_by_the_day_of_their_audit(walk: Walk) -> None:
    audit = programme_audit(walk, "findings_reported", count=1)
    lines = [each for each in due_for(walk, "helen", walk.now) if each.reference == audit.reference]
    assert {(each.what, each.due_on) for each in lines} == {
        ("Close the programme audit", audit.due_on),
        (FINDINGS, None),
    }
