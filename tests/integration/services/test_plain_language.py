"""Hints about the wording of what the public will read."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from pia_engine.questionnaires.definition import Question, Questionnaire, QuestionType, Section
from pia_engine.services.plain_language import (
    Surroundings,
    _known_people,
    hints_by_question,
    hints_for,
    reading_ease,
    surroundings_of,
)

AROUND = Surroundings("en", "GB", frozenset({"Amara Osei"}))
PLAIN = "The sensors count how many vehicles pass. They take no pictures. Nobody can be recognised. " * 4
HARD = (
    "The processing of the aforementioned categories of information is undertaken pursuant to statutory "
    "authorisation, notwithstanding any supplementary contractual stipulations that intermediaries participating "
    "in the infrastructure might unilaterally promulgate, including retention and interoperability obligations."
)


def says(text: str, around: Surroundings = AROUND) -> str:
    return " | ".join(hints_for(text, around))


def test_a_plain_text_gets_no_hint() -> None:
    assert says(PLAIN) == ""
    assert says("") == says("   ") == ""


def test_a_short_text_is_not_measured() -> None:
    assert says("Interoperability infrastructure.") == ""


def test_long_sentences_and_hard_words_are_named_with_their_figures() -> None:
    assert "words on average" in says(HARD)
    assert "of 100; plain text has 60" in says(HARD)
    assert reading_ease(HARD, "en") < 10 < 60 < reading_ease(PLAIN, "en")


def test_a_language_without_a_formula_is_not_measured() -> None:
    assert says(HARD, Surroundings("ja", "JP", frozenset())) == ""


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Write to jane.doe@city.example.", "jane.doe@city.example"),
        ("Write to amara@city.example.", "amara@city.example"),
        ("Write to plates7@gmail.com.", "plates7@gmail.com"),
        ("Call 020 7946 0958 in the morning.", "020 7946 0958"),
        ("Call +81 79 421 2000.", "+81 79 421 2000"),
        ("Amara Osei looks at the list.", "Amara Osei"),
        ("We asked amara\nosei twice.", "amara osei"),
        ("Contact John Smith, our neighbour.", "John Smith"),
        ("Ask Mr Tanaka about it.", "Mr Tanaka"),
        ("Ask Dr. Lindqvist.", "Dr. Lindqvist"),
    ],
)
def test_what_may_tell_who_a_person_is_is_named(text: str, found: str) -> None:
    assert found in says(text)


@pytest.mark.parametrize(
    "text",
    [
        "Write to privacy@city.example, plates@city.example or records-office@city.example.",
        "Kept 30 days, from 2026-01-02 to 2026-02-01; 1,234,567 vehicles; AU-2, SI-12(1).",
        "The doctor and the mayor see the list. M Street is closed.",
        "Amara Oseiville is a town.",
        "Cameras stand in John Street and at Mary Hill.",
    ],
)
def test_what_names_no_person_gets_no_hint(text: str) -> None:
    assert says(text) == ""


def test_a_large_city_has_one_pattern_for_all_its_people() -> None:
    names = frozenset(f"Given{number} Family{number}" for number in range(5000))
    assert "Given77 Family77" in says("Given77 Family77 knows.", Surroundings("en", "GB", names))
    assert _known_people(names) is _known_people(names)


def test_a_character_the_document_cannot_print_is_named() -> None:
    assert "U+0E2A" in says("We say สวัสดี here.")


def test_only_what_is_asked_and_the_public_reads_gets_hints() -> None:
    def asked(name: str, kind: QuestionType = QuestionType.LONG_TEXT, *, public: bool = True) -> Question:
        return Question(name, kind, name, "agency_official", public, 3)

    number = asked("amount", QuestionType.NUMBER)
    questions = (asked("open"), asked("closed", public=False), asked("table", QuestionType.ROWS), number)
    questionnaire = Questionnaire("q", 1, "Q", "", (Section("s", "S", "", 3, questions),))
    named = "Ask Mr Tanaka."
    answers = {"open": named, "closed": named, "table": [{"who": "Amara Osei", "what": ""}], "amount": 3}
    assert set(hints_by_question(questionnaire, answers, AROUND)) == {"open", "table"}


def test_the_city_s_people_language_and_country_are_known(session: Session) -> None:
    around = surroundings_of(session)
    assert "Amara Author" in around.names
    assert around.language == "en"
    assert around.territory is not None
