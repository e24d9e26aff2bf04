"""Threshold rules tried on every past initial assessment: counted, explained, in bounded memory, nothing kept."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import event, func, select
from sqlalchemy.orm import Session

from pia_engine.models import AuditEvent
from pia_engine.models.catalogue import catalogue_of
from pia_engine.questionnaires.definition import Thresholds
from pia_engine.questionnaires.parsing import parse_thresholds
from pia_engine.questionnaires.threshold_documents import thresholds_document, with_rule, without_rule
from pia_engine.services import determinations, what_if
from pia_engine.services.answers import save_answers
from pia_engine.services.assessments import return_assessment, submit_assessment
from pia_engine.services.what_if import try_rules
from tests.factories.walks import Walk


def document(session: Session) -> dict[str, Any]:
    shipped = catalogue_of(session).newest("initial-assessment").thresholds
    assert shipped is not None
    return thresholds_document(shipped)


def without(session: Session, *rules: str) -> Thresholds:
    changed = document(session)
    for rule in rules:
        changed = without_rule(changed, rule)
    return parse_thresholds(changed)


def test_the_same_rules_change_nothing(session: Session, walk: Walk) -> None:
    walk.initial("submitted")
    walk.initial("draft")
    found = try_rules(session, without(session))
    assert (found.compared, found.changed, found.differences) == (1, 0, [])
    assert found.matrix == {("full_pia", "full_pia"): 1}


def test_a_weaker_rule_book_says_what_no_longer_fires(session: Session, walk: Walk) -> None:
    walk.initial("determined", "Cameras in the park")
    before = session.scalar(select(func.count(AuditEvent.id)))
    found = try_rules(session, without(session, "cameras"))
    (difference,) = found.differences
    assert (difference.title, difference.before, difference.after) == (
        "Cameras in the park", "full_pia", "delegated_review",
    )  # fmt: skip
    assert difference.determined == "full_pia"
    assert not difference.is_stronger
    assert difference.because == ("Cameras can show who was where and with whom, and people can hardly avoid them.",)
    assert (found.determined, found.agreed_before, found.agreed_after) == (1, 1, 0)
    assert session.scalar(select(func.count(AuditEvent.id))) == before
    assert not session.dirty and not session.new


def test_a_stronger_rule_says_what_fires_now(session: Session, walk: Walk) -> None:
    initial = walk.initial("draft", "A list of trees")
    actor = walk.who("amara")
    walk.answer(initial, {"technologies": ["sensors"], "legal_authority": "yes"},
                roles=frozenset({"agency_official"}), actor=actor)  # fmt: skip
    submit_assessment(session, initial, actor=actor, now=walk.now)
    assert determinations.compute_outcome(session, initial).outcome == "no_pia"
    rule = {"id": "sensors", "because": "We look at every sensor.", "outcome": "full_pia",
            "when": {"question": "technologies", "includes_any": ["sensors"]}}  # fmt: skip
    (difference,) = try_rules(session, parse_thresholds(with_rule(document(session), rule))).differences
    assert difference.is_stronger
    assert difference.because == ("We look at every sensor.",)
    assert difference.determined == ""


def test_the_newest_submitted_answers_count(session: Session, walk: Walk) -> None:
    initial = walk.initial("submitted")
    return_assessment(session, initial, actor=walk.who("petra"), now=walk.now, reason="No camera is meant.")
    values: dict[str, Any] = {"technologies": ["none"], "legal_authority": "yes"}
    save_answers(session, initial, values, seen_version=initial.sheet.version, actor=walk.who("amara"), now=walk.now)
    assert try_rules(session, without(session)).matrix == {("full_pia", "full_pia"): 1}
    submit_assessment(session, initial, actor=walk.who("amara"), now=walk.now)
    assert try_rules(session, without(session)).matrix == {("no_pia", "no_pia"): 1}


def test_a_version_without_a_question_cannot_be_compared(session: Session, walk: Walk) -> None:
    walk.initial("submitted")
    rule = {"id": "new", "because": "New.", "outcome": "full_pia", "when": {"question": "asked_later", "equals": "yes"}}
    found = try_rules(session, parse_thresholds(with_rule(document(session), rule)))
    assert (found.compared, found.not_comparable) == (0, 1)
    assert found.missing == {("asked_later",): 1}


def test_the_list_comes_in_pages_newest_first(session: Session, walk: Walk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(what_if, "BATCH", 2)
    for number in range(5):
        walk.initial("submitted", f"Number {number}")
    rules = without(session, "cameras")
    pages = [try_rules(session, rules, page=page, size=2) for page in (1, 2, 3, 4)]
    assert [[each.title for each in found.differences] for found in pages] == [
        ["Number 4", "Number 3"], ["Number 2", "Number 1"], ["Number 0"], [],
    ]  # fmt: skip
    assert {found.changed for found in pages} == {5}


def test_memory_does_not_grow_with_the_number_of_assessments(session: Session, walk: Walk) -> None:
    for number in range(3):
        walk.initial("submitted", f"Number {number}")
    session.flush()
    session.expunge_all()
    loaded: list[str] = []
    event.listen(session, "loaded_as_persistent", lambda _session, found: loaded.append(type(found).__name__))
    assert try_rules(session, without(session)).compared == 3
    assert loaded == ["PolicyVersion"]
