"""The form of one threshold rule. Questions are chosen first; what each offers appears with the next press.

The posted fields are read into a draft, changed there by the buttons, and the form is built for the draft: so every
button works without a script, and nothing typed is lost on the way.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict

from pia_engine.forms import posted
from pia_engine.forms.base import CityForm
from pia_engine.forms.choices import Choice, RadiosField, SelectField
from pia_engine.forms.demands import DemandFields, demand_fields, match_choices
from pia_engine.forms.fields import TextAreaField, TextField
from pia_engine.forms.markup import Help
from pia_engine.forms.policy_fields import MarkField, WholeNumberField
from pia_engine.forms.validators import Answered, AnsweredWith
from pia_engine.questionnaires.definition import Questionnaire
from pia_engine.questionnaires.rule_drafts import ADDS, COUNTS, LEADS, Demand, Group, RuleDraft, filled_groups

BECAUSE_LIMIT, SOURCE_LIMIT = 1000, 300
MOST_GROUPS = MOST_DEMANDS = 12
MOST_POINTS, MOST_NEEDED = 100, 10_000

_PRESS = re.compile(r"(add|drop)-(\d{1,2})(?:-(\d{1,2}))?")
_PLACE = re.compile(r"g(\d{1,2})_(?:match|d(\d{1,2})_(?:question|asked|way|options|value))")


class RuleBase(CityForm):
    """What every rule has, whatever its conditions are."""

    seen = MarkField()
    because = TextAreaField(
        _l("Why this matters"),
        [Answered(_l("Say why this matters: people read it when the rule fires."))],
        max_length=BECAUSE_LIMIT,
        rows=3,
        help=Help(hint=_l("One sentence that anybody understands. It is shown when the rule fires.")),
    )
    source = TextField(
        _l("Where this rule comes from (optional)"),
        max_length=SOURCE_LIMIT,
        help=Help(hint=_l("A law, a guideline or a decision of the city.")),
    )


class DefaultForm(CityForm):
    """The outcome when no rule fires."""

    default = RadiosField(_l("Outcome when no rule fires"), [Answered(_l("Choose an outcome."))])

    def offer(self, outcomes: Sequence[tuple[str, str]]) -> None:
        self["default"].choices = tuple(Choice(value, text) for value, text in outcomes)


@dataclass(frozen=True, slots=True)
class GroupFields:
    """The fields of one group of conditions, for the page."""

    match: Any
    demands: tuple[DemandFields, ...]


@dataclass(frozen=True, slots=True)
class RulePage:
    """The form of a rule with its groups in the order of the page."""

    form: CityForm
    groups: tuple[GroupFields, ...]


def read_draft(fields: MultiDict[str, str], *, kept: Mapping[str, Any] | None = None) -> RuleDraft:
    """What was posted, whatever it is, as a draft. A condition that is `kept` cannot be posted."""
    return RuleDraft(
        because=_text(fields, "because"),
        source=_text(fields, "source"),
        effect=_text(fields, "effect"),
        outcome=_text(fields, "reached" if _text(fields, "effect") == COUNTS else "outcome"),
        points=_text(fields, "points"),
        needed=_text(fields, "needed"),
        match=_match(_text(fields, "match")),
        groups=_read_groups(fields) or (Group(),),
        kept=kept,
    )


def pressed(fields: MultiDict[str, str], draft: RuleDraft) -> RuleDraft | None:
    """The draft after the button that was pressed; None when it was not one of those that change the form."""
    press = _text(fields, "press")
    if press == "group":
        groups = (*draft.groups, Group()) if len(draft.groups) < MOST_GROUPS else draft.groups
        return replace(draft, groups=groups)
    found = _PRESS.fullmatch(press)
    if found and int(found[2]) < len(draft.groups):
        return _with_demands(draft, int(found[2]), int(found[3]) if found[3] else None)
    return draft if press else None


def _with_demands(draft: RuleDraft, place: int, dropped: int | None) -> RuleDraft:
    """One condition more in a group, or one fewer."""
    group = draft.groups[place]
    if dropped is None:
        demands = (*group.demands, Demand()) if len(group.demands) < MOST_DEMANDS else group.demands
    else:
        demands = (*group.demands[:dropped], *group.demands[dropped + 1 :])
    return replace(draft, groups=_with_group(draft.groups, place, replace(group, demands=demands)))


def _with_group(groups: tuple[Group, ...], place: int, group: Group) -> tuple[Group, ...]:
    """The groups with this one in its place; an empty one goes, but one place to fill in always stays."""
    changed = (*groups[:place], *((group,) if group.demands else ()), *groups[place + 1 :])
    return changed or (Group(),)


def rule_page(
    draft: RuleDraft, questionnaire: Questionnaire, *, outcomes: Sequence[tuple[str, str]], seen: str, token: str = ""
) -> RulePage:
    """The form that shows a draft. `token` is the one that was posted, where something was."""
    body: dict[str, Any] = {**_effect_fields(outcomes)}
    groups = () if draft.kept else draft.groups
    named = [
        [demand_fields(f"g{i}_d{j}", demand, questionnaire) for j, demand in enumerate(group.demands)]
        for i, group in enumerate(groups)
    ]
    for i, demands in enumerate(named):
        body[f"g{i}_match"] = RadiosField(_("Of these conditions"), choices=match_choices(), inline=True)
        body.update({name: field for fields in demands for name, field in fields.items()})
    if not draft.kept:
        body["match"] = RadiosField(_("Of the groups"), choices=match_choices(), inline=True)
    form: CityForm = type("RuleForm", (RuleBase,), body)(formdata=_as_posted(draft, seen, token))
    return RulePage(
        form,
        tuple(
            GroupFields(form[f"g{i}_match"], tuple(DemandFields.of(form, fields) for fields in demands))
            for i, demands in enumerate(named)
        ),
    )


def check_rule(page: RulePage, draft: RuleDraft) -> bool:
    """Whether the form can be saved; what cannot is said at its field."""
    is_good = bool(page.form.validate())
    if draft.kept:
        return is_good
    if draft.effect == COUNTS and filled_groups(draft):
        return _refuse_first(page, _("A rule that counts points has no conditions. Remove them, or choose another."))
    if draft.effect in (LEADS, ADDS) and not filled_groups(draft):
        return _refuse_first(page, _("Choose at least one question that the rule looks at."))
    return is_good


def _refuse_first(page: RulePage, sentence: str) -> bool:
    page.groups[0].demands[0].question.errors = [sentence]
    return False


def _effect_fields(outcomes: Sequence[tuple[str, str]]) -> dict[str, Any]:
    offered = [Choice(value, text) for value, text in outcomes]
    effects = [
        Choice(LEADS, _("It leads to an outcome"), reveals=("outcome",)),
        Choice(ADDS, _("It adds points"), reveals=("points",)),
        Choice(
            COUNTS,
            _("It leads to an outcome when enough points have come together"),
            _("This kind of rule has no conditions of its own."),
            reveals=("needed", "reached"),
        ),
    ]
    number = _("Write a whole number.")
    return {
        "effect": RadiosField(_("What the rule does"), [Answered(_("Choose what the rule does."))], choices=effects),
        "outcome": SelectField(_("Outcome"), [AnsweredWith("effect", LEADS, _("Choose an outcome."))], choices=offered),
        "points": WholeNumberField(_("Points"), [AnsweredWith("effect", ADDS, number)], minimum=1, maximum=MOST_POINTS),
        "needed": WholeNumberField(
            _("Points that have to come together"),
            [AnsweredWith("effect", COUNTS, number)],
            minimum=1,
            maximum=MOST_NEEDED,
        ),
        "reached": SelectField(
            _("Outcome with that many points"),
            [AnsweredWith("effect", COUNTS, _("Choose an outcome."))],
            choices=offered,
        ),
    }


def _as_posted(draft: RuleDraft, seen: str, token: str) -> MultiDict[str, str]:
    """The draft as the fields a browser would send, numbered anew."""
    fields = [
        ("csrf_token", token), ("seen", seen), ("because", draft.because), ("source", draft.source),
        ("effect", draft.effect), ("outcome", draft.outcome), ("reached", draft.outcome),
        ("points", draft.points), ("needed", draft.needed), ("match", draft.match),
    ]  # fmt: skip
    for i, group in enumerate(draft.groups):
        fields.append((f"g{i}_match", group.match))
        for j, demand in enumerate(group.demands):
            place = f"g{i}_d{j}"
            fields += [(f"{place}_question", demand.question), (f"{place}_asked", demand.question)]
            fields += [(f"{place}_way", demand.way), (f"{place}_value", demand.value)]
            fields += [(f"{place}_options", option) for option in demand.options]
    return MultiDict(fields)


def _read_groups(fields: MultiDict[str, str]) -> tuple[Group, ...]:
    places: dict[int, set[int]] = {}
    for name in fields:
        found = _PLACE.fullmatch(name)
        if found and int(found[1]) < MOST_GROUPS:
            places.setdefault(int(found[1]), set()).update({int(found[2])} if found[2] else ())
    groups = (
        Group(
            _match(_text(fields, f"g{i}_match")),
            tuple(_read_demand(fields, f"g{i}_d{j}") for j in sorted(numbers)[:MOST_DEMANDS]),
        )
        for i, numbers in sorted(places.items())
    )
    return tuple(group for group in groups if group.demands)


def _read_demand(fields: MultiDict[str, str], place: str) -> Demand:
    """What was asked of the answer belongs to the question it was shown for: another question starts anew."""
    question = _text(fields, f"{place}_question")
    if question != _text(fields, f"{place}_asked"):
        return Demand(question)
    return Demand(
        question,
        _text(fields, f"{place}_way"),
        tuple(dict.fromkeys(posted.shown_again([each]).strip() for each in fields.getlist(f"{place}_options"))),
        _text(fields, f"{place}_value"),
    )


def _text(fields: MultiDict[str, str], name: str) -> str:
    """The text without what could not be stored; whether it makes sense is judged by the form."""
    return posted.shown_again(fields.getlist(name)).strip()


def _match(given: str) -> str:
    return given if given in ("all", "any") else "all"
