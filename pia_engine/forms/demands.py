"""One condition of a threshold rule in a form: the question, and what of its answer is asked for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from wtforms import HiddenField, ValidationError

from pia_engine.forms.base import CityForm
from pia_engine.forms.choices import CheckboxesField, Choice, SelectField
from pia_engine.forms.fields import CityField, NumberField, TextField
from pia_engine.forms.markup import Help
from pia_engine.forms.validators import Answered
from pia_engine.questionnaires.answers import choices
from pia_engine.questionnaires.definition import Question, Questionnaire, QuestionType
from pia_engine.questionnaires.rule_drafts import ALL, ANY, UNANSWERED, WAYS, Demand

_WITHOUT_VALUE = frozenset({"answered", UNANSWERED})
_AMOUNTS = frozenset({"at_least", "less_than"})
_ONE_OPTION = "not_equals"


@dataclass(frozen=True, slots=True)
class DemandFields:
    """The fields of one condition, for the page; before a question is chosen there is only the choice of it."""

    question: CityField
    asked: Any
    others: tuple[CityField, ...]

    @classmethod
    def of(cls, form: CityForm, names: Mapping[str, Any]) -> DemandFields:
        question, asked, *others = (form[name] for name in names)
        return cls(question, asked, tuple(others))


def match_choices() -> list[Choice]:
    return [Choice(ALL, _("all have to hold")), Choice(ANY, _("one is enough"))]


def demand_fields(place: str, demand: Demand, questionnaire: Questionnaire) -> dict[str, Any]:
    """The fields of one condition by their names, the question first."""
    fields = {f"{place}_question": _question_field(questionnaire), f"{place}_asked": HiddenField()}
    question = questionnaire.find_question(demand.question)
    if question is None:
        return fields
    ways = WAYS[question.type]
    fields[f"{place}_way"] = SelectField(
        _("Its answer"),
        [Answered(_("Say what the answer has to be."))],
        choices=[Choice(way, words) for way, words in _ways_in_words(question).items()],
    )
    if choices(question):
        fields[f"{place}_options"] = CheckboxesField(
            _("Answers"),
            [_NeededBy(f"{place}_way", frozenset(ways) - _WITHOUT_VALUE - _AMOUNTS)],
            choices=[Choice(option.value, _(str(option.label))) for option in choices(question)],
        )
    if _takes_value(question):
        fields[f"{place}_value"] = _value_field(question, place, frozenset(ways))
    return fields


class _NeededBy:
    """Asks for what the chosen way compares with; one other answer is exactly one."""

    def __init__(self, way: str, ways: frozenset[str]) -> None:
        self.way, self.ways = way, ways

    def __call__(self, form: Any, field: Any) -> None:
        way = form[self.way].data
        if way not in self.ways or field.errors:
            return
        if field.data in (None, "", []):
            raise ValidationError(_("Say with what the answer is compared."))
        if way == _ONE_OPTION and isinstance(field.data, list) and len(field.data) > 1:
            raise ValidationError(_("Choose one answer here. For several, add a condition for each."))


def _question_field(questionnaire: Questionnaire) -> SelectField:
    offered = [Choice(question.id, question.text) for question in questionnaire.questions]
    return SelectField(_("Question"), choices=offered)


def _takes_value(question: Question) -> bool:
    ways = set(WAYS[question.type])
    return bool(ways & _AMOUNTS) or (not choices(question) and bool(ways - _WITHOUT_VALUE))


def _value_field(question: Question, place: str, ways: frozenset[str]) -> CityField:
    if question.type is QuestionType.NUMBER:
        compared = ways - _WITHOUT_VALUE
        return NumberField(_("Number"), [_NeededBy(f"{place}_way", compared)], unit=question.unit)
    if ways & _AMOUNTS:
        hint = _("Only for a condition that counts entries.")
        return NumberField(_("How many"), [_NeededBy(f"{place}_way", _AMOUNTS)], minimum=0, help=Help(hint=hint))
    hint = _("Year, month and day, for example 2027-03-31.") if question.type is QuestionType.DATE else ""
    return TextField(_("Text"), [_NeededBy(f"{place}_way", ways - _WITHOUT_VALUE)], help=Help(hint=hint))


def _ways_in_words(question: Question) -> dict[str, str]:
    """What can be asked of this question's answer, in the order of the list."""
    several = not choices(question) or question.type is QuestionType.ANY_OF
    counted = question.type is not QuestionType.NUMBER
    words = {
        "includes_any": _("includes at least one of") if several else _("is one of"),
        "includes_all": _("includes all of"),
        "equals": _("is exactly"),
        "not_equals": _("is something other than"),
        "at_least": _("has at least this many entries") if counted else _("is at least"),
        "less_than": _("has fewer entries than") if counted else _("is less than"),
        "answered": _("is given, whatever it is"),
        UNANSWERED: _("is missing"),
    }
    return {way: words[way] for way in WAYS[question.type]}
