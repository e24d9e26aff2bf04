"""One thing that is due for a person, and how it is made of a record or of a role that ends."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from pia_engine.errors import N_
from pia_engine.models import Commitment, Deputy, Designation, Person, WorkflowRecord
from pia_engine.permissions.roles import ROLE_NAMES, Actor, Role
from pia_engine.questionnaires.wording import Sentence
from pia_engine.services.places import path_of, title_of

CONTRIBUTION = "contribution"
PROGRAMME = N_("The whole programme")
WHOLE_CITY = N_("For the whole city")


@dataclass(frozen=True, slots=True)
class Due:
    """One thing that is due for a person. Without a day it waits, since `since`.

    `kind` and `reference` together name it: people put it off by them, and calendars know it by them. `changed_at`
    is when the record last changed, as far as it says so.
    """

    kind: str
    reference: str
    title: str
    what: str
    due_on: dt.date | None
    path: str
    is_overdue: bool
    can_snooze: bool
    since: dt.datetime | None = None
    snoozed_until: dt.date | None = None
    changed_at: dt.datetime | None = None
    revision: int = 0


@dataclass(frozen=True, slots=True)
class Reader:
    """For whom days are gathered, and what day it is where the city is."""

    person: Person
    actor: Actor
    day: dt.date
    time_zone: str


def due_by(reader: Reader, record: WorkflowRecord, what: str, due_on: dt.date, *, path: str = "") -> Due:
    """What a record is due for on a day."""
    return Due(
        kind=record.workflow_name,
        reference=record.reference,
        title=_title(record),
        what=what,
        due_on=due_on,
        path=path or path_of(record),
        is_overdue=due_on < reader.day,
        can_snooze=due_on > reader.day,
        changed_at=record.updated_at,
        revision=record.version,
    )


def last_day(reader: Reader, kind: str, term: Designation | Deputy, held: Designation, what: str) -> Due:
    """The last day of a role. It names no other person, and nothing is left undone when it has passed."""
    ends = [day for day in (term.until_on, held.until_on) if day is not None]
    ends_on = min(ends)
    return Due(
        kind=kind,
        reference=str(term.id),
        title=held.department.name if held.department else Sentence(WHOLE_CITY),
        what=Sentence(what, role=Sentence(ROLE_NAMES[Role(held.role)])),
        due_on=ends_on,
        path="/people/roles",
        is_overdue=False,
        can_snooze=ends_on > reader.day,
        changed_at=term.named_at if isinstance(term, Deputy) else None,
    )


def _title(record: WorkflowRecord) -> str:
    """A commitment of the programme has no initiative; what it promises is not for a message or a calendar."""
    if isinstance(record, Commitment) and record.initiative is None:
        return Sentence(PROGRAMME)
    return title_of(record)
