"""Nobody judges what they wrote, advised or contributed to, in person, through a deputy, or as somebody's deputy."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from sqlalchemy.orm import Session

from pia_engine.errors import NotAllowed
from pia_engine.models import Assessment, Designation
from pia_engine.permissions.roles import SYSTEM, Role
from pia_engine.services import annual_audits, assessments, determinations, reviews, sign_offs
from pia_engine.services.deputies import Absence, name_deputy
from pia_engine.services.initiatives import NewInitiative, register_initiative
from pia_engine.services.people import designate
from tests.factories.deputies import MARCH_2, MARCH_9, stand_in
from tests.factories.people import FOUNDED, department, persona
from tests.factories.together import ask, change, sign_off
from tests.factories.walks import AUTHORS, Walk

REASON = "The benefit outweighs the risk."
OFFICER, AGENCY = frozenset({"privacy_officer"}), frozenset({"agency_official"})
WRITTEN = r"wrote this text or had a deputy write it"


def also(session: Session, first: str, role: Role) -> Designation:
    """Somebody holds one more role in their own right."""
    place = department(session, "mobility") if role is Role.AGENCY_OFFICIAL else None
    return designate(
        session, persona(session, first), role, department=place, designated_by="Mayor", instrument="2",
        from_on=dt.date(2026, 1, 5), actor=SYSTEM, now=FOUNDED,
    )  # fmt: skip


def initial_written_for_amara(session: Session, walk: Walk) -> Assessment:
    """Otto, of another department, stands in for Amara: he begins and submits, and is the author."""
    stand_in(walk, "otto", "amara")
    new = NewInitiative(
        title="Traffic counters on Mill Road",
        summary="Counters measure how many vehicles pass.",
        department=department(session, "mobility"),
        change_kind="new",
    )
    author, actor = persona(session, "otto"), walk.who("otto")
    initiative = register_initiative(session, new, author=author, actor=actor, now=walk.now)
    initial = assessments.begin_initial_assessment(session, initiative, author=author, actor=actor, now=walk.now)
    walk.answer(initial, {}, roles=AUTHORS, actor=actor)
    assessments.submit_assessment(session, initial, actor=actor, now=walk.now)
    return initial


def written_for_amara(session: Session, walk: Walk, status: str = "submitted") -> Assessment:
    initial = initial_written_for_amara(session, walk)
    actor = walk.who("petra")
    determinations.determine(session, initial, outcome="full_pia", actor=actor, now=walk.now, reason="People are seen.")
    record = assessments.get_assessment(session, initial.reference, "full")
    walk.answer(record, {"overall_residual_risk": "low"}, roles=AGENCY, actor=walk.who("otto"))
    walk.answer(record, {}, roles=frozenset({"contributor"}), actor=walk.who("sofia"))
    assessments.submit_assessment(session, record, actor=walk.who("otto"), now=walk.now)
    return further(walk, record, status)


def further(walk: Walk, record: Assessment, status: str) -> Assessment:
    """From a submitted text on to `status`, by the usual people."""
    steps = ("submitted", "in_review", "awaiting_agency_sign_off", "awaiting_decision")
    for step in steps[1 : steps.index(status) + 1]:
        getattr(walk, f"_to_{step}")(record, "low")
    return record


def test_an_official_does_not_sign_for_the_agency_what_their_deputy_wrote(session: Session, walk: Walk) -> None:
    record = written_for_amara(session, walk, "awaiting_agency_sign_off")
    with pytest.raises(NotAllowed, match=WRITTEN):
        sign_offs.sign_for_agency(session, record, actor=walk.who("amara"), now=walk.now, reason=REASON)
    sign_offs.sign_for_agency(session, record, actor=walk.who("daniel"), now=walk.now, reason=REASON)


def test_an_official_does_not_determine_what_their_deputy_wrote(session: Session, walk: Walk) -> None:
    initial = initial_written_for_amara(session, walk)
    also(session, "amara", Role.PRIVACY_OFFICER)
    with pytest.raises(NotAllowed, match=WRITTEN):
        determinations.determine(
            session, initial, outcome="full_pia", actor=walk.who("amara"), now=walk.now, reason="?"
        )


def test_an_official_does_not_review_what_their_deputy_wrote(session: Session, walk: Walk) -> None:
    record = written_for_amara(session, walk)
    also(session, "amara", Role.PRIVACY_OFFICER)
    with pytest.raises(NotAllowed, match=WRITTEN):
        reviews.start_review(session, record, actor=walk.who("amara"), now=walk.now)
    assert reviews.start_review(session, record, actor=walk.who("petra"), now=walk.now).round == 1


@pytest.mark.parametrize("who", ["amara", "victor"])
def test_an_official_does_not_decide_what_their_deputy_wrote(session: Session, walk: Walk, who: str) -> None:
    """Neither in person nor through another deputy of theirs."""
    record = written_for_amara(session, walk, "awaiting_decision")
    held = also(session, "amara", Role.SENIOR_PRIVACY_OFFICIAL)
    away = Absence(MARCH_2, MARCH_9, "Leave")
    name_deputy(session, held, persona(session, "victor"), away, actor=walk.who("amara"), now=walk.now)
    with pytest.raises(NotAllowed, match=WRITTEN):
        sign_offs.approve(session, record, actor=walk.who(who), now=walk.now, reason=REASON)
    sign_offs.approve(session, record, actor=walk.who("helen"), now=walk.now, reason=REASON)


def test_whoever_stands_in_for_the_author_does_not_judge_by_a_role_of_their_own(session: Session, walk: Walk) -> None:
    record = walk.full("submitted")
    stand_in(walk, "petra", "amara")
    with pytest.raises(NotAllowed, match=WRITTEN):
        reviews.start_review(session, record, actor=walk.who("petra"), now=walk.now)
    walk.now = dt.datetime.combine(MARCH_9 + dt.timedelta(days=1), dt.time(12), dt.UTC)
    assert reviews.start_review(session, record, actor=walk.who("petra"), now=walk.now).round == 1


def test_whoever_began_the_review_neither_signs_for_the_agency_nor_decides(session: Session, walk: Walk) -> None:
    record = walk.full("submitted")
    also(session, "daniel", Role.PRIVACY_OFFICER)
    also(session, "daniel", Role.SENIOR_PRIVACY_OFFICIAL)
    also(session, "ingrid", Role.AGENCY_OFFICIAL)
    reviews.start_review(session, record, actor=walk.who("daniel"), now=walk.now)
    walk._to_awaiting_agency_sign_off(record, "low")
    with pytest.raises(NotAllowed, match="already"):
        sign_offs.sign_for_agency(session, record, actor=walk.who("daniel"), now=walk.now, reason=REASON)
    sign_offs.sign_for_agency(session, record, actor=walk.who("ingrid"), now=walk.now, reason=REASON)
    with pytest.raises(NotAllowed, match="already"):
        sign_offs.approve(session, record, actor=walk.who("daniel"), now=walk.now, reason=REASON)
    sign_offs.approve(session, record, actor=walk.who("helen"), now=walk.now, reason=REASON)


@pytest.mark.parametrize("deputy", ["", "ingrid"])
def test_whoever_wrote_an_answer_of_the_advice_does_not_decide(session: Session, walk: Walk, deputy: str) -> None:
    """Victor writes the officer's answers, in person or through a deputy; Petra only presses the button."""
    record = walk.full("in_review", residual="high")
    held = also(session, "victor", Role.PRIVACY_OFFICER)
    if deputy:
        away = Absence(MARCH_2, MARCH_9, "Leave")
        name_deputy(session, held, persona(session, deputy), away, actor=walk.who("victor"), now=walk.now)
    walk.answer(record, {}, roles=OFFICER, actor=walk.who(deputy or "victor"))
    said = {"reason": "Go ahead.", "recommendation": "approve"}
    reviews.recommend(session, record, actor=walk.who("petra"), now=walk.now, **said)
    walk._to_awaiting_decision(record, "high")
    with pytest.raises(NotAllowed, match="already"):
        sign_offs.approve(session, record, actor=walk.who("victor"), now=walk.now, reason=REASON)
    also(session, "adam", Role.EXECUTIVE)
    sign_offs.approve(session, record, actor=walk.who("adam"), now=walk.now, reason=REASON)


