"""Fields whose options come from the city and not from the questionnaire: its people and its departments."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from flask_babel import gettext as _
from markupsafe import Markup
from wtforms.utils import unset_value

from pia_engine.forms.choices import Choice, SelectField
from pia_engine.forms.fields import TextField
from pia_engine.forms.markup import tag
from pia_engine.models.offers import NOTHING_OFFERED, Offers
from pia_engine.questionnaires.definition import QuestionType

__all__ = ["NOTHING_OFFERED", "OfferedField", "Offers", "SuggestedField", "offered_for"]


def offered_for(kind: QuestionType, offers: Offers) -> tuple[str, ...]:
    """What the city offers for a type of question; nothing where an answer is written freely."""
    return {QuestionType.PERSON: offers.people, QuestionType.DEPARTMENT: offers.departments}.get(kind, ())


class OfferedField(SelectField):
    """One of what is offered. A stored text that is no longer offered stays, until another is chosen."""

    def __init__(self, *args: Any, offered: Sequence[str] = (), **kwargs: Any) -> None:
        super().__init__(*args, choices=[Choice(text, text) for text in offered], **kwargs)

    def process(self, formdata: Any, data: Any = unset_value, extra_filters: Any = None) -> None:
        super().process(formdata, data, extra_filters)
        stored = self.object_data
        if isinstance(stored, str) and stored and all(choice.value != stored for choice in self.choices):
            self.choices = (Choice(stored, _("%(name)s (no longer listed)", name=stored)), *self.choices)


class SuggestedField(TextField):
    """One line in which the browser suggests what is offered; for tables, where a full list in each row is too much.

    A part that fits one offer only is taken for it. `kept` are stored texts, taken as they are.
    """

    def __init__(self, *args: Any, offered: Sequence[str] = (), list_id: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offered = tuple(offered)
        self.list_id = list_id
        self.kept: frozenset[str] = frozenset()

    def keep(self, texts: Iterable[str]) -> None:
        """Take these too, though they may not be offered any more."""
        self.kept = frozenset(texts)

    def parse(self, text: str) -> str:
        line = super().parse(text)
        if not line or line in self.kept or line in self.offered:
            return line
        wanted = line.casefold()
        found = [offer for offer in self.offered if wanted in offer.casefold()]
        if len(found) != 1:
            raise ValueError(_("Choose from the list, or write a part that fits only one entry of it."))
        return found[0]

    def control_attributes(self) -> dict[str, object]:
        return {**super().control_attributes(), "list": self.list_id}

    def suggestions(self) -> Markup:
        """The list itself, printed once for all rows."""
        return tag("datalist", {"id": self.list_id}, *(tag("option", {"value": text}) for text in self.offered))
