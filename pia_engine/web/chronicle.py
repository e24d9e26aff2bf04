"""What happened, in words: the events of the audit trail as lines of a timeline, and instants as people say them."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from flask_babel import format_date, format_datetime, get_locale
from flask_babel import gettext as _

from pia_engine.models import AuditEvent
from pia_engine.web.event_words import EVENT_WORDS

_REPEATING = frozenset({"annual-report:changed", "answers:saved", "policy:changed"})


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
