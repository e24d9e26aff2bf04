"""The forms a draft of the policy is edited with, one for each section; the matrix has its own module.

They take what is incomplete, because a draft may be: what is missing is said on the check page.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from pia_engine.forms.base import CityForm
from pia_engine.forms.choices import Choice, SelectField
from pia_engine.forms.dates import DateField
from pia_engine.forms.fields import TextAreaField, TextField
from pia_engine.forms.markup import Help
from pia_engine.forms.policy_fields import MarkField, OrderedRowsField, RowIdField, WholeNumberField
from pia_engine.forms.rows import RowColumn, RowsField
from pia_engine.forms.validators import Answered
from pia_engine.models.record_kinds import CLASSIFICATIONS, OTHER, RECORD_KINDS, USUAL_CLASSIFICATION

NAME_LIMIT, TEXT_LIMIT, ROWS_LIMIT = 200, 2000, 60
LEVELS = ("low", "medium", "high")


def level_name(levels: Mapping[str, str], level: str) -> str:
    """What the city calls a level; its id while it has no name."""
    return str(_(levels[level])) if levels.get(level) else level


def rows_of(field: RowsField) -> list[dict[str, str]]:
    """The rows of a field that hold anything."""
    rows = field.answer()
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []


def _choices(words: Mapping[str, str]) -> tuple[Choice, ...]:
    return tuple(Choice(value, _l(text)) for value, text in words.items())


class PolicySectionForm(CityForm):
    """The base of all: `seen` says which state of the section the page was made from."""

    seen = MarkField()

    def content(self) -> dict[str, Any]:
        """The section as the policy's document holds it."""
        raise NotImplementedError


class EntriesForm(PolicySectionForm):
    """A list of named entries that can be added to, taken from and put in another order."""

    key = ""
    parts: tuple[str, ...] = ()

    def content(self) -> dict[str, Any]:
        """An entry with nothing in it is taken out."""
        kept = [row for row in rows_of(self[self.key]) if any(row.get(part) for part in self.parts)]
        return {self.key: [{part: row.get(part, "") for part in ("id", *self.parts)} for row in kept]}


class AppetiteForm(PolicySectionForm):
    """What the city says of the risk it accepts."""

    risk_appetite = TextAreaField(
        _l("The risk the city accepts"),
        max_length=4000,
        rows=8,
        help=Help(hint=_l("Two to five sentences. Authors and deciders read it before they rate a risk.")),
    )

    def content(self) -> dict[str, Any]:
        return {"risk_appetite": self.risk_appetite.data or ""}


class PeriodsForm(PolicySectionForm):
    """Months between audits by the risk left over, and the other periods."""

    _NUMBER = _l("Write a number.")
    audit_low = WholeNumberField("", [Answered(_NUMBER)], minimum=1, maximum=120, unit=_l("months"))
    audit_medium = WholeNumberField("", [Answered(_NUMBER)], minimum=1, maximum=120, unit=_l("months"))
    audit_high = WholeNumberField("", [Answered(_NUMBER)], minimum=1, maximum=120, unit=_l("months"))
    first_audit_months = WholeNumberField(
        _l("First audit after publication"), [Answered(_NUMBER)], minimum=1, maximum=120, unit=_l("months")
    )
    audit_notice_days = WholeNumberField(
        _l("Auditors are told before an audit is due"), [Answered(_NUMBER)], minimum=1, maximum=365, unit=_l("days")
    )
    vendor_link_days = WholeNumberField(
        _l("A vendor’s link works for"), [Answered(_NUMBER)], minimum=1, maximum=365, unit=_l("days")
    )

    def name_levels(self, levels: Mapping[str, str]) -> None:
        """Call the levels as the city calls them."""
        for level in LEVELS:
            field = self[f"audit_{level}"]
            field.label.text = _(
                "Audited where the remaining risk is “%(level)s”, every", level=level_name(levels, level)
            )

    def content(self) -> dict[str, Any]:
        names = ("first_audit_months", "audit_notice_days", "vendor_link_days")
        months = {level: self[f"audit_{level}"].data for level in LEVELS}
        return {"audit_months_by_residual_risk": months, **{name: self[name].data for name in names}}


def _number(label: Any, unit: Any, most: int, *, least: int = 1, hint: Any = "") -> WholeNumberField:
    missing = Answered(_l("Write a number."))
    return WholeNumberField(label, [missing], minimum=least, maximum=most, unit=unit, help=Help(hint=hint))


class OversightForm(PolicySectionForm):
    """When the policy and the programme are looked at again, and what happens when something is late."""

    policy_review_months = _number(_l("The policy itself is reviewed every"), _l("months"), 120)
    programme_audit_months = _number(_l("The whole programme is audited every"), _l("months"), 120)
    spot_check_percent = _number(
        _l("Delegated decisions drawn for a spot check"),
        _l("percent"),
        100,
        least=0,
        hint=_l("A lot draws them, and somebody who did not make the decision looks at it again."),
    )
    emergency_days = _number(_l("An emergency exception lasts at most"), _l("days"), 365)
    condition_days = _number(_l("A condition that names no day is kept within"), _l("days"), 365)
    escalation_days = _number(_l("Overdue, it is passed to the senior privacy official after"), _l("days"), 365)
    executive_escalation_days = _number(_l("Overdue, it is passed to the executive after"), _l("days"), 365)
    reminder_days = _number(_l("A reminder begins before the day by"), _l("days"), 365)

    def content(self) -> dict[str, Any]:
        return {each.short_name: each.data for each in self.shown_fields() if isinstance(each, WholeNumberField)}


