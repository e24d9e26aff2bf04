"""Annual audits: which are due, one audit with its sections and findings, and the steps that conclude it."""

from __future__ import annotations

from flask import Blueprint, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from pia_engine import clock
from pia_engine.errors import N_, NotFound
from pia_engine.extensions import db
from pia_engine.models import AnnualAudit
from pia_engine.permissions.people import may
from pia_engine.permissions.vocabulary import Permission
from pia_engine.services import annual_audits
from pia_engine.services.answers import answering_roles
from pia_engine.services.audit import list_events
from pia_engine.services.cities import get_city
from pia_engine.web.access import actor, needs, reach
from pia_engine.web.actions import ActionPage, Verb, serve_action
from pia_engine.web.answering import save_section, show_section
from pia_engine.web.checking import checked_sections, section_tasks
from pia_engine.web.chronicle import timeline_lines
from pia_engine.web.closing_reports import report_state, send_report
from pia_engine.web.desk import Place
from pia_engine.web.drafts import keep_typed, throw_away
from pia_engine.web.findings import findings_part
from pia_engine.web.languages import sheet_for_reader
from pia_engine.web.standing import Step, steps_for
from pia_engine.workflows.annual_audit import Status

blueprint = Blueprint("audits", __name__)

VERBS: dict[str, Verb] = {
    "start": lambda record, given: annual_audits.start_audit(db.session, record, actor=given.actor, now=given.now),
    "report_findings": lambda record, given: annual_audits.report_findings(
        db.session, record, actor=given.actor, now=given.now
    ),
    "confirm": lambda record, given: annual_audits.confirm(
        db.session, record, actor=given.actor, now=given.now, reason=given.reason
    ),
    "require_new_version": lambda record, given: annual_audits.require_new_version(
        db.session, record, actor=given.actor, now=given.now, reason=given.reason
    ),
}
CONCLUSIONS = {
    "confirmed": N_("The published assessment still holds."),
    "new_version": N_("A new version of the assessment is required."),
}
_REPORTED = frozenset({Status.FINDINGS_REPORTED, Status.CLOSED})


@blueprint.get("/audits")
@needs(Permission.ANNUAL_AUDIT_VIEW)
def index() -> ResponseReturnValue:
    """Audits by how they stand."""
    found = annual_audits.list_audits_for(db.session, actor())
    today = clock.day_of(clock.now(), get_city(db.session).time_zone)
    overdue = {audit.reference for audit in found if audit.due_on < today and audit.status not in _REPORTED}
    groups = (
        (_("Due now"), (Status.DUE,), _("No audit is due."), _("Audits are called some weeks before their day.")),
        (_("In progress"), (Status.IN_PROGRESS,), _("No audit is in progress."), ""),
        (_("Waiting for a conclusion"), (Status.FINDINGS_REPORTED,), _("No findings wait."), ""),
        (_("Upcoming"), (Status.SCHEDULED,), _("No audit is scheduled."), _("Approving an assessment schedules one.")),
        (_("Closed"), (Status.CLOSED, Status.CANCELLED), _("No audit is closed yet."), ""),
    )
    return render_template(
        "audits/index.html",
        groups=[
            {
                "title": title,
                "audits": [audit for audit in found if audit.status in statuses],
                "empty": empty,
                "why": why,
            }
            for title, statuses, empty, why in groups
        ],
        overdue=overdue,
        sees_programme=may(actor(), Permission.PROGRAMME_AUDIT_VIEW),
    )


