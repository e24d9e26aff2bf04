"""Beginning from another assessment: choose it, see what would be carried, carry it; or begin a similar one."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from pia_engine.models import Assessment
from pia_engine.models.catalogue import answers_of
from pia_engine.services.answers import read_sheet, save_answers
from pia_engine.services.assessments import SAID_OF_ONE_EDITION, get_assessment
from tests.factories.walks import Walk
from tests.integration.web.forms import fields_of, send, text_of

ClientFor = Callable[[str], FlaskClient]
Fresh = Callable[[], Session]


@pytest.fixture
def template(walk: Walk, session: Session) -> str:
    """A published assessment, with the officer's advice."""
    reference = walk.full("published", title="Sensors on Bank Street").reference
    session.commit()
    return reference


@pytest.fixture
def draft(walk: Walk, session: Session) -> str:
    reference = walk.full(title="Counters on Mill Road").reference
    session.commit()
    return reference


def url(reference: str, source: str = "") -> str:
    return f"/assessments/{reference}/full/template{'/' + source if source else ''}"


def sheet(session: Session, reference: str, stage: str = "full") -> Assessment:
    return get_assessment(session, reference, stage)


def test_amara_chooses_a_template_and_sees_what_would_be_carried(
    client_for: ClientFor, fresh: Fresh, template: str, draft: str
) -> None:
    client = client_for("amara")
    assert url(draft) in client.get(f"/assessments/{draft}").text
    chosen = client.get(url(draft))
    assert url(draft, template) in chosen.text
    assert url(draft, draft) not in chosen.text
    seen = client.get(url(draft, template))
    assert "Carry over these" in text_of(seen.text)
    with fresh() as session:
        assert all(answer.origin != "template" for answer in sheet(session, draft).sheet.answers)


def test_carried_answers_are_unconfirmed_and_say_where_they_come_from(
    client_for: ClientFor, fresh: Fresh, template: str, draft: str
) -> None:
    client = client_for("amara")
    answer = send(client, url(draft, template))
    assert (answer.status_code, answer.location) == (303, f"/assessments/{draft}")
    with fresh() as session:
        target, source = sheet(session, draft), answers_of(sheet(session, template).sheet)
        carried = [each for each in target.sheet.answers if each.origin == "template"]
        assert len(carried) > 20
        assert all(each.value == source[each.question] and not each.is_confirmed for each in carried)
        assert {each.origin_note for each in carried} == {f"{template}: Sensors on Bank Street"}
    said = text_of(client.get(f"/assessments/{draft}/full/sections/purpose").text)
    assert f"From {template}: Sensors on Bank Street, which you chose to begin from" in said


def test_advice_files_and_what_is_said_of_one_version_stay_behind(
    client_for: ClientFor, fresh: Fresh, template: str, draft: str
) -> None:
    send(client_for("amara"), url(draft, template))
    with fresh() as session:
        read = read_sheet(session, sheet(session, draft))
        questions = [
            read.questionnaire.question(name) for name, each in read.stored.items() if each.origin == "template"
        ]
        assert read_sheet(session, sheet(session, template)).answers.keys() & {
            question.id for question in read.questionnaire.questions if question.answered_by == "privacy_officer"
        }
        assert not [question.id for question in questions if question.answered_by == "privacy_officer"]
        assert not SAID_OF_ONE_EDITION & {question.id for question in questions}
        assert "file" not in {question.type for question in questions}


def test_answers_given_already_stay(
    client_for: ClientFor, fresh: Fresh, session: Session, walk: Walk, template: str, draft: str
) -> None:
    record = sheet(session, draft)
    seen = record.sheet.version
    save_answers(session, record, {"purpose": "Mine."}, seen_version=seen, actor=walk.who("amara"), now=walk.now)
    session.commit()
    send(client_for("amara"), url(draft, template))
    with fresh() as again:
        assert answers_of(sheet(again, draft).sheet)["purpose"] == "Mine."


