"""One technology's whole way, through the pages, as the people of Aldermere: from the first idea to the first audit."""

from __future__ import annotations

import datetime as dt
import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.browser.filling import Sheet, answer_all, fill_section, save_and_continue, sheet_for
from tests.browser.seeing import Windows, picture, see
from tests.browser.story import (
    TITLE,
    Story,
    attest,
    content_of,
    link_in_the_message,
    open_assessment,
    take_step,
    verify,
    waiting,
)
from tests.fixtures.live_city import LiveCity

AUTHOR, VENDOR, AUDITOR = {"agency_official"}, {"vendor_respondent"}, {"auditor"}
QUERIED = "company_country"


@pytest.mark.timeout(600)
def test_a_technology_goes_from_its_first_idea_to_its_first_audit(
    windows: Windows, live_city: LiveCity, tmp_path: Path
) -> None:
    story = Story(windows, live_city, content_of("smart-parking-sensors.yaml"), tmp_path)
    chapters = (
        an_official_registers_it_and_answers_the_first_questions,
        the_privacy_officer_determines_that_a_full_assessment_is_needed,
        the_privacy_officer_asks_the_vendor,
        the_vendor_answers_without_an_account,
        the_privacy_officer_asks_about_one_answer_and_the_vendor_clarifies,
        the_privacy_officer_accepts_what_the_vendor_said,
        the_contributor_answers_what_only_she_can,
        the_author_finds_the_vendors_answers_and_completes_the_rest,
        the_privacy_officer_asks_for_a_change,
        the_author_replies_and_hands_in_again,
        the_privacy_officer_recommends,
        the_director_signs_for_the_agency,
        the_city_manager_decides_because_the_risk_is_high,
        the_privacy_officer_publishes,
        a_resident_reads_it_without_script_or_cookie,
        anybody_can_check_the_document,
        a_year_later_the_auditor_looks_and_the_senior_official_confirms,
    )
    for chapter in chapters:
        chapter(story)


def an_official_registers_it_and_answers_the_first_questions(story: Story) -> None:
    about = story.content["initiative"]
    page = story.arrive("amara")
    page.get_by_role("link", name="Register an initiative").click()
    see(page, "register an initiative")
    picture(page, "register-an-initiative", height=900)
    page.get_by_role("button", name="Register", exact=True).click()
    see(page, "register an initiative, with errors")
    expect(page.get_by_role("alert")).to_contain_text("Give the initiative a name.")
    page.get_by_label("Name of the initiative").fill(TITLE)
    page.get_by_label("What is planned, and why").fill(about["summary"].strip()[:600])
    page.get_by_role("radio", name="Something new").or_(page.get_by_role("radio").last).first.check()
    page.get_by_role("button", name="Register", exact=True).click()
    see(page, "an initiative")
    page.get_by_role("button", name="Begin the initial assessment").click()
    see(page, "an initial assessment")
    initial = story.questionnaire("initial-assessment")
    page.get_by_role("link", name=initial.sections[0].title, exact=True).click()
    answer_all(page, sheet_for(initial, AUTHOR, story.content["initial_answers"]))
    see(page, "check the initial answers")
    take_step(page, "Submit to the privacy officer")
    see(page, "a submitted initial assessment")


def the_privacy_officer_determines_that_a_full_assessment_is_needed(story: Story) -> None:
    story.city.pass_days(1)
    page = story.arrive("petra")
    picture(page, "my-work", height=560)
    waiting(page, "Determine the outcome").click()
    see(page, "the outcome worked out")
    expect(page.get_by_text("The rules lead to: Full PIA needed.")).to_be_visible()
    picture(page, "outcome", height=820)
    page.get_by_role("link", name="Determine the outcome", exact=True).click()
    see(page, "step: determine")
    page.get_by_role("radio", name="Full PIA needed").check()
    page.get_by_role("textbox", name="Reason").fill(story.content["determination"]["reason"].strip())
    page.get_by_role("button", name="Determine the outcome").click()
    see(page, "a full assessment begun")
    expect(page.get_by_text("Full assessment, version 1").first).to_be_visible()


