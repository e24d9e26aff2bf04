"""The answer to one finding of an audit, and how findings are shown on the page of their audit."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from pia_engine import clock
from pia_engine.errors import Invalid, NotAllowed, NotPossible
from pia_engine.extensions import db
from pia_engine.forms.findings import FindingForm, finding_form
from pia_engine.models import AnnualAudit, Finding, Person
from pia_engine.permissions.vocabulary import Permission
from pia_engine.services import annual_audits, findings, programme_audits
from pia_engine.services.cities import get_city
from pia_engine.services.findings import RESPONSES, SEVERITIES, Audit, Correction
from pia_engine.services.keepers import list_possible_keepers
from pia_engine.services.offers import name_with_title
from pia_engine.services.people import get_person
from pia_engine.services.places import path_of, title_of
from pia_engine.web.access import actor, needs, reach
from pia_engine.web.chronicle import day_in_words
from pia_engine.web.error_pages import say
from pia_engine.web.parking import take_parked

blueprint = Blueprint("findings", __name__)

SEVERITY_TONES = {"low": "quiet", "medium": "warning", "high": "bad"}
RESPONSE_TONES = {"": "waiting", "accepted": "good", "disputed": "active"}


@blueprint.route("/audits/<reference>/findings/<int:number>", methods=["GET", "POST"])
@needs(Permission.FINDING_ANSWER)
def of_assessment(reference: str, number: int) -> ResponseReturnValue:
    """Answer a finding of an annual audit."""
    audit = annual_audits.get_audit(db.session, reference)
    reach(Permission.ANNUAL_AUDIT_VIEW, audit)
    return _answer(audit, number)


@blueprint.route("/programme-audits/<reference>/findings/<int:number>", methods=["GET", "POST"])
@needs(Permission.FINDING_ANSWER)
def of_programme(reference: str, number: int) -> ResponseReturnValue:
    """Answer a finding of an audit of the programme."""
    audit = programme_audits.get_audit(db.session, reference)
    reach(Permission.PROGRAMME_AUDIT_VIEW, audit)
    return _answer(audit, number)


def findings_part(audit: Audit) -> dict[str, Any]:
    """The findings as their audit's page shows them, and whose turn it is to answer."""
    found = findings.list_findings(db.session, audit)
    mine = _may_answer(audit)
    open_ones = findings.count_unanswered(found)
    waits = open_ones > 0 and audit.status == findings.REPORTED
    people = findings.who_answers(db.session, audit, now=clock.now()) if waits else []
    return {
        "rows": [_shown(each, audit, mine=mine) for each in found],
        "open": open_ones,
        "waits_for": [person.name for person in people],
    }


def _answer(audit: Audit, number: int) -> ResponseReturnValue:
    finding = findings.get_finding(db.session, audit, number)
    findings.check_can_answer(db.session, audit, actor=actor(), now=clock.now())
    findings.check_unanswered(finding)
    if request.method != "POST":
        return _page(finding, _form(take_parked()))
    form = _form(request.form)
    if not form.validate():
        return _page(finding, form), 422
    try:
        _respond(finding, form)
    except Invalid as refusal:
        db.session.rollback()
        form[_FIELDS.get(refusal.field, "response")].errors = [say(refusal)]
        return _page(finding, form), 422
    db.session.commit()
    flash(_("Answered. It stands in the record."), "success")
    return redirect(f"{path_of(audit)}#findings", 303)


_FIELDS = {"due_on": "due_on", "keeper": "keeper"}


def _respond(finding: Finding, form: FindingForm) -> None:
    given: dict[str, Any] = {"actor": actor(), "now": clock.now()}
    if form["response"].data == "disputed":
        findings.dispute_finding(db.session, finding, form["reasons"].data, **given)
        return
    keeper: Person = get_person(db.session, uuid.UUID(form["keeper"].data))
    correction = Correction(form["correction"].data, keeper, form["due_on"].data)
    findings.accept_finding(db.session, finding, correction, **given)


def _form(sent: Any) -> FindingForm:
    today = clock.day_of(clock.now(), get_city(db.session).time_zone)
    keepers = list_possible_keepers(db.session, on=today)
    return finding_form(sent, keepers={str(each.id): name_with_title(each) for each in keepers})


def _page(finding: Finding, form: FindingForm) -> str:
    audit = findings.audit_of(finding)
    return render_template(
        "findings/answer.html",
        audit=audit,
        title=title_of(audit),
        finding=_shown(finding, audit, mine=False),
        back_url=f"{path_of(audit)}#findings",
        form=form,
    )


def _may_answer(audit: Audit) -> bool:
    try:
        findings.check_can_answer(db.session, audit, actor=actor(), now=clock.now())
    except (NotAllowed, NotPossible):
        return False
    return True


def _shown(finding: Finding, audit: Audit, *, mine: bool) -> dict[str, Any]:
    endpoint = ".of_assessment" if isinstance(audit, AnnualAudit) else ".of_programme"
    commitment, answered_at = finding.commitment, finding.responded_at
    return {
        "number": finding.number,
        "text": finding.text,
        "recommendation": finding.recommendation,
        "addressee": finding.addressee,
        "severity": _(SEVERITIES[finding.severity]),
        "severity_tone": SEVERITY_TONES[finding.severity],
        "response": _(RESPONSES[finding.response]),
        "response_tone": RESPONSE_TONES[finding.response],
        "response_text": finding.response_text,
        "who": finding.responder.name if finding.responder else "",
        "when": day_in_words(answered_at) if answered_at else "",
        "commitment": commitment.reference if commitment else "",
        "commitment_url": path_of(commitment) if commitment else "",
        "keeper": commitment.keeper.name if commitment else "",
        "due": day_in_words(commitment.due_on) if commitment else "",
        "answer_url": url_for(f"findings{endpoint}", reference=audit.reference, number=finding.number)
        if mine and not finding.response
        else "",
    }
