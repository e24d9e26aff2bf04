"""“My work”: each person sees what waits for them, longest first, and nothing that waits for others."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event
from sqlalchemy.orm import Session

from pia_engine.extensions import db
from pia_engine.services.annual_audits import list_audits
from pia_engine.services.work import list_waiting, responsible_for
from pia_engine.services.work_steps import RESTING, STEPS
from pia_engine.workflows.machine import WORKFLOWS
from tests.factories.people import acting
from tests.factories.walks import Walk

Clients = Callable[[str], FlaskClient]


def _waiting(walk: Walk, first: str) -> list[tuple[str, str]]:
    lines = list_waiting(walk.session, actor=acting(walk.session, first, walk.now))
    return [(line.reference, line.why) for line in lines]


def test_every_status_with_an_owner_has_a_step_or_rests() -> None:
    for name, workflow in WORKFLOWS.items():
        for status, owner in workflow.owners.items():
            known = (name, status) in STEPS or (name, status) in RESTING
            assert known or owner in (None, "system"), f"{name} {status}"


@pytest.mark.parametrize(
    ("status", "first", "why"),
    [
        ("draft", "amara", "Finish the answers and submit them"),
        ("submitted", "petra", "Start the review"),
        ("in_review", "petra", "Finish the review"),
        ("changes_requested", "amara", "Answer the requested changes"),
        ("awaiting_agency_sign_off", "daniel", "Sign for the agency, or send it back"),
        ("awaiting_decision", "helen", "Decide"),
        ("approved", "petra", "Publish the approved assessment"),
    ],
)
def test_each_status_waits_for_whoever_owns_it(walk: Walk, status: str, first: str, why: str) -> None:
    record = walk.full(status)
    for persona in ("amara", "daniel", "petra", "helen", "victor", "ingrid", "adam", "otto"):
        mine = [why for reference, why in _waiting(walk, persona) if reference == record.reference]
        assert mine == ([why] if persona == first else []), persona


def test_a_high_remaining_risk_waits_for_the_executive(walk: Walk) -> None:
    record = walk.full("awaiting_decision", residual="high")
    assert (record.reference, "Decide") in _waiting(walk, "victor")
    assert _waiting(walk, "helen") == []
    assert responsible_for(walk.session, record, now=walk.now).people == ("Victor Executive",)


def test_the_signature_waits_for_somebody_else_than_the_author(walk: Walk) -> None:
    record = walk.full("awaiting_agency_sign_off")
    assert responsible_for(walk.session, record, now=walk.now).people == ("Daniel Director",)


def test_a_contributor_sees_open_questions_until_they_are_answered(walk: Walk) -> None:
    record = walk.full("draft")
    line = list_waiting(walk.session, actor=acting(walk.session, "sofia", walk.now))[0]
    assert line.reference == record.reference
    assert line.open_questions > 1
    walk.answer(record, {}, roles=frozenset({"contributor"}), actor=walk.who("sofia"))
    assert _waiting(walk, "sofia") == []


def test_vendor_answers_wait_for_the_officer_and_audits_for_the_auditor(walk: Walk) -> None:
    response = walk.vendor(walk.full("draft"), "submitted")
    assert _waiting(walk, "petra") == [(response.reference, "Judge the vendor's answers")]
    audit = walk.audit("due")
    assert (audit.reference, "Start the annual audit") in _waiting(walk, "ingrid")


def test_findings_wait_for_the_senior_official(walk: Walk) -> None:
    audit = walk.audit("findings_reported")
    assert (audit.reference, "Conclude the annual audit") in _waiting(walk, "helen")
    assert list_audits(walk.session, audit.assessment.reference) == [audit]


def test_what_waits_longest_comes_first_and_saving_does_not_push_it_back(walk: Walk) -> None:
    older, newer = walk.full("draft", title="Older"), walk.full("draft", title="Newer")
    walk.answer(older, {}, roles=frozenset({"agency_official"}), actor=walk.who("amara"))
    assert [reference for reference, _why in _waiting(walk, "amara")] == [older.reference, newer.reference]


def test_the_number_of_queries_does_not_grow_with_the_work(walk: Walk, session: Session) -> None:
    def count(first: str) -> int:
        session.commit()
        session.expire_all()
        actor = acting(session, first, walk.now)
        seen: list[str] = []
        engine = session.get_bind()
        listener = lambda *arguments: seen.append(arguments[2])  # noqa: E731
        event.listen(engine, "before_cursor_execute", listener)
        list_waiting(session, actor=actor)
        event.remove(engine, "before_cursor_execute", listener)
        return len(seen)

    walk.full("awaiting_decision", title="One")
    walk.full("submitted", title="Another")
    few = {first: count(first) for first in ("helen", "petra", "sofia")}
    for number in range(4):
        walk.full("awaiting_decision", title=f"More {number}")
        walk.full("submitted", title=f"Others {number}")
    assert {first: count(first) for first in few} == few


def test_the_page_links_to_where_the_work_is_done(session: Session, walk: Walk, client_for: Clients) -> None:
    review, initial = walk.full("in_review"), walk.initial("submitted", "Smart parking")
    reviewed, begun = review.reference, initial.reference
    session.commit()
    page = client_for("petra").get("/work").text
    assert f"/assessments/{reviewed}/full/review" in page
    assert f"/assessments/{begun}/initial/outcome" in page
    assert "Register an initiative" not in page


def test_somebody_without_work_reads_so(client_for: Clients) -> None:
    assert "Nothing waits for you" in client_for("amara").get("/work").text
    assert "Register an initiative" in client_for("amara").get("/work").text
    assert "/administration" in client_for("adam").get("/work").text


def test_a_visitor_is_asked_to_sign_in(client_for: Clients) -> None:
    answer = client_for("").get("/work")
    assert answer.status_code in (302, 303)
    assert "/sign-in" in answer.location


def test_reading_the_page_writes_nothing(walk: Walk, session: Session, client_for: Clients) -> None:
    walk.full("draft")
    session.commit()
    client = client_for("amara")
    client.get("/work")
    with client.application.app_context():
        written: list[str] = []
        listener = lambda *arguments: written.append(arguments[2])  # noqa: E731
        event.listen(db.engine, "before_cursor_execute", listener)
        client.get("/work")
        event.remove(db.engine, "before_cursor_execute", listener)
    assert not [statement for statement in written if statement.split()[0] in ("INSERT", "UPDATE", "DELETE")]
