"""What an answer's history keeps, and what it takes to go back."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from pia_engine.errors import NotAllowed, NotFound, NotPossible, Stale
from pia_engine.models import AnswerVersion, Assessment
from pia_engine.models.catalogue import answers_of
from pia_engine.questionnaires.definition import Value
from pia_engine.services.answers import AnswersConflict, changes_since, save_answers
from pia_engine.services.assessments import begin_new_edition
from pia_engine.services.carrying import confirm_carried
from pia_engine.services.history import count_versions_by_question, list_versions
from pia_engine.services.history_check import AlteredAnswer, altered_versions, list_altered_answers
from pia_engine.services.restoring import restore_answer
from tests.factories.walks import Walk


@pytest.fixture
def full(walk: Walk) -> Assessment:
    return walk.full()


def save(
    session: Session, walk: Walk, full: Assessment, first: str = "amara", *, seen: int = 0, **values: Value
) -> int:
    actor = walk.who(first)
    seen = seen or full.sheet.version
    return save_answers(session, full, values, seen_version=seen, actor=actor, now=walk.now)


def texts(session: Session, full: Assessment, question: str) -> list[object]:
    """The recorded texts, oldest first."""
    page = list_versions(session, full.sheet, question, size=100)
    return [version.value for version, _before in reversed(page.rows)]


def test_every_text_is_kept_with_who_and_when(session: Session, walk: Walk, full: Assessment) -> None:
    save(session, walk, full, purpose="One.")
    save(session, walk, full, purpose="Two.")
    page = list_versions(session, full.sheet, "purpose")
    assert [(version.number, version.value, before and before.value) for version, before in page.rows] == [
        (2, "Two.", "One."),
        (1, "One.", None),
    ]
    newest = page.rows[0][0]
    assert (newest.answered_by_name, newest.answered_at, newest.origin) == ("Amara Author", walk.now, "typed")


def test_the_same_text_again_is_no_new_one(session: Session, walk: Walk, full: Assessment) -> None:
    save(session, walk, full, purpose="One.")
    assert save(session, walk, full, purpose="One.\r\n") == 0
    assert count_versions_by_question(session, full.sheet)["purpose"] == 1


def test_pages_of_a_long_history_continue_each_other(session: Session, walk: Walk, full: Assessment) -> None:
    for number in range(1, 6):
        save(session, walk, full, purpose=f"Text {number}")
    first = list_versions(session, full.sheet, "purpose", page=1, size=2)
    last = list_versions(session, full.sheet, "purpose", page=3, size=2)
    assert [(version.number, before and before.number) for version, before in first.rows] == [(5, 4), (4, 3)]
    assert [(version.number, before) for version, before in last.rows] == [(1, None)]
    assert first.pages == 3


def test_carried_answers_begin_a_history_and_confirming_adds_no_text(
    session: Session, walk: Walk, full: Assessment
) -> None:
    carried = next(answer for answer in full.sheet.answers if not answer.is_confirmed and answer.question == "summary")
    assert texts(session, full, "summary") == [carried.value]
    opened = full.sheet.version
    confirmed = confirm_carried(session, full, ["summary"], seen_version=opened, actor=walk.who("amara"), now=walk.now)
    assert confirmed == ["summary"]
    assert carried.is_confirmed
    assert carried.origin == "initial"
    assert len(texts(session, full, "summary")) == 1


def test_an_answer_changed_since_it_was_shown_is_not_confirmed(session: Session, walk: Walk, full: Assessment) -> None:
    opened = full.sheet.version
    summary = next(answer for answer in full.sheet.answers if answer.question == "summary")
    summary.saved_in = opened + 1
    confirmed = confirm_carried(session, full, ["summary"], seen_version=opened, actor=walk.who("amara"), now=walk.now)
    assert confirmed == []
    assert not summary.is_confirmed


def test_nobody_confirms_for_somebody_else(session: Session, walk: Walk, full: Assessment) -> None:
    with pytest.raises(NotAllowed):
        confirm_carried(
            session, full, ["summary"], seen_version=full.sheet.version, actor=walk.who("sofia"), now=walk.now
        )


def test_a_new_version_begins_with_the_texts_it_took_over(session: Session, walk: Walk) -> None:
    published = walk.full("published")
    following = begin_new_edition(session, published, actor=walk.who("amara"), now=walk.now)
    assert texts(session, following, "summary") == [answers_of(published.sheet)["summary"]]
    assert altered_versions(session, following, "summary") == frozenset()


class TestPuttingBack:
    def restore(
        self, session: Session, walk: Walk, full: Assessment, number: int, *, first: str = "amara", seen: int = 0
    ) -> bool:
        actor = walk.who(first)
        seen = seen or full.sheet.version
        return restore_answer(session, full, "purpose", number, seen_version=seen, actor=actor, now=walk.now)

    def test_an_earlier_text_is_back_and_the_later_one_stays_in_the_history(
        self, session: Session, walk: Walk, full: Assessment
    ) -> None:
        save(session, walk, full, purpose="One.")
        save(session, walk, full, purpose="Two.")
        assert self.restore(session, walk, full, 1)
        assert answers_of(full.sheet)["purpose"] == "One."
        assert texts(session, full, "purpose") == ["One.", "Two.", "One."]
        newest = list_versions(session, full.sheet, "purpose").rows[0][0]
        assert (newest.origin, newest.origin_note) == ("restored", "1")
        assert altered_versions(session, full, "purpose") == frozenset()

    def test_a_text_that_stands_already_changes_nothing(self, session: Session, walk: Walk, full: Assessment) -> None:
        save(session, walk, full, purpose="One.")
        assert not self.restore(session, walk, full, 1)

    def test_somebody_elses_newer_text_is_not_overwritten_unseen(
        self, session: Session, walk: Walk, full: Assessment
    ) -> None:
        save(session, walk, full, purpose="One.")
        save(session, walk, full, purpose="Two.")
        opened = full.sheet.version
        save(session, walk, full, purpose="Three.")
        with pytest.raises(Stale):
            self.restore(session, walk, full, 1, seen=opened)
        assert answers_of(full.sheet)["purpose"] == "Three."

    @pytest.mark.parametrize("first", ["daniel", "sofia", "petra", "helen", "ingrid"])
    def test_only_who_answers_puts_back(self, session: Session, walk: Walk, full: Assessment, first: str) -> None:
        save(session, walk, full, purpose="One.")
        save(session, walk, full, purpose="Two.")
        with pytest.raises(NotAllowed):
            self.restore(session, walk, full, 1, first=first)

    def test_not_after_the_answers_were_handed_in(self, session: Session, walk: Walk, full: Assessment) -> None:
        save(session, walk, full, purpose="One.")
        walk.advance(full, "submitted")
        with pytest.raises(NotPossible):
            self.restore(session, walk, full, 1)

    def test_a_text_that_never_was_is_not_found(self, session: Session, walk: Walk, full: Assessment) -> None:
        with pytest.raises(NotFound):
            self.restore(session, walk, full, 1)


class TestAgainstTheTrail:
    def version(self, session: Session, full: Assessment, number: int) -> AnswerVersion:
        return session.scalars(
            select(AnswerVersion).where(
                AnswerVersion.sheet_id == full.sheet_id,
                AnswerVersion.question == "purpose",
                AnswerVersion.number == number,
            )
        ).one()

    def test_an_altered_text_is_noticed(self, session: Session, walk: Walk, full: Assessment) -> None:
        save(session, walk, full, purpose="One.")
        save(session, walk, full, purpose="Two.")
        assert altered_versions(session, full, "purpose") == frozenset()
        self.version(session, full, 1).value = "Another."
        session.flush()
        assert altered_versions(session, full, "purpose") == {1}
        assert list(list_altered_answers(session)) == [AlteredAnswer(full.reference, "purpose", frozenset({1}))]

    def test_a_whole_life_leaves_no_disagreement(self, session: Session, walk: Walk) -> None:
        walk.audit("in_progress")
        walk.vendor(walk.full(title="Another"), "accepted")
        assert list(list_altered_answers(session)) == []

    def test_a_removed_text_is_noticed(self, session: Session, walk: Walk, full: Assessment) -> None:
        save(session, walk, full, purpose="One.")
        save(session, walk, full, purpose="Two.")
        session.delete(self.version(session, full, 2))
        session.flush()
        assert altered_versions(session, full, "purpose") == {2}


class TestUntouchedFields:
    def test_an_untouched_field_of_a_stale_form_leaves_the_newer_text(
        self, session: Session, walk: Walk, full: Assessment
    ) -> None:
        save(session, walk, full, purpose="Old.", benefits="Old benefits.")
        opened = full.sheet.version
        save(session, walk, full, purpose="New.")
        saved = save(session, walk, full, seen=opened, purpose="Old.", benefits="New benefits.")
        assert saved == 1
        assert answers_of(full.sheet)["purpose"] == "New."
        assert answers_of(full.sheet)["benefits"] == "New benefits."

    def test_an_untouched_empty_field_leaves_the_first_answer_somebody_gave(
        self, session: Session, walk: Walk, full: Assessment
    ) -> None:
        opened = full.sheet.version
        save(session, walk, full, purpose="First.")
        actor = walk.who("amara")
        save_answers(session, full, {"purpose": None}, seen_version=opened, actor=actor, now=walk.now)
        assert answers_of(full.sheet)["purpose"] == "First."

    def test_a_field_both_changed_is_a_conflict(self, session: Session, walk: Walk, full: Assessment) -> None:
        save(session, walk, full, purpose="Old.")
        opened = full.sheet.version
        save(session, walk, full, purpose="Theirs.")
        with pytest.raises(AnswersConflict):
            save(session, walk, full, seen=opened, purpose="Mine.")

    def test_a_settled_conflict_is_judged_from_when_it_was_looked_at(
        self, session: Session, walk: Walk, full: Assessment
    ) -> None:
        save(session, walk, full, purpose="Old.", benefits="Old.")
        opened = full.sheet.version
        save(session, walk, full, purpose="Theirs.", benefits="Theirs.")
        looked = full.sheet.version
        actor = walk.who("amara")
        save_answers(
            session,
            full,
            {"purpose": "Old.", "benefits": "Old."},
            seen_version=opened,
            settled={"purpose": looked},
            actor=actor,
            now=walk.now,
        )
        assert (answers_of(full.sheet)["purpose"], answers_of(full.sheet)["benefits"]) == ("Old.", "Theirs.")

    def test_what_came_in_is_counted_by_person(self, session: Session, walk: Walk, full: Assessment) -> None:
        opened = full.sheet.version
        save(session, walk, full, purpose="A.", benefits="B.")
        values = {"purpose": None, "benefits": "B."}
        seen_by = {first: walk.who(first) for first in ("petra", "amara")}
        shown = {"purpose", "benefits", "summary"}
        found = {
            first: changes_since(full, shown, values, seen_version=opened, actor=who) for first, who in seen_by.items()
        }
        assert found == {"petra": [("Amara Author", 1)], "amara": [("", 1)]}
        assert changes_since(full, {"summary"}, values, seen_version=opened, actor=seen_by["petra"]) == []
