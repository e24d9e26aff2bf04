"""Whatever is posted to a section is saved, or refused with an error summary; for every type of question."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from pia_engine.forms.readonly import KEPT_ELSEWHERE
from pia_engine.models import Assessment
from pia_engine.models.catalogue import answers_of
from pia_engine.questionnaires.answers import check_value
from pia_engine.questionnaires.definition import Question, Questionnaire, QuestionType, Section
from pia_engine.questionnaires.loading import load_folder
from tests.factories.questionnaires import TINY, asks_instead
from tests.factories.walks import Walk
from tests.fixtures.city import token_in

FROM = {QuestionType.ROWS: "columns"}
MEGABYTE = 1024 * 1024
Pairs = list[tuple[str, str]]


def _one_of_each() -> tuple[Question, ...]:
    """A question of every type from the tiny questionnaires, called by its type and asked of the author always."""
    found: dict[QuestionType, Question] = {}
    for each in load_folder(TINY).questionnaires:
        for question in each.questions:
            if each.id == FROM.get(question.type, each.id):
                found.setdefault(question.type, question)
    return tuple(
        dataclasses.replace(
            found[kind],
            id=str(kind),
            answered_by="agency_official",
            shown_when=None,
            required_when=None,
            required=False,
        )
        for kind in QuestionType
    )


QUESTIONS = {question.type: question for question in _one_of_each()}


@dataclasses.dataclass
class Target:
    """A draft that asks every type of question, and a browser of its author on the page."""

    client: FlaskClient
    assessment: Assessment
    address: str
    token: str
    fresh: Callable[[], Session]

    def post(self, pairs: Pairs, *, leave_out: str = "") -> tuple[int, str]:
        """Post the page's form with these fields besides those no browser leaves out."""
        usual = {
            "csrf_token": self.token,
            "seen_version": str(self.version()),
            "asked": " ".join(sorted(set(QuestionType) - KEPT_ELSEWHERE)),
            "save": "later",
        }
        usual.pop(leave_out, None)
        answer = self.client.post(self.address, data=MultiDict([*usual.items(), *pairs]))
        return answer.status_code, answer.text

    def stored(self) -> dict[str, object]:
        with self.fresh() as session:
            return dict(answers_of(session.get_one(Assessment, self.assessment.id).sheet))

    def version(self) -> int:
        with self.fresh() as session:
            return session.get_one(Assessment, self.assessment.id).sheet.version


@pytest.fixture
def target(
    app: Flask,
    session: Session,
    walk: Walk,
    client_for: Callable[[str], FlaskClient],
    fresh: Callable[[], Session],
    monkeypatch: pytest.MonkeyPatch,
) -> Target:
    crafted = Questionnaire("crafted", 1, "Crafted", "", (Section("all", "All", "", 2, tuple(QUESTIONS.values())),))
    assessment = asks_instead(walk.initial("draft"), crafted, app=app, session=session, patch=monkeypatch)
    address = f"/assessments/{assessment.reference}/initial/sections/all"
    client = client_for("amara")
    return Target(client, assessment, address, token_in(client.get(address).text), fresh)


def rows(count: int, *, start: int = 0, step: int = 1) -> Pairs:
    return [(f"q_rows-{start + number * step}-what", f"Row {number}") for number in range(count)]


