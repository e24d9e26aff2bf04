"""A question shown but not asked: it prints what is there and never reads what is posted.

Either somebody else answers it, or its answer is kept on a page of its own, as files and registers are.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from markupsafe import Markup
from wtforms.utils import unset_value

from pia_engine.errors import N_
from pia_engine.forms import markup
from pia_engine.forms.fields import CityField
from pia_engine.forms.markup import remarks, tag
from pia_engine.models.offers import Offers
from pia_engine.questionnaires.answers import show_value
from pia_engine.questionnaires.definition import Question, QuestionType, Value
from pia_engine.questionnaires.registers import risk_number
from pia_engine.questionnaires.wording import Sentence

KEPT_ELSEWHERE = frozenset({QuestionType.FILE, QuestionType.RISKS})
REGISTERS = frozenset({QuestionType.RISKS, QuestionType.PRINCIPLES})
MANAGE_TEXTS = {
    QuestionType.FILE: N_("Add, look at or remove files"),
    QuestionType.RISKS: N_("Open the risk register"),
}
LOOK_TEXTS = {
    QuestionType.FILE: N_("Look at the files"),
    QuestionType.RISKS: N_("Open the risk register"),
}


class ReadOnlyField(CityField):
    """`said` turns the stored answer into lines to read; `answered_by` names the role who answers."""

    def __init__(self, *args: Any, answered_by: str = "", said: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.answered_by = answered_by
        self.said = said or (lambda value: [str(value)])

    def process(self, formdata: Any, data: Any = unset_value, extra_filters: Any = None) -> None:
        super().process(None, data, extra_filters)

    def __call__(self, **_options: object) -> Markup:
        title = tag("h2", {"class": "govuk-heading-s app-readonly__question"}, self.label.text)
        said = remarks(self.id, self.help.remarks)
        below = markup.links(self.help.remarks.links, self.label.text)
        return tag("div", {"class": "app-readonly", "id": self.id}, title, said, self._around(), self._answer(), below)

    def _around(self) -> Markup:
        return tag("p", {"class": "app-readonly__who"}, _("Answered by: %(role)s", role=self.answered_by))

    def _answer(self) -> Markup:
        if not self.data:
            return tag("p", {"class": "app-readonly__answer govuk-hint"}, self.nothing())
        lines = self.said(self.data)
        if len(lines) == 1:
            return tag("p", {"class": "app-readonly__answer"}, lines[0])
        entries = (tag("li", {}, line) for line in lines)
        return tag("ul", {"class": "govuk-list govuk-list--bullet app-readonly__answer"}, *entries)

    def nothing(self) -> str:
        return str(_("Not answered yet"))

    def answer(self) -> Value | None:
        return None


class KeptElsewhereField(ReadOnlyField):
    """An answer that is kept on a page of its own; `way` is the text of the link there, if this person may go."""

    def __init__(self, *args: Any, way: str, url: str | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.way = way
        self.url = url

    def _around(self) -> Markup:
        stands = (
            super()._around() if self.answered_by else "",
            markup.condition_note(self.id, self.help.condition),
            markup.hint(self.id, self.help.hint),
            markup.help_details(self.help, self.label.text),
        )
        return Markup("").join(stands)

    def _answer(self) -> Markup:
        if self.url is None:
            return super()._answer()
        about = tag("span", {"class": "govuk-visually-hidden"}, ": ", self.label.text)
        link = tag("a", {"class": "govuk-link", "href": self.url}, _(self.way), about)
        return super()._answer() + tag("p", {"class": "govuk-body app-readonly__way"}, link)

    def nothing(self) -> str:
        return str(_("Nothing here yet"))


def lines_of(question: Question, value: Value, offers: Offers) -> list[str]:
    """An answer as lines to read."""
    said = show_value(question, value)
    if isinstance(said, str):
        return [_in_words(said)]
    names = {column.id: column.label for column in question.columns}
    return [entry if isinstance(entry, str) else _entry(question, entry, names, offers) for entry in said]


def _entry(question: Question, entry: Mapping[str, str], names: Mapping[str, str], offers: Offers) -> str:
    if question.type is QuestionType.RISKS:
        return f"{risk_number(entry)}: {entry.get('risk', '')}"
    if question.type is QuestionType.PRINCIPLES:
        return _finding(entry, offers)
    return "; ".join(f"{names.get(column, column)}: {_in_words(cell)}" for column, cell in entry.items() if cell)


def _finding(entry: Mapping[str, str], offers: Offers) -> str:
    principles = offers.policy.principles if offers.policy else ()
    name = next((each.name for each in principles if each.id == entry.get("principle")), entry.get("principle", ""))
    found = _in_words(entry.get("finding", ""))
    return ". ".join(part for part in (f"{name}: {found}" if found else name, entry.get("text", "")) if part)


def _in_words(text: str) -> str:
    return text.translated(_) if isinstance(text, Sentence) else text
