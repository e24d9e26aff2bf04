"""“My work”: what is due for the person who is signed in, what waits for them, and what was finished lately."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from pia_engine import clock
from pia_engine.extensions import db
from pia_engine.models import Assessment, Contribution, Deputy
from pia_engine.permissions.people import may
from pia_engine.permissions.vocabulary import Permission
from pia_engine.services.coverage import TOPICS
from pia_engine.services.deputies import list_stood_in_for
from pia_engine.services.due import list_dated, waiting_without_a_day
from pia_engine.services.offices import list_vacancies
from pia_engine.services.policies import current_rules
from pia_engine.services.reminders import dated_soon
from pia_engine.services.work import Waiting, list_finished, list_waiting
from pia_engine.services.workflow import status_label
from pia_engine.web.access import actor, person, signed_in
from pia_engine.web.chronicle import day_in_words
from pia_engine.web.hearing import awaited_statements, observed_lines
from pia_engine.web.people import city_today, term_in_words
from pia_engine.web.reminders import rows
from pia_engine.web.roles import role_in_words, vacancy_in_words

blueprint = Blueprint("work", __name__)

REQUEST_WORDS = 200


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a list, as the task list prints it."""

    text: str
    href: str
    hint: str
    status: str
    status_text: str


@blueprint.get("/work")
@signed_in
def index() -> ResponseReturnValue:
    """What is due soon, then what waits, longest first. Nothing stands in both."""
    sees_assessments = may(actor(), Permission.ASSESSMENT_VIEW)
    dated = list_dated(db.session(), person(), actor=actor(), now=clock.now())
    soon = dated_soon(dated, city_today(), current_rules(db.session()).reminder_days)
    put_off = [each for each in dated if each.snoozed_until is not None]
    waiting = waiting_without_a_day(list_waiting(db.session, actor=actor()), [*soon, *put_off])
    return render_template(
        "work/index.html",
        due=rows(soon),
        put_off=rows(put_off),
        dated_later=len(dated) - len(soon) - len(put_off),
        has_calendar=person().calendar_token_hash is not None,
        waiting=[*_gap_entries(), *awaited_statements(), *map(_waiting_entry, waiting)],
        observed=observed_lines(),
        stands_in=[_stand_in(each) for each in list_stood_in_for(db.session(), person(), on=city_today())],
        finished=[_finished_entry(each) for each in list_finished(db.session, actor=actor()) if sees_assessments],
        may_register=may(actor(), Permission.INITIATIVE_REGISTER),
        may_administer=may(actor(), Permission.CITY_ADMINISTER),
        may_view=sees_assessments,
    )


def _gap_entries() -> list[Entry]:
    """Required roles that nobody fills: for whoever records designations."""
    if not may(actor(), Permission.CITY_ADMINISTER):
        return []
    status = {"status": "warning", "status_text": _("Gap")}
    hint = _("A required role: record a designation.")
    return [
        Entry(text=vacancy_in_words(each), href=url_for("roles.chart"), hint=hint, **status)
        for each in list_vacancies(db.session(), on=city_today())
    ]


def _stand_in(deputy: Deputy) -> str:
    """Whom the person stands in for, in what, and when."""
    held = deputy.designation
    term = term_in_words(deputy.from_on, deputy.until_on)
    return str(_("%(name)s: %(role)s, %(term)s", name=held.person.name, role=role_in_words(held), term=term))


def _waiting_entry(line: Waiting) -> Entry:
    if line.request is not None:
        return _request_entry(line, line.request)
    since = _("%(reference)s, since %(day)s", reference=line.reference, day=day_in_words(line.since))
    asked = ngettext("%(num)s question open", "%(num)s questions open", line.open_questions)
    return Entry(
        text=f"{_(line.why)}: {line.title}",
        href=place_of(line),
        hint=f"{since}, {asked}" if line.open_questions else since,
        status=line.status,
        status_text=_(line.status_label),
    )


def _request_entry(line: Waiting, request: Contribution) -> Entry:
    """A request to contribute: who asks, since when, until when, and their words."""
    asked = _("%(name)s asked on %(day)s", name=request.asker.name, day=day_in_words(request.asked_at))
    due = _("by %(day)s", day=day_in_words(request.due_on)) if request.due_on else ""
    words = request.text if len(request.text) <= REQUEST_WORDS else f"{request.text[:REQUEST_WORDS].rstrip()}…"
    return Entry(
        text=f"{_(line.why)}: {line.title}",
        href=place_of(line),
        hint=f"{line.reference}, {', '.join(filter(None, (asked, due)))}: {words}",
        status="waiting",
        status_text=_(TOPICS[request.topic]),
    )


def _finished_entry(assessment: Assessment) -> Entry:
    stage = _("Initial assessment") if assessment.stage == "initial" else _("Full assessment")
    return Entry(
        text=assessment.initiative.title,
        href=url_for("assessments.show", reference=assessment.reference),
        hint=f"{assessment.reference}, {stage}, {day_in_words(assessment.updated_at)}",
        status=assessment.status,
        status_text=_(status_label(assessment)),
    )


def place_of(line: Waiting) -> str:
    """The page where the thing is done."""
    reference = line.reference
    if line.request is not None:
        return url_for("contributions.show", reference=reference, contribution_id=line.request.id)
    if line.kind == "vendor_response":
        return url_for("vendor.judge", reference=reference)
    if (line.kind, line.status) == ("full_assessment", "in_review"):
        return url_for("assessments.review", reference=reference)
    if (line.kind, line.status) == ("full_assessment", "changes_requested") and not line.open_questions:
        return url_for("assessments.changes", reference=reference)
    if (line.kind, line.status) == ("initial_assessment", "submitted"):
        return url_for("assessments.outcome", reference=reference)
    return line.path
