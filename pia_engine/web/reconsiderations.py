"""Causes to look again: reporting one from an initiative's page, the list, one of them, and what is decided."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from pia_engine import clock
from pia_engine.errors import N_, NotFound
from pia_engine.extensions import db
from pia_engine.forms.reconsiderations import ReportForm, report_form
from pia_engine.models import Assessment, Initiative, Reconsideration
from pia_engine.permissions.people import may
from pia_engine.permissions.vocabulary import Permission
from pia_engine.register.review_dates import review_date
from pia_engine.services import reconsiderations
from pia_engine.services.audit import list_events
from pia_engine.services.cities import get_city
from pia_engine.services.initiatives import get_initiative
from pia_engine.services.reconsiderations import AGAIN, CAUSES, WATCHED_FACTS
from pia_engine.services.spot_checks import find_spot_check
from pia_engine.web.access import actor, needs, reach
from pia_engine.web.actions import ActionPage, Verb, serve_action
from pia_engine.web.chronicle import day_in_words, in_words, timeline_lines
from pia_engine.web.parking import take_parked
from pia_engine.web.standing import steps_for
from pia_engine.workflows import full_assessment
from pia_engine.workflows.machine import WORKFLOWS
from pia_engine.workflows.reconsideration import Action

LAST_PAGE = 100_000
KINDS = {
    "change": N_("What was assessed is, or will be, other than it was described: a new vendor, a new purpose, a law."),
    "incident": N_("Something went wrong: data was lost, seen or used by somebody who should not have."),
    "complaint": N_("A resident, an employee or an organisation has complained."),
}

blueprint = Blueprint("reconsiderations", __name__)

VERBS: dict[str, Verb] = {
    Action.SET_ASIDE: lambda record, given: reconsiderations.set_aside(
        db.session, record, actor=given.actor, now=given.now, reason=given.reason
    ),
    Action.REQUIRE_NEW_VERSION: lambda record, given: reconsiderations.require_new_version(
        db.session, record, actor=given.actor, now=given.now, reason=given.reason
    ),
    Action.REQUIRE_ASSESSMENT: lambda record, given: reconsiderations.require_assessment(
        db.session, record, actor=given.actor, now=given.now, reason=given.reason
    ),
    Action.WITHDRAW: lambda record, given: reconsiderations.withdraw_cause(
        db.session, record, actor=given.actor, now=given.now, reason=given.reason
    ),
}


@blueprint.get("/reconsiderations")
@needs(Permission.RECONSIDERATION_VIEW)
def index() -> ResponseReturnValue:
    """Every cause within reach, newest first, by status and by what it is."""
    statuses = WORKFLOWS["reconsideration"].statuses
    status, cause = _chosen("status", statuses), _chosen("cause", CAUSES)
    number = min(max(1, request.args.get("page", 1, type=int)), LAST_PAGE)
    return render_template(
        "reconsiderations/index.html",
        page=reconsiderations.list_reconsiderations(db.session, actor=actor(), status=status, cause=cause, page=number),
        status=status,
        cause=cause,
        statuses={name: _(text) for name, text in statuses.items()},
        causes={name: _(text) for name, text in CAUSES.items()},
        page_url=lambda n: url_for(".index", status=status or None, cause=cause or None, page=n),
        who_raised=who_raised,
        day_in_words=day_in_words,
        may_see_checks=may(actor(), Permission.SPOT_CHECK_VIEW),
    )


@blueprint.get("/reconsiderations/<reference>")
@needs(Permission.RECONSIDERATION_VIEW)
def show(reference: str) -> ResponseReturnValue:
    """One cause: what happened, what it puts in doubt, what was decided and what that began."""
    found = _within_reach(reference)
    steps = steps_for(found, _step_url(found))
    return render_template(
        "reconsiderations/show.html",
        found=found,
        cause=_(CAUSES[found.cause]),
        facts=[_(WATCHED_FACTS[fact]) for fact in found.facts],
        by_itself=said_by_itself(found),
        who_raised=who_raised(found),
        steps=[step for step in steps if not step.is_for_others],
        steps_of_others=[step for step in steps if step.is_for_others],
        events=(events := timeline_lines(list_events(db.session, [found.id]))),
        decision=events[0] if found.decided_at else None,
        day_in_words=day_in_words,
        in_words=in_words,
    )


@blueprint.route("/initiatives/<reference>/look-again", methods=["GET", "POST"])
@needs(Permission.RECONSIDERATION_RAISE)
def report(reference: str) -> ResponseReturnValue:
    """Report a change, an incident or a complaint."""
    initiative = get_initiative(db.session, reference)
    reach(Permission.RECONSIDERATION_RAISE, initiative)
    answer = reconsiderations.find_answer(db.session, initiative)
    parked = take_parked() if request.method != "POST" else None
    form = report_form(
        {kind: (_(CAUSES[kind]), _(hint)) for kind, hint in KINDS.items()},
        {fact: _(words) for fact, words in WATCHED_FACTS.items()},
        today=clock.day_of(clock.now(), get_city(db.session).time_zone),
        formdata=parked,
    )
    if answer is None or not form.validate_on_submit():
        page = render_template(
            "reconsiderations/report.html",
            initiative=initiative,
            answer=answer,
            form=form,
            was_parked=parked is not None,
        )
        return page, _status_of(form, is_possible=answer is not None)
    found = _raise(initiative, form).reference
    db.session.commit()
    flash(_("%(reference)s is reported. The privacy officers are told, and decide.", reference=found), "success")
    return redirect(url_for(".show", reference=found), 303)


def _status_of(form: ReportForm, *, is_possible: bool) -> int:
    if not form.is_submitted():
        return 200
    return 422 if is_possible else 409


def _raise(initiative: Initiative, form: ReportForm) -> Reconsideration:
    is_change = form.cause.data == "change"
    new = reconsiderations.NewCause(
        initiative=initiative,
        assessment=None,
        cause=form.cause.data,
        text=form.text.data,
        facts=tuple(form.facts.data or ()) if is_change else (),
        happened_on=form.happened_on.data,
    )
    return reconsiderations.raise_cause(db.session, new, actor=actor(), now=clock.now())


@blueprint.route("/reconsiderations/<reference>/actions/<action>", methods=["GET", "POST"])
@needs(Permission.RECONSIDERATION_VIEW)
def act(reference: str, action: str) -> ResponseReturnValue:
    """One step: set aside, require a new version or a new assessment, withdraw."""
    found = _within_reach(reference)
    if action not in VERBS:
        raise NotFound(N_("There is no such step here."))
    return serve_action(
        ActionPage(
            record=found,
            action=action,
            title=found.initiative.title,
            back_url=url_for(".show", reference=reference),
            verb=VERBS[action],
        )
    )


def causes_of(initiative: Initiative) -> dict[str, Any]:
    """What the initiative's page says: the causes so far, newest first, and where to report another."""
    may_read = may(actor(), Permission.RECONSIDERATION_VIEW, initiative)
    found = reconsiderations.list_causes_of(db.session, initiative) if may_read else []
    may_report = may(actor(), Permission.RECONSIDERATION_RAISE, initiative)
    return {
        "found": [(each, _(CAUSES[each.cause]), who_raised(each)) for each in reversed(found)],
        "report_url": url_for("reconsiderations.report", reference=initiative.reference) if may_report else "",
    }


