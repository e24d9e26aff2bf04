"""One question answered for each principle of the city's policy: a finding, what is done, and the law it rests on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from markupsafe import Markup
from wtforms.utils import unset_value

from pia_engine.forms.choices import CheckboxesField, Choice, RadiosField
from pia_engine.forms.fields import CityField, Problem, TextAreaField
from pia_engine.forms.markup import Help, hint, tag
from pia_engine.models.policy_rules import Authority, Principle
from pia_engine.questionnaires.definition import Value
from pia_engine.questionnaires.registers import FINDINGS, PRINCIPLE_FIELDS, TEXT_LIMIT
from pia_engine.questionnaires.values import filled_rows


@dataclass(frozen=True, slots=True)
class _Entry:
    """What is asked about one principle."""

    principle: Principle
    finding: CityField
    text: CityField
    authorities: CityField

    @property
    def fields(self) -> tuple[CityField, ...]:
        return (self.finding, self.text, self.authorities)

    def said(self) -> dict[str, str]:
        """What was answered; empty when nothing was."""
        chosen = self.authorities.answer()
        given = {
            "finding": str(self.finding.answer() or ""),
            "text": str(self.text.answer() or ""),
            "authorities": " ".join(str(each) for each in chosen) if isinstance(chosen, list) else "",
        }
        filled = {name: text for name, text in given.items() if text}
        return {"principle": self.principle.id, **filled} if filled else {}


class PrinciplesField(CityField):
    """Data is a list of findings by principle; which principles there are is fixed by the policy version."""

    is_group = True

    def __init__(
        self,
        *args: Any,
        principles: Sequence[Principle] = (),
        authorities: Sequence[Authority] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.principles = tuple(principles)
        self.authorities = tuple(authorities)
        self.entries: list[_Entry] = []

    def process(self, formdata: Any, data: Any = unset_value, extra_filters: Any = None) -> None:
        super().process(None, data, extra_filters)
        stored = {str(row.get("principle")): row for row in filled_rows(self.data)}
        self.raw_data = [] if formdata is not None else None
        self.entries = [self._entry(each, formdata, stored.get(each.id, {})) for each in self.principles]
        self.data = self.answer() or []

    def _entry(self, principle: Principle, formdata: Any, stored: Mapping[str, str]) -> _Entry:
        findings = [Choice(option.value, _(option.label)) for option in FINDINGS]
        laws = [Choice(each.id, each.name, each.citation) for each in self.authorities]
        asked: dict[str, Any] = {
            "finding": RadiosField(_(PRINCIPLE_FIELDS["finding"]), choices=findings, inline=True),
            "text": TextAreaField(
                _(PRINCIPLE_FIELDS["text"]),
                max_length=TEXT_LIMIT,
                counted=False,
                rows=4,
                help=Help(hint=_("Say how the project keeps it and where it falls short.")),
            ),
            "authorities": CheckboxesField(_(PRINCIPLE_FIELDS["authorities"]), choices=laws),
        }
        kept = {**stored, "authorities": str(stored.get("authorities", "")).split()}
        fields = {}
        for part, unbound in asked.items():
            name = f"{self.name}-{principle.id}-{part}"
            fields[part] = unbound.bind(form=None, name=name, _meta=self.meta, translations=self._translations)
            fields[part].process(formdata, kept.get(part, unset_value))
        return _Entry(principle, **fields)

    def answer(self) -> Value | None:
        return [said for entry in self.entries if (said := entry.said())] or None

    def validate(self, form: Any, extra_validators: Any = ()) -> bool:
        own = super().validate(form, extra_validators)
        parts = [part.validate(form) for entry in self.entries for part in entry.fields]
        return own and all(parts)

    def problems(self) -> list[Problem]:
        own = [Problem(self._anchor(), self.in_summary(sentence)) for sentence in self.errors]
        for entry in self.entries:
            for part in entry.fields:
                for problem in part.problems():
                    sentence = f"{entry.principle.name}, {part.label.text}: {problem.sentence}"
                    own.append(Problem(problem.anchor, self.in_summary(sentence)))
        return own

    def _anchor(self) -> str:
        return f"{self.id}-principles"

    def control(self) -> Markup:
        printed = (self._printed(entry) for entry in self.entries)
        return tag("div", {"class": "app-rows", "id": self._anchor(), "tabindex": "-1"}, *printed)

    def _printed(self, entry: _Entry) -> Markup:
        own_id = f"{self.id}-{entry.principle.id}"
        legend = tag("legend", {"class": "app-row__legend"}, entry.principle.name)
        row = {"class": "app-row", "id": own_id, "aria-describedby": f"{own_id}-hint" if entry.principle.text else None}
        body = tag("div", {}, entry.finding(), entry.text(), self._laws(entry))
        return tag("fieldset", row, legend, hint(own_id, entry.principle.text), body)

    def _laws(self, entry: _Entry) -> Markup:
        """The authorities, folded away until one is chosen: seven principles times ten laws is a long page."""
        if not self.authorities:
            return Markup("")
        chosen = entry.authorities.answer()
        about = tag("span", {"class": "govuk-visually-hidden"}, ": ", entry.principle.name)
        words = tag("span", {"class": "govuk-details__summary-text"}, _("Laws this finding rests on"), about)
        summary = tag("summary", {"class": "govuk-details__summary"}, words)
        body = tag("div", {"class": "govuk-details__text"}, entry.authorities())
        return tag("details", {"class": "govuk-details", "open": bool(chosen)}, summary, body)