def test_a_second_time_there_is_nothing_left_to_carry(client_for: ClientFor, template: str, draft: str) -> None:
    client = client_for("amara")
    send(client, url(draft, template))
    assert "There is nothing to carry over" in client.get(url(draft, template)).text


def test_templates_are_found_by_name(client_for: ClientFor, template: str, draft: str) -> None:
    client = client_for("amara")
    assert template in client.get(f"{url(draft)}?q=bank+street").text
    assert "No assessment matches" in client.get(f"{url(draft)}?q=nothing+like+it").text
    assert "No assessment matches" in client.get(f"{url(draft)}?page=99").text


@pytest.mark.parametrize("first", ["daniel", "sofia", "petra", "helen", "ingrid", "otto", "adam"])
def test_only_the_author_begins_from_a_template(
    client_for: ClientFor, fresh: Fresh, template: str, draft: str, first: str
) -> None:
    asked = fields_of(client_for("amara").get(url(draft, template)).text)
    client = client_for(first)
    token = client.get("/account").text.split('name="csrf_token" value="')[1].split('"')[0]
    assert client.get(url(draft)).status_code == 403
    assert client.post(url(draft, template), data={**asked, "csrf_token": token}).status_code == 403
    with fresh() as session:
        assert all(answer.origin != "template" for answer in sheet(session, draft).sheet.answers)


def test_an_assessment_of_another_department_is_no_template(
    client_for: ClientFor, session: Session, walk: Walk, draft: str
) -> None:
    """Otto writes for another department; Amara reads only her own."""
    theirs = walk.full(title="Cameras of others")
    reference = theirs.reference
    theirs.department_id = next(
        grant.scope for grant in walk.who("otto").grants if grant.scope and grant.scope != theirs.department_id
    )
    session.commit()
    client = client_for("amara")
    assert reference not in client.get(url(draft)).text
    assert client.get(url(draft, reference)).status_code == 403


def test_a_submitted_assessment_takes_no_template(
    client_for: ClientFor, session: Session, walk: Walk, template: str, draft: str
) -> None:
    walk.advance(sheet(session, draft), "submitted")
    session.commit()
    client = client_for("amara")
    assert client.get(url(draft)).status_code == 409
    assert url(draft) not in client.get(f"/assessments/{draft}").text


class TestSimilar:
    def test_amara_begins_a_similar_one_with_its_answers(
        self, client_for: ClientFor, fresh: Fresh, template: str
    ) -> None:
        client = client_for("amara")
        page = client.get(f"/assessments/{template}/similar")
        assert "Copy of Sensors on Bank Street" in page.text
        answer = send(client, f"/assessments/{template}/similar", title="Sensors on Mill Road")
        assert answer.status_code == 303, answer.text
        begun = answer.location.rsplit("/", 1)[1]
        with fresh() as session:
            initial = sheet(session, begun, "initial")
            assert initial.initiative.title == "Sensors on Mill Road"
            assert initial.initiative.summary == sheet(session, template, "initial").initiative.summary
            source = answers_of(sheet(session, template, "initial").sheet)
            assert answers_of(initial.sheet).items() <= source.items()
            assert answers_of(initial.sheet)
            assert not any(answer.is_confirmed for answer in initial.sheet.answers)

    def test_what_was_typed_comes_back_with_its_errors(self, client_for: ClientFor, template: str) -> None:
        answer = send(client_for("amara"), f"/assessments/{template}/similar", title="", summary="My own words")
        assert answer.status_code == 422
        assert "Give the initiative a name." in answer.text
        assert "My own words" in answer.text

    @pytest.mark.parametrize("first", ["sofia", "petra", "helen", "ingrid", "otto", "adam"])
    def test_only_officials_of_the_department_begin_one(self, client_for: ClientFor, template: str, first: str) -> None:
        assert client_for(first).get(f"/assessments/{template}/similar").status_code == 403
        assert f"/assessments/{template}/similar" not in client_for("petra").get(f"/assessments/{template}").text