def the_privacy_officer_asks_the_vendor(story: Story) -> None:
    vendor = story.content["vendor"]
    page = open_assessment(story, "petra")
    page.get_by_role("link", name="Send a vendor the privacy questionnaire").click()
    see(page, "ask a vendor")
    page.get_by_label("Company").fill(vendor["company"])
    page.get_by_label("Who should answer").fill(vendor["contact_name"])
    page.get_by_label("E-mail address").fill(vendor["email"])
    picture(page, "ask-a-vendor", of=page.get_by_role("heading", level=1), height=800)
    page.get_by_role("button", name="Send the questions").click()
    see(page, "a vendor was asked")
    story.city.work()


def the_vendor_answers_without_an_account(story: Story) -> None:
    link = link_in_the_message(story, "asks you about privacy", picture_name="kept-message")
    story.city.pass_days(3, hour=10)
    page = story.windows.open()
    page.goto(link)
    see(page, "what the vendor's link opens")
    picture(page, "vendor-start")
    vendor, privacy = story.content["vendor"], story.questionnaire("vendor-privacy")
    page.get_by_role("link", name=privacy.sections[0].title, exact=True).click()
    answer_all(page, sheet_for(privacy, VENDOR, vendor["answers"]))
    see(page, "the vendor checks the answers")
    page.get_by_role("link", name="Go on to the attestation").click()
    attest(story, page)
    see(page, "the vendor's receipt")
    expect(page.get_by_role("heading", level=1)).to_contain_text(f"Receipt for {vendor['company']}")


def the_privacy_officer_asks_about_one_answer_and_the_vendor_clarifies(story: Story) -> None:
    question = story.questionnaire("vendor-privacy").question(QUERIED).text
    page = story.take_up("petra", "Judge the vendor's answers")
    verdict = verdict_on(page, question)
    verdict.get_by_role("radio", name="Ask the vendor about it").check()
    verdict.get_by_label("What should the vendor clarify?").fill("Who owns the company that owns yours?")
    picture(page, "judge-the-vendor", of=page.get_by_role("heading", name=question, exact=True))
    page.get_by_role("button", name="Accept all that are not queried").click()
    see(page, "the vendor's answers judged")
    take_step(page, "Ask the vendor to clarify")
    story.city.work()
    link = link_in_the_message(story, "has questions about your answers")
    story.city.pass_days(1, hour=10)
    vendor = story.windows.open()
    vendor.goto(link)
    see(vendor, "the vendor is asked to clarify")
    vendor.get_by_role("link", name="See the questions and reply").click()
    see(vendor, "the vendor replies")
    vendor.get_by_label("Your reply").fill("A foundation in Utrecht. Nobody outside the Netherlands has a share.")
    vendor.get_by_role("button", name="Save and change this answer").click()
    vendor.get_by_role("textbox", name=question).fill("Netherlands; owned by a foundation in Utrecht")
    save_and_continue(vendor)
    vendor.goto(link + "/attest")
    attest(story, vendor)
    see(vendor, "the vendor's second receipt")


def verdict_on(page: Page, question: str) -> Locator:
    return page.get_by_role("group", name=re.compile(rf"verdict.*{re.escape(question)}$"))


def the_privacy_officer_accepts_what_the_vendor_said(story: Story) -> None:
    page = story.take_up("petra", "Judge the vendor's answers")
    expect(page.get_by_text("The vendor replied: A foundation in Utrecht.")).to_be_visible()
    verdict = verdict_on(page, story.questionnaire("vendor-privacy").question(QUERIED).text)
    verdict.get_by_role("radio", name="Accept").check()
    page.get_by_role("button", name="Save the verdicts").click()
    take_step(page, "Accept the answers")
    see(page, "the vendor's answers accepted")


def full_sheet(story: Story, role: str) -> Sheet:
    given = {**story.content["full_answers"], "overall_residual_risk": "high"}
    return sheet_for(story.questionnaire("full-assessment"), {role}, given)


def the_contributor_answers_what_only_she_can(story: Story) -> None:
    story.city.pass_days(2)
    page = story.take_up("sofia", "Answer the questions that only you can answer")
    page.get_by_role("link", name="Storage and security", exact=True).click()
    expect(stated_by_the_vendor(story, page)).to_be_visible()
    answer_all(page, full_sheet(story, "contributor"))
    see(page, "the contributor checks her answers")


