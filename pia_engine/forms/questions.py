"""A section of a questionnaire as a form: which field asks which question, and answers in and out of it.

Whether a question applies and whether an assessment is complete is decided elsewhere; a draft may have gaps.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any, TypeAlias, TypeGuard

from flask_babel import gettext as _

from pia_engine.forms.asking import field_asking
from pia_engine.forms.base import CityForm
from pia_engine.forms.fields import CityField, VersionField
from pia_engine.forms.glossary import words_in
from pia_engine.forms.markup import Help, Remarks
from pia_engine.forms.readonly import (
    KEPT_ELSEWHERE,
    LOOK_TEXTS,
    MANAGE_TEXTS,
    KeptElsewhereField,
    ReadOnlyField,
    lines_of,
)
from pia_engine.models.offers import NOTHING_OFFERED, Offers
from pia_engine.permissions.roles import ROLE_NAMES, Role
from pia_engine.questionnaires.conditions import clause, comparisons
from pia_engine.questionnaires.definition import (
    Answers,
    Comparison,
    Condition,
    Operator,
    Question,
    Questionnaire,
    QuestionType,
    Section,
    Value,
)

PREFIX = "q_"
CHOOSE_ONE = frozenset({QuestionType.ONE_OF, QuestionType.YES_NO, QuestionType.YES_NO_UNSURE})


class QuestionForm(CityForm):
    """The base of every section form; `seen_version` is the version the person was looking at."""

    seen_version = VersionField()


Visible: TypeAlias = Callable[[Question], bool] | AbstractSet[str] | None
ManageUrl: TypeAlias = Callable[[Question], str | None]


def build_section_form(
    section: Section,
    *,
    visible: Visible = None,
    answerable: AbstractSet[str] | None = None,
    questionnaire: Questionnaire | None = None,
    remarks: Mapping[str, Remarks] | None = None,
    offers: Offers = NOTHING_OFFERED,
    manage_url: ManageUrl | None = None,
) -> type[QuestionForm]:
    """A form class for one section.

    `visible` and `answerable` are question ids (None: all); what is visible but not answerable is shown, not asked.
    `remarks` are printed at their question. `offers` is what the city gives to choose from. Files and registers are
    never asked here: `manage_url` says on which page of their own they are kept.
    """
    shown = _shown_questions(section, visible)
    page = _Page(shown, questionnaire or Questionnaire("", 0, "", "", (section,)), remarks or {}, offers, manage_url)
    mine = {question.id for question in shown if answerable is None or question.id in answerable}
    fields = {field_name(question.id): _field(question, page, is_mine=question.id in mine) for question in shown}
    return type("SectionForm", (QuestionForm,), fields)


def field_name(question_id: str) -> str:
    """The name of the question's field: prefixed, because a question may be called `data` or `errors`."""
    return PREFIX + question_id


def initial_values(section: Section, answers: Answers) -> dict[str, Value]:
    """What is stored, keyed for the form: `Form(data=initial_values(section, answers) | {"seen_version": 3})`."""
    return {field_name(q.id): answers[q.id] for q in section.questions if q.id in answers}


def read_answers(form: CityForm, section: Section) -> dict[str, Value]:
    """The well-formed answers given in the form; a question left empty, or answered with an error, is absent."""
    given: dict[str, Value] = {}
    for question_id, field in _asked_fields(form, section):
        answer = field.answer()
        if answer is not None and not _has_error(field):
            given[question_id] = answer
    return given


def posed_questions(form: CityForm, section: Section) -> frozenset[str]:
    """The questions this form asked: one posed and absent from `read_answers` was emptied, or has an error."""
    return frozenset(question_id for question_id, _field in _asked_fields(form, section))


def questions_with_errors(form: CityForm, section: Section) -> frozenset[str]:
    """The questions whose answer cannot be read, so that what is stored for them is better kept."""
    return frozenset(question_id for question_id, field in _asked_fields(form, section) if _has_error(field))


def _asked_fields(form: CityForm, section: Section) -> list[tuple[str, CityField]]:
    named = ((question.id, field_name(question.id)) for question in section.questions)
    found = ((question_id, form[name]) for question_id, name in named if name in form)
    return [(question_id, field) for question_id, field in found if not isinstance(field, ReadOnlyField)]


