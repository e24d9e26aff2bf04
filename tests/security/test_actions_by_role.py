"""For every action and every role, over HTTP: who may take the step, and that nobody else can.

The tables below are written by hand and not read from the code: they are what the city is promised. Each case walks
the real services to the status the step starts from, lets everybody who may not try first, and then one who may.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from pia_engine.extensions import db
from pia_engine.models import Assessment, AuditEvent, WorkflowRecord
from pia_engine.permissions.people import RULES
from pia_engine.permissions.roles import SYSTEM, Role
from pia_engine.permissions.vocabulary import Permission
from pia_engine.questionnaires.definition import Value
from pia_engine.services.people import designate
from pia_engine.services.policies import begin_draft
from pia_engine.workflows.machine import WORKFLOWS
from tests.factories import governance
from tests.factories.people import FOUNDED, PERSONAS, persona
from tests.factories.policies import SOUND, make_sound
from tests.factories.steps import ADVISED, OVERRULED, REASON, SIGNED, Case
from tests.factories.walks import Walk
from tests.fixtures.city import opened, token_in

EVERYBODY = tuple(PERSONAS)
ROOT = Path(__file__).parents[2]


def _initial(status: str) -> Callable[[Walk], WorkflowRecord]:
    return lambda walk: walk.initial(status)


def _full(status: str, residual: str = "low") -> Callable[[Walk], WorkflowRecord]:
    return lambda walk: walk.full(status, residual=residual)


def _complete(walk: Walk, record: Assessment) -> WorkflowRecord:
    """Every question of the authors answered, nothing handed in."""
    given: dict[str, Value] = {"overall_residual_risk": "low"} if record.stage == "full" else {}
    walk.answer(record, given, roles=frozenset({"agency_official"}), actor=walk.who("amara"))
    walk.answer(record, {}, roles=frozenset({"contributor"}), actor=walk.who("sofia"))
    return record


def _with_noted_change(walk: Walk) -> WorkflowRecord:
    from pia_engine.services.reviews import note_change

    record = walk.full("in_review")
    note_change(walk.session, record, question="summary", text="Name it.", actor=walk.who("petra"), now=walk.now)
    return record


def _reviewed(walk: Walk) -> WorkflowRecord:
    """In review with the officer's own questions answered."""
    record = walk.full("in_review")
    walk.answer(record, {}, roles=frozenset({"privacy_officer"}), actor=walk.who("petra"))
    return record


def _cleared(walk: Walk) -> WorkflowRecord:
    return walk.full("approved").initiative


def _audited(walk: Walk) -> WorkflowRecord:
    """An audit fully answered by Ingrid, findings not reported."""
    audit = walk.audit("in_progress")
    walk.answer(audit, {}, roles=frozenset({"auditor"}), actor=walk.who("ingrid"))
    return audit


def _policy(walk: Walk) -> WorkflowRecord:
    """A draft begun by Petra that lacks nothing."""
    draft = begin_draft(walk.session, actor=walk.who("petra"), now=walk.now)
    make_sound(walk.session, draft, actor=walk.who("petra"), now=walk.now)
    return draft