@blueprint.get("/audits/<reference>")
@needs(Permission.ANNUAL_AUDIT_VIEW)
def show(reference: str) -> ResponseReturnValue:
    """One audit: what is audited, how far it is, what was found, what comes next."""
    place = _place(reference)
    audit, sheet = _of(place), sheet_for_reader(place.record)
    roles = answering_roles(audit, place.actor)
    return render_template(
        "audits/show.html",
        audit=audit,
        place=place,
        tasks=section_tasks(sheet, roles=roles, section_url=place.section_url),
        findings=findings_part(audit) if audit.status in _REPORTED else None,
        report_state=report_state(audit),
        conclusion=_(CONCLUSIONS[audit.conclusion]) if audit.conclusion else "",
        steps=_steps(audit),
        timeline=timeline_lines(list_events(db.session, [audit.id])),
    )


@blueprint.get("/audits/<reference>/sections/<section>")
@needs(Permission.ANNUAL_AUDIT_VIEW)
def section(reference: str, section: str) -> ResponseReturnValue:
    return show_section(_place(reference), section)


@blueprint.post("/audits/<reference>/sections/<section>")
@needs(Permission.ANNUAL_AUDIT_CONDUCT)
def save_answers(reference: str, section: str) -> ResponseReturnValue:
    return save_section(_place(reference), section)


@blueprint.post("/audits/<reference>/sections/<section>/draft")
@needs(Permission.ANNUAL_AUDIT_CONDUCT)
def keep(reference: str, section: str) -> ResponseReturnValue:
    return keep_typed(_place(reference), section)


@blueprint.route("/audits/<reference>/sections/<section>/draft/throw-away", methods=["GET", "POST"])
@needs(Permission.ANNUAL_AUDIT_CONDUCT)
def drop(reference: str, section: str) -> ResponseReturnValue:
    return throw_away(_place(reference), section)


@blueprint.get("/audits/<reference>/check")
@needs(Permission.ANNUAL_AUDIT_VIEW)
def check(reference: str) -> ResponseReturnValue:
    """All answers before the findings are reported."""
    place = _place(reference)
    sections = checked_sections(
        sheet_for_reader(place.record),
        roles=answering_roles(place.record, place.actor),
        section_url=place.section_url,
        notes={},
    )
    offers = [step for step in _steps(_of(place)) if step.url.endswith("/report_findings")]
    return render_template(
        "audits/check.html",
        place=place,
        sections=sections,
        missing=[entry for part in sections for entry in part.entries if entry.is_missing],
        steps=offers,
    )


@blueprint.get("/audits/<reference>/report.pdf")
@needs(Permission.ANNUAL_AUDIT_VIEW)
def report(reference: str) -> ResponseReturnValue:
    """The closing report, sealed by the city."""
    return send_report(_of(_place(reference)))


@blueprint.route("/audits/<reference>/actions/<action>", methods=["GET", "POST"])
@needs(Permission.ANNUAL_AUDIT_VIEW)
def act(reference: str, action: str) -> ResponseReturnValue:
    """One step: start, report the findings, confirm, require a new version."""
    audit = _of(_place(reference))
    if action not in VERBS:
        raise NotFound(N_("There is no such step here."))
    return serve_action(
        ActionPage(
            record=audit,
            action=action,
            title=audit.assessment.initiative.title,
            back_url=url_for("audits.show", reference=reference),
            verb=VERBS[action],
        )
    )


def _place(reference: str) -> Place:
    audit = annual_audits.get_audit(db.session, reference)
    reach(Permission.ANNUAL_AUDIT_VIEW, audit)
    return Place(
        record=audit,
        actor=actor(),
        title=_("%(reference)s, audit of %(title)s", reference=reference, title=audit.assessment.initiative.title),
        home_url=url_for("audits.show", reference=reference),
        home_text=reference,
        check_url=url_for("audits.check", reference=reference),
        section_url=lambda name: url_for("audits.section", reference=reference, section=name),
        shows_roles=False,
    )


def _of(place: Place) -> AnnualAudit:
    assert isinstance(place.record, AnnualAudit)
    return place.record


def _steps(audit: AnnualAudit) -> list[Step]:
    def url_of(action: str) -> str:
        return url_for("audits.act", reference=audit.reference, action=action)

    return steps_for(audit, url_of)
