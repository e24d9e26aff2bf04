"""Reading what an answer used to say, comparing two texts, and putting one back."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import update
from sqlalchemy.orm import Session

from pia_engine.models import AnswerVersion
from pia_engine.models.policy_rules import read_rules
from pia_engine.services.answers import read_sheet, save_answers
from pia_engine.services.assessments import begin_new_edition, get_assessment
from tests.factories.walks import Walk
from tests.integration.web.forms import fields_of, send, text_of

ClientFor = Callable[[str], FlaskClient]


@pytest.fixture
def draft(walk: Walk, session: Session) -> str:
    """A full assessment in draft."""
    reference = walk.full("draft").reference
    session.commit()
    return reference


def section_url(reference: str) -> str:
    return f"/assessments/{reference}/full/sections/purpose"


def history_url(reference: str, question: str = "purpose") -> str:
    return f"/assessments/{reference}/full/history/{question}"


def stored(fresh: Callable[[], Session], reference: str, question: str) -> object:
    with fresh() as session:
        return read_sheet(session, get_assessment(session, reference, "full")).answers.get(question)


def write_twice(client: FlaskClient, draft: str) -> None:
    send(client, section_url(draft), q_purpose="Count the vehicles on Mill Road.")
    send(client, section_url(draft), q_purpose="Count the bicycles on Mill Road.")


def test_amara_finds_the_history_beside_the_question(client_for: ClientFor, draft: str) -> None:
    client = client_for("amara")
    write_twice(client, draft)
    page = client.get(section_url(draft)).text
    assert history_url(draft) in page
    assert "History (2)" in page


def test_the_history_shows_word_by_word_what_changed(client_for: ClientFor, draft: str) -> None:
    client = client_for("amara")
    write_twice(client, draft)
    page = client.get(history_url(draft))
    words = text_of(page.text)
    assert "2 texts so far" in words
    assert "Removed: vehicles (end of what was removed)" in words
    assert "Added: bicycles (end of what was added)" in words
    assert words.count("Amara Author") == 2
    assert words.count("Stands now") == 1


def test_a_question_nobody_answered_has_an_empty_history(client_for: ClientFor, draft: str) -> None:
    assert "Nobody has answered this yet" in client_for("petra").get(history_url(draft)).text


def test_findings_on_principles_are_compared_by_the_names_of_the_policy(
    client_for: ClientFor, session: Session, walk: Walk
) -> None:
    record = walk.full("draft")
    principles = read_rules(record.policy_version).principles
    found = [{"principle": principles[0].id, "finding": "kept", "text": "Only what is needed."}]
    actor, seen = walk.who("amara"), record.sheet.version
    save_answers(session, record, {"principles": found}, seen_version=seen, actor=actor, now=walk.now)
    session.commit()
    words = text_of(client_for("petra").get(history_url(record.reference, "principles")).text)
    assert f"Principle: {principles[0].name} Finding: Kept" in words


@pytest.mark.parametrize("path", ["nonsense", "purpose/9/restore", "purpose/0/restore"])
def test_what_never_was_is_not_found(client_for: ClientFor, draft: str, path: str) -> None:
    assert client_for("amara").get(history_url(draft, path)).status_code == 404


@pytest.mark.parametrize("edition", ["0", "-1", "2", "100000", "99999999999999999999999"])
def test_a_version_that_never_was_has_no_history(client_for: ClientFor, draft: str, edition: str) -> None:
    client = client_for("amara")
    assert client.get(f"{history_url(draft)}?edition=1").status_code == 200
    assert client.get(f"{history_url(draft)}?edition={edition}").status_code == 404


def test_amara_puts_an_earlier_text_back_after_seeing_what_it_changes(
    client_for: ClientFor, fresh: Callable[[], Session], draft: str
) -> None:
    client = client_for("amara")
    write_twice(client, draft)
    page = client.get(f"{history_url(draft)}/1/restore")
    assert "Added: vehicles" in text_of(page.text)
    answer = client.post(f"{history_url(draft)}/1/restore", data=fields_of(page.text))
    assert answer.status_code == 303
    assert stored(fresh, draft, "purpose") == "Count the vehicles on Mill Road."
    words = text_of(client.get(answer.location).text)
    assert "Text 1 put back" in words
    assert "3 texts so far" in words


def test_a_text_saved_while_the_question_was_asked_is_not_overwritten(
    client_for: ClientFor, fresh: Callable[[], Session], draft: str
) -> None:
    client = client_for("amara")
    write_twice(client, draft)
    asked = fields_of(client.get(f"{history_url(draft)}/1/restore").text)
    send(client, section_url(draft), q_purpose="Newest.")
    answer = client.post(f"{history_url(draft)}/1/restore", data=asked)
    assert answer.status_code == 409
    assert stored(fresh, draft, "purpose") == "Newest."


@pytest.mark.parametrize("first", ["daniel", "sofia", "petra", "helen", "ingrid"])
def test_readers_see_the_history_and_cannot_put_anything_back(
    client_for: ClientFor, fresh: Callable[[], Session], draft: str, first: str
) -> None:
    author, reader = client_for("amara"), client_for(first)
    write_twice(author, draft)
    asked = fields_of(author.get(f"{history_url(draft)}/1/restore").text)
    page = reader.get(history_url(draft))
    assert "Put this text back" not in page.text
    assert reader.get(f"{history_url(draft)}/1/restore").status_code == 403
    token = page.text.split('name="csrf_token" value="')[1].split('"')[0]
    answer = reader.post(f"{history_url(draft)}/1/restore", data={**asked, "csrf_token": token})
    assert answer.status_code == 403
    assert stored(fresh, draft, "purpose") == "Count the bicycles on Mill Road."


def test_a_history_that_was_tampered_with_says_so(client_for: ClientFor, session: Session, draft: str) -> None:
    client = client_for("amara")
    write_twice(client, draft)
    session.execute(
        update(AnswerVersion)
        .where(AnswerVersion.question == "purpose", AnswerVersion.number == 1)
        .values(value="Watch people.")
    )
    session.commit()
    words = text_of(client.get(history_url(draft)).text)
    assert "does not agree with the audit trail. Texts that differ or are missing: 1." in words
    assert words.count("Not what the audit trail says") == 1


class TestComparing:
    @pytest.fixture
    def handed_in_twice(self, walk: Walk, session: Session, client_for: ClientFor) -> str:
        """A full assessment handed in, given back and handed in again with another purpose; then changed once more."""
        record = walk.full("changes_requested")
        session.commit()
        send(client_for("amara"), section_url(record.reference), q_purpose="Count the bicycles on Mill Road.")
        return record.reference

    def compare(self, client: FlaskClient, reference: str, query: str = "") -> str:
        answer = client.get(f"/assessments/{reference}/full/compare{query}")
        assert answer.status_code == 200, answer.text
        return text_of(answer.text)

    def test_by_default_the_present_text_is_held_against_the_last_one_handed_in(
        self, client_for: ClientFor, handed_in_twice: str
    ) -> None:
        words = self.compare(client_for("petra"), handed_in_twice)
        assert "bicycles" in words
        assert "Changed answers 1" in words
        assert "Unchanged" not in words

    def test_all_answers_are_shown_when_asked_for(self, client_for: ClientFor, handed_in_twice: str) -> None:
        assert "Unchanged" in self.compare(client_for("petra"), handed_in_twice, "?from=1&to=now&all=1")

    def test_a_text_is_the_same_as_itself(self, client_for: ClientFor, handed_in_twice: str) -> None:
        words = self.compare(client_for("petra"), handed_in_twice, "?from=1&to=1")
        assert "Nothing changed between these two" in words

    def test_the_other_way_round_what_was_added_is_removed(self, client_for: ClientFor, handed_in_twice: str) -> None:
        client = client_for("petra")
        assert "Removed: Count the bicycles" in self.compare(client, handed_in_twice, "?from=now&to=1")

    @pytest.mark.parametrize("query", ["?from=9&to=now", "?from=1&to=nonsense", "?from=v7&to=1"])
    def test_an_unknown_text_is_not_found(self, client_for: ClientFor, handed_in_twice: str, query: str) -> None:
        answer = client_for("petra").get(f"/assessments/{handed_in_twice}/full/compare{query}")
        assert answer.status_code == 404

    def test_versions_are_compared_with_each_other(self, client_for: ClientFor, walk: Walk, session: Session) -> None:
        published = walk.full("published")
        begin_new_edition(session, published, actor=walk.who("amara"), now=walk.now)
        session.commit()
        client = client_for("petra")
        words = self.compare(client, published.reference, "?from=v1-1&to=now&all=1")
        assert "Version 1: Text 1, handed in by Amara Author" in words
        assert "Version 2: As it stands now" in words
        assert client.get(f"{history_url(published.reference)}?edition=1").status_code == 200

    def test_with_one_text_only_there_is_nothing_to_compare(self, client_for: ClientFor, draft: str) -> None:
        assert "There is only one text so far" in self.compare(client_for("petra"), draft)

    def test_an_assessments_page_leads_to_it(self, client_for: ClientFor, draft: str) -> None:
        assert f"/assessments/{draft}/full/compare" in client_for("petra").get(f"/assessments/{draft}").text