def _has_error(field: CityField) -> bool:
    return bool(field.problems() or field.process_errors)


def _shown_questions(section: Section, visible: Visible) -> tuple[Question, ...]:
    """Those that apply, and those that may come to apply by an answer given on the same page."""
    shown: dict[str, Question] = {}
    for question in section.questions:
        if _is_visible(question, visible) or _controlling(question) & shown.keys():
            shown[question.id] = question
    return tuple(shown.values())


def _is_visible(question: Question, visible: Visible) -> bool:
    if visible is None:
        return True
    return visible(question) if callable(visible) else question.id in visible


def _controlling(question: Question) -> set[str]:
    return {each.question for each in comparisons(question.shown_when)} if question.shown_when else set()


@dataclass(frozen=True, slots=True)
class _Page:
    """What the fields of one page have in common."""

    shown: tuple[Question, ...]
    words: Questionnaire
    remarks: Mapping[str, Remarks]
    offers: Offers
    manage_url: ManageUrl | None

    def remarks_on(self, question: Question) -> Remarks:
        return self.remarks.get(question.id, Remarks())


def _field(question: Question, page: _Page, *, is_mine: bool) -> Any:
    if question.type in KEPT_ELSEWHERE:
        return _kept_elsewhere(question, page, is_mine=is_mine)
    return _asked(question, page) if is_mine else _shown_only(question, page)


def _shown_only(question: Question, page: _Page) -> Any:
    role = _(ROLE_NAMES[Role(question.answered_by)])
    around = Help(remarks=page.remarks_on(question))
    return ReadOnlyField(
        question.text, help=around, answered_by=role, said=lambda value: lines_of(question, value, page.offers)
    )


def _kept_elsewhere(question: Question, page: _Page, *, is_mine: bool) -> Any:
    """What is there, and the way to the page where it is kept."""
    return KeptElsewhereField(
        question.text,
        help=_around(question, page),
        answered_by="" if is_mine else _(ROLE_NAMES[Role(question.answered_by)]),
        said=lambda value: lines_of(question, value, page.offers),
        way=(MANAGE_TEXTS if is_mine else LOOK_TEXTS)[question.type],
        url=page.manage_url(question) if page.manage_url else None,
    )


def _asked(question: Question, page: _Page) -> Any:
    return field_asking(
        question, _around(question, page), reveals=_revealed_by(question, page.shown), offers=page.offers
    )


def _around(question: Question, page: _Page) -> Help:
    condition = _condition_note(question, page)
    words = words_in(f"{question.text} {question.hint} {question.guidance}")
    return Help(question.hint, question.guidance, question.example, condition, page.remarks_on(question), words)


def _revealed_by(controlling: Question, shown: tuple[Question, ...]) -> dict[str, tuple[str, ...]]:
    """By option, what appears with it. Only for the simplest condition; any other follows from saving."""
    revealed: dict[str, tuple[str, ...]] = {}
    for question in shown:
        condition = question.shown_when
        if controlling.type in CHOOSE_ONE and _asks_equality(condition, controlling.id):
            value = str(condition.value)
            revealed[value] = (*revealed.get(value, ()), field_name(question.id))
    return revealed


def _asks_equality(condition: Condition | None, question_id: str) -> TypeGuard[Comparison]:
    return (
        isinstance(condition, Comparison)
        and condition.operator is Operator.EQUALS
        and condition.question == question_id
    )


def _condition_note(question: Question, page: _Page) -> str:
    """When the question applies, if this page decides that; and when it has to be answered, if not always."""
    notes = []
    if question.shown_when is not None and _controlling(question) & {each.id for each in page.shown}:
        condition = clause(question.shown_when, page.words).translated(_)
        notes.append(_("Answer this only if %(condition)s.", condition=condition))
    if question.required_when is not None:
        condition = clause(question.required_when, page.words).translated(_)
        notes.append(_("An answer is needed if %(condition)s.", condition=condition))
    return " ".join(notes)
