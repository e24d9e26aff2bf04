"""Aldermere, its departments and its people."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy.orm import Session

from pia_engine.demo.policy import OWN_RULES
from pia_engine.models import Person
from pia_engine.permissions.roles import DESIGNATED_ROLES, ROLE_NAMES, SYSTEM, Role
from pia_engine.services.cities import add_department, found_city
from pia_engine.services.people import add_person, designate
from pia_engine.services.policies import current_policy

FOUNDED = dt.datetime(2025, 5, 5, 8, 0, tzinfo=dt.UTC)
PASSWORD = "aldermere-demo-2026"  # noqa: S105 - printed for everybody who starts the demo

CITY = {
    "name": "City of Aldermere",
    "service_name": "Privacy assessments",
    "introduction": (
        "Before the City of Aldermere uses a technology that can see, count or recognise people, it writes down why, "
        "what could go wrong for them and what it will do about it. Here you can read those assessments and check "
        "that they are genuine. Aldermere is a fictional city; its assessments rest on the published experience of "
        "real ones."
    ),
    "contact_name": "Petra Novak, privacy officer",
    "contact_email": "privacy@aldermere.example",
    "time_zone": "Europe/Brussels",
    "language": "en",
    "brand_colour": "#0b4f5c",
    "link_colour": "#0b5c6b",
}

DEPARTMENTS = {
    "streets-and-mobility": "Streets and Mobility",
    "community-safety": "Community Safety",
    "parks-and-libraries": "Parks and Libraries",
}


@dataclass(frozen=True, slots=True)
class Persona:
    """One demo login."""

    first: str
    name: str
    job_title: str
    role: Role
    department: str | None = None

    @property
    def email(self) -> str:
        return f"{self.first}@aldermere.example"

    @property
    def role_name(self) -> str:
        return ROLE_NAMES[self.role]


PERSONAS = (
    Persona("amara", "Amara Osei", "Programme manager, parking", Role.AGENCY_OFFICIAL, "streets-and-mobility"),
    Persona("daniel", "Daniel Reyes", "Director", Role.AGENCY_OFFICIAL, "streets-and-mobility"),
    Persona("keiko", "Keiko Tanaka", "Head of the School Routes Office", Role.AGENCY_OFFICIAL, "community-safety"),
    Persona("marcus", "Marcus Webb", "Director", Role.AGENCY_OFFICIAL, "community-safety"),
    Persona("otto", "Otto Brandt", "Branch and garden services", Role.AGENCY_OFFICIAL, "parks-and-libraries"),
    Persona("sofia", "Sofia Lindqvist", "Information security officer", Role.CONTRIBUTOR),
    Persona("petra", "Petra Novak", "Privacy officer", Role.PRIVACY_OFFICER),
    Persona("helen", "Helen Achterberg", "Deputy city clerk", Role.SENIOR_PRIVACY_OFFICIAL),
    Persona("victor", "Victor Mensah", "City manager", Role.EXECUTIVE),
    Persona("ingrid", "Ingrid Solberg", "City auditor", Role.AUDITOR),
    Persona("wanda", "Wanda Falk", "Social witness", Role.OBSERVER),
    Persona("adam", "Adam Clarke", "Systems administrator", Role.ADMINISTRATOR),
)


def found_aldermere(session: Session, *, password_hash: str) -> dict[str, Person]:
    """The city with its policy, departments and designations. Returns people by first name."""
    found_city(session, now=FOUNDED, is_demo=True, **CITY)
    policy = current_policy(session)
    policy.adopted_by = "City council"
    policy.instrument = "Resolution 2025-18"
    policy.rules = {**policy.rules, **OWN_RULES}
    departments = {slug: add_department(session, slug=slug, name=name) for slug, name in DEPARTMENTS.items()}
    people = {}
    for persona in PERSONAS:
        person = add_person(
            session,
            name=persona.name,
            email=persona.email,
            job_title=persona.job_title,
            password_hash=password_hash,
            actor=SYSTEM,
            now=FOUNDED,
        )
        people[persona.first] = person
        if persona.role not in DESIGNATED_ROLES:
            continue
        designate(
            session,
            person,
            persona.role,
            department=departments[persona.department] if persona.department else None,
            designated_by="Victor Mensah, city manager",
            instrument="Order of designation 2025-07",
            from_on=FOUNDED.date(),
            actor=SYSTEM,
            now=FOUNDED,
        )
    return people
