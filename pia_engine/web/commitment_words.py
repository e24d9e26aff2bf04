"""Commitments in words: how one stands, where it was promised, what its trail tells, and the panel on a page."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from pia_engine.errors import N_
from pia_engine.extensions import db
from pia_engine.models import Assessment, AuditEvent, Commitment, Initiative
from pia_engine.models.catalogue import answers_of
from pia_engine.permissions.people import may
from pia_engine.permissions.registers import RISKS
from pia_engine.permissions.vocabulary import Permission
from pia_engine.questionnaires.values import filled_rows
from pia_engine.services.audit import list_events
from pia_engine.services.commitment_lists import tally_of
from pia_engine.services.commitments import list_commitments_of
from pia_engine.services.risks import risk_title
from pia_engine.services.workflow import status_label
from pia_engine.web.access import actor
from pia_engine.web.chronicle import Line, day_in_words, timeline_lines
from pia_engine.web.people import city_today
from pia_engine.workflows.commitment import FINAL, Status

SHORT = 160
SHOWN_IN_PANEL = 8
SOURCES = {
    "risk": N_("Measure against a risk"),
    "condition": N_("Condition of the approval"),
    "delegated_review": N_("Condition of a delegated review"),
    "audit": N_("Finding of an annual audit"),
    "programme_audit": N_("Finding of the programme audit"),
    "officer": N_("Added by the privacy office"),
}
TONES = {Status.OPEN: "active", Status.REPORTED: "waiting", Status.KEPT: "good", Status.DROPPED: "quiet"}
LEVELS = {1: N_("To the senior privacy official"), 2: N_("To the executive")}


@dataclass(frozen=True, slots=True)
class Row:
    """One commitment as a list shows it."""

    reference: str
    text: str
    href: str
    about: str
    keeper: str
    due: str
    made: str
    status: str
    tone: str


def row(commitment: Commitment, today: dt.date) -> Row:
    """What a list says of it."""
    text = commitment.text
    status, tone = standing(commitment, today)
    return Row(
        reference=commitment.reference,
        text=text if len(text) <= SHORT else f"{text[:SHORT].rstrip()}…",
        href=url_for("commitments.show", reference=commitment.reference),
        about=commitment.initiative.title if commitment.initiative else _("The privacy programme itself"),
        keeper=commitment.keeper.name,
        due=day_in_words(commitment.due_on),
        made=day_in_words(commitment.created_at),
        status=status,
        tone=tone,
    )


def standing(commitment: Commitment, today: dt.date) -> tuple[str, str]:
    """How it stands, in a word and a tone."""
    if commitment.is_overdue_on(today):
        return _("Overdue"), "bad"
    return _(status_label(commitment)), TONES[Status(commitment.status)]


def overdue_words(commitment: Commitment, today: dt.date) -> str:
    """For how long its day is over; empty while it is not."""
    if not commitment.is_overdue_on(today):
        return ""
    days = (today - commitment.due_on).days
    return str(ngettext("%(num)s day overdue", "%(num)s days overdue", days))


def origin(commitment: Commitment) -> list[tuple[str, str]]:
    """Where it was promised, each place with its address; an empty address is no link."""
    assessment = commitment.assessment
    places = []
    if assessment is not None and commitment.source == "risk":
        places.append(_risk(commitment, assessment))
    if assessment is not None:
        address = url_for("assessments.show", reference=assessment.reference)
        if commitment.source == "delegated_review":
            address = url_for("assessments.outcome", reference=assessment.reference)
        version = _("version %(edition)s", edition=assessment.edition) if assessment.stage == "full" else ""
        places.append((", ".join(filter(None, (assessment.reference, version))), address))
    if commitment.initiative is not None:
        initiative = commitment.initiative
        places.append((initiative.title, url_for("initiatives.show", reference=initiative.reference)))
    return places


def _risk(commitment: Commitment, assessment: Assessment) -> tuple[str, str]:
    rows = filled_rows(answers_of(assessment.sheet).get(RISKS))
    found = next((each for each in rows if each.get("id") == commitment.source_id), None)
    if found is None:
        return _("Risk %(number)s", number=commitment.source_id.upper()), ""
    address = url_for("risk.edit", reference=assessment.reference, stage="full", risk_id=commitment.source_id)
    return risk_title(found), address


def history(commitment: Commitment) -> list[Line]:
    """Its trail, newest first, with the days and names each event is about."""
    events = list_events(db.session, [commitment.id])
    lines = timeline_lines(events)
    return [
        dataclasses.replace(line, detail=_detail(event)) for line, event in zip(lines, reversed(events), strict=True)
    ]


def first_day(commitment: Commitment) -> dt.date:
    """The day it was first promised for."""
    made = list_events(db.session, [commitment.id])[0]
    return dt.date.fromisoformat(_details(made)["due_on"])


def _detail(event: AuditEvent) -> str:
    found = _details(event)
    match event.event:
        case "commitment:made" if "asked_for" in found:
            day = _day(found["asked_for"])
            return str(_("The text names %(day)s, which was over already; so it got a day from then on.", day=day))
        case "commitment:postponed":
            return str(_("From %(before)s to %(after)s", before=_day(found["from"]), after=_day(found["to"])))
        case "commitment:carried-on" if found["from"] != found["to"]:
            return str(_("From %(before)s to %(after)s", before=_day(found["from"]), after=_day(found["to"])))
        case "commitment:handed-over":
            before, after = found["names"]
            return str(_("From %(before)s to %(after)s", before=before, after=after))
        case "commitment:escalated":
            late = ngettext("%(num)s day overdue", "%(num)s days overdue", int(found["days"]))
            return f"{_(LEVELS[int(found['level'])])}, {late}"
    return ""


def _details(event: AuditEvent) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(event.body)["details"]
    return found


def _day(text: str) -> str:
    return day_in_words(dt.date.fromisoformat(text))


def panel(initiative: Initiative, *, reference: str = "") -> dict[str, Any]:
    """What the page of an initiative says, or of an assessment with `reference`: numbers, and what comes next."""
    may_read = may(actor(), Permission.COMMITMENT_VIEW, initiative)
    found = list_commitments_of(db.session, initiative) if may_read else []
    if reference:
        found = [each for each in found if each.assessment is not None and each.assessment.reference == reference]
    return {**_shown(found), "add_url": _add_url(initiative) if not reference else "", "search": initiative.reference}


def _shown(found: Sequence[Commitment]) -> dict[str, Any]:
    today = city_today()
    waiting = [each for each in found if each.status not in FINAL]
    return {
        "tally": tally_of(found, today),
        "rows": [row(each, today) for each in waiting[:SHOWN_IN_PANEL]],
        "more": max(0, len(waiting) - SHOWN_IN_PANEL),
    }


def _add_url(initiative: Initiative) -> str:
    may_add = may(actor(), Permission.COMMITMENT_MAKE, initiative)
    return url_for("commitment_changes.new", reference=initiative.reference) if may_add else ""