class RetentionForm(PolicySectionForm):
    """Kinds of records, how long each is kept, and why."""

    retention = OrderedRowsField(
        _l("Records and how long they are kept"),
        size="m",
        max_rows=ROWS_LIMIT,
        columns=(
            RowColumn("record", TextField(_l("Kind of record"), max_length=NAME_LIMIT)),
            RowColumn("kind", SelectField(_l("Which records these are"), choices=_choices(RECORD_KINDS))),
            RowColumn("classification", SelectField(_l("Classification"), choices=_choices(CLASSIFICATIONS))),
            RowColumn(
                "years",
                WholeNumberField(
                    _l("Years"),
                    minimum=1,
                    maximum=200,
                    help=Help(hint=_l("Leave it empty for records that are kept for good.")),
                ),
            ),
            RowColumn("basis", TextAreaField(_l("Why so long"), max_length=TEXT_LIMIT, counted=False, rows=4)),
        ),
    )

    def content(self) -> dict[str, Any]:
        return {
            "retention": [
                {
                    "kind": row.get("kind") or OTHER,
                    "record": row.get("record", ""),
                    "classification": row.get("classification") or USUAL_CLASSIFICATION,
                    "years": int(row["years"]) if row.get("years") else None,
                    "basis": row.get("basis", ""),
                }
                for row in rows_of(self.retention)
            ]
        }


class AdoptionForm(CityForm):
    """What is recorded when a version is adopted; `seen` says which text the page was made from."""

    seen = MarkField()
    adopted_by = TextField(
        _l("Who adopted it"),
        [Answered(_l("Say who adopted this version."))],
        max_length=200,
        help=Help(hint=_l("The body or the official, for example “City council”.")),
    )
    instrument = TextField(
        _l("The decision"),
        [Answered(_l("Name the decision that adopts this version, for example a resolution."))],
        max_length=300,
        help=Help(hint=_l("For example “Resolution 2026-31”.")),
    )
    adopted_on = DateField(
        _l("The day of the decision"),
        [Answered(_l("Give the day of the decision."))],
        help=Help(hint=_l("Not a day to come: the version is in force as soon as you record it.")),
    )
    changes = TextAreaField(
        _l("What has changed, and why"),
        [Answered(_l("Say in a few words what has changed, and why."))],
        max_length=4000,
        help=Help(hint=_l("Everybody who opens the policy reads this. Every change is listed on the page of changes.")),
    )


def entries_form(key: str, legend: str, *, text: str, citation: str = "") -> type[EntriesForm]:
    """A form for a list of entries with a name and a text, and a citation where one is asked."""
    columns = [
        RowColumn("id", RowIdField()),
        RowColumn("name", TextField(_("Name"), max_length=NAME_LIMIT)),
        RowColumn("text", TextAreaField(text, max_length=TEXT_LIMIT, counted=False, rows=4)),
    ]
    if citation:
        columns.insert(2, RowColumn("citation", TextField(citation, max_length=NAME_LIMIT)))
    parts = tuple(column.id for column in columns if column.id != "id")
    rows = OrderedRowsField(legend, columns=columns, max_rows=ROWS_LIMIT, size="m")
    return type("PolicyEntriesForm", (EntriesForm,), {"key": key, "parts": parts, key: rows})


class _ChoosingForm(PolicySectionForm):
    """A form with one choice of office for each of several things."""

    def content(self) -> dict[str, Any]:
        return {"decider_by_residual_risk": {level: self[f"decider_{level}"].data or "" for level in LEVELS}}


def deciders_form(levels: Mapping[str, str], offices: Sequence[tuple[str, str]]) -> type[PolicySectionForm]:
    """Who accepts which remaining risk."""
    choices = [Choice(value, name) for value, name in offices]
    asked = {
        f"decider_{level}": SelectField(
            _("A remaining risk that is “%(level)s” is accepted by", level=level_name(levels, level)), choices=choices
        )
        for level in LEVELS
    }
    return type("DecidersForm", (_ChoosingForm,), asked)


class OutcomesForm(PolicySectionForm):
    """What each outcome of the initial assessment demands."""

    outcomes: tuple[str, ...] = ()

    def fields_of(self, outcome: str) -> list[Any]:
        return [self[f"{outcome}_{part}"] for part in ("required", "decider", "expires")]

    def content(self) -> dict[str, Any]:
        return {
            "outcomes": {
                outcome: {
                    "required": [line.strip() for line in (required.data or "").splitlines() if line.strip()],
                    "decider": decider.data or "",
                    "expires_months": expires.data,
                }
                for outcome in self.outcomes
                for required, decider, expires in (self.fields_of(outcome),)
            }
        }


def outcomes_form(outcomes: Sequence[str], offices: Sequence[tuple[str, str]]) -> type[OutcomesForm]:
    """Three fields for each outcome: what is required, who determines it, when it runs out."""
    body: dict[str, Any] = {"outcomes": tuple(outcomes)}
    for outcome in outcomes:
        body[f"{outcome}_required"] = TextAreaField(
            _("What is required"),
            max_length=TEXT_LIMIT,
            counted=False,
            rows=4,
            help=Help(hint=_("One thing on each line.")),
        )
        body[f"{outcome}_decider"] = SelectField(
            _("Who determines it"), choices=[Choice(value, name) for value, name in offices]
        )
        body[f"{outcome}_expires"] = WholeNumberField(
            _("Runs out after"),
            minimum=1,
            maximum=120,
            unit=_("months"),
            help=Help(hint=_("Leave it empty if it does not run out.")),
        )
    return type("PolicyOutcomesForm", (OutcomesForm,), body)
