"""“Who answers for this” on an assessment's page: who may act today, and who acted in which capacity."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _

from pia_engine.extensions import db
from pia_engine.models import Assessment, AuditEvent, Person
from pia_engine.permissions.roles import ROLE_NAMES, Role
from pia_engine.services.foundations import foundation_standings
from pia_engine.services.holders import Held
from pia_engine.services.responsibility import PARTS, Part, list_parts
from pia_engine.web.chronicle import in_words
from pia_engine.web.event_words import EVENT_WORDS
from pia_engine.web.people import city_today
from pia_engine.workflows import full_assessment
from pia_engine.workflows.foundations import Standing
from pia_engine.workflows.machine import WORKFLOWS


def parts_of(stages: Sequence[Assessment], current: Assessment) -> list[dict[str, Any]]:
    """The parts people play in an assessment, each with who holds it now and the steps taken."""
    return [_part(each) for each in list_parts(db.session, current, stages, on=city_today())]


def standings_of(current: Assessment) -> tuple[Standing, ...]:
    """How it stands on the six foundations: while it goes on, with the roles as they are designated today."""
    is_over = current.status in WORKFLOWS[current.workflow_name].final | {full_assessment.Status.PUBLISHED}
    today = city_today()
    return foundation_standings(db.session, current, on=None if is_over else today, today=today)


def _part(part: Part) -> dict[str, Any]:
    return {
        "name": _(PARTS[part.name]),
        "role": _(ROLE_NAMES[part.role]),
        "now": [_held(each) for each in part.held],
        "steps": [_step(each) for each in part.steps],
    }


def _held(held: Held) -> str:
    return named_on_page(held.person, held.represents)


def named_on_page(person: Person, represents: Person | None) -> str:
    """A person, and whom they act for where they act as a deputy."""
    if represents is None:
        return person.name
    return str(_("%(name)s, for %(other)s", name=person.name, other=represents.name))


def _step(event: AuditEvent) -> dict[str, str]:
    return {
        "what": _(EVENT_WORDS[event.event]),
        "who": event.actor_name,
        "role": _(ROLE_NAMES[Role(event.role)]) if event.role else "",
        "when": in_words(event.at),
    }