REFUSED: dict[str, Pairs] = {
    "a short text twice": [("q_short_text", "one"), ("q_short_text", "two")],
    "a long text twice": [("q_long_text", "one"), ("q_long_text", "two")],
    "a choice twice": [("q_one_of", "idea"), ("q_one_of", "in_use")],
    "an unknown choice": [("q_one_of", "elsewhere")],
    "yes, no and perhaps": [("q_yes_no", "perhaps")],
    "unsure where that is no answer": [("q_yes_no", "unsure")],
    "an unknown answer beside unsure": [("q_yes_no_unsure", "true")],
    "unknown ticks": [("q_any_of", "image"), ("q_any_of", "smell")],
    "none and others": [("q_any_of", "none"), ("q_any_of", "image")],
    "a number without end": [("q_number", "1e999")],
    "not a number": [("q_number", "NaN")],
    "digits of another script too many": [("q_number", "9" * 400)],
    "a number twice": [("q_number", "1"), ("q_number", "2")],
    "a day that does not exist": [("q_date-day", "31"), ("q_date-month", "2"), ("q_date-year", "2026")],
    "a part of a date missing": [("q_date-day", "3"), ("q_date-year", "2026")],
    "a part of a date twice": [
        ("q_date-day", "3"),
        ("q_date-day", "4"),
        ("q_date-month", "2"),
        ("q_date-year", "2026"),
    ],
    "an endless year": [("q_date-day", "3"), ("q_date-month", "2"), ("q_date-year", "9" * 5000)],
    "somebody who does not work here": [("q_person", "Mallory, Stranger")],
    "two people at once": [("q_person", "Amara Author"), ("q_person", "Petra Privacy")],
    "a department there is none of": [("q_department", "Department of Nothing")],
    "more rows than fit": rows(5),
    "ten thousand rows": rows(10_000),
    "rows numbered into the millions, too many": rows(6, start=1_000_000, step=1_000_000),
    "a row number without end": [(f"q_rows-{'9' * 40}-what", "Far away")],
    "a cell twice": [("q_rows-0-what", "one"), ("q_rows-0-what", "two")],
    "an unknown choice in a cell": [("q_rows-0-how", "pigeon")],
    "unknown ticks in a cell": [("q_rows-0-kinds", "smell")],
    "none and others in a cell": [("q_rows-0-kinds", "none"), ("q_rows-0-kinds", "image")],
    "a cell that is no number": [("q_rows-0-times", "1e999")],
    "a cell that is no day": [
        ("q_rows-0-since-day", "31"),
        ("q_rows-0-since-month", "2"),
        ("q_rows-0-since-year", "2026"),
    ],
    "a stranger in a cell": [("q_rows-0-owner", "Mallory, Stranger")],
    "a finding there is none of": [("q_principles-lawful-finding", "blessed")],
    "a finding twice": [("q_principles-lawful-finding", "kept"), ("q_principles-lawful-finding", "partly")],
    "a law the policy does not name": [("q_principles-lawful-authorities", "../../etc/passwd")],
    "a version that is no number": [("seen_version", "newest")],
    "an endless version": [("seen_version", "9" * 400)],
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_does_not_fit_is_refused_with_an_error_summary(case: str, target: Target) -> None:
    status, page = target.post(REFUSED[case], leave_out="seen_version" if "version" in case else "")
    assert (status, "govuk-error-summary" in page) == (422, True), f"{case}: {status}"
    assert target.stored() == {}


def test_a_form_without_its_version_is_refused(target: Target) -> None:
    status, page = target.post([("q_short_text", "Counter")], leave_out="seen_version")
    assert (status, "This page has lost its place." in page) == (422, True)


def _names(question: Question) -> list[str]:
    """Every name under which the page reads something of a question."""
    name = f"q_{question.id}"
    if question.type is QuestionType.DATE:
        return [f"{name}-{part}" for part in ("day", "month", "year")]
    if question.type is QuestionType.PRINCIPLES:
        return [f"{name}-lawful-{part}" for part in ("finding", "text", "authorities")]
    if question.type is QuestionType.ROWS:
        cells = [f"{name}-0-{column.id}" for column in question.columns]
        return [*cells, f"{name}-0-since-day", f"{name}-remove", f"{name}-add"]
    return [name]


JUNK = (
    "\x00",
    "a\x00b\x1f",
    "\u202eabc\ufffe",
    "1e999",
    "-0",
    "2026-02-31",
    "<script>alert(1)</script>",
    "' OR 1=1 --",
    "{{ 7 * 7 }}",
    "[]",
    '{"id": "r1"}',
    "²",
    "x" * 30_000,
)


@pytest.mark.parametrize("kind", QuestionType)
def test_no_value_breaks_a_page(kind: QuestionType, target: Target) -> None:
    question = QUESTIONS[kind]
    for junk in JUNK:
        status, page = target.post([(name, junk) for name in _names(question)])
        assert status in (200, 303, 422), f"{junk[:30]!r}: {status}"
        assert (status == 422) == ("govuk-error-summary" in page), junk[:30]
        assert "<script>alert(1)" not in page
    value = target.stored().get(question.id)
    assert value is None or check_value(question, value) is None


@pytest.mark.parametrize("kind", sorted(KEPT_ELSEWHERE))
def test_what_is_kept_elsewhere_cannot_be_written_through_a_section(kind: QuestionType, target: Target) -> None:
    made_up = '[{"id": "r1", "name": "a.pdf", "risk": "x"}]'
    status, _page = target.post([(f"q_{kind}", made_up), (f"q_{kind}-0-id", "r1"), ("asked", str(kind))])
    assert status in (303, 422)
    assert target.stored() == {}


@pytest.mark.parametrize("kind", sorted(set(QuestionType) - KEPT_ELSEWHERE))
def test_two_megabytes_are_too_long_for_every_answer(kind: QuestionType, target: Target) -> None:
    status, page = target.post([(_names(QUESTIONS[kind])[0], "x" * 2 * MEGABYTE)])
    assert (status, "govuk-error-summary" in page) == (422, True)
    assert target.stored() == {}


def test_more_than_any_section_holds_is_refused_before_it_is_read(target: Target) -> None:
    status, page = target.post([("q_long_text", "x" * 4 * MEGABYTE)])
    assert (status, "Too much was sent at once" in page) == (413, True)


def test_rows_with_gaps_between_their_numbers_are_saved_in_order(target: Target) -> None:
    status, _page = target.post([("q_rows-900-what", "Last"), ("q_rows-3-what", "First")])
    assert status == 303
    assert target.stored() == {"rows": [{"what": "First"}, {"what": "Last"}]}