def the_author_finds_the_vendors_answers_and_completes_the_rest(story: Story) -> None:
    page = story.take_up("amara", "Finish the answers and submit them")
    picture(page, "task-list", of=page.get_by_role("heading", name="Your questions"), height=900)
    full = story.questionnaire("full-assessment")
    page.get_by_role("link", name=full.section_of("product_name").title, exact=True).click()
    expect(stated_by_the_vendor(story, page)).to_be_visible()
    picture(page, "vendor-answers-in-the-assessment", height=860)
    page.get_by_role("link", name="PIA-", exact=False).first.click()
    page.get_by_role("link", name=full.sections[0].title, exact=True).click()
    sheet = full_sheet(story, "agency_official")
    answer_all(page, sheet, {"monitoring": lambda page: types_the_monitoring(page, sheet)})
    see(page, "check the full answers")
    take_step(page, "Submit for review")
    see(page, "a submitted full assessment")


def stated_by_the_vendor(story: Story, page: Page) -> Locator:
    company = re.escape(story.content["vendor"]["company"])
    return page.get_by_text(re.compile(rf"From {company}.s answers, stated on 7 March 2026")).first


def types_the_monitoring(page: Page, sheet: Sheet) -> None:
    """As a person would: by the words on the page, and with one row more than there is."""
    fill_section(page, sheet, "monitoring")
    question = sheet.questionnaire.question("indicators")
    table = page.get_by_role("group", name=question.text, exact=True)
    before = len(table.get_by_role("group", name=re.compile(r"^Row \d+$")).all())
    table.get_by_role("button", name="Add another row").click()
    row = table.get_by_role("group", name=f"Row {before + 1}", exact=True)
    for column, text in zip(question.columns, ("Complaints", "More than five in a month", "Every month"), strict=False):
        row.get_by_role("textbox", name=column.label, exact=True).fill(text)


def the_privacy_officer_asks_for_a_change(story: Story) -> None:
    asked = story.content["review"]["changes"][0]
    question = story.questionnaire("full-assessment").question(asked["question"]).text
    story.city.pass_days(7)
    page = story.take_up("petra", "Start the review")
    take_step(page, "Start the review")
    page.get_by_role("link", name="Read the answers and note changes").click()
    see(page, "the review")
    here = page.locator(f"[id='question-{asked['question']}']")
    here.get_by_text("Ask for a change").click()
    here.get_by_label("What should change").fill(asked["text"].strip())
    picture(page, "review", of=here, height=700)
    here.get_by_role("button", name="Note these changes").click()
    see(page, "the review with a change noted")
    expect(page.get_by_role("heading", name="1 change noted")).to_be_visible()
    expect(page.get_by_role("link", name=question, exact=True)).to_be_visible()
    take_step(page, "Request changes")


def the_author_replies_and_hands_in_again(story: Story) -> None:
    asked = story.content["review"]["changes"][0]
    story.city.pass_days(2)
    page = story.take_up("amara", "Answer the requested changes")
    page.wait_for_load_state()
    if "/changes" not in page.url:
        page.get_by_role("link", name="Reply to the requested changes").click()
    see(page, "requested changes")
    page.get_by_role("link", name="Change the answer").click()
    see(page, "a section while changes are requested")
    question = story.questionnaire("full-assessment").question(asked["question"])
    page.get_by_role("textbox", name=question.text, exact=True).fill(asked["new_answer"].strip())
    save_and_continue(page)
    story_changes = re.sub(r"/full/.*", "/full/changes", page.url)
    page.goto(story_changes)
    page.get_by_label("Your reply").fill(asked["reply"].strip())
    page.get_by_role("button", name="Save these replies").last.click()
    see(page, "a reply saved")
    page.get_by_role("link", name="Back to the assessment, to submit it again").click()
    take_step(page, "Submit for review")


def the_privacy_officer_recommends(story: Story) -> None:
    story.city.pass_days(1)
    page = story.take_up("petra", "Start the review")
    take_step(page, "Start the review")
    page.get_by_role("link", name="Read the answers and note changes").click()
    see(page, "the second review")
    page.get_by_role("link", name="Write your answer").first.click()
    answer_all(page, full_sheet(story, "privacy_officer"))
    page.goto(re.sub(r"/full/.*", "/full/review", page.url))
    page.get_by_role("link", name="Give advice and pass on for sign-off", exact=True).click()
    see(page, "step: advice")
    page.get_by_role("radio", name="Approve", exact=True).check()
    page.get_by_role("textbox", name="Your advice", exact=True).fill(story.content["review"]["advice"].strip())
    page.get_by_role("button", name="Give advice and pass on for sign-off", exact=True).click()
    expect(page.get_by_text("Give advice and pass on for sign-off: done.")).to_be_visible()


