"""Saving answers: locks, roles, provenance. Nothing typed is lost, nothing is saved halfway."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from pia_engine.errors import Invalid, NotAllowed, NotPossible
from pia_engine.models import KnownQuestionnaire
from pia_engine.models.catalogue import answers_of
from pia_engine.services.answers import AnswersConflict, answering_roles, begin_sheet, save_answers
from pia_engine.services.assessments import list_sheet_answers
from pia_engine.services.questionnaires import check_used_questionnaires
from tests.factories.walks import Walk


def test_two_people_saving_different_questions_do_not_disturb_each_other(session: Session, walk: Walk) -> None:
    full = walk.full()
    opened = full.sheet.version
    save_answers(session, full, {"summary": "Ours."}, seen_version=opened, actor=walk.who("amara"), now=walk.now)
    save_answers(
        session, full, {"security_advice": "Encrypt."}, seen_version=opened, actor=walk.who("sofia"), now=walk.now
    )
    assert answers_of(full.sheet)["summary"] == "Ours."
    assert answers_of(full.sheet)["security_advice"] == "Encrypt."


def test_a_stale_form_gets_both_texts_and_saves_nothing(session: Session, walk: Walk) -> None:
    full = walk.full()
    opened = full.sheet.version
    actor = walk.who("amara")
    save_answers(session, full, {"summary": "First tab."}, seen_version=opened, actor=actor, now=walk.now)
    with pytest.raises(AnswersConflict) as conflict:
        save_answers(
            session,
            full,
            {"summary": "Second tab.", "benefits": "Safer."},
            seen_version=opened,
            actor=actor,
            now=walk.now,
        )
    (only,) = conflict.value.conflicts
    assert (only.question, only.theirs, only.yours, only.saved_by) == (
        "summary", "First tab.", "Second tab.", "Amara Author",
    )  # fmt: skip
    assert answers_of(full.sheet)["summary"] == "First tab."
    assert "benefits" not in answers_of(full.sheet)


def test_a_stale_form_with_the_same_text_is_no_conflict(session: Session, walk: Walk) -> None:
    full = walk.full()
    opened = full.sheet.version
    actor = walk.who("amara")
    save_answers(session, full, {"summary": "Same."}, seen_version=opened, actor=actor, now=walk.now)
    assert save_answers(session, full, {"summary": "Same."}, seen_version=opened, actor=actor, now=walk.now) == 0


def test_a_cleared_answer_is_gone_and_a_stale_tab_notices(session: Session, walk: Walk) -> None:
    full = walk.full()
    actor = walk.who("amara")
    save_answers(session, full, {"summary": "Text."}, seen_version=full.sheet.version, actor=actor, now=walk.now)
    opened = full.sheet.version
    save_answers(session, full, {"summary": None}, seen_version=opened, actor=actor, now=walk.now)
    assert "summary" not in answers_of(full.sheet)
    with pytest.raises(AnswersConflict):
        save_answers(session, full, {"summary": "Other."}, seen_version=opened, actor=actor, now=walk.now)


def test_an_author_cannot_answer_for_security(session: Session, walk: Walk) -> None:
    full = walk.full()
    with pytest.raises(NotAllowed) as refusal:
        save_answers(session, full, {"security_advice": "Fine."}, seen_version=1, actor=walk.who("amara"), now=walk.now)
    assert refusal.value.who_can_help == "Contributor"


def test_a_colleague_who_will_sign_cannot_write(session: Session, walk: Walk) -> None:
    full = walk.full()
    assert answering_roles(full, walk.who("daniel")) == frozenset()
    with pytest.raises(NotAllowed):
        save_answers(session, full, {"summary": "Mine."}, seen_version=1, actor=walk.who("daniel"), now=walk.now)


def test_a_submitted_text_cannot_be_changed(session: Session, walk: Walk) -> None:
    full = walk.full("submitted")
    with pytest.raises(NotPossible):
        save_answers(
            session, full, {"summary": "Later."}, seen_version=full.sheet.version, actor=walk.who("amara"), now=walk.now
        )


def test_a_value_of_the_wrong_shape_is_refused_with_its_question(session: Session, walk: Walk) -> None:
    full = walk.full()
    with pytest.raises(Invalid, match="“"):
        save_answers(session, full, {"summary": ["a"]}, seen_version=1, actor=walk.who("amara"), now=walk.now)


def test_answers_carried_over_are_marked_until_somebody_saves_them(session: Session, walk: Walk) -> None:
    full = walk.full()
    carried = {name: answer for name, answer in list_sheet_answers(full).items() if answer.origin == "initial"}
    assert carried
    name, answer = next(iter(carried.items()))
    assert not answer.is_confirmed
    assert full.reference in answer.origin_note
    save_answers(
        session, full, {name: answer.value}, seen_version=full.sheet.version, actor=walk.who("amara"), now=walk.now
    )
    assert answer.is_confirmed
    assert answer.origin == "initial"


def test_a_used_questionnaire_version_may_never_change(session: Session, walk: Walk) -> None:
    walk.initial()
    known = session.get_one(KnownQuestionnaire, ("initial-assessment", 1))
    known.digest = "f" * 64
    session.flush()
    with pytest.raises(NotPossible, match="version number"):
        begin_sheet(session, "initial-assessment", now=walk.now)


def test_a_used_version_whose_file_changed_is_noticed_before_anybody_answers(session: Session, walk: Walk) -> None:
    walk.full()
    assert check_used_questionnaires(session) == 2
    known = session.get_one(KnownQuestionnaire, ("full-assessment", 1))
    known.digest = "f" * 64
    session.flush()
    with pytest.raises(NotPossible, match="full-assessment"):
        check_used_questionnaires(session)


def test_a_used_version_whose_file_is_gone_is_noticed(session: Session, walk: Walk) -> None:
    walk.initial()
    session.add(KnownQuestionnaire(name="gone", number=3, digest="0" * 64, first_used_at=walk.now))
    session.flush()
    with pytest.raises(NotPossible, match="file is gone"):
        check_used_questionnaires(session)
