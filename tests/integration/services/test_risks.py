"""The register of risks: one verb for each thing a person does to it, and what it decides."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from pia_engine.errors import NotAllowed, NotFound, NotPossible, Stale
from pia_engine.models import Assessment, AuditEvent
from pia_engine.models.catalogue import answers_of
from pia_engine.permissions.records import decider_role
from pia_engine.permissions.registers import residual_level_of
from pia_engine.questionnaires.registers import RISK_LIMIT
from pia_engine.services.answers import save_answers
from pia_engine.services.assessments import get_assessment, submit_assessment
from pia_engine.services.risks import (
    RiskConflict,
    choose_controls,
    confirm_register,
    fingerprint,
    fingerprint_of_all,
    read_register,
    remove_risk,
    save_risk,
)
from tests.factories.answers import sample_risk
from tests.factories.walks import Walk

AGENCY, CONTRIBUTOR = frozenset({"agency_official"}), frozenset({"contributor"})


def written(**given: str) -> dict[str, str]:
    return {field: text for field, text in sample_risk(**given).items() if field not in ("id", "controls")}


def rows(record: Assessment) -> list[dict[str, str]]:
    return answers_of(record.sheet).get("risks", [])  # type: ignore[return-value]


def add(session: Session, walk: Walk, record: Assessment, **given: str) -> str:
    return save_risk(session, record, written(**given), actor=walk.who("amara"), now=walk.now)


def test_author_writes_risks_and_the_trail_says_so(session: Session, walk: Walk) -> None:
    full = walk.full()
    before = full.sheet.version
    assert [add(session, walk, full), add(session, walk, full, risk="It leaks.", action="")] == ["r1", "r2"]
    assert [row["risk"] for row in rows(full)] == ["A clerk looks up a neighbour out of curiosity.", "It leaks."]
    assert "action" not in rows(full)[1]
    assert full.sheet.version > before
    events = session.scalars(select(AuditEvent).where(AuditEvent.event == "answers:saved")).all()
    assert json.loads(events[-1].body)["details"]["questions"] == ["risks"]


def test_changing_a_rating_changes_nothing_else(session: Session, walk: Walk) -> None:
    full = walk.full()
    add(session, walk, full)
    actor = walk.who("amara")
    seen = fingerprint_of_all(rows(full))
    choose_controls(session, full, "r1", offered=["AC-3"], chosen=["AC-3"], seen=seen, actor=actor, now=walk.now)
    before = rows(full)[0]
    save_risk(session, full, written(likelihood="5"), risk_id="r1", seen=fingerprint(before), actor=actor, now=walk.now)
    assert rows(full) == [{**before, "likelihood": "5"}]


def test_two_people_on_different_risks_do_not_meet(session: Session, walk: Walk) -> None:
    full = walk.full()
    add(session, walk, full)
    add(session, walk, full, risk="It leaks.")
    opened = {row["id"]: fingerprint(row) for row in rows(full)}
    actor = walk.who("amara")
    for risk_id, harm in (("r1", "Fear."), ("r2", "Shame.")):
        save_risk(session, full, written(harm=harm), risk_id=risk_id, seen=opened[risk_id], actor=actor, now=walk.now)
    assert [row["harm"] for row in rows(full)] == ["Fear.", "Shame."]


def test_two_people_on_the_same_risk_get_both_texts_and_nothing_is_saved(session: Session, walk: Walk) -> None:
    full = walk.full()
    add(session, walk, full)
    opened, actor = fingerprint(rows(full)[0]), walk.who("amara")
    save = {"risk_id": "r1", "actor": actor, "now": walk.now}
    save_risk(session, full, written(harm="Fear."), seen=opened, **save)  # type: ignore[arg-type]
    with pytest.raises(RiskConflict) as conflict:
        save_risk(session, full, written(harm="Shame."), seen=opened, **save)  # type: ignore[arg-type]
    assert conflict.value.theirs is not None
    assert (conflict.value.theirs["harm"], conflict.value.yours["harm"]) == ("Fear.", "Shame.")
    assert rows(full)[0]["harm"] == "Fear."
    save_risk(session, full, written(harm="Fear."), seen=opened, **save)  # type: ignore[arg-type]
    seen = fingerprint(conflict.value.theirs)
    save_risk(session, full, written(harm="Fear and shame."), seen=seen, **save)  # type: ignore[arg-type]
    assert rows(full)[0]["harm"] == "Fear and shame."


def test_a_risk_removed_meanwhile_is_not_lost_for_who_wrote(session: Session, walk: Walk) -> None:
    full = walk.full()
    add(session, walk, full)
    opened, actor = fingerprint(rows(full)[0]), walk.who("amara")
    remove_risk(session, full, "r1", seen=fingerprint_of_all(rows(full)), actor=actor, now=walk.now)
    assert "risks" not in answers_of(full.sheet)
    with pytest.raises(RiskConflict) as conflict:
        save_risk(session, full, written(), risk_id="r1", seen=opened, actor=actor, now=walk.now)
    assert conflict.value.theirs is None
    save_risk(session, full, conflict.value.yours, risk_id="r1", seen="", actor=actor, now=walk.now)
    assert [row["id"] for row in rows(full)] == ["r1"]


def test_a_number_belongs_to_one_risk_for_good(session: Session, walk: Walk) -> None:
    full, actor = walk.full(), walk.who("amara")
    for risk_id in ("r1", "r2"):
        assert add(session, walk, full) == risk_id
    remove_risk(session, full, "r2", seen=fingerprint_of_all(rows(full)[1:]), actor=actor, now=walk.now)
    assert add(session, walk, full, risk="Another one.") == "r3"
    for risk in rows(full):
        remove_risk(session, full, risk["id"], seen=fingerprint_of_all([risk]), actor=actor, now=walk.now)
    assert add(session, walk, full) == "r4"


def test_what_was_changed_meanwhile_is_not_removed_unseen(session: Session, walk: Walk) -> None:
    full = walk.full()
    add(session, walk, full)
    with pytest.raises(Stale):
        remove_risk(session, full, "r1", seen="another", actor=walk.who("amara"), now=walk.now)
    with pytest.raises(NotFound):
        remove_risk(session, full, "r7", seen="", actor=walk.who("amara"), now=walk.now)
    assert len(rows(full)) == 1


def test_controls_that_were_not_on_the_page_stay(session: Session, walk: Walk) -> None:
    full = walk.full()
    add(session, walk, full)
    actor = walk.who("amara")

    def choose(offered: list[str], chosen: list[str]) -> str:
        seen = fingerprint_of_all(rows(full))
        choose_controls(session, full, "r1", offered=offered, chosen=chosen, seen=seen, actor=actor, now=walk.now)
        return rows(full)[0].get("controls", "")

    assert choose(["AC-3", "AU-2"], ["AU-2", "AC-3", "SI-12"]) == "AU-2 AC-3"
    assert choose(["SI-12", "AC-3"], ["SI-12"]) == "AU-2 SI-12"
    assert choose(["AU-2", "SI-12"], []) == ""


def test_controls_are_not_chosen_for_a_risk_that_changed_unseen(session: Session, walk: Walk) -> None:
    full = walk.full()
    add(session, walk, full, controls="")
    actor, opened = walk.who("amara"), fingerprint_of_all(rows(full))

    def choose(chosen: str) -> None:
        choose_controls(
            session, full, "r1", offered=["AC-3", "AU-2"], chosen=[chosen], seen=opened, actor=actor, now=walk.now
        )

    choose("AC-3")
    choose("AC-3")  # pressed twice: nothing to lose
    with pytest.raises(Stale):
        choose("AU-2")
    with pytest.raises(Stale):
        remove_risk(session, full, "r1", seen=opened, actor=actor, now=walk.now)
    assert rows(full)[0]["controls"] == "AC-3"


def test_the_register_has_an_end(session: Session, walk: Walk) -> None:
    full = walk.full()
    many = [sample_risk(id=f"r{number}") for number in range(1, RISK_LIMIT + 1)]
    actor = walk.who("amara")
    save_answers(session, full, {"risks": many}, seen_version=full.sheet.version, actor=actor, now=walk.now)
    with pytest.raises(NotPossible, match="full"):
        add(session, walk, full)


@pytest.mark.parametrize("first", ["daniel", "petra", "helen", "victor", "ingrid", "sofia", "otto"])
def test_only_the_author_writes_the_register(first: str, session: Session, walk: Walk) -> None:
    full = walk.full()
    add(session, walk, full)
    seen, actor = fingerprint_of_all(rows(full)), walk.who(first)
    with pytest.raises(NotAllowed):
        save_risk(session, full, written(), actor=actor, now=walk.now)
    with pytest.raises(NotAllowed):
        choose_controls(session, full, "r1", offered=["AC-3"], chosen=["AC-3"], seen=seen, actor=actor, now=walk.now)
    with pytest.raises(NotAllowed):
        remove_risk(session, full, "r1", seen=seen, actor=actor, now=walk.now)


def test_nobody_writes_the_register_while_it_is_reviewed(session: Session, walk: Walk) -> None:
    full = walk.full("submitted")
    assert not read_register(session, full, actor=walk.who("amara")).is_open
    with pytest.raises(NotPossible):
        add(session, walk, full)


def test_an_initial_assessment_has_no_register(session: Session, walk: Walk) -> None:
    with pytest.raises(NotFound):
        read_register(session, walk.initial(), actor=walk.who("amara"))


def test_a_register_taken_over_waits_to_be_confirmed(session: Session, walk: Walk) -> None:
    full = walk.full()
    add(session, walk, full)
    stored = next(answer for answer in full.sheet.answers if answer.question == "risks")
    stored.is_confirmed, stored.origin = False, "previous"
    assert not read_register(session, full, actor=walk.who("amara")).is_confirmed
    with pytest.raises(Stale):
        confirm_register(session, full, seen=fingerprint_of_all([]), actor=walk.who("amara"), now=walk.now)
    assert not read_register(session, full, actor=walk.who("amara")).is_confirmed
    confirm_register(session, full, seen=fingerprint_of_all(rows(full)), actor=walk.who("amara"), now=walk.now)
    assert read_register(session, full, actor=walk.who("amara")).is_confirmed


def test_stating_less_does_not_bring_an_easier_decider(session: Session, walk: Walk) -> None:
    full = walk.full("submitted", residual="low")
    assert (decider_role(session, full), residual_level_of(full)) == ("senior_privacy_official", "low")
    second = walk.full(title="Second")
    walk.answer(second, {"overall_residual_risk": "low"}, roles=AGENCY, actor=walk.who("amara"))
    add(session, walk, second, residual_likelihood="5", residual_severity="5")
    register = read_register(session, second, actor=walk.who("amara"))
    assert (register.stated, register.highest, register.states_too_little) == ("low", "high", True)
    assert register.decider == decider_role(session, second) == "executive"


def test_it_is_not_handed_in_before_every_principle_has_its_finding(session: Session, walk: Walk) -> None:
    full = walk.full()
    actor = walk.who("amara")
    walk.answer(full, {}, roles=CONTRIBUTOR, actor=walk.who("sofia"))
    walk.answer(full, {}, roles=AGENCY, actor=actor)
    given = answers_of(full.sheet)["principles"]
    assert isinstance(given, list)
    save_answers(
        session,
        full,
        {"principles": given[1:]},
        seen_version=full.sheet.version,
        actor=actor,
        now=walk.now,
    )
    with pytest.raises(NotPossible, match="Lawful and fair"):
        submit_assessment(session, full, actor=actor, now=walk.now)
    save_answers(session, full, {"principles": given}, seen_version=full.sheet.version, actor=actor, now=walk.now)
    submit_assessment(session, full, actor=actor, now=walk.now)
    assert get_assessment(session, full.reference, "full").status == "submitted"
