"""A question shown but not asked: it prints what somebody else answered and never reads what is posted."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from markupsafe import Markup
from wtforms.utils import unset_value

from pia_engine.forms.fields import CityField
from pia_engine.forms.markup import remarks, tag
from pia_engine.questionnaires.definition import Value


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
        who = tag("p", {"class": "app-readonly__who"}, _("Answered by: %(role)s", role=self.answered_by))
        said = remarks(self.id, self.help.remarks)
        return tag("div", {"class": "app-readonly", "id": self.id}, title, who, said, self._answer())

    def _answer(self) -> Markup:
        if not self.data:
            return tag("p", {"class": "app-readonly__answer govuk-hint"}, _("Not answered yet"))
        lines = self.said(self.data)
        if len(lines) == 1:
            return tag("p", {"class": "app-readonly__answer"}, lines[0])
        entries = (tag("li", {}, line) for line in lines)
        return tag("ul", {"class": "govuk-list govuk-list--bullet app-readonly__answer"}, *entries)

    def answer(self) -> Value | None:
        return None
