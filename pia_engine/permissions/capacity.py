"""In which capacity somebody acts: the role an act rests on, and whom a deputy does it for."""

from __future__ import annotations

import dataclasses

from sqlalchemy.orm import Session

from pia_engine.permissions.people import Subject, grants_for
from pia_engine.permissions.records import decider_role
from pia_engine.permissions.roles import Actor, Role
from pia_engine.permissions.vocabulary import Permission

LONGEST_NAME = 200


def in_capacity(
    actor: Actor, permission: Permission, subject: Subject | None, *, offices: frozenset[Role] | None = None
) -> Actor:
    """The actor as they do one thing: by a role of their own where they hold one, else for somebody.

    `offices` are the roles the record asks for, where it asks for fewer than the permission names.
    """
    grants = [g for g in grants_for(actor, permission, subject) if offices is None or g.role in offices]
    if actor.capacity is not None or not grants:
        return actor
    best = grants[0]
    name = named(actor.name, best.represents_name) if best.represents else actor.name
    return dataclasses.replace(actor, name=name, capacity=best.role, represents=best.represents)


def named(deputy: str, represented: str) -> str:
    """How a deputy's act is signed, kept in these words in the record."""
    return f"{deputy}, for {represented}"[:LONGEST_NAME]


def offices_asked(session: Session, permission: Permission, record: Subject) -> frozenset[Role] | None:
    """The roles a record asks for besides its permission: the one that the remaining risk makes the decider."""
    if permission is Permission.ASSESSMENT_DECIDE:
        return frozenset({decider_role(session, record)})  # type: ignore[arg-type]
    return None
