"""The personas of every test: their names tell the role. Otto is the outsider."""

from __future__ import annotations

import datetime as dt

from flask import Flask
from sqlalchemy.orm import Session

from pia_engine.models import Department, Person
from pia_engine.permissions.roles import SYSTEM, Actor, Role
from pia_engine.services.cities import add_department, found_city
from pia_engine.services.people import actor_for, add_person, designate, find_person_by_email

PASSWORD = "correct horse battery"
FOUNDED = dt.datetime(2026, 1, 5, 9, 0, tzinfo=dt.UTC)

DEPARTMENTS = {"mobility": "Streets and Mobility", "parks": "Parks and Libraries"}
PERSONAS: dict[str, tuple[str, Role, str | None]] = {
    "amara": ("Amara Author", Role.AGENCY_OFFICIAL, "mobility"),
    "daniel": ("Daniel Director", Role.AGENCY_OFFICIAL, "mobility"),
    "sofia": ("Sofia Security", Role.CONTRIBUTOR, None),
    "petra": ("Petra Privacy", Role.PRIVACY_OFFICER, None),
    "helen": ("Helen Senior", Role.SENIOR_PRIVACY_OFFICIAL, None),
    "victor": ("Victor Executive", Role.EXECUTIVE, None),
    "ingrid": ("Ingrid Auditor", Role.AUDITOR, None),
    "adam": ("Adam Administrator", Role.ADMINISTRATOR, None),
    "otto": ("Otto Outsider", Role.AGENCY_OFFICIAL, "parks"),
}


def hash_cheaply(app: Flask) -> None:
    """Hash passwords as ever, with the least work: its price keeps guessing slow, and no test guesses."""
    app.extensions["security"].pwd_context.update(argon2__time_cost=1, argon2__memory_cost=8, argon2__parallelism=1)


def email_of(name: str) -> str:
    return f"{name}@city.example"


def found_test_city(session: Session, *, password_hash: str) -> None:
    """A city with two departments and every persona."""
    found_city(
        session,
        now=FOUNDED,
        name="City of Testwell",
        service_name="Privacy assessments",
        introduction="How this city uses data about people, and what it does to protect them.",
        contact_name="Privacy office",
        contact_email="privacy@city.example",
        time_zone="Europe/Berlin",
        language="en",
        brand_colour="#0b4f5c",
        link_colour="#0b5c6b",
    )
    departments = {slug: add_department(session, slug=slug, name=name) for slug, name in DEPARTMENTS.items()}
    for first, (name, role, slug) in PERSONAS.items():
        person = add_person(
            session,
            name=name,
            email=email_of(first),
            job_title="",
            password_hash=password_hash,
            actor=SYSTEM,
            now=FOUNDED,
        )
        designate(
            session,
            person,
            role,
            department=departments[slug] if slug else None,
            designated_by="Mayor",
            instrument="Order 1/2026",
            from_on=FOUNDED.date(),
            actor=SYSTEM,
            now=FOUNDED,
        )


def persona(session: Session, first: str) -> Person:
    person = find_person_by_email(session, email_of(first))
    assert person is not None
    return person


def acting(session: Session, first: str, now: dt.datetime) -> Actor:
    return actor_for(session, persona(session, first), now=now)


def department(session: Session, slug: str) -> Department:
    from sqlalchemy import select

    return session.scalars(select(Department).where(Department.slug == slug)).one()
