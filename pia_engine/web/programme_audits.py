"""Audits of the whole programme: the list by year, planning one, its pages, its sample, and the steps that close it."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from pia_engine import clock
from pia_engine.errors import N_, NotFound, PiaError
from pia_engine.extensions import db
from pia_engine.forms.findings import PlanForm
from pia_engine.models import ProgrammeAudit
from pia_engine.models.policy_rules import read_rules
from pia_engine.permissions.people import may
from pia_engine.permissions.vocabulary import Permission
from pia_engine.services import programme_audits
from pia_engine.services.answers import answering_roles
from pia_engine.services.audit import list_events
from pia_engine.services.cities import get_city
from pia_engine.services.policies import current_policy
from pia_engine.services.samples import KINDS, Decision, decisions_of, ticket_of
from pia_engine.services.spreadsheets import as_csv
from pia_engine.web.access import actor, needs, reach
from pia_engine.web.actions import ActionPage, Verb, serve_action
from pia_engine.web.answering import save_section, show_section
from pia_engine.web.checking import checked_sections, section_tasks
from pia_engine.web.chronicle import timeline_lines
from pia_engine.web.closing_reports import report_state, send_report
from pia_engine.web.desk import Place
from pia_engine.web.drafts import keep_typed, throw_away
from pia_engine.web.error_pages import say
from pia_engine.web.findings import findings_part
from pia_engine.web.languages import sheet_for_reader
from pia_engine.web.parking import take_parked
from pia_engine.web.standing import Step, steps_for
from pia_engine.workflows.programme_audit import FINAL, Status

blueprint = Blueprint("programme_audits", __name__)

VERBS: dict[str, Verb] = {
    "start": lambda record, given: programme_audits.start_audit(db.session, record, actor=given.actor, now=given.now),
    "report_findings": lambda record, given: programme_audits.report_findings(
        db.session, record, actor=given.actor, now=given.now
    ),
    "close": lambda record, given: programme_audits.close_audit(
        db.session, record, actor=given.actor, now=given.now, reason=given.reason
    ),
    "cancel": lambda record, given: programme_audits.cancel_audit(
        db.session, record, actor=given.actor, now=given.now, reason=given.reason
    ),
}
LAST_PAGE = 100_000
_REPORTED = frozenset({Status.FINDINGS_REPORTED, Status.CLOSED})


@blueprint.get("/programme-audits")
@needs(Permission.PROGRAMME_AUDIT_VIEW)
def index() -> ResponseReturnValue:
    """All audits of the programme, newest first, and when the next one is due."""
    number = min(max(1, request.args.get("page", 1, type=int)), LAST_PAGE)
    page = programme_audits.page_of_audits(db.session, page=number)
    waiting = programme_audits.find_open_audit(db.session)
    rules = read_rules(current_policy(db.session))
    today = clock.day_of(clock.now(), get_city(db.session).time_zone)
    return render_template(
        "programme_audits/index.html",
        page=page,
        overdue={each.reference for each in page.rows if each.status not in FINAL | _REPORTED and each.due_on < today},
        next_due_on=None if waiting else programme_audits.next_due_on(db.session, rules),
        months=rules.programme_audit_months,
        may_plan=may(actor(), Permission.PROGRAMME_AUDIT_PLAN) and waiting is None,
        page_url=lambda n: url_for(".index", page=n),
    )


@blueprint.route("/programme-audits/new", methods=["GET", "POST"])
@needs(Permission.PROGRAMME_AUDIT_PLAN)
def plan() -> ResponseReturnValue:
    """Plan an audit before the calendar does."""
    if request.method != "POST":
        return _plan_page(PlanForm(formdata=take_parked()))
    form = PlanForm()
    if not form.validate_on_submit():
        return _plan_page(form), 422
    try:
        audit = programme_audits.plan_audit(db.session, form.due_on.data, actor=actor(), now=clock.now())
    except PiaError as refusal:
        db.session.rollback()
        form.due_on.errors = [say(refusal)]
        return _plan_page(form), refusal.status
    db.session.commit()
    flash(_("%(reference)s is planned. The auditors get a message.", reference=audit.reference), "success")
    return redirect(url_for(".show", reference=audit.reference), 303)


@blueprint.get("/programme-audits/<reference>")
@needs(Permission.PROGRAMME_AUDIT_VIEW)
def show(reference: str) -> ResponseReturnValue:
    """One audit: what was drawn, how far it is, what was found, what comes next."""
    place = _place(reference)
    audit, sheet = _of(place), sheet_for_reader(place.record)
    return render_template(
        "programme_audits/show.html",
        audit=audit,
        place=place,
        tasks=section_tasks(sheet, roles=answering_roles(audit, place.actor), section_url=place.section_url),
        sample=_sample(audit),
        findings=findings_part(audit) if audit.status in _REPORTED else None,
        report_state=report_state(audit),
        steps=_steps(audit),
        timeline=timeline_lines(list_events(db.session, [audit.id])),
    )


@blueprint.get("/programme-audits/<reference>/drawn-from.csv")
@needs(Permission.PROGRAMME_AUDIT_VIEW)
def drawn_from(reference: str) -> ResponseReturnValue:
    """Every decision of the period with its ticket, so that anybody can draw again."""
    audit = _of(_place(reference))
    drawn = set(programme_audits.sampled(audit))
    columns = (_("Reference"), _("Kind"), _("Decision"), _("Ticket"), _("Drawn"))
    rows = [
        (each.reference, each.kind, _(KINDS[each.kind]), ticket_of(each, audit.seed), _("Yes") if each in drawn else "")
        for each in decisions_of(audit.drawn_from)
    ]
    return Response(
        as_csv(columns, rows),
        mimetype="text/csv",
        headers={"Content-Disposition": f'attachment; filename="{audit.reference}-drawn-from.csv"'},
    )


@blueprint.get("/programme-audits/<reference>/sections/<section>")
@needs(Permission.PROGRAMME_AUDIT_VIEW)
def section(reference: str, section: str) -> ResponseReturnValue:
    return show_section(_place(reference), section)


@blueprint.post("/programme-audits/<reference>/sections/<section>")
@needs(Permission.PROGRAMME_AUDIT_CONDUCT)
def save_answers(reference: str, section: str) -> ResponseReturnValue:
    return save_section(_place(reference), section)


@blueprint.post("/programme-audits/<reference>/sections/<section>/draft")
@needs(Permission.PROGRAMME_AUDIT_CONDUCT)
def keep(reference: str, section: str) -> ResponseReturnValue:
    return keep_typed(_place(reference), section)


@blueprint.route("/programme-audits/<reference>/sections/<section>/draft/throw-away", methods=["GET", "POST"])
@needs(Permission.PROGRAMME_AUDIT_CONDUCT)
def drop(reference: str, section: str) -> ResponseReturnValue:
    return throw_away(_place(reference), section)


@blueprint.get("/programme-audits/<reference>/check")
@needs(Permission.PROGRAMME_AUDIT_VIEW)
def check(reference: str) -> ResponseReturnValue:
    """All answers before the findings are reported."""
    place = _place(reference)
    sections = checked_sections(
        sheet_for_reader(place.record),
        roles=answering_roles(place.record, place.actor),
        section_url=place.section_url,
        notes={},
    )
    return render_template(
        "audits/check.html",
        place=place,
        sections=sections,
        missing=[entry for part in sections for entry in part.entries if entry.is_missing],
        steps=[step for step in _steps(_of(place)) if step.action == "report_findings"],
    )


@blueprint.get("/programme-audits/<reference>/report.pdf")
@needs(Permission.PROGRAMME_AUDIT_VIEW)
def report(reference: str) -> ResponseReturnValue:
    """The closing report, sealed by the city."""
    return send_report(_of(_place(reference)))


@blueprint.route("/programme-audits/<reference>/actions/<action>", methods=["GET", "POST"])
@needs(Permission.PROGRAMME_AUDIT_VIEW)
def act(reference: str, action: str) -> ResponseReturnValue:
    """One step: start, report the findings, close, cancel."""
    place = _place(reference)
    if action not in VERBS:
        raise NotFound(N_("There is no such step here."))
    return serve_action(
        ActionPage(record=_of(place), action=action, title=place.title, back_url=place.home_url, verb=VERBS[action])
    )


def _plan_page(form: PlanForm) -> str:
    return render_template("programme_audits/plan.html", form=form)


def _place(reference: str) -> Place:
    audit = programme_audits.get_audit(db.session, reference)
    reach(Permission.PROGRAMME_AUDIT_VIEW, audit)
    return Place(
        record=audit,
        actor=actor(),
        title=_("%(reference)s, audit of the programme %(year)s", reference=reference, year=audit.year),
        home_url=url_for(".show", reference=reference),
        home_text=reference,
        check_url=url_for(".check", reference=reference),
        section_url=lambda name: url_for("programme_audits.section", reference=reference, section=name),
        shows_roles=False,
    )


def _of(place: Place) -> ProgrammeAudit:
    assert isinstance(place.record, ProgrammeAudit)
    return place.record


def _steps(audit: ProgrammeAudit) -> list[Step]:
    return steps_for(audit, lambda action: url_for(".act", reference=audit.reference, action=action))


def _sample(audit: ProgrammeAudit) -> dict[str, Any] | None:
    """What was drawn, with links; None before the audit is started."""
    if not audit.seed:
        return None
    return {
        "rows": [_drawn(each) for each in programme_audits.sampled(audit)],
        "count": len(audit.drawn_from),
        "holds": programme_audits.draws_the_same(audit),
    }


def _drawn(decision: Decision) -> dict[str, str]:
    return {
        "reference": decision.reference,
        "kind": _(KINDS[decision.kind]),
        "url": url_for("assessments.show", reference=decision.reference),
    }
