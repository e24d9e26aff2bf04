"""The page of one risk, in groups; and the controls of a risk, found by a word and ticked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from wtforms import HiddenField

from pia_engine.errors import N_
from pia_engine.forms.base import CityForm
from pia_engine.forms.choices import CheckboxesField, Choice, RadiosField, SelectField
from pia_engine.forms.dates import DateField
from pia_engine.forms.fields import CityField, TextAreaField, TextField
from pia_engine.forms.markup import Help
from pia_engine.forms.validators import Answered
from pia_engine.models.policy_rules import Control, RiskMatrix
from pia_engine.questionnaires.controls import privacy_baseline
from pia_engine.questionnaires.registers import LINE_LIMIT, RESPONSES, RISK_FIELDS, TEXT_LIMIT
from pia_engine.questionnaires.risk_kinds import KINDS

GROUPS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("what", N_("What could happen"), ("risk", "harm", "people")),
    ("kind", N_("What kind of risk it is"), ("action", "problem", "threat")),
    ("before", N_("How big it is without measures"), ("likelihood", "severity", "inherent_reasons")),
    ("response", N_("What is done about it"), ("response", "rationale", "measures", "owner", "due_on")),
    ("left", N_("What is left with the measures"), ("residual_likelihood", "residual_severity", "residual_reasons")),
)
"""The groups of the page: id, heading, and the fields in it."""

HINTS: Mapping[str, str] = {
    "risk": N_("One cause and what it leads to. Write a second risk rather than a long one."),
    "harm": N_("Think of people, not of the city."),
    "people": N_("Name groups, and say which of them would be hit hardest."),
    "inherent_reasons": N_("Name facts: what happened elsewhere, how often, to how many people."),
    "rationale": N_("Why this response and no other. When you accept a risk, say why that can be asked of people."),
    "measures": N_("What is done, so that somebody can check it. Catalogued controls are chosen afterwards."),
    "owner": N_("A job title."),
    "due_on": N_("Needed when the risk is to be reduced."),
    "residual_reasons": N_("Which measure lowers which rating, and what can still happen."),
}


class RiskForm(CityForm):
    """The base of the form of one risk; `seen` tells whether the risk is still what this person opened."""

    seen = HiddenField()

    def fields(self) -> dict[str, str]:
        """What was written, by field of the risk; what was left empty is an empty text."""
        return {
            each.short_name: str(each.answer() or "")
            for each in self
            if isinstance(each, CityField) and not each.process_errors
        }

    def groups(self) -> list[tuple[str, str, list[CityField]]]:
        """The groups of the page with their fields."""
        return [(group, _(title), [self[name] for name in names]) for group, title, names in GROUPS]


def build_risk_form(matrix: RiskMatrix) -> type[RiskForm]:
    """The form of one risk, rated by a policy's matrix. It may have gaps; only what it is about has to be said."""
    scales = {"likelihood": matrix.likelihoods, "severity": matrix.severities}
    scales |= {f"residual_{name}": words for name, words in scales.items()}
    fields: dict[str, Any] = {name: _text(name) for name in HINTS if name not in ("people", "owner", "due_on")}
    fields["risk"] = _text("risk", Answered(_("Say what could go wrong.")))
    fields |= {name: TextField(_named(name), max_length=LINE_LIMIT, help=_help(name)) for name in ("people", "owner")}
    fields |= {name: _kinds(name) for name in KINDS}
    fields |= {name: _rating(name, words) for name, words in scales.items()}
    responses = [Choice(option.value, _(option.label), _(option.hint)) for option in RESPONSES]
    fields["response"] = RadiosField(_named("response"), choices=responses)
    fields["due_on"] = DateField(_named("due_on"), help=_help("due_on"))
    ordered = {name: fields[name] for _group, _title, names in GROUPS for name in names}
    return type("OneRiskForm", (RiskForm,), ordered)


def _named(field: str) -> str:
    name: str = _(RISK_FIELDS[field])
    return name


def _help(field: str) -> Help:
    return Help(hint=_(HINTS[field]) if field in HINTS else "")


def _text(field: str, *validators: Any) -> Any:
    return TextAreaField(
        _named(field), list(validators), max_length=TEXT_LIMIT, counted=False, rows=4, help=_help(field)
    )


def _kinds(field: str) -> Any:
    offered = [Choice(kind.id, f"{_(kind.name)} – {_(kind.text)}") for kind in KINDS[field]]
    return SelectField(_named(field), choices=offered)


def _rating(field: str, words: Sequence[str]) -> Any:
    offered = [Choice(str(number), f"{number} – {_(word)}") for number, word in enumerate(words, start=1)]
    return RadiosField(_named(field), choices=offered)


@dataclass(frozen=True, slots=True)
class FoundControl:
    """A control that fits a search, and where it comes from."""

    id: str
    title: str
    source: str


def find_controls(wanted: str, own: Sequence[Control]) -> list[FoundControl]:
    """The city's own controls and those of the baseline in which every word of the search occurs; all for no word."""
    city = [FoundControl(each.id, each.name, each.text or _("The city's own control")) for each in own]
    baseline = [FoundControl(each.id, each.title, each.family) for each in privacy_baseline()]
    words = wanted.casefold().split()
    return [each for each in (*city, *baseline) if _fits(each, words)]


def _fits(control: FoundControl, words: Sequence[str]) -> bool:
    text = f"{control.id} {control.title} {control.source}".casefold()
    return all(word in text for word in words)


class ControlsForm(CityForm):
    """The base of the form of ticked controls; `seen` tells whether they are still those this person was shown."""

    seen = HiddenField()
    controls: Any


def build_controls_form(found: Sequence[FoundControl]) -> type[ControlsForm]:
    """The controls found, to tick."""
    offered = [Choice(each.id, f"{each.id} {each.title}", each.source) for each in found]
    controls = CheckboxesField(_("Controls of this risk"), choices=offered, names_itself=True)
    return type("FoundControlsForm", (ControlsForm,), {"controls": controls})
