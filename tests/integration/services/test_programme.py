"""The programme's figures: what is counted, as it stood on the last day, with a bounded number of queries."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from pia_engine.models import Finding
from pia_engine.register.language import language_of
from pia_engine.services.commitments import list_commitments_of
from pia_engine.services.programme import ProgrammeFigures, figures
from pia_engine.services.programme_figures import Count, Duration
from pia_engine.services.programme_tables import published_tables, read_headlines, read_tables
from tests.factories.governance.exceptions import exception
from tests.factories.many_assessments import copy_many, walk_prototypes
from tests.factories.people import department
from tests.factories.walks import Walk

JANUARY, MARCH = dt.date(2026, 1, 1), dt.date(2026, 3, 31)


def counted(session: Session, until_on: dt.date = MARCH, **scope: object) -> ProgrammeFigures:
    return figures(session, from_on=JANUARY, until_on=until_on, **scope)  # type: ignore[arg-type]


def number(found: tuple[Count, ...], name: str) -> int:
    return {each.name: each.number for each in found}[name]


@contextmanager
def queries(session: Session) -> Iterator[list[str]]:
    """Every query the session sends while the block runs."""
    sent: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_others: object) -> None:
        if statement.startswith("SELECT"):
            sent.append(statement)

    engine = session.get_bind()
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(engine, "before_cursor_execute", note)


def test_an_empty_city_has_figures_all_of_them_nought(session: Session) -> None:
    found = counted(session)
    assert (found.registered, found.published, found.waiting, found.promises.number_open) == (0, 0, 0, 0)
    assert found.share_overdue is None
    assert found.promises.share_kept is None
    tables = read_tables(found, language_of("en", "UTC"))
    assert not any(table.charts for table in tables if table.id != "vacancies")


def test_the_path_of_assessments_is_counted(session: Session, walk: Walk) -> None:
    walk.full("published")
    walk.full("in_review", title="Second")
    walk.initial("submitted", title="Third")
    walk.initial("withdrawn", title="Fourth")
    found = counted(session)
    assert (found.registered, found.published, found.determined) == (4, 1, 2)
    assert number(found.outcomes, "full_pia") == 2
    assert number(found.statuses, "published") == 1
    assert number(found.statuses, "in_review") == 1
    assert {(each.workflow, each.status): each.number for each in found.backlog} == {
        ("initial_assessment", "submitted"): 1,
        ("full_assessment", "in_review"): 1,
    }


def test_a_past_day_is_shown_as_it_was(session: Session, walk: Walk) -> None:
    record = walk.full("submitted")
    before = walk.now.date()
    walk.now += dt.timedelta(days=40)
    walk._to_in_review(record, "low")
    then, now = counted(session, before), counted(session, walk.now.date())
    assert [each.status for each in then.backlog] == ["submitted"]
    assert [each.status for each in now.backlog] == ["in_review"]
    assert then.over_time[-1].registered == 1


def test_what_waits_is_sorted_by_how_long_it_waits(session: Session, walk: Walk) -> None:
    walk.initial("submitted")
    day = walk.now.date()
    ages = [counted(session, day + dt.timedelta(days=days)).backlog[0].by_age for days in (7, 8, 30, 31, 90, 91)]
    assert ages == [(1, 0, 0, 0), (0, 1, 0, 0), (0, 1, 0, 0), (0, 0, 1, 0), (0, 0, 1, 0), (0, 0, 0, 1)]
    assert counted(session, day + dt.timedelta(days=91)).backlog[0].longest == 91


def test_steps_are_timed_between_their_events(session: Session, walk: Walk) -> None:
    walk.full("approved")
    waited = walk.full("approved", title="Second")
    walk.now += dt.timedelta(days=10)
    walk._to_publishing(waited, "low")
    walk._to_published(waited, "low")
    by_step = {each.step: each for each in counted(session).durations}
    assert by_step["decided"].number == 2
    assert by_step["published"] == Duration("published", 1, 10.0, 10.0)


def test_a_year_is_counted_in_the_citys_own_days(session: Session, walk: Walk) -> None:
    """23:30 in UTC on 31 December is the new year in Testwell."""
    walk.now = dt.datetime(2026, 12, 31, 22, 30, tzinfo=dt.UTC)
    walk.initiative()
    assert figures(session, from_on=dt.date(2026, 1, 1), until_on=dt.date(2026, 12, 31)).registered == 0
    assert figures(session, from_on=dt.date(2027, 1, 1), until_on=dt.date(2027, 12, 31)).registered == 1


def test_overdue_audits_are_listed_with_how_late_they_are(session: Session, walk: Walk) -> None:
    audit = walk.audit("scheduled")
    due = audit.due_on
    assert not [each for each in counted(session, due).overdue if each.kind == "annual_audit"]
    late = counted(session, due + dt.timedelta(days=3))
    listed = [each for each in late.overdue if each.kind == "annual_audit"]
    assert [(each.reference, each.days) for each in listed] == [(audit.reference, 3)]
    assert (late.audits_open, late.audits_overdue, late.share_overdue) == (1, 1, 100)
    assert late.departments[1].audits_overdue == 1


def test_a_reported_audit_is_not_overdue(session: Session, walk: Walk) -> None:
    audit = walk.audit("findings_reported")
    found = counted(session, audit.due_on + dt.timedelta(days=3))
    assert found.audits_overdue == 0


def test_commitments_are_counted_by_age_and_by_what_became_of_them(session: Session, walk: Walk) -> None:
    record = walk.full("approved")
    made = counted(session, walk.now.date()).promises
    assert made.number_open == made.by_age[0].number > 0
    assert made.overdue == 0
    old = counted(session, dt.date(2028, 3, 2)).promises
    assert (old.by_age[0].number, old.by_age[-1].number) == (0, made.number_open)
    assert old.overdue == made.number_open
    assert (old.not_kept, old.share_kept) == (made.number_open, 0)
    first = min(each.due_on for each in list_commitments_of(session, record.initiative))
    assert (counted(session, first).promises.not_kept, counted(session, first).promises.share_kept) == (1, None)
    assert counted(session, first + dt.timedelta(days=1)).promises.share_kept == 0


def test_what_is_left_over_is_counted_for_approved_and_published_ones(session: Session, walk: Walk) -> None:
    walk.full("approved", residual="high")
    walk.full("published", title="Second")
    walk.full("awaiting_decision", residual="medium", title="Third")
    assert counted(session).residual_risk == (Count("low", 1), Count("medium", 0), Count("high", 1))


def test_a_department_sees_its_own_figures(session: Session, walk: Walk) -> None:
    walk.full("published")
    exception(walk, "granted")
    mobility, parks = (department(session, slug).id for slug in ("mobility", "parks"))
    own, other = counted(session, department_id=mobility), counted(session, department_id=parks)
    assert (own.registered, other.registered) == (2, 0)
    assert own.events["emergency-exception:granted"] == 1
    assert other.events["emergency-exception:granted"] == 0
    assert [each.name for each in other.departments] == ["Parks and Libraries"]
    assert {each.department for each in other.vacancies} <= {"", "Parks and Libraries"}


def test_findings_count_when_their_audit_is_reported(session: Session, walk: Walk) -> None:
    reported = walk.audit("findings_reported")
    session.add(Finding(annual_audit_id=reported.id, number=90, text="Signs are missing.", severity="high"))
    session.flush()
    found = {each.severity: each.number for each in counted(session, walk.now.date()).findings}
    earlier = {
        each.severity: each.number for each in counted(session, reported.due_on - dt.timedelta(days=60)).findings
    }
    assert found["high"] == 1
    assert earlier["high"] == 0


@pytest.mark.parametrize("scoped", [False, True])
def test_hundreds_of_times_more_assessments_need_no_more_queries(scoped: bool, session: Session, walk: Walk) -> None:
    walk_prototypes(walk)
    scope = {"department_id": department(session, "mobility").id} if scoped else {}
    sent = {}
    for count in (2, 1000):
        if count > 2:
            copy_many(session, count)
        session.expire_all()
        with queries(session) as sent[count]:
            found = counted(session, dt.date(2027, 3, 1), **scope)
    assert found.registered >= 900
    assert len(sent[1000]) == len(sent[2]) <= 25, "\n".join(sent[1000])


def test_tables_say_what_they_count_and_agree_with_the_figures(session: Session, walk: Walk) -> None:
    walk.full("published")
    found, language = counted(session), language_of("en", "Europe/Berlin")
    tables = {each.id: each for each in read_tables(found, language)}
    assert all(each.title and each.about.endswith(".") for each in tables.values())
    assert all(len(row) == len(each.columns) for each in tables.values() for row in each.rows)
    assert all(sum(each.shares) == 100 for each in tables.values())
    assert [row[0] for row in tables["intake"].rows] == ["Jan 2026", "Feb 2026", "Mar 2026"]
    assert [chart.bars[2].share for chart in tables["intake"].charts] == [100, 100]
    assert {"overdue", "vacancies"} == set(tables) - {each.id for each in published_tables(found, language)}
    assert [each.number for each in read_headlines(found, language)][:3] == ["1", "1", "1"]
