"""A section whose questions take their options from the city, or their words from a translation."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from pia_engine.models import Answer, Assessment
from pia_engine.models.catalogue import answers_of
from pia_engine.permissions.roles import SYSTEM
from pia_engine.questionnaires.definition import Value
from pia_engine.services.answers import save_answers
from pia_engine.services.cities import change_city
from tests.factories.people import FOUNDED, acting
from tests.factories.questionnaires import asks_instead, tiny
from tests.factories.walks import Walk
from tests.integration.web.forms import fields_of, send, text_of

Asked = Callable[[str], Assessment]
Clients = Callable[[str], FlaskClient]


@pytest.fixture
def asked(app: Flask, session: Session, walk: Walk, monkeypatch: pytest.MonkeyPatch) -> Asked:
    """A draft of Amara's that asks one of the tiny questionnaires."""
    return lambda name: asks_instead(walk.initial("draft"), tiny(name), app=app, session=session, patch=monkeypatch)


def path_of(assessment: Assessment, section: str) -> str:
    return f"/assessments/{assessment.reference}/initial/sections/{section}"


def test_author_chooses_a_person_and_a_department(
    asked: Asked, client_for: Clients, fresh: Callable[[], Session]
) -> None:
    assessment = asked("people")
    amara = client_for("amara")
    path = path_of(assessment, "who")
    assert '<option value="Petra Privacy">Petra Privacy</option>' in amara.get(path).text
    assert send(amara, path, q_owner="Petra Privacy", q_home="Parks and Libraries").status_code == 303
    with fresh() as session:
        stored = answers_of(session.get_one(Assessment, assessment.id).sheet)
    assert stored == {"owner": "Petra Privacy", "home": "Parks and Libraries"}


def test_two_authors_who_name_two_people_choose_again_from_the_list(
    asked: Asked, client_for: Clients, session: Session, walk: Walk
) -> None:
    assessment = asked("people")
    amara, path = client_for("amara"), path_of(assessment, "who")
    opened = fields_of(amara.get(path).text)
    given: dict[str, Value] = {"owner": "Petra Privacy"}
    who = acting(session, "amara", walk.now)
    save_answers(session, assessment, given, seen_version=assessment.sheet.version, actor=who, now=walk.now)
    session.commit()
    answer = amara.post(path, data={**opened, "q_owner": "Helen Senior"})
    assert answer.status_code == 409
    third = answer.text[answer.text.index('name="edit_owner"') :]
    assert "Victor Executive" in third[: third.index("</select>")]


def test_a_section_that_offers_nothing_asks_the_database_nothing(
    asked: Asked, client_for: Clients, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(*_args: object, **_named: object) -> None:
        raise AssertionError("asked for offers")

    assessment = asked("texts")
    monkeypatch.setattr("pia_engine.web.offering.offers_for", never)
    assert client_for("amara").get(path_of(assessment, "words")).status_code == 200


def test_a_reader_sees_the_questions_in_the_citys_language(
    asked: Asked, client_for: Clients, session: Session, fresh: Callable[[], Session]
) -> None:
    assessment = asked("translations")
    change_city(session, {"language": "fr"}, actor=SYSTEM, now=FOUNDED)
    session.commit()
    amara, path = client_for("amara"), path_of(assessment, "only")
    page = amara.get(path).text
    assert "Quelques questions</h1>" in page
    assert "Les essais comptent aussi." in page
    assert send(amara, path, q_named="Compteur", q_stage="in_use", q_since="3").status_code == 303
    with fresh() as again:
        stored = answers_of(again.get_one(Assessment, assessment.id).sheet)
    assert stored == {"named": "Compteur", "stage": "in_use", "since": 3}
    words = text_of(amara.get(f"/assessments/{assessment.reference}/initial/check").text)
    assert "En service" in words
    assert "3 mois" in words
    assert "Où en est le projet ?" in text_of(amara.get(f"/assessments/{assessment.reference}/initial/preview").text)


def test_a_language_nobody_translated_into_shows_the_file_as_it_was_written(
    asked: Asked, client_for: Clients, session: Session
) -> None:
    assessment = asked("translations")
    change_city(session, {"language": "nl"}, actor=SYSTEM, now=FOUNDED)
    session.commit()
    assert "A few questions</h1>" in client_for("amara").get(path_of(assessment, "only")).text


def test_principles_are_named_wherever_the_findings_are_read(
    asked: Asked, client_for: Clients, session: Session
) -> None:
    assessment = asked("registers")
    assessment.sheet.answers.append(_finding(assessment))
    session.commit()
    found = "Lawful and fair: Kept. The by-law says so."
    amara = client_for("amara")
    for page in ("sections/judgement", "check", "preview"):
        assert found in text_of(amara.get(f"/assessments/{assessment.reference}/initial/{page}").text), page


def _finding(assessment: Assessment) -> Answer:
    value = [{"principle": "lawful", "finding": "kept", "text": "The by-law says so."}]
    return Answer(
        question="principles",
        value=value,
        saved_in=2,
        answered_by_name="Petra Privacy",
        answered_at=assessment.created_at,
    )