CASES = (
    Case("initial_assessment", "submit", lambda w: _complete(w, w.initial()), ("amara",), "submitted"),
    Case("initial_assessment", "withdraw", _initial("draft"), ("amara",), "withdrawn", REASON),
    Case("initial_assessment", "return", _initial("submitted"), ("petra",), "returned", REASON),
    Case(
        "initial_assessment",
        "determine",
        _initial("submitted"),
        ("petra",),
        "determined",
        {**REASON, "outcome": "full_pia"},
    ),
    Case("full_assessment", "submit", lambda w: _complete(w, w.full()), ("amara",), "submitted"),
    Case("full_assessment", "withdraw", _full("draft"), ("amara",), "withdrawn", REASON),
    Case("full_assessment", "take_back", _full("submitted"), ("amara",), "draft", REASON),
    Case("full_assessment", "take_back", _full("awaiting_agency_sign_off"), ("amara",), "draft", REASON),
    Case("full_assessment", "take_back", _full("awaiting_decision"), ("amara",), "draft", REASON),
    Case("full_assessment", "start_review", _full("submitted"), ("petra",), "in_review"),
    Case("full_assessment", "request_changes", _with_noted_change, ("petra",), "changes_requested"),
    Case("full_assessment", "recommend", _reviewed, ("petra",), "awaiting_agency_sign_off", ADVISED),
    Case(
        "full_assessment",
        "sign_for_agency",
        _full("awaiting_agency_sign_off"),
        ("daniel",),
        "awaiting_decision",
        SIGNED,
    ),
    Case(
        "full_assessment",
        "decline_to_sign",
        _full("awaiting_agency_sign_off"),
        ("daniel",),
        "changes_requested",
        REASON,
    ),
    Case("full_assessment", "approve", _full("awaiting_decision"), ("helen",), "approved", SIGNED),
    Case("full_assessment", "approve", _full("awaiting_decision", "high"), ("victor",), "approved", SIGNED),
    Case("full_assessment", "send_back", _full("awaiting_decision"), ("helen",), "changes_requested", REASON),
    Case("full_assessment", "send_back", _full("awaiting_decision", "high"), ("victor",), "changes_requested", REASON),
    Case("full_assessment", "reject", _full("awaiting_decision"), ("helen",), "rejected", OVERRULED),
    Case("full_assessment", "reject", _full("awaiting_decision", "high"), ("victor",), "rejected", OVERRULED),
    Case("full_assessment", "publish", _full("approved"), ("petra",), "publishing"),
    Case("full_assessment", "retract", _full("published"), ("helen",), "retracted", SIGNED),
    Case("initiative", "begin_assessment", lambda w: w.initiative(), ("amara", "daniel"), "in_assessment"),
    Case("initiative", "go_live", _cleared, ("amara", "daniel"), "live"),
    Case("initiative", "retire", _cleared, ("amara", "daniel"), "retired", REASON),
    Case("annual_audit", "start", lambda w: w.audit("due"), ("ingrid",), "in_progress"),
    Case("annual_audit", "report_findings", _audited, ("ingrid",), "findings_reported"),
    Case("annual_audit", "confirm", lambda w: w.audit("findings_reported"), ("helen",), "closed", REASON),
    Case("annual_audit", "require_new_version", lambda w: w.audit("findings_reported"), ("helen",), "closed", REASON),
    Case("policy", "adopt", _policy, ("helen",), "adopted", SOUND),
    Case("policy", "withdraw", _policy, ("petra", "helen"), "withdrawn", REASON),
    Case("vendor_response", "cancel", lambda w: w.vendor(w.full()), ("petra",), "cancelled", REASON),
    *governance.cases(),
)

WEB = "tests/integration/web"
ELSEWHERE = {
    # Steps proven by other tests, because their pages are of another kind.
    ("initiative", "reopen"): f"{WEB}/test_initiatives.py::test_a_refused_initiative_is_opened_and_assessed_anew",
    ("vendor_response", "begin"): f"{WEB}/test_vendor.py::test_the_vendor_answers_without_an_account",
    ("vendor_response", "attest"): f"{WEB}/test_vendor.py::test_the_vendor_attests_and_gets_a_receipt",
    ("vendor_response", "query"): f"{WEB}/test_vendor.py::test_the_author_cannot_ask_the_vendor_or_send_a_link",
    ("vendor_response", "accept"): f"{WEB}/test_vendor.py::test_the_author_cannot_judge",
    ("vendor_response", "reissue"): f"{WEB}/test_vendor.py::test_the_author_cannot_ask_the_vendor_or_send_a_link",
}


@pytest.mark.parametrize("place", sorted(set(ELSEWHERE.values())))
def test_what_is_proven_elsewhere_is_a_test_that_exists(place: str) -> None:
    file, _, name = place.partition("::")
    assert f"def {name}(" in (ROOT / file).read_text(encoding="utf-8")


