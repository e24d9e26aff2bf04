"""The register of risks as a whole: its overview, the catalogue, and for each risk its controls and its removal."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from pia_engine import clock
from pia_engine.errors import Stale
from pia_engine.extensions import db
from pia_engine.forms.risks import ControlsForm, RiskForm, build_controls_form, find_controls
from pia_engine.permissions.roles import ROLE_NAMES
from pia_engine.permissions.vocabulary import Permission
from pia_engine.questionnaires.registers import RATED, RISK_FIELDS
from pia_engine.questionnaires.risk_kinds import KINDS, SOURCES
from pia_engine.register.matrix import drawn_matrix
from pia_engine.services.risks import Register, choose_controls, confirm_register, fingerprint_of_all, remove_risk
from pia_engine.web.access import actor, needs
from pia_engine.web.error_pages import say
from pia_engine.web.risk_register import ADDRESS, OpenRegister, open_register

blueprint = Blueprint("risks", __name__)

SHOWN_IN_FULL = 20
"""Longer registers show one line for each risk; the page of a risk has the rest."""


@blueprint.get(ADDRESS)
@needs(Permission.ASSESSMENT_VIEW)
def index(reference: str, stage: str) -> ResponseReturnValue:
    """All risks with their matrix, the benefits beside them, and who decides."""
    opened = open_register(reference, stage)
    register, risks = opened.register, opened.in_words()
    levels = register.rules.matrix.levels
    return opened.page(
        "risks/index.html",
        risks=risks,
        matrix=drawn_matrix(register.rules.matrix, risks) if risks else None,
        lacking={risk_id: [_(RISK_FIELDS[field]) for field in fields] for risk_id, fields in _unfinished(opened)},
        stated=_(levels[register.stated]) if register.stated in levels else "",
        highest=_(levels[register.highest]) if register.highest else "",
        deciders=[(_(levels[level]), _(ROLE_NAMES[role])) for level, role in register.deciders],
        decider=_(ROLE_NAMES[register.decider]),
        is_long=len(risks) > SHOWN_IN_FULL,
        seen=fingerprint_of_all(register.rows),
        is_unrated=not any(row.get(field) for row in register.rows for field in RATED),
    )


def _unfinished(opened: OpenRegister) -> list[tuple[str, tuple[str, ...]]]:
    return list(opened.register.unfinished.items())


@blueprint.post(f"{ADDRESS}/confirm")
@needs(Permission.ASSESSMENT_ANSWER)
def confirm(reference: str, stage: str) -> ResponseReturnValue:
    """Take over a register that came from another assessment."""
    opened = open_register(reference, stage)
    seen = request.form.get("seen", "")
    confirm_register(db.session, opened.record, seen=seen, actor=actor(), now=clock.now())
    db.session.commit()
    flash(_("The register is confirmed as it stands."), "success")
    return redirect(opened.url("risks.index"), code=303)


@blueprint.get(f"{ADDRESS}/catalogue")
@needs(Permission.ASSESSMENT_VIEW)
def catalogue(reference: str, stage: str) -> ResponseReturnValue:
    """Kinds of risk to start from."""
    groups = [(field, _(SOURCES[field]), kinds) for field, kinds in KINDS.items()]
    return open_register(reference, stage).page("risks/catalogue.html", groups=groups)


@blueprint.get(f"{ADDRESS}/<risk_id>/controls")
@needs(Permission.ASSESSMENT_ANSWER)
def controls(reference: str, stage: str, risk_id: str) -> ResponseReturnValue:
    """Controls to choose from, found by a word; what the risk has already is ticked."""
    opened = open_register(reference, stage)
    row = opened.register.row(risk_id)
    shown = {"controls": row.get("controls", "").split(), "seen": fingerprint_of_all([row])}
    form = _controls_form(opened.register)(formdata=None, data=shown)
    return opened.page("risks/controls.html", row=row, form=form, wanted=_wanted())


@blueprint.post(f"{ADDRESS}/<risk_id>/controls")
@needs(Permission.ASSESSMENT_ANSWER)
def choose(reference: str, stage: str, risk_id: str) -> ResponseReturnValue:
    opened = open_register(reference, stage)
    row = opened.register.row(risk_id)
    form = _controls_form(opened.register)(formdata=request.form)
    if not form.validate():
        return opened.page("risks/controls.html", row=row, form=form, wanted=_wanted()), 422
    offered, seen = [choice.value for choice in form.controls.choices], form.seen.data or ""
    given = {"offered": offered, "chosen": form.controls.chosen(), "seen": seen}
    try:
        choose_controls(db.session, opened.record, risk_id, **given, actor=actor(), now=clock.now())
    except Stale as stale:
        form.form_errors.append(say(stale))
        form.seen.data = fingerprint_of_all([row])
        return opened.page("risks/controls.html", row=row, form=form, wanted=_wanted()), stale.status
    db.session.commit()
    flash(_("The controls are saved."), "success")
    return redirect(opened.url("risk.edit", risk_id=risk_id), code=303)


@blueprint.get(f"{ADDRESS}/<risk_id>/remove")
@needs(Permission.ASSESSMENT_ANSWER)
def ask_to_remove(reference: str, stage: str, risk_id: str) -> ResponseReturnValue:
    """What would go, before it goes."""
    opened = open_register(reference, stage)
    form = RiskForm(formdata=None, data={"seen": fingerprint_of_all([opened.register.row(risk_id)])})
    return opened.page("risks/remove.html", risk=opened.find_in_words(risk_id), form=form)


@blueprint.post(f"{ADDRESS}/<risk_id>/remove")
@needs(Permission.ASSESSMENT_ANSWER)
def remove(reference: str, stage: str, risk_id: str) -> ResponseReturnValue:
    opened = open_register(reference, stage)
    seen = request.form.get("seen", "")
    remove_risk(db.session, opened.record, risk_id, seen=seen, actor=actor(), now=clock.now())
    db.session.commit()
    flash(_("Risk %(number)s is removed.", number=risk_id.upper()), "success")
    return redirect(opened.url("risks.index"), code=303)


def _controls_form(register: Register) -> type[ControlsForm]:
    return build_controls_form(find_controls(_wanted(), register.rules.controls))


def _wanted() -> str:
    return request.args.get("q", "").strip()[:100]
