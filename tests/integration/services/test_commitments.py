"""Promises become commitments: from risks and conditions, once, with a keeper and a day; carried on by new versions."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from pia_engine.models import Assessment, AuditEvent, Commitment, OutboxJob
from pia_engine.models.catalogue import questionnaire_for
from pia_engine.models.sheets import AnswerSheet
from pia_engine.questionnaires.definition import Questionnaire, Value
from pia_engine.services import promises, sign_offs
from pia_engine.services.assessments import begin_new_edition
from pia_engine.services.commitment_steps import accept_evidence, drop_commitment, hand_over, postpone, report_kept
from pia_engine.services.commitments import list_commitments_of, make_commitments_of
from pia_engine.services.determinations import Terms, determine
from tests.factories.answers import sample_risk
from tests.factories.governance.commitments import EVIDENCE
from tests.factories.people import persona
from tests.factories.walks import Walk

TO_DECISION = ("submitted", "in_review", "awaiting_agency_sign_off", "awaiting_decision")


def decide(walk: Walk, record: Assessment, risks: list[dict[str, str]], conditions: str = "") -> list[Commitment]:
    """Write these risks into a draft and take it all the way to an approval with conditions."""
    given: dict[str, Value] = {"risks": [dict(risk) for risk in risks], "overall_residual_risk": "low"}
    walk.answer(record, given, roles=frozenset({"agency_official"}), actor=walk.who("amara"))
    for step in TO_DECISION:
        getattr(walk, f"_to_{step}")(record, "low")
    sign_offs.approve(
        walk.session, record, actor=walk.who("helen"), now=walk.now, reason="Sound.", conditions=conditions
    )
    return list_commitments_of(walk.session, record.initiative)


def next_edition(walk: Walk, record: Assessment) -> Assessment:
    walk._to_publishing(record, "low")
    walk._to_published(record, "low")
    return begin_new_edition(walk.session, record, actor=walk.who("helen"), now=walk.now)


def trail(session: Session, commitment: Commitment) -> list[tuple[str, dict[str, Any]]]:
    query = select(AuditEvent).where(AuditEvent.aggregate_id == commitment.id).order_by(AuditEvent.sequence)
    return [(each.event, json.loads(each.body)["details"]) for each in session.scalars(query)]


def test_each_measure_and_each_condition_becomes_a_commitment(session: Session, walk: Walk) -> None:
    risks = [
        sample_risk(owner="Sofia Security", measures="Two people unlock each search."),
        sample_risk(id="r2", response="share", measures="The insurer pays.", due_on=""),
        sample_risk(id="r3", response="accept", measures="Nothing to do here."),
        sample_risk(id="r4", response="avoid", measures="We leave it out."),
        sample_risk(id="r5", measures="", rationale="Only reasons."),
    ]
    found = decide(walk, walk.full(), risks, "- Delete after a week.\n\n * Put up signs.  \nPut up signs.")
    by_text = {each.text: each for each in found}
    assert set(by_text) == {
        "Two people unlock each search.", "The insurer pays.", "Delete after a week.", "Put up signs."
    }  # fmt: skip
    measure, shared = by_text["Two people unlock each search."], by_text["The insurer pays."]
    assert (measure.source, measure.source_id, measure.keeper.name) == ("risk", "r1", "Sofia Security")
    assert (measure.due_on, measure.status) == (dt.date(2026, 6, 30), "open")
    assert (shared.keeper.name, shared.due_on) == ("Amara Author", dt.date(2026, 5, 31))
    assert by_text["Put up signs."].source == "condition"
    assert {each.department_id for each in found} == {found[0].initiative.department_id}


def test_measures_of_a_register_that_is_not_public_are_not_public_either(
    walk: Walk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def without_public_risks(session: Session, sheet: AnswerSheet) -> Questionnaire:
        known = questionnaire_for(session, sheet)
        sections = [
            replace(section, questions=tuple(replace(q, public=q.id != "risks") for q in section.questions))
            for section in known.sections
        ]
        return replace(known, sections=tuple(sections))

    monkeypatch.setattr(promises, "questionnaire_for", without_public_risks)
    found = decide(walk, walk.full(), [sample_risk()], "Put up signs.")
    assert {each.source: each.is_public for each in found} == {"risk": False, "condition": True}


def test_a_day_already_past_is_replaced_and_the_trail_says_so(session: Session, walk: Walk) -> None:
    (found,) = decide(walk, walk.full(), [sample_risk(due_on="2026-01-31")])
    assert found.due_on == dt.date(2026, 5, 31)
    ((event, details),) = trail(session, found)
    assert event == "commitment:made"
    assert details["asked_for"] == "2026-01-31"


def test_doing_it_twice_is_the_same_as_once(session: Session, walk: Walk) -> None:
    record = walk.full()
    before = decide(walk, record, [sample_risk()], "Put up signs.")
    events = [trail(session, each) for each in before]
    again = make_commitments_of(session, record, actor=walk.who("helen"), now=walk.now)
    assert {each.id for each in again} == {each.id for each in before}
    assert [trail(session, each) for each in list_commitments_of(session, record.initiative)] == events


@pytest.mark.parametrize("owner", ["Somebody", "The mayor's office", "Ingrid Auditor", "Adam Administrator"])
def test_whom_the_text_does_not_name_or_who_cannot_report_is_no_keeper(walk: Walk, owner: str) -> None:
    (found,) = decide(walk, walk.full(), [sample_risk(owner=owner)])
    assert found.keeper.name == "Amara Author"


def test_a_keeper_is_found_by_name_when_the_title_has_changed(walk: Walk) -> None:
    (found,) = decide(walk, walk.full(), [sample_risk(owner="Petra Privacy, Former title")])
    assert found.keeper.name == "Petra Privacy"


def test_a_closed_account_keeps_nothing(session: Session, walk: Walk) -> None:
    persona(session, "otto").active = False
    (found,) = decide(walk, walk.full(), [sample_risk(owner="Otto Outsider")])
    assert found.keeper.name == "Amara Author"


def test_a_delegated_review_makes_its_conditions_commitments(session: Session, walk: Walk) -> None:
    initial = walk.initial("submitted")
    determine(
        session, initial, outcome="delegated_review", actor=walk.who("petra"), now=walk.now, reason="Small.",
        terms=Terms(conditions="Delete after a week.\nTell the neighbours."),
    )  # fmt: skip
    found = list_commitments_of(session, initial.initiative)
    assert [(each.source, each.text) for each in found] == [
        ("delegated_review", "Delete after a week."),
        ("delegated_review", "Tell the neighbours."),
    ]
    assert {each.due_on for each in found} == {dt.date(2026, 5, 31)}


def test_each_keeper_gets_one_letter_that_counts_the_others(session: Session, walk: Walk) -> None:
    risks = [sample_risk(), sample_risk(id="r2"), sample_risk(id="r3", owner="Sofia Security")]
    decide(walk, walk.full(), risks)
    jobs = [job.payload for job in session.scalars(select(OutboxJob)) if job.payload.get("event") == "commitment:made"]
    assert {(job["person"], job.get("more")) for job in jobs} == {
        (str(persona(session, "amara").id), "1"),
        (str(persona(session, "sofia").id), None),
    }


def test_a_new_version_carries_on_what_is_open_and_doubles_nothing(session: Session, walk: Walk) -> None:
    first = walk.full()
    gone = sample_risk(id="r2", measures="Lock the cabinet.")
    decide(walk, first, [sample_risk(), gone], "Put up signs.")
    second = next_edition(walk, first)
    found = decide(
        walk, second, [sample_risk(measures="Three people unlock each search.", due_on="2026-09-30")], "Put up signs."
    )
    by_text = {each.text: each for each in found}
    assert set(by_text) == {"Three people unlock each search.", "Lock the cabinet.", "Put up signs."}
    carried = by_text["Three people unlock each search."]
    assert (carried.assessment_id, carried.due_on) == (second.id, dt.date(2026, 9, 30))
    assert [event for event, _details in trail(session, carried)] == ["commitment:made", "commitment:carried-on"]
    assert by_text["Lock the cabinet."].status == "open"
    assert by_text["Lock the cabinet."].assessment_id == first.id


def test_an_unchanged_text_leaves_the_keeper_and_the_day_agreed_since(session: Session, walk: Walk) -> None:
    first = walk.full()
    (found,) = decide(walk, first, [sample_risk(owner="Amara Author")])
    until = dt.date(2026, 8, 1)
    postpone(session, found, until=until, reason="Late.", actor=walk.who("petra"), now=walk.now)
    hand_over(session, found, keeper=persona(session, "sofia"), reason="Leave.", actor=walk.who("petra"), now=walk.now)
    (carried,) = decide(walk, next_edition(walk, first), [sample_risk(owner="Amara Author")])
    assert (carried.keeper.name, carried.due_on, carried.postponed) == ("Sofia Security", until, 1)


def test_what_is_kept_in_these_words_is_not_promised_again_and_what_was_dropped_is(
    session: Session, walk: Walk
) -> None:
    first = walk.full()
    kept, dropped = decide(walk, first, [sample_risk(), sample_risk(id="r2", measures="Lock the cabinet.")])
    report_kept(session, kept, evidence=EVIDENCE, actor=walk.who("amara"), now=walk.now)
    accept_evidence(session, kept, actor=walk.who("petra"), now=walk.now)
    drop_commitment(session, dropped, actor=walk.who("helen"), now=walk.now, reason="No cabinet.")
    second = next_edition(walk, first)
    found = decide(walk, second, [sample_risk(), sample_risk(id="r2", measures="Lock the cabinet.")])
    assert sorted((each.text, each.status) for each in found) == [
        ("Lock the cabinet.", "dropped"),
        ("Lock the cabinet.", "open"),
        ("Two people unlock each search.", "kept"),
    ]
