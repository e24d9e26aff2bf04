"""Audits in the browser: the programme's audit from planning to its sealed report, and the answer to a finding."""

from __future__ import annotations

import datetime as dt

from playwright.sync_api import Page, expect

from pia_engine import clock
from pia_engine.models.catalogue import answers_of, questionnaire_for
from pia_engine.permissions.roles import Actor
from pia_engine.services import programme_audits
from pia_engine.services.answers import save_answers
from pia_engine.services.people import actor_for, find_person_by_email
from tests.browser.seeing import Windows, see
from tests.factories.answers import filled, found
from tests.factories.governance.audits import AUDITOR, looked_at
from tests.fixtures.live_city import LiveCity


def step(page: Page, name: str, reason: str = "") -> None:
    """Open a step from the record's page and take it."""
    page.get_by_role("link", name=name, exact=True).click()
    if reason:
        page.get_by_label("Reason").fill(reason)
    page.get_by_role("main").get_by_role("button", name=name, exact=True).click()


def fill_day(page: Page, day: dt.date) -> None:
    for label, part in (("Day", day.day), ("Month", day.month), ("Year", day.year)):
        page.get_by_label(label, exact=True).fill(str(part))


def answer_everything(city: LiveCity, reference: str) -> None:
    """What the auditor would type in seven sections, with one finding."""
    with city.session() as session:
        ingrid = find_person_by_email(session, "ingrid@aldermere.example")
        assert ingrid is not None
        actor: Actor = actor_for(session, ingrid, now=clock.now())
        audit = programme_audits.get_audit(session, reference)
        given = {**answers_of(audit.sheet), **looked_at(audit), **found(1)}
        values = filled(questionnaire_for(session, audit.sheet), AUDITOR, given)
        save_answers(session, audit, values, seen_version=audit.sheet.version, actor=actor, now=clock.now())


def test_an_audit_of_the_programme_without_script(windows: Windows) -> None:
    helen = windows.of("helen", script=False)
    helen.goto("/programme-audits")
    see(helen, "no audit of the programme yet")
    helen.get_by_role("link", name="Plan an audit now").click()
    see(helen, "planning an audit")
    helen.get_by_role("button", name="Plan the audit").click()
    see(helen, "planning an audit without a day")
    fill_day(helen, clock.now().date() + dt.timedelta(days=30))
    helen.get_by_role("button", name="Plan the audit").click()
    reference = helen.url.rpartition("/")[2]
    see(helen, "a planned audit of the programme")

    ingrid = windows.of("ingrid", script=False)
    ingrid.goto(f"/programme-audits/{reference}")
    step(ingrid, "Start the programme audit")
    ingrid.get_by_text("How to draw again").click()
    expect(ingrid.get_by_text("Drawing again just now gave this very sample.")).to_be_visible()
    see(ingrid, "an audit of the programme under way")
    ingrid.get_by_role("link", name="What was looked at", exact=True).click()
    see(ingrid, "what was looked at")
    answer_everything(windows.city, reference)
    ingrid.goto(f"/programme-audits/{reference}/check")
    see(ingrid, "all answers of an audit of the programme")
    step(ingrid, "Report the findings")

    petra = windows.of("petra", script=False)
    petra.goto("/work")
    expect(petra.get_by_text("Answer what an audit found")).to_be_visible()
    petra.goto(f"/programme-audits/{reference}")
    see(petra, "findings that wait")
    petra.get_by_role("link", name="Answer finding 1").click()
    see(petra, "answering a finding")
    petra.get_by_role("button", name="Give this answer").click()
    see(petra, "answering a finding with nothing said")
    petra.get_by_label("Accepted: it is put right").check()
    petra.get_by_label("What is done").fill("Each invoice for a sensor comes past the privacy officer.")
    petra.get_by_label("Who does it").select_option(index=1)
    fill_day(petra, clock.now().date() + dt.timedelta(days=60))
    petra.get_by_role("button", name="Give this answer").click()
    expect(petra.get_by_text("Each invoice for a sensor comes past the privacy officer.").first).to_be_visible()

    helen.goto(f"/programme-audits/{reference}")
    step(helen, "Close the programme audit", "The programme is sound.")
    windows.city.work()
    helen.goto(f"/programme-audits/{reference}")
    see(helen, "a closed audit of the programme")
    with helen.expect_download() as loading:
        helen.get_by_role("link", name=f"Closing report of {reference} (PDF, sealed)").click()
    assert loading.value.path().read_bytes().startswith(b"%PDF-")
    helen.goto("/programme-audits")
    see(helen, "audits of the programme")
