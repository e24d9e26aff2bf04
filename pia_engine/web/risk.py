"""One risk of a register: write it, save it, and settle it when two people wrote at the same time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm.exc import StaleDataError

from pia_engine import clock
from pia_engine.errors import NotAllowed, NotPossible
from pia_engine.extensions import db
from pia_engine.forms.risks import RiskForm, build_risk_form
from pia_engine.permissions.vocabulary import Permission
from pia_engine.questionnaires.registers import RISK_FIELDS
from pia_engine.questionnaires.risk_kinds import KINDS, find_kind
from pia_engine.services.risks import WRITTEN, Register, RiskConflict, fingerprint, save_risk
from pia_engine.web.access import actor, needs
from pia_engine.web.error_pages import say
from pia_engine.web.risk_register import ADDRESS, OpenRegister, open_register

blueprint = Blueprint("risk", __name__)


@blueprint.get(f"{ADDRESS}/new")
@needs(Permission.ASSESSMENT_ANSWER)
def new(reference: str, stage: str) -> ResponseReturnValue:
    """An empty risk, or one begun from the catalogue."""
    opened = open_register(reference, stage)
    if not opened.register.is_open:
        return redirect(opened.url("risks.index"), code=303)
    started = {field: request.args[field] for field in KINDS if find_kind(field, request.args.get(field, ""))}
    return _page(opened, _form(opened.register, started))


@blueprint.post(f"{ADDRESS}/new")
@needs(Permission.ASSESSMENT_ANSWER)
def add(reference: str, stage: str) -> ResponseReturnValue:
    return _saved(reference, stage, "")


@blueprint.get(f"{ADDRESS}/<risk_id>")
@needs(Permission.ASSESSMENT_VIEW)
def edit(reference: str, stage: str, risk_id: str) -> ResponseReturnValue:
    """One risk, to write or to read."""
    opened = open_register(reference, stage)
    row = opened.register.row(risk_id)
    if not opened.register.is_open:
        return opened.page("risks/show.html", risk=opened.find_in_words(risk_id))
    return _page(opened, _form(opened.register, {**row, "seen": fingerprint(row)}), risk_id)


@blueprint.post(f"{ADDRESS}/<risk_id>")
@needs(Permission.ASSESSMENT_ANSWER)
def save(reference: str, stage: str, risk_id: str) -> ResponseReturnValue:
    return _saved(reference, stage, risk_id)


def _saved(reference: str, stage: str, risk_id: str) -> ResponseReturnValue:
    """Save what was posted. When others save at the very same moment, look again once."""
    try:
        return _save(open_register(reference, stage), risk_id)
    except StaleDataError:
        db.session.rollback()
        return _save(open_register(reference, stage), risk_id)


def _save(opened: OpenRegister, risk_id: str) -> ResponseReturnValue:
    form = build_risk_form(opened.register.rules.matrix)(formdata=request.form)
    if opened.register.is_open and not form.validate():
        return _page(opened, form, risk_id), 422
    try:
        saved = save_risk(
            db.session,
            opened.record,
            form.fields(),
            risk_id=risk_id,
            seen=str(form.seen.data or ""),
            actor=actor(),
            now=clock.now(),
        )
    except RiskConflict as conflict:
        return _conflict_page(opened, form, conflict), conflict.status
    except (NotAllowed, NotPossible) as refusal:
        typed = [(_(RISK_FIELDS[field]), text) for field, text in form.fields().items() if text]
        return opened.page("risks/refused.html", sentence=say(refusal), typed=typed), refusal.status
    db.session.commit()
    flash(_("Risk %(number)s is saved.", number=saved.upper()), "success")
    return redirect(_after(opened, saved), code=303)


def _after(opened: OpenRegister, saved: str) -> str:
    """Where the pressed button leads: the controls of this risk, the next risk, or the register."""
    pressed = request.form.get("save", "continue")
    if pressed == "controls":
        return opened.url("risks.controls", risk_id=saved)
    following = _after_in_order(opened.register, saved)
    if pressed == "next" and following:
        return opened.url("risk.edit", risk_id=following)
    return opened.url("risks.index")


def _after_in_order(register: Register, risk_id: str) -> str:
    ids = [row["id"] for row in register.rows]
    return ids[ids.index(risk_id) + 1] if risk_id in ids[:-1] else ""


def _form(register: Register, data: Mapping[str, str]) -> RiskForm:
    return build_risk_form(register.rules.matrix)(formdata=None, data=data)


def _page(opened: OpenRegister, form: RiskForm, risk_id: str = "", **settling: Any) -> str:
    return opened.page(
        "risks/edit.html",
        form=form,
        risk_id=risk_id,
        risk=opened.find_in_words(risk_id),
        has_next=bool(_after_in_order(opened.register, risk_id)),
        is_changed=request.method == "POST",
        **{"differences": (), "conflict": None, **settling},
    )


def _conflict_page(opened: OpenRegister, form: RiskForm, conflict: RiskConflict) -> str:
    """My text in the form, theirs beside it where they differ; saving again keeps what the form holds then."""
    theirs = conflict.theirs or {}
    differences = [
        (_(RISK_FIELDS[field]), _readable(form, field, theirs), _readable(form, field, conflict.yours))
        for field in WRITTEN
        if theirs.get(field, "") != conflict.yours.get(field, "")
    ]
    form.seen.data = fingerprint(conflict.theirs)
    return _page(opened, form, conflict.risk_id, differences=differences, conflict=conflict)


def _readable(form: RiskForm, field: str, risk: Mapping[str, str]) -> str:
    """A field of a risk as its form words it: the label of a choice, the text of anything else."""
    text = risk.get(field, "")
    choices = getattr(form[field], "choices", ())
    return next((str(choice.label) for choice in choices if choice.value == text), text)