def the_director_signs_for_the_agency(story: Story) -> None:
    story.city.pass_days(1)
    page = story.take_up("daniel", "Sign for the agency, or send it back")
    page.get_by_role("link", name="Sign off for the agency", exact=True).click()
    see(page, "step: sign")
    page.get_by_label("Statement of the agency").fill("The department stands behind this text.")
    picture(page, "sign", of=page.get_by_role("heading", level=1), height=840)
    page.get_by_label("Your password").fill("not the password")
    page.get_by_role("button", name="Sign off for the agency").click()
    see(page, "step: sign, with a wrong password")
    expect(page.get_by_role("alert")).to_contain_text("This is not your password.")
    page.get_by_label("Your password").fill(story.city.password)
    page.get_by_role("button", name="Sign off for the agency").click()
    expect(page.get_by_text("Sign off for the agency: done.")).to_be_visible()


def the_city_manager_decides_because_the_risk_is_high(story: Story) -> None:
    story.city.pass_days(1)
    helen = open_assessment(story, "helen")
    expect(helen.get_by_role("heading", level=1)).to_have_count(1)
    expect(helen.get_by_role("link", name="Approve", exact=True)).to_have_count(0)
    helen.get_by_text("Steps other people take from here").click()
    refused = helen.get_by_role("listitem").filter(has_text=re.compile("^Approve"))
    expect(refused).to_contain_text("here it is the executive (city manager)")
    page = story.take_up("victor", "Decide")
    take_step(
        page,
        "Approve",
        Reasons_for_approving="The sensors cannot recognise anybody; what is left over is worth the quieter streets.",
        Your_password=story.city.password,
    )
    see(page, "an approved assessment")


def the_privacy_officer_publishes(story: Story) -> None:
    page = story.take_up("petra", "Publish the approved assessment")
    take_step(page, "Publish")
    story.city.work()
    page.reload()
    see(page, "a published assessment")
    picture(page, "published")
    expect(page.get_by_role("link", name="Version 1 on the public register")).to_be_visible()


def a_resident_reads_it_without_script_or_cookie(story: Story) -> None:
    page = story.windows.open(script=False)
    page.goto("/")
    see(page, "the public page")
    page.get_by_label("Find a technology, a place or a word").fill("parking sensors")
    page.get_by_role("button", name="Search").click()
    see(page, "search results")
    page.get_by_role("link", name=TITLE).click()
    see(page, "a published page")
    picture(page, "public-page", height=900)
    for kind, words in (("pdf", "Signed document"), ("json", "The same for computers")):
        answer = page.request.get(str(page.get_by_role("link", name=words).first.get_attribute("href")))
        assert answer.ok
        story.files[kind] = story.folder / f"assessment.{kind}"
        story.files[kind].write_bytes(answer.body())
    assert_no_cookie(page.context)
    assert json.loads(story.files["json"].read_text())["title"] == TITLE


def assert_no_cookie(context: BrowserContext) -> None:
    assert context.cookies() == []


def anybody_can_check_the_document(story: Story) -> None:
    file = story.files["pdf"]
    assert verify(story, file) == 0
    altered = bytearray(file.read_bytes())
    altered[len(altered) // 2] ^= 1
    file.write_bytes(altered)
    assert verify(story, file) == 1


def a_year_later_the_auditor_looks_and_the_senior_official_confirms(story: Story) -> None:
    story.city.move_to(dt.datetime(2027, 3, 15, 8, 0, tzinfo=dt.UTC))
    story.city.sweep()
    page = story.take_up("ingrid", "Start the annual audit")
    page.get_by_role("link", name="All audits").click()
    see(page, "annual audits")
    page.go_back()
    take_step(page, "Start the audit")
    audit = story.questionnaire("annual-audit")
    page.get_by_role("link", name=audit.sections[0].title, exact=True).click()
    answer_all(page, sheet_for(audit, AUDITOR, {"conclusion": "confirm", "use_as_published": "as_published"}))
    see(page, "check the audit")
    take_step(page, "Report the findings")
    helen = story.take_up("helen", "Conclude the annual audit")
    take_step(helen, "Confirm that the assessment still holds", Reason="Nothing has changed since it was published.")
    see(helen, "a closed audit")
    expect(helen.get_by_text("The published assessment still holds.")).to_be_visible()
