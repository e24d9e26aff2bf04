"""Drafting the next version of the policy: begin, edit section by section, check, adopt or withdraw."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from pia_engine import clock
from pia_engine.errors import Invalid, Stale
from pia_engine.extensions import db
from pia_engine.forms.actions import action_form
from pia_engine.forms.policy import AdoptionForm
from pia_engine.models import PolicyVersion
from pia_engine.models.policy_rules import read_rules
from pia_engine.permissions.people import may
from pia_engine.permissions.policies import Fault, list_faults
from pia_engine.permissions.vocabulary import Permission
from pia_engine.services import policies
from pia_engine.services.cities import get_city
from pia_engine.services.policy_comparison import SectionChanges, compare_rules
from pia_engine.services.policy_sections import policy_digest
from pia_engine.services.workflow import check_action
from pia_engine.web.access import actor, needs
from pia_engine.web.error_pages import say
from pia_engine.web.parking import take_parked
from pia_engine.web.policy_editing import edit_section
from pia_engine.web.policy_words import SECTION_NAMES, read_changes, say_sentence
from pia_engine.web.standing import steps_for
from pia_engine.workflows.policy import Action

blueprint = Blueprint("draft", __name__, url_prefix="/draft")


@blueprint.post("")
@needs(Permission.POLICY_DRAFT)
def begin() -> ResponseReturnValue:
    draft = policies.begin_draft(db.session, actor=actor(), now=clock.now())
    number = draft.number
    db.session.commit()
    flash(_("Version %(number)s is begun as a copy of the one in force. Change what should change.", number=number))
    return redirect(url_for(".show"), 303)


@blueprint.get("")
@needs(Permission.POLICY_VIEW_DRAFT)
def show() -> ResponseReturnValue:
    """The draft's sections: which differ from the version in force, and which still have something to put right."""
    draft = _draft()
    changed = {section.section for section in _changes(draft)}
    faults = list_faults(db.session, draft)
    return render_template(
        "policy/draft.html",
        draft=draft,
        tasks=[_task(section, changed, faults) for section in SECTION_NAMES],
        faults=faults,
        is_changed=bool(changed),
        may_adopt=may(actor(), Permission.POLICY_ADOPT, draft),
        steps=steps_for(draft, lambda action: url_for(f".{action}")),
    )


@blueprint.route("/sections/<section>", methods=["GET", "POST"])
@needs(Permission.POLICY_DRAFT)
def section(section: str) -> ResponseReturnValue:
    """One section of the draft, to edit; the threshold rules have pages of their own."""
    draft = _draft()
    if section == "thresholds":
        return redirect(url_for("thresholds.index", number=draft.number))
    return edit_section(draft, section)


@blueprint.get("/check")
@needs(Permission.POLICY_VIEW_DRAFT)
def check() -> ResponseReturnValue:
    """Everything incomplete or contradictory, and everything that has changed."""
    draft = _draft()
    faults = [
        (_(SECTION_NAMES[fault.section]), _edit_url(fault.section), say_sentence(fault.sentence))
        for fault in list_faults(db.session, draft)
    ]
    return render_template("policy/check.html", draft=draft, faults=faults, sections=read_changes(_changes(draft)))


@blueprint.route("/adopt", methods=["GET", "POST"])
@needs(Permission.POLICY_ADOPT)
def adopt() -> ResponseReturnValue:
    """Put the draft in force, with the decision that does so."""
    draft = _draft()
    check_action(db.session, draft, Action.ADOPT, actor=actor())
    parked = take_parked() if request.method == "GET" else None
    form = AdoptionForm(formdata=parked) if parked else AdoptionForm(data=_suggested(draft))
    status = _adopted(draft, form) if form.validate_on_submit() else 422 if form.problems() else 200
    if status == 303:
        return redirect(url_for("policy.show"), 303)
    page = render_template(
        "policy/adopt.html",
        draft=draft,
        form=form,
        sections=read_changes(_changes(draft)),
        is_parked=parked is not None,
    )
    return page, status


@blueprint.route("/withdraw", methods=["GET", "POST"])
@needs(Permission.POLICY_DRAFT)
def withdraw() -> ResponseReturnValue:
    """Give the draft up, with the reason."""
    draft = _draft()
    row = check_action(db.session, draft, Action.WITHDRAW, actor=actor())
    parked = take_parked() if request.method == "GET" else None
    form = action_form(Action.WITHDRAW, reason=row.reason, formdata=parked)
    if form.validate_on_submit():
        policies.withdraw_draft(db.session, draft, actor=actor(), now=clock.now(), reason=form["reason"].data)
        db.session.commit()
        flash(_("The draft is withdrawn. The version in force stays as it is."), "success")
        return redirect(url_for("policy.show"), 303)
    page = render_template("policy/withdraw.html", draft=draft, form=form, is_parked=parked is not None)
    return page, 422 if form.problems() else 200


def _adopted(draft: PolicyVersion, form: AdoptionForm) -> int:
    """Record the adoption, and the status to answer with. A refusal stands in the form, with what was typed."""
    try:
        policies.adopt_policy(
            db.session,
            draft,
            adopted_by=form.adopted_by.data,
            instrument=form.instrument.data,
            adopted_on=form.adopted_on.data,
            changes=form.changes.data,
            seen=form.seen.data,
            actor=actor(),
            now=clock.now(),
        )
    except Invalid as refusal:
        db.session.rollback()
        form.adopted_on.errors = [say(refusal)]
        return 422
    except Stale as refusal:
        db.session.rollback()
        form.form_errors.append(f"{say(refusal)} {_('Look at what it changes below, then decide.')}")
        form.seen.data = policy_digest(draft)
        return 409
    number = draft.number
    db.session.commit()
    flash(_("Version %(number)s is in force. New assessments follow it.", number=number), "success")
    return 303


def _suggested(draft: PolicyVersion) -> dict[str, object]:
    """Today, the body that adopted the version before, which is often the same one, and the mark of this text."""
    before = policies.find_before(db.session, draft)
    today = clock.day_of(clock.now(), get_city(db.session).time_zone)
    adopted_by = (before.adopted_by or "") if before else ""
    return {"adopted_on": today, "adopted_by": adopted_by, "seen": policy_digest(draft)}


def _draft() -> PolicyVersion:
    return policies.get_draft(db.session, actor=actor())


def _changes(draft: PolicyVersion) -> list[SectionChanges]:
    return compare_rules(read_rules(policies.current_policy(db.session)), read_rules(draft))


def _task(section: str, changed: set[str], faults: list[Fault]) -> dict[str, str]:
    """One section in the list: to put right, changed, or as it was."""
    wrong = sum(fault.section == section for fault in faults)
    if wrong:
        status, text = "warning", ngettext("%(num)s thing to put right", "%(num)s things to put right", wrong)
    elif section in changed:
        status, text = "active", _("Changed")
    else:
        status, text = "quiet", _("As it was")
    return {"text": _(SECTION_NAMES[section]), "href": _edit_url(section), "status": status, "status_text": text}


def _edit_url(section: str) -> str:
    """Where a section is edited by those who may; others read the draft as a whole."""
    if not may(actor(), Permission.POLICY_DRAFT):
        return ""
    return url_for(".section", section=section)
