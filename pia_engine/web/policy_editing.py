"""Editing one section of a policy draft: its form, rows added and moved without saving, and two people at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm.exc import StaleDataError

from pia_engine import clock
from pia_engine.errors import N_, Invalid, NotFound, Stale
from pia_engine.extensions import db
from pia_engine.forms import policy_matrix
from pia_engine.forms.policy import (
    AppetiteForm,
    OversightForm,
    PeriodsForm,
    PolicySectionForm,
    RetentionForm,
    deciders_form,
    entries_form,
    outcomes_form,
)
from pia_engine.models import PolicyVersion
from pia_engine.models.policy_rules import RISK_LEVELS, PolicyRules, read_rules, retention_of
from pia_engine.permissions.policies import DECIDING_ROLES, DETERMINING_ROLES, list_faults
from pia_engine.permissions.roles import ROLE_NAMES, Role
from pia_engine.services.policies import save_section
from pia_engine.services.policy_sections import section_content, section_digest
from pia_engine.web.access import actor
from pia_engine.web.error_pages import say
from pia_engine.web.parking import take_parked
from pia_engine.web.policy_words import SECTION_NAMES, ReadPolicy, read_policy, say_sentence
from pia_engine.workflows.outcomes import OUTCOMES


@dataclass(frozen=True, slots=True)
class Editor:
    """How one section is edited: the class of its form, and what of the draft the form begins with."""

    form: Callable[[PolicyRules, Any], type[PolicySectionForm]]
    data: Callable[[Mapping[str, Any]], dict[str, Any]]
    hint: str


def edit_section(draft: PolicyVersion, section: str) -> ResponseReturnValue:
    """Show the form of a section, or save it."""
    editor = EDITORS.get(section)
    if editor is None:
        raise NotFound(N_("The policy has no such section."))
    if request.method == "POST":
        return _saved(draft, section, editor)
    parked = take_parked()
    form = _form(draft, section, editor, formdata=parked)
    return _page(draft, section, form, is_parked=parked is not None)


def _saved(draft: PolicyVersion, section: str, editor: Editor) -> ResponseReturnValue:
    """Save what was posted. When somebody else saves at the very same moment, look again once."""
    try:
        return _save(draft, section, editor)
    except StaleDataError:
        db.session.rollback()
        return _save(draft, section, editor)


def _save(draft: PolicyVersion, section: str, editor: Editor) -> ResponseReturnValue:
    form = _form(draft, section, editor, formdata=request.form)
    if form.rows_changed() is not None:
        return _page(draft, section, form)
    if policy_matrix.RESIZE in request.form and isinstance(form, policy_matrix.MatrixForm):
        return _page(draft, section, _resized(form))
    if not form.validate_on_submit():
        return _page(draft, section, form), 422
    try:
        is_changed = save_section(
            db.session, draft, section, form.content(), seen=form.seen.data, actor=actor(), now=clock.now()
        )
    except Stale:
        form.seen.data = section_digest(draft, section)
        return _page(draft, section, form, theirs=read_policy(draft)), 409
    except Invalid as refusal:
        form.form_errors.append(say(refusal))
        return _page(draft, section, form), 422
    db.session.commit()
    flash(_("Saved.") if is_changed else _("Nothing was changed."), "success" if is_changed else "message")
    return redirect(url_for("policy.draft.show"), 303)


def _form(draft: PolicyVersion, section: str, editor: Editor, *, formdata: Any) -> PolicySectionForm:
    kind = editor.form(read_rules(draft), formdata)
    if formdata is not None:
        form = kind(formdata=formdata)
    else:
        data = editor.data(section_content(draft, section))
        form = kind(formdata=None, data={**data, "seen": section_digest(draft, section)})
    if isinstance(form, PeriodsForm):
        form.name_levels(read_rules(draft).matrix.levels)
    return form


def _resized(form: policy_matrix.MatrixForm) -> PolicySectionForm:
    """The same matrix in the size asked for, nothing saved."""
    matrix = policy_matrix.resized(form.content()["matrix"], request.form)
    kind = policy_matrix.matrix_form(matrix)
    return kind(formdata=None, data={**policy_matrix.matrix_data(matrix), "seen": form.seen.data})


def _page(
    draft: PolicyVersion,
    section: str,
    form: PolicySectionForm,
    *,
    theirs: ReadPolicy | None = None,
    is_parked: bool = False,
) -> str:
    return render_template(
        f"policy/edit_{section}.html" if section in ("matrix", "outcomes") else "policy/edit.html",
        draft=draft,
        section=section,
        title=_(SECTION_NAMES[section]),
        hint=_(EDITORS[section].hint),
        form=form,
        theirs=theirs,
        is_parked=is_parked,
        faults=[say_sentence(each.sentence) for each in list_faults(db.session, draft) if each.section == section],
        outcome_names={outcome: _(name) for outcome, name in OUTCOMES.items()},
        section_names=SECTION_NAMES,
    )


def _offices(roles: tuple[Role, ...]) -> list[tuple[str, str]]:
    return [(str(role), _(ROLE_NAMES[role])) for role in roles]


def _matrix_form(rules: PolicyRules, formdata: Any) -> type[PolicySectionForm]:
    if formdata is not None:
        return policy_matrix.posted_matrix_form(formdata, rules.matrix.levels)
    stored = rules.matrix
    return policy_matrix.matrix_form(
        {"likelihoods": stored.likelihoods, "severities": stored.severities, "levels": stored.levels}
    )


def _as_stored(content: Mapping[str, Any]) -> dict[str, Any]:
    return dict(content)


def _retention_data(content: Mapping[str, Any]) -> dict[str, Any]:
    """A row of an older document gets the kind it is known to be of."""
    rows = [(row, retention_of(row)) for row in content["retention"]]
    kinds = [{**row, "kind": read.kind, "classification": read.classification} for row, read in rows]
    return {**content, "retention": kinds}


def _periods_data(content: Mapping[str, Any]) -> dict[str, Any]:
    months = content["audit_months_by_residual_risk"]
    return {**content, **{f"audit_{level}": months[level] for level in RISK_LEVELS}}


def _deciders_data(content: Mapping[str, Any]) -> dict[str, Any]:
    by_level = content["decider_by_residual_risk"]
    return {f"decider_{level}": by_level[level] for level in RISK_LEVELS}


def _outcomes_data(content: Mapping[str, Any]) -> dict[str, Any]:
    data: dict[str, Any] = {}
    for outcome, rule in content["outcomes"].items():
        data[f"{outcome}_required"] = "\n".join(rule["required"])
        data[f"{outcome}_decider"] = rule["decider"]
        data[f"{outcome}_expires"] = rule["expires_months"]
    return data


EDITORS: dict[str, Editor] = {
    "principles": Editor(
        lambda rules, formdata: entries_form("principles", _("Principles"), text=_("What it says")),
        _as_stored,
        N_("Each full assessment answers against each of these, in this order. Keep them few and plain."),
    ),
    "authorities": Editor(
        lambda rules, formdata: entries_form(
            "authorities",
            _("Laws and rules"),
            text=_("What it is about (optional)"),
            citation=_("Where it stands written"),
        ),
        _as_stored,
        N_("Findings in assessments are linked to these. Give each the citation a lawyer would look up."),
    ),
    "appetite": Editor(
        lambda rules, formdata: AppetiteForm,
        _as_stored,
        N_("Which risks the city takes for which benefit, and which it does not."),
    ),
    "matrix": Editor(
        _matrix_form,
        lambda content: policy_matrix.matrix_data(content["matrix"]),
        N_("How likely, how bad, and what follows from both. Both scales go from the lowest to the highest."),
    ),
    "deciders": Editor(
        lambda rules, formdata: deciders_form(rules.matrix.levels, _offices(DECIDING_ROLES)),
        _deciders_data,
        N_("The risk that is left with all measures in place decides whose signature an assessment needs."),
    ),
    "periods": Editor(
        lambda rules, formdata: PeriodsForm, _periods_data, N_("How often the city looks again, and how long it waits.")
    ),
    "oversight": Editor(
        lambda rules, formdata: OversightForm,
        _as_stored,
        N_("When the policy and the programme are looked at again, and what happens when something is late."),
    ),
    "outcomes": Editor(
        lambda rules, formdata: outcomes_form(tuple(OUTCOMES), _offices(DETERMINING_ROLES)),
        _outcomes_data,
        N_("What has to be there with each outcome of an initial assessment, who determines it, and when it runs out."),
    ),
    "retention": Editor(
        lambda rules, formdata: RetentionForm, _retention_data, N_("How long each kind of record is kept, and why.")
    ),
    "grounds": Editor(
        lambda rules, formdata: entries_form(
            "withholding_grounds", _("Grounds for withholding"), text=_("When it applies")
        ),
        _as_stored,
        N_("Nothing is kept from the public without one of these grounds. The public page names the ground."),
    ),
    "controls": Editor(
        lambda rules, formdata: entries_form("controls", _("Measures of the city’s own"), text=_("What it does")),
        _as_stored,
        N_("Authors choose from these beside the measures of the built-in catalogue."),
    ),
}
