"""Any edits followed by any undos: the history holds every text, and going back gives exactly what it holds."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from pia_engine.models import Assessment
from pia_engine.models.catalogue import answers_of
from pia_engine.questionnaires.definition import Value
from pia_engine.questionnaires.values import same_value
from pia_engine.services.answers import save_answers
from pia_engine.services.history import list_versions
from pia_engine.services.history_check import altered_versions
from pia_engine.services.restoring import restore_answer
from pia_engine.services.templates import preview_template, use_template
from tests.factories.walks import Walk

TEXT, ROWS, CHOICE = "purpose", "alternatives", "change_kind"
texts = st.one_of(st.none(), st.text(alphabet="ab \n\té€𝛑", max_size=20))
rows = st.one_of(
    st.none(),
    st.lists(
        st.fixed_dictionaries({}, optional={"option": st.sampled_from(["Do nothing", "Mirrors", ""])}), max_size=3
    ),
)
choices = st.sampled_from([None, "new", "pilot"])
edits = st.lists(
    st.one_of(st.tuples(st.just(TEXT), texts), st.tuples(st.just(ROWS), rows), st.tuples(st.just(CHOICE), choices)),
    max_size=8,
)
undos = st.lists(st.tuples(st.sampled_from([TEXT, ROWS, CHOICE]), st.integers(1, 40)), max_size=8)
ON_A_CITY = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


class Book:
    """What the history ought to say, kept beside it."""

    def __init__(self, session: Session, walk: Walk) -> None:
        self.session, self.walk, self.full = session, walk, walk.full()
        self.actor = walk.who("amara")
        self.said: dict[str, list[Value | None]] = {name: self.recorded(name) for name in (TEXT, ROWS, CHOICE)}

    def recorded(self, question: str) -> list[Value | None]:
        found = list_versions(self.session, self.full.sheet, question, size=10_000)
        return [version.value for version, _before in reversed(found.rows)]

    def present(self, question: str) -> Value | None:
        return answers_of(self.full.sheet).get(question)

    def edit(self, question: str, value: Value | None) -> None:
        if not same_value(self.present(question), value):
            self.said[question].append(value)
        seen = self.full.sheet.version
        save_answers(self.session, self.full, {question: value}, seen_version=seen, actor=self.actor, now=self.walk.now)

    def undo(self, question: str, number: int) -> None:
        if number > len(self.said[question]):
            return
        wanted = self.said[question][number - 1]
        if not same_value(self.present(question), wanted):
            self.said[question].append(wanted)
        restore_answer(
            self.session,
            self.full,
            question,
            number,
            seen_version=self.full.sheet.version,
            actor=self.actor,
            now=self.walk.now,
        )
        assert same_value(self.present(question), wanted)


def test_any_edits_and_any_undos_reproduce_the_recorded_texts(session: Session, walk: Walk) -> None:
    book = Book(session, walk)

    @ON_A_CITY
    @given(edits, undos)
    def holds(edited: list[tuple[str, Value | None]], undone: list[tuple[str, int]]) -> None:
        for question, value in edited:
            book.edit(question, value)
        for question, number in undone:
            book.undo(question, number)
        for question, said in book.said.items():
            assert book.recorded(question) == said
            assert same_value(book.present(question), said[-1] if said else None)

    holds()
    assert all(altered_versions(session, book.full, question) == frozenset() for question in book.said)


def test_a_template_never_invents_an_answer_and_never_touches_one(session: Session, walk: Walk) -> None:
    source = walk.full("in_review", title="The template")
    target = walk.full(title="The new one")
    asked = [answer.question for answer in source.sheet.answers]

    @ON_A_CITY
    @given(st.sets(st.sampled_from(asked), max_size=6))
    def holds(answered: set[str]) -> None:
        with session.begin_nested() as undone:
            prepare(session, target, answered)
            before = answers_of(target.sheet)
            expected = preview_template(session, target, source)
            carried = use_template(session, target, source, actor=walk.who("amara"), now=walk.now)
            after = answers_of(target.sheet)
            assert set(carried) == set(expected)
            assert not set(carried) & set(before)
            for name in carried:
                assert same_value(after[name], answers_of(source.sheet)[name])
            assert {name: after[name] for name in before} == before
            unconfirmed = {a.question: a.origin for a in target.sheet.answers if not a.is_confirmed}
            assert all(unconfirmed[name] == "template" for name in carried)
            undone.rollback()
        session.expire_all()

    holds()


def prepare(session: Session, target: Assessment, emptied: set[str]) -> None:
    """Some questions answered before, some not."""
    for answer in target.sheet.answers:
        if answer.question in emptied:
            answer.value = None
    session.flush()
