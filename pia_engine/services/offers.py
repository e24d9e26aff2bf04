"""What a record's questions offer to choose from: the people in office today, the departments, the policy's rules."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from pia_engine import clock
from pia_engine.errors import N_, Invalid
from pia_engine.models import AnnualAudit, Assessment, Designation, Person, VendorResponse
from pia_engine.models.catalogue import answers_of
from pia_engine.models.offers import Offers
from pia_engine.models.policy_rules import PolicyRules, read_rules
from pia_engine.questionnaires.definition import Question, QuestionType, Value
from pia_engine.questionnaires.values import filled_rows
from pia_engine.services.cities import get_city, list_departments
from pia_engine.services.history import SheetOwner
from pia_engine.services.policies import current_policy

_Named = tuple[QuestionType, str]
_LISTED = frozenset({QuestionType.PERSON, QuestionType.DEPARTMENT})


def offers_for(session: Session, record: SheetOwner, *, now: dt.datetime) -> Offers:
    """The city's directory for its own records; a vendor is shown no list of the people who work here."""
    is_ours = not isinstance(record, VendorResponse)
    return Offers(
        people=tuple(_people_in_office(session, clock.day_of(now, get_city(session).time_zone))) if is_ours else (),
        departments=tuple(department.name for department in list_departments(session)),
        policy=rules_for(session, record),
    )


def rules_for(session: Session, record: SheetOwner) -> PolicyRules:
    """The policy the record was begun under; a vendor's answers stand under none of their own."""
    if isinstance(record, Assessment):
        return read_rules(record.policy_version)
    if isinstance(record, AnnualAudit):
        return read_rules(record.assessment.policy_version)
    return read_rules(current_policy(session))


def check_offered(
    session: Session,
    record: SheetOwner,
    questions: Iterable[Question],
    values: Mapping[str, Value | None],
    *,
    now: dt.datetime,
) -> None:
    """Raises Invalid for a person or department that is neither offered nor what already stands in the answer."""
    stored = answers_of(record.sheet)
    new = {each.id: _named(each, values.get(each.id)) - _named(each, stored.get(each.id)) for each in questions}
    if not any(new.values()):
        return
    offers = offers_for(session, record, now=now)
    offered = {QuestionType.PERSON: offers.people, QuestionType.DEPARTMENT: offers.departments}
    for question in questions:
        for kind, name in sorted(new[question.id]):
            if offered[kind] and name not in offered[kind]:
                raise Invalid(
                    N_("“%(question)s”: “%(name)s” is not on the city's list. Choose from the list."),
                    question=question.text,
                    name=name,
                )


def _named(question: Question, value: Value | None) -> set[_Named]:
    """The people and departments an answer names, in the question itself or in columns of its rows."""
    if question.type in _LISTED:
        return {(question.type, value)} if isinstance(value, str) and value.strip() else set()
    listed = {column.id: column.type for column in question.columns if column.type in _LISTED}
    rows = filled_rows(value) if listed else []
    return {(kind, row[column]) for row in rows for column, kind in listed.items() if row.get(column)}


def name_with_title(person: Person) -> str:
    """How a person is named in an answer: name and job title, as they stood on the day."""
    return f"{person.name}, {person.job_title}" if person.job_title else person.name


def _people_in_office(session: Session, on: dt.date) -> list[str]:
    """Active people with a designation in force on a day; two who are named alike are one choice."""
    query = (
        select(Person)
        .join(Designation, Designation.person_id == Person.id)
        .where(
            Person.active,
            Designation.from_on <= on,
            or_(Designation.until_on.is_(None), Designation.until_on >= on),
        )
        .order_by(Person.name, Person.id)
    )
    return list(dict.fromkeys(name_with_title(person) for person in session.scalars(query).unique()))