def test_no_step_is_left_out() -> None:
    covered = {(case.workflow, case.action) for case in CASES} | set(ELSEWHERE)
    for name, workflow in WORKFLOWS.items():
        for row in workflow.transitions:
            if RULES[Permission(row.permission)].roles != {Role.SYSTEM}:
                assert (name, row.action) in covered


def _try(client: FlaskClient, case: Case, record_url: str, token: str) -> int:
    answer = client.post(record_url, data={**case.given, "csrf_token": token})
    return answer.status_code


def _events(app: Flask) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count(AuditEvent.id))) or 0


@pytest.mark.parametrize("case", CASES, ids=str)
def test_only_who_may_can_take_the_step(
    case: Case, app: Flask, session: Session, walk: Walk, client_for: Callable[[str], FlaskClient]
) -> None:
    record = case.make(walk)
    url, key, kind = case.url(record), record.id, type(record)
    session.commit()
    before = _events(app)
    visitor = client_for("")
    assert _try(visitor, case, url, token_in(visitor.get("/sign-in").text)) in (302, 303, 401)
    for first in EVERYBODY:
        if first in case.may:
            continue
        client = client_for(first)
        status = _try(client, case, url, token_in(client.get("/work").text))
        assert status == 403, f"{first} got {status}"
    assert _events(app) == before
    client = client_for(case.may[0])
    assert client.post(url, data={**case.given, **opened(client, url)}).status_code == 303
    with app.app_context():
        assert db.session.get_one(kind, key).status == case.leads_to
    assert _events(app) > before


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_step_without_its_form_s_token_is_refused(
    case: Case, app: Flask, session: Session, walk: Walk, client_for: Callable[[str], FlaskClient]
) -> None:
    record = case.make(walk)
    url, key, kind, status = case.url(record), record.id, type(record), record.status
    session.commit()
    before = _events(app)
    client_for(case.may[0]).post(url, data=case.given)
    with app.app_context():
        assert db.session.get_one(kind, key).status == status
    assert _events(app) == before


def test_an_author_who_is_also_officer_and_executive_still_cannot_pass_the_own_text(
    app: Flask, session: Session, walk: Walk, client_for: Callable[[str], FlaskClient]
) -> None:
    record = walk.full("submitted")
    for role in (Role.PRIVACY_OFFICER, Role.SENIOR_PRIVACY_OFFICIAL, Role.EXECUTIVE):
        designate(
            session, persona(session, "amara"), role, department=None, designated_by="Mayor", instrument="1",
            from_on=dt.date(2026, 1, 1), actor=SYSTEM, now=FOUNDED,
        )  # fmt: skip
    url = f"/assessments/{record.reference}/full/actions/start_review"
    session.commit()
    client = client_for("amara")
    answer = client.post(url, data={"csrf_token": token_in(client.get("/work").text)})
    assert answer.status_code == 403
    assert "You wrote this assessment" in answer.text


def test_one_person_with_two_roles_cannot_sign_twice(
    session: Session, walk: Walk, client_for: Callable[[str], FlaskClient]
) -> None:
    record = walk.full("awaiting_decision", residual="high")
    for first in ("daniel", "petra"):  # signed for the agency; gave the advice
        designate(
            session, persona(session, first), Role.EXECUTIVE, department=None, designated_by="Mayor", instrument="1",
            from_on=dt.date(2026, 1, 1), actor=SYSTEM, now=FOUNDED,
        )  # fmt: skip
    url = f"/assessments/{record.reference}/full/actions/approve"
    session.commit()
    for first in ("daniel", "petra"):
        client = client_for(first)
        answer = client.post(url, data={**SIGNED, "csrf_token": token_in(client.get("/work").text)})
        assert answer.status_code == 403
        assert "Somebody else takes this step" in answer.text