@pytest.mark.parametrize("step", [sign_offs.approve, sign_offs.send_back, sign_offs.reject])
def test_an_expert_whose_answers_stand_does_not_decide(session: Session, walk: Walk, step: Any) -> None:
    record = walk.full("awaiting_decision")
    stand_in(walk, "sofia", "helen")
    with pytest.raises(NotAllowed, match="as an expert"):
        step(session, record, actor=walk.who("sofia"), now=walk.now, reason=REASON)
    why = {"overrules": "The advice counts on another law."} if step is sign_offs.reject else {}
    step(session, record, actor=walk.who("helen"), now=walk.now, reason=REASON, **why)


@pytest.mark.parametrize("is_voided", [False, True])
def test_an_expert_whose_sign_off_stands_does_not_decide(session: Session, walk: Walk, is_voided: bool) -> None:
    """Ingrid gives the experts' answers, Sofia only signs off. A sign-off that became void keeps nobody out."""
    record = walk.full()
    also(session, "ingrid", Role.CONTRIBUTOR)
    also(session, "sofia", Role.SENIOR_PRIVACY_OFFICIAL)
    walk.answer(record, {"overall_residual_risk": "low"}, roles=AGENCY, actor=walk.who("amara"))
    walk.answer(record, {}, roles=frozenset({"contributor"}), actor=walk.who("ingrid"))
    sign_off(walk, ask(walk, record, "summary"))
    if is_voided:
        change(walk, record, "summary", "Counters measure how many cars and lorries pass a bridge.")
    assessments.submit_assessment(session, record, actor=walk.who("amara"), now=walk.now)
    further(walk, record, "awaiting_decision")
    if is_voided:
        sign_offs.approve(session, record, actor=walk.who("sofia"), now=walk.now, reason=REASON)
        return
    with pytest.raises(NotAllowed, match="as an expert"):
        sign_offs.approve(session, record, actor=walk.who("sofia"), now=walk.now, reason=REASON)


