"""The gate's answers, rule by rule, and that the guard of going live never says anything else."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from sqlalchemy import event
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from pia_engine import clock
from pia_engine.errors import NotAllowed, NotFound, NotPossible
from pia_engine.models import Assessment, Initiative
from pia_engine.permissions.records import check_guards
from pia_engine.services import assessments, determinations, exceptions, sign_offs
from pia_engine.services.annual_audits import list_audits
from pia_engine.services.commitments import NewCommitment, list_commitments_of, make_commitment
from pia_engine.services.gate import GateAnswer, ask_gate, find_by_code, find_for_purchasing, renew_code
from pia_engine.services.initiatives import go_live, reopen_initiative, retire_initiative
from pia_engine.services.reassessments import begin_reassessment
from pia_engine.services.reconsiderations import NewCause, raise_cause
from tests.factories.governance.exceptions import grant, request
from tests.factories.people import persona
from tests.factories.walks import Walk


def asked(walk: Walk, initiative: Initiative) -> GateAnswer:
    walk.session.flush()
    return ask_gate(walk.session, initiative, now=walk.now)


def answers(walk: Walk, initiative: Initiative) -> tuple[str, str]:
    found = asked(walk, initiative)
    return found.award.answer, found.go_live.answer


def codes(walk: Walk, initiative: Initiative) -> list[str]:
    return [reason.code for reason in asked(walk, initiative).go_live.reasons]


def kinds(walk: Walk, initiative: Initiative) -> list[str]:
    return [condition.kind for condition in asked(walk, initiative).go_live.conditions]


def determined(walk: Walk, outcome: str = "no_pia", conditions: str = "") -> Assessment:
    record = walk.initial("submitted")
    determinations.determine(
        walk.session,
        record,
        outcome=outcome,
        actor=walk.who("petra"),
        now=walk.now,
        reason="Nobody is seen.",
        terms=determinations.Terms(conditions),
    )
    return record


def approved(walk: Walk, conditions: str = "", *, keep_promises: bool = False) -> Assessment:
    record = walk.full("awaiting_decision")
    sign_offs.approve(
        walk.session, record, actor=walk.who("helen"), now=walk.now, reason="Sound.", conditions=conditions
    )
    if keep_promises:
        for each in list_commitments_of(walk.session, record.initiative):
            walk.session.delete(each)
    return record


@pytest.mark.parametrize(
    ("status", "code", "helper"),
    [
        ("draft", "initial_assessment_open", "Agency official"),
        ("submitted", "initial_assessment_open", "Privacy officer"),
        ("returned", "initial_assessment_open", "Agency official"),
        ("withdrawn", "assessment_withdrawn", "Agency official"),
        ("determined", "full_assessment_open", "Agency official"),
    ],
)
def test_before_the_outcome_it_is_no_and_says_who_can_help(walk: Walk, status: str, code: str, helper: str) -> None:
    initiative = walk.initial(status).initiative
    assert answers(walk, initiative) == ("no", "no")
    (reason,) = asked(walk, initiative).go_live.reasons
    assert (reason.code, reason.who_can_help) == (code, helper)
    assert reason.path.startswith("/assessments/PIA-2026-0001")


def test_before_anything_is_begun_it_is_no(walk: Walk) -> None:
    initiative = walk.initiative()
    assert answers(walk, initiative) == ("no", "no")
    assert codes(walk, initiative) == ["no_assessment"]


@pytest.mark.parametrize("status", ["draft", "submitted", "in_review", "changes_requested", "awaiting_decision"])
def test_while_a_full_assessment_is_open_it_is_no(walk: Walk, status: str) -> None:
    initiative = walk.full(status).initiative
    assert answers(walk, initiative) == ("no", "no")
    assert codes(walk, initiative) == ["full_assessment_open"]


@pytest.mark.parametrize(
    ("residual", "helper"), [("low", "Senior privacy official"), ("high", "Executive (city manager)")]
)
def test_whoever_decides_by_the_remaining_risk_can_help(walk: Walk, residual: str, helper: str) -> None:
    initiative = walk.full("awaiting_decision", residual=residual).initiative
    assert asked(walk, initiative).go_live.reasons[0].who_can_help == helper


@pytest.mark.parametrize("status", ["approved", "publishing", "published"])
def test_an_approved_assessment_allows_it(walk: Walk, status: str) -> None:
    record = walk.full(status)
    for each in list_commitments_of(walk.session, record.initiative):
        walk.session.delete(each)
    assert answers(walk, record.initiative) == ("yes", "yes")
    assert codes(walk, record.initiative) == ["full_assessment_approved"]


def test_conditions_of_the_decision_are_named(walk: Walk) -> None:
    record = approved(walk, "Signs stand at every camera.", keep_promises=True)
    found = asked(walk, record.initiative)
    assert (found.award.answer, found.go_live.answer) == ("yes_with_conditions", "yes_with_conditions")
    (condition,) = found.go_live.conditions
    assert (condition.kind, str(condition.text)) == ("decision", "Signs stand at every camera.")


def test_no_pia_needed_allows_it_until_its_last_day(walk: Walk) -> None:
    record = determined(walk)
    found = determinations.find_determination(walk.session, record)
    assert found is not None
    assert found.expires_on is not None
    assert answers(walk, record.initiative) == ("yes", "yes")
    walk.now = dt.datetime.combine(found.expires_on, dt.time(12), dt.UTC)
    assert answers(walk, record.initiative) == ("yes", "yes")
    walk.now += dt.timedelta(days=1)
    assert answers(walk, record.initiative) == ("no", "no")
    assert codes(walk, record.initiative) == ["determination_expired"]
    with clock.frozen(walk.now), pytest.raises(NotPossible, match="held until"):
        check_guards(walk.session, record.initiative, walk.who("amara"), ("assessment_allows_go_live",))


def test_a_delegated_review_allows_it_under_its_conditions(walk: Walk) -> None:
    record = determined(walk, "delegated_review", "Count without pictures.")
    assert answers(walk, record.initiative) == ("yes_with_conditions", "yes_with_conditions")
    texts = [str(each.text) for each in asked(walk, record.initiative).award.conditions]
    assert texts == ["Count without pictures."]


def test_a_retired_and_a_refused_initiative_get_no_whatever_stands(walk: Walk, session: Session) -> None:
    record = approved(walk)
    retire_initiative(session, record.initiative, actor=walk.who("amara"), now=walk.now, reason="Sold.")
    assert codes(walk, record.initiative) == ["retired"]
    rejected = walk.full("awaiting_decision", title="Another")
    sign_offs.reject(
        session, rejected, actor=walk.who("helen"), now=walk.now, reason="Too much.", overrules="The risk."
    )
    assert answers(walk, rejected.initiative) == ("no", "no")
    assert codes(walk, rejected.initiative) == ["refused", "full_assessment_rejected"]


def test_open_answers_of_a_vendor_hold_up_the_award_only(walk: Walk) -> None:
    record = walk.full("draft")
    walk.vendor(record, "in_progress")
    found = asked(walk, record.initiative)
    assert [reason.code for reason in found.award.reasons] == ["full_assessment_open", "vendor_answers_open"]
    assert [reason.code for reason in found.go_live.reasons] == ["full_assessment_open"]


def test_an_exception_lets_it_be_used_but_not_be_awarded(walk: Walk) -> None:
    initiative = walk.initial("draft").initiative
    exc = request(walk, initiative, days=5)
    assert answers(walk, initiative) == ("no", "no")
    grant(walk, exc, conditions="Only at night.")
    assert answers(walk, initiative) == ("no", "yes_with_conditions")
    found = asked(walk, initiative)
    assert [reason.code for reason in found.go_live.reasons] == ["emergency_exception", "initial_assessment_open"]
    assert [reason.code for reason in found.award.reasons] == ["initial_assessment_open", "exception_does_not_award"]
    assert [str(each.text) for each in found.go_live.conditions][-1] == "Only at night."
    walk.now += dt.timedelta(days=6)
    assert answers(walk, initiative) == ("no", "no")


def test_no_exception_overrules_a_refusal(walk: Walk, session: Session) -> None:
    record = walk.full("awaiting_decision")
    grant(walk, request(walk, record.initiative))
    sign_offs.reject(session, record, actor=walk.who("helen"), now=walk.now, reason="Too much.", overrules="The risk.")
    assert answers(walk, record.initiative) == ("no", "no")


def test_a_commitment_is_a_condition_until_it_is_kept(walk: Walk, session: Session) -> None:
    record = approved(walk, keep_promises=True)
    new = NewCommitment(
        "Blur faces.", persona(session, "amara"), walk.now.date(), "risk", "r1", record.initiative, record
    )
    promise = make_commitment(session, new, actor=walk.who("petra"), now=walk.now)
    (condition,) = asked(walk, record.initiative).go_live.conditions
    assert (condition.kind, condition.reference, condition.is_overdue) == ("commitment", promise.reference, False)
    walk.now += dt.timedelta(days=2)
    assert asked(walk, record.initiative).award.conditions[0].is_overdue


def test_a_condition_that_became_a_commitment_is_named_once(walk: Walk, session: Session) -> None:
    record = approved(walk, "Blur faces.", keep_promises=True)
    new = NewCommitment(
        "Blur faces.", persona(session, "amara"), walk.now.date(), "condition", "1", record.initiative, record
    )
    make_commitment(session, new, actor=walk.who("petra"), now=walk.now)
    assert kinds(walk, record.initiative) == ["decision"]
    walk.now += dt.timedelta(days=2)
    assert kinds(walk, record.initiative) == ["decision", "commitment"]


def test_an_open_cause_a_newer_version_and_a_late_audit_are_conditions(walk: Walk, session: Session) -> None:
    record = walk.full("published")
    for each in list_commitments_of(session, record.initiative):
        session.delete(each)
    cause = NewCause(record.initiative, record, "change", "A list of names was lost.", facts=("vendor",))
    raise_cause(session, cause, actor=walk.who("petra"), now=walk.now)
    assert kinds(walk, record.initiative) == ["reconsideration"]
    assert "names" not in str(asked(walk, record.initiative).award.conditions[0].text)
    walk.now += dt.timedelta(days=1)
    assessments.begin_new_edition(session, record, actor=walk.who("helen"), now=walk.now)
    assert set(kinds(walk, record.initiative)) == {"reconsideration", "newer_version"}
    due = list_audits(session, record.reference)[0].due_on
    walk.now = dt.datetime.combine(due + dt.timedelta(days=1), dt.time(9), dt.UTC)
    assert set(kinds(walk, record.initiative)) == {"reconsideration", "newer_version", "review_overdue"}


def test_a_newer_version_that_was_rejected_takes_everything_with_it(walk: Walk, session: Session) -> None:
    record = walk.full("published")
    walk.now += dt.timedelta(days=1)
    newer = assessments.begin_new_edition(session, record, actor=walk.who("helen"), now=walk.now)
    walk.advance(newer, "awaiting_decision")
    sign_offs.reject(session, newer, actor=walk.who("helen"), now=walk.now, reason="Too much.", overrules="The risk.")
    assert codes(walk, record.initiative) == ["refused", "full_assessment_rejected"]
    reopen_initiative(session, record.initiative, actor=walk.who("amara"), now=walk.now, reason="Smaller now.")
    assert codes(walk, record.initiative) == ["full_assessment_rejected"]


def test_while_it_is_assessed_again_the_cleared_wait_and_the_live_go_on(walk: Walk, session: Session) -> None:
    cleared, live = determined(walk), determined(walk)
    go_live(session, live.initiative, actor=walk.who("amara"), now=walk.now)
    for record in (cleared, live):
        begin_reassessment(session, record.initiative, actor=walk.who("petra"), now=walk.now, reason="A new vendor.")
    assert codes(walk, cleared.initiative) == ["initial_assessment_open"]
    assert codes(walk, live.initiative) == ["determined_no_pia"]
    assert kinds(walk, live.initiative) == ["reassessment"]


def test_a_withdrawn_full_assessment_allows_nothing(walk: Walk, session: Session) -> None:
    record = walk.full("draft")
    assessments.withdraw_assessment(session, record, actor=walk.who("amara"), now=walk.now, reason="Cancelled.")
    assert codes(walk, record.initiative) == ["assessment_withdrawn"]


STAGES: list[Callable[[Walk], Assessment]] = [
    *(lambda walk, s=status: walk.initial(s) for status in ("draft", "submitted", "withdrawn", "determined")),
    *(lambda walk, s=status: walk.full(s) for status in ("submitted", "awaiting_decision", "approved", "published")),
    determined,
    lambda walk: determined(walk, "delegated_review", "Signs."),
]


@pytest.mark.parametrize("with_exception", [False, True])
@pytest.mark.parametrize("days", [0, 800])
@pytest.mark.parametrize("stage", range(len(STAGES)))
def test_the_guard_and_the_gate_say_the_same(walk: Walk, stage: int, days: int, with_exception: bool) -> None:
    initiative = STAGES[stage](walk).initiative
    walk.now += dt.timedelta(days=days)
    if with_exception:
        try:
            grant(walk, request(walk, initiative))
        except NotPossible:
            assert answers(walk, initiative)[1] != "no"
    with clock.frozen(walk.now):
        try:
            check_guards(walk.session, initiative, walk.who("amara"), ("assessment_allows_go_live",))
            allowed = True
        except NotPossible:
            allowed = False
    assert (answers(walk, initiative)[1] != "no") is allowed


def test_the_code_is_made_by_the_department_and_can_be_renewed(walk: Walk, session: Session) -> None:
    initiative = walk.initiative()
    first = renew_code(session, initiative, actor=walk.who("amara"), now=walk.now)
    assert find_by_code(session, first.upper().replace("-", " ")) is initiative
    second = renew_code(session, initiative, actor=walk.who("daniel"), now=walk.now)
    assert first != second
    for wrong in (first, "", "-", second[:-1], "%", second + "a"):
        with pytest.raises(NotFound):
            find_by_code(session, wrong)
    for first_name in ("otto", "petra", "victor", "adam"):
        with pytest.raises(NotAllowed):
            renew_code(session, initiative, actor=walk.who(first_name), now=walk.now)


def test_purchasing_finds_it_by_either_number(walk: Walk, session: Session) -> None:
    one, other = walk.initiative("One"), walk.initiative("Other")
    one.procurement = other.procurement = "T/2026/17"
    session.flush()
    assert find_for_purchasing(session, f" {one.reference} ") == [one]
    assert find_for_purchasing(session, "T/2026/17") == [one, other]
    assert find_for_purchasing(session, "") == []
    assert find_for_purchasing(session, "T-9") == []


def test_asking_costs_the_same_few_queries_whatever_there_is(walk: Walk, session: Session) -> None:
    small = walk.initiative("Small")
    record = walk.full("published", title="Large")
    for number in range(20):
        new = NewCommitment(
            f"Promise {number}",
            persona(session, "amara"),
            walk.now.date(),
            "risk",
            f"x{number}",
            record.initiative,
            record,
        )
        make_commitment(session, new, actor=walk.who("petra"), now=walk.now)
    counted = []
    for initiative in (small, record.initiative):
        session.flush()
        session.expire_all()
        sent: list[str] = []
        note = lambda _c, _k, statement, *_r, sent=sent: sent.append(statement)  # noqa: E731
        event.listen(Engine, "before_cursor_execute", note)
        ask_gate(session, initiative, now=walk.now)
        event.remove(Engine, "before_cursor_execute", note)
        counted.append(len(sent))
    assert max(counted) <= 16, counted


def test_an_exception_that_the_sweep_has_not_ended_yet_counts_no_more(walk: Walk, session: Session) -> None:
    initiative = walk.initial("draft").initiative
    exc = request(walk, initiative, days=1)
    grant(walk, exc)
    walk.now += dt.timedelta(days=2)
    assert exc.status == "granted"
    assert answers(walk, initiative) == ("no", "no")
    assert exceptions.find_exception_in_force(session, initiative, on=walk.now.date()) is None
