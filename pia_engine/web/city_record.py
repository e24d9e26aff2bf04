"""The city's own audit trail in words: what changed in settings, accounts, designations and deputies."""

from __future__ import annotations

import datetime as dt
import json
import uuid
from collections.abc import Iterable, Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from pia_engine.extensions import db
from pia_engine.models import AuditEvent
from pia_engine.permissions.roles import ROLE_NAMES, Role
from pia_engine.services.audit import list_newest_events
from pia_engine.services.cities import get_city, list_departments
from pia_engine.services.people import list_people
from pia_engine.web.chronicle import Line, in_words
from pia_engine.web.event_words import EVENT_WORDS
from pia_engine.web.people import term_in_words

ON_A_PAGE = 50
FIELD_NAMES = {
    "brand_colour": _l("Main colour"),
    "contact_email": _l("Their e-mail address"),
    "contact_name": _l("Whom to ask about privacy"),
    "email": _l("E-mail address"),
    "introduction": _l("Introduction"),
    "job_title": _l("Job"),
    "language": _l("Language"),
    "link_colour": _l("Colour of links"),
    "name": _l("Name"),
    "service_name": _l("Name of this service"),
    "time_zone": _l("Time zone"),
}


def count_pages() -> int:
    return max(1, -(-get_city(db.session()).trail_length // ON_A_PAGE))


def city_lines(page: int) -> list[Line]:
    """One page of the record, newest first, with people and departments named as they are called today."""
    session = db.session()
    events = list_newest_events(session, get_city(session), limit=ON_A_PAGE, after=(page - 1) * ON_A_PAGE)
    names = {str(each.id): each.name for each in list_people(session)}
    names |= {str(each.id): each.name for each in list_departments(session)}
    return [_line(each, names) for each in events]


def _line(event: AuditEvent, names: Mapping[str, str]) -> Line:
    details = json.loads(event.body)["details"]
    said = _about_a_role(details, names) if "role" in details else _about_fields(details, names)
    return Line(
        title=_(EVENT_WORDS[event.event]),
        who=event.actor_name,
        when=in_words(event.at),
        when_iso=event.at.isoformat(),
        detail=", ".join(each for each in said if each),
    )


def _about_a_role(details: Mapping[str, Any], names: Mapping[str, str]) -> Iterable[str]:
    role = _(ROLE_NAMES[Role(details["role"])])
    department = _named(details.get("department"), names)
    yield f"{_named(details['person'], names)}: {role}{f' – {department}' if department else ''}"
    if "deputy" in details:
        yield str(_("Deputy: %(name)s", name=_named(details["deputy"], names)))
    until = dt.date.fromisoformat(details["until"]) if details["until"] else None
    yield term_in_words(dt.date.fromisoformat(details["from"]), until)


def _about_fields(details: Mapping[str, Any], names: Mapping[str, str]) -> Iterable[str]:
    yield _named(details.get("person"), names)
    yield details.get("system", "")
    values = details.get("values", {})
    for field in details.get("changed", ()):
        label = str(FIELD_NAMES[field])
        if field in values:
            before_and_now = {"before": values[field]["from"], "now": values[field]["to"]}
            yield str(_("%(label)s: before “%(before)s”, now “%(now)s”", label=label, **before_and_now))
        else:
            yield label


def _named(key: str | None, names: Mapping[str, str]) -> str:
    """What an id is called today; an id that is gone is shown as it is."""
    return names.get(key, str(uuid.UUID(key))) if key else ""
