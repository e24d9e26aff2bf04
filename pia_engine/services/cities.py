"""The city's record, its settings with the trail of their changes, and its departments."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping
from typing import Any

import rfc8785
from sqlalchemy import select
from sqlalchemy.orm import Session

from pia_engine.errors import N_, NotFound, Stale
from pia_engine.models import City, Department, PolicyVersion
from pia_engine.models.default_rules import DEFAULT_RULES
from pia_engine.permissions.people import check_may
from pia_engine.permissions.roles import SYSTEM, Actor
from pia_engine.permissions.vocabulary import Permission
from pia_engine.services.audit import append_event
from pia_engine.services.periods import months_after

SETTINGS = (
    "name",
    "service_name",
    "introduction",
    "contact_name",
    "contact_email",
    "time_zone",
    "language",
    "brand_colour",
    "link_colour",
)
OF_SOMEBODY = frozenset({"contact_name", "contact_email"})
"""Settings that may name a person: the trail says that they changed, not what they say."""


def find_city(session: Session) -> City | None:
    """The city, if there is one yet. A session asks the database once: every page and many rules need it."""
    known: City | None = session.info.get("city")
    if known is None or known not in session:
        known = session.info["city"] = session.scalars(select(City).order_by(City.created_at).limit(1)).first()
    return known


def get_city(session: Session) -> City:
    """The city of this installation. Raises NotFound before `pia init`."""
    city = find_city(session)
    if city is None:
        raise NotFound(N_("This installation has no city yet. Run “pia init” first."))
    return city


def found_city(session: Session, *, now: dt.datetime, **fields: Any) -> City:
    """Create the city's record with its first policy version in force."""
    city = City(created_at=now, updated_at=now, trail_length=0, trail_head="", **fields)
    session.add(city)
    session.add(
        PolicyVersion(
            number=1,
            reference="POL-1",
            title="Privacy impact assessment policy",
            status="adopted",
            adopted_on=now.date(),
            review_due_on=months_after(now.date(), DEFAULT_RULES["policy_review_months"]),
            adopted_by="",
            instrument="",
            rules=DEFAULT_RULES,
            created_at=now,
            updated_at=now,
        )
    )
    session.flush()
    append_event(session, city, "city:founded", actor=SYSTEM, now=now)
    session.flush()
    return city


def settings_digest(city: City) -> str:
    """A fingerprint of the settings, so that a page can tell whether they are still what it showed."""
    return hashlib.sha256(rfc8785.dumps({name: getattr(city, name) for name in SETTINGS})).hexdigest()


def change_city(
    session: Session, changes: Mapping[str, str], *, actor: Actor, now: dt.datetime, seen: str | None = None
) -> list[str]:
    """Change what the public pages say of the city. Returns the names of the settings that really changed.

    `seen` is the digest of the settings as the page showed them. Raises Stale when somebody saved others since.
    """
    check_may(actor, Permission.CITY_ADMINISTER)
    city = get_city(session)
    changed = [name for name in SETTINGS if name in changes and getattr(city, name) != changes[name]]
    if changed and seen is not None and seen != settings_digest(city):
        raise Stale(N_("Somebody else saved the city's settings while you had them open. Yours are not saved yet."))
    before = {name: getattr(city, name) for name in changed}
    for name in changed:
        setattr(city, name, changes[name])
    if changed:
        values = {n: {"from": before[n], "to": changes[n]} for n in changed if n not in OF_SOMEBODY}
        details = {"changed": changed, "values": values}
        append_event(session, city, "city:changed", actor=actor, now=now, details=details)
    session.flush()
    return changed


def list_departments(session: Session) -> list[Department]:
    return list(session.scalars(select(Department).order_by(Department.name)))


def add_department(session: Session, *, slug: str, name: str) -> Department:
    department = Department(slug=slug, name=name)
    session.add(department)
    session.flush()
    return department
