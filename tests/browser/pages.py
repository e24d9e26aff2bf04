"""Ways to the page a test is about: through the pages where that is short, through the services where it is not."""

from __future__ import annotations

import uuid

from playwright.sync_api import Page
from sqlalchemy import select

from pia_engine import clock
from pia_engine.models import Department
from pia_engine.permissions.roles import Actor
from pia_engine.questionnaires.definition import Questionnaire
from pia_engine.services import assessments, determinations
from pia_engine.services.answers import save_answers
from pia_engine.services.initiatives import NewInitiative, register_initiative
from pia_engine.services.people import actor_for, find_person_by_email
from pia_engine.services.policies import begin_draft
from tests.browser.filling import sheet_for
from tests.factories.policies import make_sound
from tests.fixtures.live_city import LiveCity

TITLE = "Traffic counters on Mill Road"
SUMMARY = "Counters measure how many vehicles pass. They help to plan safer crossings."


def questionnaire(city: LiveCity, name: str) -> Questionnaire:
    return city.app.extensions["pia-catalogue"].newest(name)  # type: ignore[no-any-return]


def begin_initial_assessment(page: Page, title: str = TITLE) -> None:
    """From “My work” to the list of sections of a new initial assessment."""
    page.get_by_role("link", name="Register an initiative").click()
    page.get_by_label("Name of the initiative").fill(title)
    page.get_by_label("What is planned, and why").fill(SUMMARY)
    page.get_by_role("group", name="What kind of change it is").get_by_role("radio").first.check()
    page.get_by_role("button", name="Register", exact=True).click()
    page.get_by_role("button", name="Begin the initial assessment").click()


def full_draft(city: LiveCity, *, outcome: str = "full_pia") -> str:
    """The reference of Amara's full assessment with no answers but those carried over; or of another outcome."""
    with city.session() as session:
        now = clock.now()

        def acting(first: str) -> tuple[uuid.UUID, Actor]:
            person = find_person_by_email(session, f"{first}@aldermere.example")
            assert person is not None
            return person.id, actor_for(session, person, now=now)

        author = find_person_by_email(session, "amara@aldermere.example")
        assert author is not None
        _id, actor = acting("amara")
        department = session.scalars(select(Department).where(Department.slug == "streets-and-mobility")).one()
        planned = NewInitiative(title=TITLE, summary=SUMMARY, department=department, change_kind="new")
        initiative = register_initiative(session, planned, author=author, actor=actor, now=now)
        initial = assessments.begin_initial_assessment(session, initiative, author=author, actor=actor, now=now)
        answers = sheet_for(questionnaire(city, "initial-assessment"), {"agency_official"}, {}).answers
        save_answers(session, initial, dict(answers), seen_version=initial.sheet.version, actor=actor, now=now)
        assessments.submit_assessment(session, initial, actor=actor, now=now)
        _id, officer = acting("petra")
        terms = determinations.Terms("Count only, keep no picture." if outcome == "delegated_review" else "")
        determinations.determine(
            session, initial, outcome=outcome, actor=officer, now=now, reason="People can be recognised.", terms=terms
        )
        return initial.reference


def policy_draft(city: LiveCity, *, sound: bool = False) -> None:
    """A draft of the policy that Petra began, with citations of its own if it is to lack nothing."""
    with city.session() as session:
        person = find_person_by_email(session, "petra@aldermere.example")
        assert person is not None
        petra = actor_for(session, person, now=clock.now())
        draft = begin_draft(session, actor=petra, now=clock.now())
        if sound:
            make_sound(session, draft, actor=petra, now=clock.now())
