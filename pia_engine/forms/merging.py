"""The form that settles two texts for one question: keep theirs, keep mine, or write a third."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _

from pia_engine.forms.asking import field_asking
from pia_engine.forms.base import CityForm
from pia_engine.forms.choices import Choice, RadiosField
from pia_engine.forms.fields import CityField
from pia_engine.forms.markup import Help
from pia_engine.forms.validators import Answered
from pia_engine.models.offers import NOTHING_OFFERED, Offers
from pia_engine.questionnaires.definition import Answers, Question, Value

THEIRS, MINE, EDITED = "theirs", "mine", "edited"
KEEP, EDIT = "keep_", "edit_"


class MergeForm(CityForm):
    """The base of every form that settles conflicts."""

    def problems(self) -> list[Any]:
        """A text that was not chosen holds nobody up."""
        unused = {f"{EDIT}{name}" for name in self.settled() if self.settled()[name] != EDITED}
        shown = [each for each in self if isinstance(each, CityField) and each.short_name not in unused]
        return [problem for each in shown for problem in each.problems()]

    def settled(self) -> dict[str, str]:
        """What was chosen, by question."""
        return {
            each.short_name.removeprefix(KEEP): str(each.data or "")
            for each in self
            if each.short_name.startswith(KEEP)
        }

    def is_settled(self) -> bool:
        """Whether every question has a choice, and every third text can be read."""
        self.validate()
        return not self.problems()

    def apply(self, values: dict[str, Value | None]) -> dict[str, Value | None]:
        """The answers to save: mine as they are, third texts in their place, theirs left out, so they stand."""
        merged = dict(values)
        for name, choice in self.settled().items():
            if choice == EDITED:
                merged[name] = self[EDIT + name].answer()
            elif choice == THEIRS:
                merged.pop(name, None)
        return merged


def build_merge_form(questions: Sequence[Question], offers: Offers = NOTHING_OFFERED) -> type[MergeForm]:
    """Two fields for each question: what to keep, and the third text."""
    body: dict[str, Any] = {}
    for question in questions:
        body[KEEP + question.id] = _choice(question)
        around = Help(hint=_("Begin from your text and take over what you need from theirs."))
        body[EDIT + question.id] = field_asking(question, around, reveals={}, offers=offers)
    return type("SectionMergeForm", (MergeForm,), body)


def mine_to_edit(answers: Answers) -> dict[str, Value]:
    """My texts as the start of the third ones."""
    return {EDIT + name: value for name, value in answers.items()}


def _choice(question: Question) -> Any:
    options = [
        Choice(THEIRS, _("Keep their answer")),
        Choice(MINE, _("Keep my answer")),
        Choice(EDITED, _("Write a new answer from both"), reveals=(EDIT + question.id,)),
    ]
    asked = [Answered(_("Choose which answer to keep."))]
    return RadiosField(_("Which answer should stand?"), asked, choices=options, size="s", names_itself=False)
