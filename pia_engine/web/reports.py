"""The annual report inside the house: begin the draft of a year, write its texts, look at its figures, publish it.

What the public reads at `/reports` is made of bytes by `register.report_pages`.
"""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from pia_engine import clock
from pia_engine.errors import N_, NotFound, Stale
from pia_engine.extensions import db
from pia_engine.forms.reports import WritingForm, writing_form, year_form
from pia_engine.models import AnnualReport
from pia_engine.permissions.people import may
from pia_engine.permissions.vocabulary import Permission
from pia_engine.register.language import language_of
from pia_engine.services import annual_reports
from pia_engine.services.audit import list_events
from pia_engine.services.cities import get_city
from pia_engine.services.programme_records import find_first_year
from pia_engine.web.access import actor, needs, reach
from pia_engine.web.actions import ActionPage, Verb, serve_action
from pia_engine.web.chronicle import day_in_words, timeline_lines
from pia_engine.web.error_pages import say
from pia_engine.web.parking import take_parked
from pia_engine.web.people import city_today
from pia_engine.web.standing import steps_for
from pia_engine.workflows.annual_report import Action, Status

blueprint = Blueprint("reports", __name__, url_prefix="/annual-reports")

VERBS: dict[str, Verb] = {
    Action.PUBLISH: lambda record, given: annual_reports.order_report(
        db.session(), record, actor=given.actor, now=given.now
    ),
    Action.WITHDRAW: lambda record, given: annual_reports.withdraw_report(
        db.session(), record, actor=given.actor, now=given.now, reason=given.reason
    ),
}


@blueprint.get("")
@needs(Permission.ANNUAL_REPORT_VIEW)
def index() -> ResponseReturnValue:
    """Every report with how it stands."""
    return render_template(
        "annual_reports/index.html",
        reports=annual_reports.list_reports(db.session()),
        day_in_words=day_in_words,
        may_begin=may(actor(), Permission.ANNUAL_REPORT_DRAFT) and bool(_years()),
    )


@blueprint.route("/new", methods=["GET", "POST"])
@needs(Permission.ANNUAL_REPORT_DRAFT)
def begin() -> ResponseReturnValue:
    """Begin the draft of one year."""
    form = year_form(_years())
    if not form.validate_on_submit():
        return render_template("annual_reports/new.html", form=form), 422 if form.is_submitted() else 200
    report = annual_reports.begin_report(db.session(), year=int(form["year"].data), actor=actor(), now=clock.now())
    reference = report.reference
    db.session.commit()
    flash(_("The draft %(reference)s is begun. Write its texts next.", reference=reference), "success")
    return redirect(url_for(".show", reference=reference), 303)


@blueprint.get("/<reference>")
@needs(Permission.ANNUAL_REPORT_VIEW)
def show(reference: str) -> ResponseReturnValue:
    """One report: its texts, its figures, what comes next, what happened."""
    report = _within_reach(reference)
    city = get_city(db.session())
    language = language_of(city.language, city.time_zone)
    found = annual_reports.figures_of(db.session(), report, now=clock.now())
    return render_template(
        "annual_reports/show.html",
        report=report,
        found=found,
        shown=language.number,
        day=language.day,
        day_in_words=day_in_words,
        is_draft=report.status == Status.DRAFT,
        is_published=report.status == Status.PUBLISHED,
        may_write=report.status == Status.DRAFT and may(actor(), Permission.ANNUAL_REPORT_DRAFT, report),
        steps=steps_for(report, lambda action: url_for(".act", reference=reference, action=action)),
        timeline=timeline_lines(list_events(db.session(), [report.id])),
    )


@blueprint.route("/<reference>/text", methods=["GET", "POST"])
@needs(Permission.ANNUAL_REPORT_DRAFT)
def write(reference: str) -> ResponseReturnValue:
    """The two texts of a draft, to write."""
    report = _within_reach(reference)
    annual_reports.check_is_draft(report)
    parked = take_parked()
    texts = {"foreword": report.foreword, "learned": report.learned, "seen": annual_reports.text_mark(report)}
    form = writing_form(texts, formdata=parked)
    if not form.validate_on_submit():
        return _page(report, form, is_parked=parked is not None), 422 if form.is_submitted() else 200
    try:
        changed = annual_reports.write_report(
            db.session(),
            report,
            foreword=form.foreword.data or "",
            learned=form.learned.data or "",
            seen=form.seen.data,
            actor=actor(),
            now=clock.now(),
        )
    except Stale as refusal:
        db.session.rollback()
        form.form_errors.append(say(refusal))
        form.seen.data = annual_reports.text_mark(report)
        return _page(report, form, is_stale=True), 409
    db.session.commit()
    flash(_("The texts are saved.") if changed else _("Nothing was changed."), "success")
    return redirect(url_for(".show", reference=reference), 303)


@blueprint.route("/<reference>/actions/<action>", methods=["GET", "POST"])
@needs(Permission.ANNUAL_REPORT_VIEW)
def act(reference: str, action: str) -> ResponseReturnValue:
    """One step: publish the report, or withdraw its draft."""
    report = _within_reach(reference)
    if action not in VERBS:
        raise NotFound(N_("There is no such step here."))
    return serve_action(
        ActionPage(
            record=report,
            action=action,
            title=_("Annual report %(year)s", year=str(report.year)),
            back_url=url_for(".show", reference=reference),
            verb=VERBS[action],
        )
    )


def _within_reach(reference: str) -> AnnualReport:
    report = annual_reports.get_report(db.session(), reference)
    reach(Permission.ANNUAL_REPORT_VIEW, report)
    return report


def _years() -> list[int]:
    """Years since the first initiative that have no report yet."""
    today = city_today()
    first = find_first_year(db.session()) or today.year
    return annual_reports.years_to_report(db.session(), today=today, first=first)


def _page(report: AnnualReport, form: WritingForm, *, is_parked: bool = False, is_stale: bool = False) -> str:
    """The page of the texts; when somebody saved meanwhile, theirs stands below."""
    return render_template(
        "annual_reports/write.html", report=report, form=form, is_parked=is_parked, is_stale=is_stale
    )
