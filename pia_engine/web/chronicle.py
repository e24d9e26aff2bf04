"""What happened, in words: the events of the audit trail as lines of a timeline, and instants as people say them."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from flask_babel import format_date, format_datetime, get_locale
from flask_babel import gettext as _

from pia_engine.errors import N_
from pia_engine.models import AuditEvent

EVENT_WORDS: dict[str, str] = {
    "answers:saved": N_("Answers saved"),
    "answers:carried": N_("Answers carried over, to be confirmed"),
    "answers:confirmed": N_("Answers carried over confirmed"),
    "answers:restored": N_("Earlier text of an answer put back"),
    "attachment:added": N_("File attached"),
    "attachment:refused": N_("Infected file refused"),
    "attachment:removed": N_("Attached file removed"),
    "attachment:restored": N_("Removed file put back"),
    "initiative:registered": N_("Initiative registered"),
    "initiative:assessment-begun": N_("Assessment of the initiative begun"),
    "initiative:cleared": N_("Initiative cleared to go live"),
    "initiative:refused": N_("Initiative refused"),
    "initiative:went-live": N_("Initiative went live"),
    "initiative:reopened": N_("Initiative opened again for assessment"),
    "initiative:retired": N_("Initiative retired"),
    "initial-assessment:begun": N_("Initial assessment begun"),
    "initial-assessment:submitted": N_("Initial assessment submitted to the privacy officer"),
    "initial-assessment:returned": N_("Initial assessment returned to the author"),
    "initial-assessment:determined": N_("Outcome of the initial assessment determined"),
    "initial-assessment:withdrawn": N_("Initial assessment withdrawn"),
    "full-assessment:begun": N_("Full assessment begun"),
    "full-assessment:new-edition-begun": N_("New version of the assessment begun"),
    "full-assessment:submitted": N_("Full assessment submitted for review"),
    "full-assessment:review-started": N_("Review started"),
    "full-assessment:changes-requested": N_("Changes requested from the author"),
    "full-assessment:taken-back": N_("Taken back by the author to change it"),
    "full-assessment:signature-carried": N_("Passed on to the decision: the agency's signature still covers the text"),
    "sign-offs:voided": N_("Sign-offs became void, because sections they cover were changed"),
    "comment:written": N_("Comment written"),
    "comment:replied": N_("Reply to a comment written"),
    "comment:resolved": N_("Comment resolved"),
    "comment:reopened": N_("Comment opened again"),
    "contribution:asked": N_("Expert asked to contribute"),
    "contribution:reminded": N_("Expert reminded of a request to contribute"),
    "contribution:signed": N_("Sections signed off by an expert"),
    "contribution:withdrawn": N_("Request to contribute withdrawn"),
    "full-assessment:recommended": N_("Advice given, passed on for sign-off"),
    "full-assessment:agency-signed": N_("Signed for the agency"),
    "full-assessment:agency-declined": N_("The agency declined to sign"),
    "full-assessment:approved": N_("Approved"),
    "full-assessment:sent-back": N_("Sent back for changes by the decision-maker"),
    "full-assessment:rejected": N_("Rejected"),
    "full-assessment:withdrawn": N_("Full assessment withdrawn"),
    "publication:ordered": N_("Publication ordered"),
    "publication:published": N_("Published"),
    "publication:superseded": N_("Replaced by a newer version"),
    "vendor-response:issued": N_("Questionnaire sent to the vendor"),
    "vendor-response:begun": N_("The vendor began to answer"),
    "vendor-response:attested": N_("The vendor attested and sent its answers"),
    "vendor-response:queried": N_("The vendor was asked to clarify answers"),
    "vendor-response:accepted": N_("The vendor's answers were accepted"),
    "vendor-response:expired": N_("The vendor's link expired"),
    "vendor-response:reissued": N_("A new link was sent to the vendor"),
    "vendor-response:cancelled": N_("The request to the vendor was cancelled"),
    "annual-audit:scheduled": N_("Annual audit scheduled"),
    "annual-audit:called": N_("Annual audit called"),
    "annual-audit:started": N_("Annual audit started"),
    "annual-audit:findings-reported": N_("Findings of the annual audit reported"),
    "annual-audit:confirmed": N_("Annual audit closed: the assessment still holds"),
    "annual-audit:new-version-required": N_("Annual audit closed: a new version is required"),
    "annual-audit:cancelled": N_("Annual audit cancelled"),
    "policy:drafted": N_("Draft of the policy begun"),
    "policy:changed": N_("Draft of the policy changed"),
    "policy:adopted": N_("Policy adopted"),
    "policy:withdrawn": N_("Draft of the policy withdrawn"),
    "policy:superseded": N_("Policy replaced by a newer version"),
    "city:founded": N_("This installation was set up"),
    "city:changed": N_("The city's settings were changed"),
    "person:added": N_("Account given"),
    "person:changed": N_("Account changed"),
    "person:closed": N_("Account closed"),
    "person:reopened": N_("Account opened again"),
    "designation:begun": N_("Designation recorded"),
    "designation:ended": N_("Last day of a designation recorded"),
    "deputy:named": N_("Deputy named"),
    "deputy:withdrawn": N_("Deputy withdrawn"),
}
_REPEATING = frozenset({"answers:saved", "policy:changed"})


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a timeline."""

    title: str
    who: str
    when: str
    when_iso: str
    reason: str = ""
    detail: str = ""


def in_words(instant: dt.datetime) -> str:
    """Day and minute where the city is."""
    text: str = format_datetime(instant, "d MMMM y, HH:mm" if _is_plain_english() else "long")
    return text


def day_in_words(day: dt.date | dt.datetime) -> str:
    """A day; of an instant, the day it was where the city is."""
    text: str = format_date(day, "d MMMM y" if _is_plain_english() else "long")
    return text


def _is_plain_english() -> bool:
    locale = get_locale()
    return locale is None or (locale.language == "en" and not locale.territory)


def timeline_lines(events: Sequence[AuditEvent], about: Mapping[uuid.UUID, str] | None = None) -> list[Line]:
    """The trail newest first; one person's saves in a row are one line. `about` names the records it is mixed from."""
    names = about or {}
    return [_line(group, names.get(group[-1].aggregate_id, "")) for group in reversed(list(_grouped(events)))]


def _grouped(events: Iterable[AuditEvent]) -> Iterable[list[AuditEvent]]:
    group: list[AuditEvent] = []
    for event in events:
        if group and not _continues(group[-1], event):
            yield group
            group = []
        group.append(event)
    if group:
        yield group


def _continues(before: AuditEvent, event: AuditEvent) -> bool:
    before_it = (before.event, before.aggregate_id, before.actor_id, before.actor_name)
    return event.event in _REPEATING and before_it == (
        event.event,
        event.aggregate_id,
        event.actor_id,
        event.actor_name,
    )


def _line(group: list[AuditEvent], about: str) -> Line:
    last = group[-1]
    known = EVENT_WORDS.get(last.event)
    title = _(known) if known else last.event
    if len(group) > 1:
        title = _("%(what)s, %(count)s times", what=title, count=len(group))
    return Line(title, last.actor_name, in_words(last.at), last.at.isoformat(), last.reason, about)
