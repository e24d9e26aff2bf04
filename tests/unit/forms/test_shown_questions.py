"""Questions a section shows without asking, and what stands around a question."""

from __future__ import annotations

import pytest

from pia_engine.forms.markup import Remarks
from pia_engine.forms.questions import build_section_form, initial_values, posed_questions, read_answers
from pia_engine.models.default_rules import DEFAULT_RULES
from pia_engine.models.offers import Offers
from pia_engine.models.policy_rules import rules_of
from pia_engine.questionnaires.definition import Comparison, Operator, Question, QuestionType, Section

OFFERS = Offers(("Kim Lee, Clerk",), ("Parks",), rules_of(DEFAULT_RULES))
ANSWERS = {
    "contract": [{"id": "0", "name": "contract.pdf", "type": "pdf", "size": "9"}],
    "risks": [{"id": "r1", "risk": "Somebody is followed."}, {"id": "r2", "risk": "A list gets out."}],
    "principles": [{"principle": "lawful", "finding": "partly", "text": "The by-law is old."}],
}


def question(question_id: str, kind: str, **more: object) -> Question:
    return Question(question_id, QuestionType(kind), f"About {question_id}?", "agency_official", True, 3, **more)


SECTION = Section(
    "kept",
    "Kept elsewhere",
    "",
    3,
    (
        question("shared", "yes_no"),
        question("contract", "file", hint="The signed one."),
        question("risks", "risks"),
        question("principles", "principles"),
        question("partners", "short_text", required_when=Comparison("shared", Operator.EQUALS, "yes")),
        question("owner", "person"),
    ),
)


def page(answers=None, **options):
    form_class = build_section_form(SECTION, offers=OFFERS, **options)
    return form_class(None, data={**initial_values(SECTION, answers or {}), "seen_version": 1}, meta={"csrf": False})


def test_files_and_risks_are_shown_with_the_way_to_their_page():
    form = page(ANSWERS, manage_url=lambda asked: f"/manage/{asked.id}")
    assert 'href="/manage/contract">Add, look at or remove files' in form.q_contract()
    assert "contract.pdf" in form.q_contract()
    assert 'href="/manage/risks">Open the risk register' in form.q_risks()
    assert "<li>R2: A list gets out.</li>" in form.q_risks()
    assert "The signed one." in form.q_contract()


def test_whoever_only_reads_is_shown_the_way_and_who_answers():
    printed = page(ANSWERS, answerable=frozenset(), manage_url=lambda asked: "/files").q_contract()
    assert 'href="/files">Look at the files' in printed
    assert "Answered by: Agency official" in printed
    assert "Answered by" not in page(ANSWERS, manage_url=lambda asked: "/files").q_contract()


def test_without_a_page_to_go_to_there_is_no_link():
    assert "<a " not in page(manage_url=lambda asked: None).q_contract()
    assert "Nothing here yet" in page().q_risks()


def test_what_is_kept_elsewhere_is_never_read_from_a_section():
    form = page(ANSWERS)
    assert posed_questions(form, SECTION) == {"shared", "principles", "partners", "owner"}
    assert set(read_answers(form, SECTION)) == {"principles"}


def test_a_reader_of_findings_sees_the_principles_by_name():
    form = page(ANSWERS, answerable=frozenset())
    assert "Lawful and fair: Kept in part. The by-law is old." in form.q_principles()


def test_a_finding_on_a_principle_the_policy_no_longer_has_is_still_read():
    found = [{"principle": "old-one", "finding": "kept", "text": "As ever."}]
    assert "old-one: Kept. As ever." in page({"principles": found}, answerable=frozenset()).q_principles()


def test_the_field_says_in_words_when_an_answer_is_needed():
    assert "An answer is needed if “About shared?” is Yes." in page().q_partners()


def test_links_stand_below_their_question_and_name_it():
    said = {"partners": Remarks(links=(("2 comments", "/comments"),)), "risks": Remarks(links=(("History", "/h"),))}
    form = page(remarks=said)
    for field, url in ((form.q_partners, "/comments"), (form.q_risks, "/h")):
        printed = field()
        assert f'href="{url}"' in printed
        assert f'<span class="govuk-visually-hidden">: {field.label.text}</span></a>' in printed


@pytest.mark.parametrize("offers", [Offers(), Offers(departments=("Parks",))])
def test_where_no_people_are_offered_a_name_is_written(offers):
    form_class = build_section_form(SECTION, offers=offers)
    form = form_class(None, data={"q_owner": "Ada Vendor, Engineer", "seen_version": 1}, meta={"csrf": False})
    assert 'type="text"' in form.q_owner()
    assert form.q_owner.answer() == "Ada Vendor, Engineer"
