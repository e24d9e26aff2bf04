"""The city's record and the policy version in force."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from pia_engine.errors import N_, NotFound
from pia_engine.models import City, Department, PolicyVersion
from pia_engine.models.policy_rules import DEFAULT_RULES, PolicyRules, read_rules


def find_city(session: Session) -> City | None:
    return session.scalars(select(City).order_by(City.created_at).limit(1)).first()


def get_city(session: Session) -> City:
    """The city of this installation. Raises NotFound before `pia init`."""
    city = find_city(session)
    if city is None:
        raise NotFound(N_("This installation has no city yet. Run “pia init” first."))
    return city


def found_city(session: Session, *, now: dt.datetime, **fields: Any) -> City:
    """Create the city's record with its first policy version in force."""
    city = City(created_at=now, **fields)
    session.add(city)
    session.add(
        PolicyVersion(
            number=1,
            reference="POL-1",
            title="Privacy impact assessment policy",
            status="adopted",
            adopted_on=now.date(),
            adopted_by="",
            instrument="",
            rules=DEFAULT_RULES,
            created_at=now,
            updated_at=now,
        )
    )
    session.flush()
    return city


def change_city(session: Session, changes: Mapping[str, str]) -> City:
    """Change what the public pages say of the city."""
    city = get_city(session)
    for name, value in changes.items():
        setattr(city, name, value)
    session.flush()
    return city


def current_policy(session: Session) -> PolicyVersion:
    """The adopted policy version with the highest number."""
    policy = session.scalars(
        select(PolicyVersion).where(PolicyVersion.status == "adopted").order_by(PolicyVersion.number.desc()).limit(1)
    ).first()
    if policy is None:
        raise NotFound(N_("No PIA policy is in force. The senior privacy official adopts one."))
    return policy


def current_rules(session: Session) -> PolicyRules:
    return read_rules(current_policy(session))


def list_departments(session: Session) -> list[Department]:
    return list(session.scalars(select(Department).order_by(Department.name)))


def add_department(session: Session, *, slug: str, name: str) -> Department:
    department = Department(slug=slug, name=name)
    session.add(department)
    session.flush()
    return department
