"""What the city offers as answers: people in office today, departments, the policy a record was begun under."""

from __future__ import annotations

import datetime as dt

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from pia_engine.errors import Invalid
from pia_engine.models import Assessment
from pia_engine.models.catalogue import answers_of
from pia_engine.permissions.roles import SYSTEM
from pia_engine.questionnaires.definition import Value
from pia_engine.services.answers import save_answers
from pia_engine.services.offers import offers_for
from pia_engine.services.people import end_designation, set_active
from tests.factories.people import FOUNDED, acting, persona
from tests.factories.questionnaires import asks_instead, tiny
from tests.factories.walks import Walk


@pytest.fixture
def people(app: Flask, session: Session, walk: Walk, monkeypatch: pytest.MonkeyPatch) -> Assessment:
    """A draft that asks for people and a department."""
    return asks_instead(walk.initial("draft"), tiny("people"), app=app, session=session, patch=monkeypatch)


@pytest.fixture
def flows(app: Flask, session: Session, walk: Walk, monkeypatch: pytest.MonkeyPatch) -> Assessment:
    """A draft with a table that names people and departments."""
    return asks_instead(walk.initial("draft"), tiny("columns"), app=app, session=session, patch=monkeypatch)


def save(session: Session, walk: Walk, record: Assessment, **values: Value) -> None:
    actor = acting(session, "amara", walk.now)
    save_answers(session, record, values, seen_version=record.sheet.version, actor=actor, now=walk.now)


def test_people_in_office_today_are_offered_by_name_and_job(session: Session, walk: Walk, people: Assessment) -> None:
    petra, otto, sofia = (persona(session, first) for first in ("petra", "otto", "sofia"))
    petra.job_title = "Privacy officer of the city"
    set_active(session, otto, active=False, actor=SYSTEM, now=FOUNDED)
    end_designation(
        session, sofia.designations[0].id, until_on=walk.now.date() - dt.timedelta(days=1), actor=SYSTEM, now=FOUNDED
    )
    offered = offers_for(session, people, now=walk.now).people
    assert "Petra Privacy, Privacy officer of the city" in offered
    assert "Amara Author" in offered
    assert not {"Otto Outsider", "Sofia Security"} & set(offered)
    assert list(offered) == sorted(offered)


def test_somebody_with_two_roles_is_offered_once(session: Session, walk: Walk, people: Assessment) -> None:
    persona(session, "daniel").name = "Amara Author"
    assert offers_for(session, people, now=walk.now).people.count("Amara Author") == 1


def test_departments_and_the_policy_of_the_record_are_offered(session: Session, walk: Walk, people: Assessment) -> None:
    offers = offers_for(session, people, now=walk.now)
    assert offers.departments == ("Parks and Libraries", "Streets and Mobility")
    assert offers.policy is not None
    assert offers.policy.principles[0].id == "lawful"


def test_a_vendor_is_shown_no_list_of_the_citys_people(session: Session, walk: Walk) -> None:
    offers = offers_for(session, walk.vendor(walk.full(), "issued"), now=walk.now)
    assert (offers.people, len(offers.departments)) == ((), 2)


@pytest.mark.parametrize(("name", "given"), [("owner", "Mallory Stranger"), ("home", "Department of Nothing")])
def test_what_is_not_offered_cannot_be_saved(
    session: Session, walk: Walk, people: Assessment, name: str, given: str
) -> None:
    with pytest.raises(Invalid, match="is not on the city's list"):
        save(session, walk, people, **{name: given})
    assert answers_of(people.sheet) == {}


def test_somebody_who_left_stays_where_they_are_named_and_goes_nowhere_else(
    session: Session, walk: Walk, people: Assessment
) -> None:
    save(session, walk, people, owner="Sofia Security", home="Parks and Libraries")
    set_active(session, persona(session, "sofia"), active=False, actor=SYSTEM, now=FOUNDED)
    save(session, walk, people, owner="Sofia Security", home="Streets and Mobility")
    with pytest.raises(Invalid, match="Sofia Security"):
        save(session, walk, people, deputy="Sofia Security")
    assert answers_of(people.sheet)["home"] == "Streets and Mobility"


def test_a_table_names_only_people_and_departments_that_are_offered(
    session: Session, walk: Walk, flows: Assessment
) -> None:
    row = {"what": "Counts", "owner": "Petra Privacy", "home": "Parks and Libraries"}
    save(session, walk, flows, flows=[row])
    set_active(session, persona(session, "petra"), active=False, actor=SYSTEM, now=FOUNDED)
    save(session, walk, flows, flows=[row, {"what": "Pictures", "owner": "Petra Privacy"}])
    for stranger in ({"owner": "Mallory Stranger"}, {"home": "Department of Nothing"}):
        with pytest.raises(Invalid, match="is not on the city's list"):
            save(session, walk, flows, flows=[row | stranger])
