"""Whatever is designated and whoever stands in for whom: nobody judges what they, or whom they stand in for, wrote."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import create_engine, delete
from sqlalchemy.orm import Session

from pia_engine.models import Base, City, Department, Deputy, Designation, Person
from pia_engine.permissions.capacity import in_capacity
from pia_engine.permissions.people import RULES, may
from pia_engine.permissions.roles import DEPARTMENT_ROLES, DESIGNATED_ROLES, Role
from pia_engine.permissions.vocabulary import Permission
from pia_engine.services.holders import list_holders
from pia_engine.services.people import actor_for, in_force_on, is_in_force, stands_in

TODAY = dt.date(2026, 3, 2)
NOON = dt.datetime(2026, 3, 2, 12, tzinfo=dt.UTC)
PEOPLE = 4
JUDGING = [permission for permission in Permission if RULES[permission].author is False]

people = st.integers(0, PEOPLE - 1)
near = st.integers(-2, 2)
designations = st.lists(st.tuples(people, st.sampled_from(DESIGNATED_ROLES), near, near), max_size=6)
deputies = st.lists(st.tuples(st.integers(0, 5), people, near, near, st.booleans()), max_size=6)


@dataclass(frozen=True)
class Text:
    """A record somebody wrote."""

    id: uuid.UUID
    department_id: uuid.UUID
    author_id: uuid.UUID


@pytest.fixture(scope="module")
def session() -> Iterator[Session]:
    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine)
    with Session(engine) as own:
        told = dict.fromkeys(("name", "service_name", "introduction", "contact_name", "contact_email"), "Testwell")
        looks = {"language": "en", "time_zone": "UTC", "brand_colour": "#000000", "link_colour": "#000000"}
        own.add(City(created_at=NOON, updated_at=NOON, **told, **looks))
        own.add(Department(slug="streets", name="Streets"))
        own.add_all(
            Person(name=f"Person {n}", email=f"{n}@city.example", fs_uniquifier=str(n), active=True, created_at=NOON)
            for n in range(PEOPLE)
        )
        own.flush()
        yield own
    engine.dispose()


def day(offset: int) -> dt.date:
    return TODAY + dt.timedelta(days=offset)


def arrange(session: Session, designated: list[tuple[int, Role, int, int]], standing: list[tuple[int, ...]]) -> None:
    """Rows as they come, past every rule of the services: not even such a table may open a way."""
    session.execute(delete(Deputy))
    session.execute(delete(Designation))
    session.expire_all()
    everybody = session.query(Person).order_by(Person.name).all()
    streets = session.query(Department).one()
    rows = []
    for who, role, first, last in designated:
        rows.append(
            Designation(
                person_id=everybody[who].id,
                role=str(role),
                department_id=streets.id if role in DEPARTMENT_ROLES else None,
                designated_by="Mayor",
                instrument="1",
                from_on=day(min(first, last)),
                until_on=day(max(first, last)),
            )
        )
    session.add_all(rows)
    session.flush()
    for which, who, first, last, is_withdrawn in standing:
        if which < len(rows) and rows[which].person_id != everybody[who].id:
            session.add(
                Deputy(
                    designation=rows[which],
                    person=everybody[who],
                    from_on=day(min(first, last)),
                    until_on=day(max(first, last)),
                    reason="",
                    named_at=NOON,
                    withdrawn_on=TODAY if is_withdrawn else None,
                )
            )
    session.flush()


@given(designations, deputies)
def test_no_combination_lets_an_author_judge_in_person_or_through_a_deputy(
    session: Session, designated: list[tuple[int, Role, int, int]], standing: list[tuple[int, ...]]
) -> None:
    arrange(session, designated, standing)
    everybody = session.query(Person).order_by(Person.name).all()
    streets = session.query(Department).one()
    actors = [actor_for(session, person, now=NOON) for person in everybody]
    for author in everybody:
        text = Text(uuid.uuid4(), streets.id, author.id)
        for actor in actors:
            for permission in JUDGING:
                if may(actor, permission, text):
                    acting = in_capacity(actor, permission, text)
                    assert author.id not in (acting.id, acting.represents)
                    assert acting.capacity in RULES[permission].roles


@given(designations, deputies)
def test_everybody_holds_exactly_what_stands_in_the_table_today(
    session: Session, designated: list[tuple[int, Role, int, int]], standing: list[tuple[int, ...]]
) -> None:
    arrange(session, designated, standing)
    rows = session.query(Designation).all()
    assert set(session.query(Designation).filter(in_force_on(TODAY))) == {r for r in rows if is_in_force(r, TODAY)}
    for person in session.query(Person):
        own = {row.role for row in rows if row.person_id == person.id and is_in_force(row, TODAY)}
        lent = {d.designation.role for d in session.query(Deputy).filter_by(person=person) if stands_in(d, TODAY)}
        roles = actor_for(session, person, now=NOON).roles
        assert roles == own | lent
        for role in DESIGNATED_ROLES:
            assert (person in list_holders(session, role, on=TODAY)) is (role in roles)