@pytest.mark.parametrize("conclude", [annual_audits.confirm, annual_audits.require_new_version])
@pytest.mark.parametrize("way", ["deputy of the senior official", "both roles", "had a deputy conduct it"])
def test_whoever_conducted_an_audit_does_not_conclude_it(session: Session, walk: Walk, conclude: Any, way: str) -> None:
    audit = walk.audit("due" if "conduct it" in way else "findings_reported")
    first, last = walk.now.date(), walk.now.date() + dt.timedelta(days=7)
    if way == "deputy of the senior official":
        stand_in(walk, "ingrid", "helen", from_on=first, until_on=last)
    elif way == "both roles":
        also(session, "ingrid", Role.SENIOR_PRIVACY_OFFICIAL)
    else:
        also(session, "ingrid", Role.SENIOR_PRIVACY_OFFICIAL)
        stand_in(walk, "otto", "ingrid", from_on=first, until_on=last)
        actor = walk.who("otto")
        annual_audits.start_audit(session, audit, actor=actor, now=walk.now)
        walk.answer(audit, {}, roles=frozenset({"auditor"}), actor=actor)
        annual_audits.report_findings(session, audit, actor=actor, now=walk.now)
    with pytest.raises(NotAllowed, match="conducted this audit"):
        conclude(session, audit, actor=walk.who("ingrid"), now=walk.now, reason="Still true.")
    conclude(session, audit, actor=walk.who("helen"), now=walk.now, reason="Still true.")


def test_an_official_does_not_audit_what_their_deputy_wrote(session: Session, walk: Walk) -> None:
    record = written_for_amara(session, walk, "awaiting_decision")
    sign_offs.approve(session, record, actor=walk.who("helen"), now=walk.now, reason=REASON)
    audit = annual_audits.list_audits(session, record.reference)[0]
    also(session, "amara", Role.AUDITOR)
    with pytest.raises(NotAllowed, match=WRITTEN):
        annual_audits.start_audit(session, audit, actor=walk.who("amara"), now=walk.now)
    annual_audits.start_audit(session, audit, actor=walk.who("ingrid"), now=walk.now)