def looking_again_part(current: Assessment) -> dict[str, Any]:
    """What an assessment's page says: by which day it is looked at again, whether a lot drew it, what is in doubt."""
    stands = current.status == full_assessment.Status.PUBLISHED
    sees_checks = may(actor(), Permission.SPOT_CHECK_VIEW, current)
    sees_causes = may(actor(), Permission.RECONSIDERATION_VIEW, current)
    found = reconsiderations.list_open_causes(db.session, current.initiative) if sees_causes else []
    return {
        "review_on": review_date(db.session(), current.id) if stands else None,
        "check": find_spot_check(db.session(), current.reference) if sees_checks else None,
        "causes": [(each, _(CAUSES[each.cause])) for each in found],
    }


def who_raised(found: Reconsideration) -> str:
    return found.author.name if found.author else str(_("The calendar or the lot"))


def said_by_itself(found: Reconsideration) -> str:
    """What a cause that nobody reported says, in words; empty for one that somebody did."""
    day = day_in_words(found.happened_on) if found.happened_on else ""
    if found.key and found.key.startswith(AGAIN):
        demanded = found.key.split(":")[1]
        return str(
            _("It was decided that this had to be assessed again. %(reference)s was withdrawn.", reference=demanded)
        )
    sentences = {
        "expiry": _("The determination holds until %(day)s. Afterwards nothing allows what it cleared.", day=day),
        "retraction": _(
            "The published assessment was withdrawn from the register on %(day)s. Nothing allows what it allowed.",
            day=day,
        ),
        "review_date": _("The annual audit was due on %(day)s, and nobody has begun it.", day=day),
    }
    return str(sentences.get(found.cause, ""))


def _chosen(name: str, known: Any) -> str:
    value = request.args.get(name, "")
    return value if value in known else ""


def _within_reach(reference: str) -> Reconsideration:
    found = reconsiderations.get_reconsideration(db.session, reference)
    reach(Permission.RECONSIDERATION_VIEW, found)
    return found


def _step_url(found: Reconsideration) -> Callable[[str], str]:
    return lambda action: url_for(".act", reference=found.reference, action=action)
