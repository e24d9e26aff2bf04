"""Who can keep a commitment: people in office whose role lets them report that it was kept."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import select
from sqlalchemy.orm import Session

from pia_engine.models import Designation, Person
from pia_engine.permissions.people import RULES
from pia_engine.permissions.vocabulary import Permission
from pia_engine.services.offers import name_with_title
from pia_engine.services.people import in_force_on


def list_possible_keepers(session: Session, *, on: dt.date) -> list[Person]:
    """Active people who hold, on a day, a role that can report a commitment as kept; by name."""
    query = (
        select(Person)
        .join(Designation, Designation.person_id == Person.id)
        .where(Person.active, in_force_on(on), Designation.role.in_(RULES[Permission.COMMITMENT_REPORT].roles))
        .order_by(Person.name, Person.id)
    )
    return list(dict.fromkeys(session.scalars(query)))


def find_keeper(session: Session, owner: str, *, on: dt.date) -> Person | None:
    """Whom a text means by “Name, Job title”, or by one of both; None when that is nobody of them, or several."""
    wanted, name = owner.strip().casefold(), owner.partition(",")[0].strip().casefold()
    if not wanted:
        return None
    people = list_possible_keepers(session, on=on)
    exact = [person for person in people if name_with_title(person).casefold() == wanted]
    named = exact or [person for person in people if person.name.casefold() in (wanted, name)]
    found = named or [person for person in people if person.job_title.casefold() == wanted]
    return found[0] if len(found) == 1 else None
