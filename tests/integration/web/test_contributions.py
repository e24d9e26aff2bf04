"""Requests to experts over HTTP: every page as every role, and what the others' pages say about them."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, event
from sqlalchemy.orm import Session

from pia_engine import clock
from pia_engine.models import Assessment, Contribution
from pia_engine.models.catalogue import questionnaire_for
from pia_engine.permissions.roles import SYSTEM, Role
from pia_engine.services import comments
from pia_engine.services.assessments import get_assessment
from pia_engine.services.contribution_states import list_contributions
from pia_engine.services.people import add_person, designate
from tests.factories.people import FOUNDED, PERSONAS, email_of, persona
from tests.factories.together import ask, change, ready, sign_off, take_back
from tests.factories.walks import Walk
from tests.fixtures.city import token_in
from tests.integration.web.forms import fields_of, send, text_of

Clients = Callable[[str], FlaskClient]
Fresh = Callable[[], Session]
ASKERS = ("amara", "petra")
READERS = ("amara", "daniel", "sofia", "petra", "helen", "victor", "ingrid")


def known(fresh: Fresh, reference: str) -> list[Contribution]:
    with fresh() as session:
        return list_contributions(session, get_assessment(session, reference, "full"))


def asking(session: Session) -> dict[str, object]:
    return {
        "person": str(persona(session, "sofia").id),
        "topic": "security",
        "sections": ["security", "sharing"],
        "text": "Is the encryption sound?",
        "due_on-day": "20", "due_on-month": "3", "due_on-year": "2026",
    }  # fmt: skip


def url_of(contribution: Contribution, step: str = "") -> str:
    return f"/assessments/{contribution.assessment.reference}/full/contributions/{contribution.id}{step}"


@pytest.mark.parametrize("first", PERSONAS)
def test_the_author_and_the_officer_ask_and_nobody_else(
    first: str, walk: Walk, session: Session, fresh: Fresh, client_for: Clients
) -> None:
    reference, given = walk.full().reference, asking(session)
    session.commit()
    url, client = f"/assessments/{reference}/full/contributions/new", client_for(first)
    if first in ASKERS:
        assert send(client, url, **given).status_code == 303
        (asked,) = known(fresh, reference)
        assert (asked.sections, asked.due_on) == (["security", "sharing"], dt.date(2026, 3, 20))
        return
    assert client.get(url).status_code == 403
    token = token_in(client.get("/work").text)
    assert client.post(url, data={**given, "csrf_token": token}).status_code == 403
    assert known(fresh, reference) == []


def test_a_visitor_reaches_none_of_the_pages(walk: Walk, session: Session, client_for: Clients) -> None:
    asked = ask(walk, walk.full())
    urls = [url_of(asked), url_of(asked, "/withdraw"), url_of(asked).replace(str(asked.id), "new")]
    session.commit()
    visitor = client_for("")
    token = token_in(visitor.get("/sign-in").text)
    for url in urls:
        assert visitor.get(url).status_code in (302, 303)
        assert visitor.post(url, data={"csrf_token": token}).status_code in (302, 303)


@pytest.mark.parametrize("first", PERSONAS)
def test_whoever_reads_the_assessment_reads_its_requests(
    first: str, walk: Walk, session: Session, client_for: Clients
) -> None:
    asked = ask(walk, walk.full())
    url = url_of(asked)
    session.commit()
    page = client_for(first).get(url)
    assert page.status_code == (200 if first in READERS else 403)
    assert ("Is the encryption sound?" in page.text) is (first in READERS)
    assert ("Withdraw this request" in page.text) is (first in ASKERS)
    assert ("Sign off</h2>" in page.text) is (first == "sofia")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"person": ""}, "Choose whom you ask."),
        ({"person": "nobody"}, "Choose from the options shown here."),
        ({"topic": "magic"}, "Choose from the options shown here."),
        ({"sections": []}, "Choose at least one section."),
        ({"sections": ["no-such"]}, "Choose from the options shown here."),
        ({"text": "  "}, "Say what you ask them to look at."),
        ({"text": "x" * 4001}, "4000"),
        ({"due_on-year": "2020"}, "This day has passed."),
        ({"due_on-month": "13"}, "month"),
    ],
)
def test_a_request_that_does_not_fit_is_shown_again(
    changes: dict[str, object], words: str, walk: Walk, session: Session, fresh: Fresh, client_for: Clients
) -> None:
    reference, given = walk.full().reference, asking(session)
    session.commit()
    answer = send(client_for("amara"), f"/assessments/{reference}/full/contributions/new", **{**given, **changes})
    assert answer.status_code == 422
    assert words in text_of(answer.text)
    assert "There is a problem" in answer.text
    assert known(fresh, reference) == []


def test_the_expert_signs_off_from_their_work(walk: Walk, session: Session, fresh: Fresh, client_for: Clients) -> None:
    record = ready(walk)
    asked, reference = ask(walk, record, "purpose"), record.reference
    url = url_of(asked)
    session.commit()
    client = client_for("sofia")
    work = client.get("/work").text
    assert "Is the encryption sound?" in work
    assert url in work
    assert send(client, url, statement="I looked.").status_code == 422
    assert send(client, url, is_read="yes").status_code == 422
    assert send(client, url, statement="I looked, and it is sound.", is_read="yes").status_code == 303
    (signed,) = known(fresh, reference)
    assert signed.statement == "I looked, and it is sound."
    assert url not in client.get("/work").text
    assert "Signed off on 2 March 2026" in text_of(client.get(f"/assessments/{reference}").text)


@pytest.mark.parametrize("first", [first for first in PERSONAS if first != "sofia"])
def test_nobody_signs_off_for_the_expert(
    first: str, walk: Walk, session: Session, fresh: Fresh, client_for: Clients
) -> None:
    asked = ask(walk, ready(walk), "purpose")
    url, reference = url_of(asked), asked.assessment.reference
    session.commit()
    client = client_for(first)
    given = {"statement": "Fine.", "is_read": "yes", "seen": "0" * 64, "csrf_token": token_in(client.get("/work").text)}
    assert client.post(url, data=given).status_code == 403
    assert known(fresh, reference)[0].signed_at is None


def test_an_expert_who_was_not_asked_cannot_sign_off(
    walk: Walk, session: Session, fresh: Fresh, client_for: Clients
) -> None:
    asked = ask(walk, ready(walk), "purpose")
    other = add_person(
        session, name="Ravi Records", email=email_of("ravi"), job_title="",
        password_hash=persona(session, "sofia").password, now=walk.now, actor=SYSTEM,
    )  # fmt: skip
    designate(
        session, other, Role.CONTRIBUTOR, department=None, designated_by="Mayor", instrument="3",
        from_on=dt.date(2026, 1, 1), actor=SYSTEM, now=FOUNDED,
    )  # fmt: skip
    url, reference = url_of(asked), asked.assessment.reference
    session.commit()
    client = client_for("ravi")
    page = client.get(url)
    assert page.status_code == 200
    assert "<form" not in page.text[page.text.index("<main") :]
    given = {"statement": "Fine.", "is_read": "yes", "csrf_token": token_in(client.get("/work").text)}
    answer = client.post(url, data=given)
    assert answer.status_code == 403
    assert "Sofia Security" in answer.text
    assert known(fresh, reference)[0].signed_at is None


def test_what_changed_meanwhile_is_shown_and_the_statement_kept(
    walk: Walk, session: Session, fresh: Fresh, client_for: Clients
) -> None:
    record = ready(walk)
    asked, reference = ask(walk, record, "purpose"), record.reference
    url = url_of(asked)
    session.commit()
    client = client_for("sofia")
    opened = fields_of(client.get(url).text)
    change(walk, record, "purpose", "Quite another purpose.")
    session.commit()
    answer = client.post(url, data={**opened, "statement": "I looked.", "is_read": "yes"})
    assert answer.status_code == 409
    assert "Quite another purpose." in answer.text
    again = fields_of(answer.text)
    assert again["statement"] == "I looked."
    assert "is_read" not in again
    assert known(fresh, reference)[0].signed_at is None
    assert client.post(url, data={**again, "is_read": "yes"}).status_code == 303


@pytest.mark.parametrize("first", PERSONAS)
def test_only_who_may_ask_reminds_and_withdraws(
    first: str, walk: Walk, session: Session, fresh: Fresh, client_for: Clients
) -> None:
    asked = ask(walk, walk.full())
    remind, withdraw, reference = url_of(asked, "/remind"), url_of(asked, "/withdraw"), asked.assessment.reference
    session.commit()
    with clock.frozen(walk.now + dt.timedelta(days=1)):
        client = client_for(first)
        token = {"csrf_token": token_in(client.get("/work").text)}
        expected = 303 if first in ASKERS else 403
        assert client.post(remind, data=token).status_code == expected
        assert client.get(withdraw).status_code == (200 if first in ASKERS else 403)
        assert client.post(withdraw, data=token).status_code == expected
    assert (known(fresh, reference)[0].withdrawn_at is not None) is (first in ASKERS)


def test_nothing_happens_without_the_form_s_token(
    walk: Walk, session: Session, fresh: Fresh, client_for: Clients
) -> None:
    asked = ask(walk, ready(walk), "purpose")
    urls, reference = [url_of(asked), url_of(asked, "/withdraw")], asked.assessment.reference
    session.commit()
    for first, url in zip(("sofia", "amara"), urls, strict=True):
        client_for(first).post(url, data={"statement": "Fine.", "is_read": "yes"})
    (still,) = known(fresh, reference)
    assert (still.signed_at, still.withdrawn_at) == (None, None)


def void(walk: Walk) -> Assessment:
    """A draft in which Sofia's sign-off of the purpose has become void."""
    record = ready(walk)
    sign_off(walk, ask(walk, record, "purpose", topic="legal"))
    change(walk, record, "purpose", "Another purpose.")
    return record


def test_a_void_sign_off_is_shown_on_the_assessment_s_page(walk: Walk, session: Session, client_for: Clients) -> None:
    reference = void(walk).reference
    session.commit()
    words = text_of(client_for("daniel").get(f"/assessments/{reference}").text)
    assert re.search(r"Law: Sofia Security .* Void since 2 March 2026", words)
    assert "Law: the sign-off of Sofia Security is void since 2 March 2026. Changed: " in words


@pytest.mark.parametrize(
    ("status", "first", "page"),
    [
        ("draft", "amara", "full/check"),
        ("draft", "amara", "full/actions/submit"),
        ("in_review", "petra", "full/review"),
        ("awaiting_agency_sign_off", "daniel", "full/actions/sign_for_agency"),
        ("awaiting_decision", "helen", "full/actions/approve"),
    ],
)
def test_whoever_goes_on_is_told_what_experts_have_not_signed_off(
    status: str, first: str, page: str, walk: Walk, session: Session, client_for: Clients
) -> None:
    record = void(walk)
    walk.advance(record, status)
    reference = record.reference
    session.commit()
    words = text_of(client_for(first).get(f"/assessments/{reference}/{page}").text)
    assert "Not signed off by experts" in words
    assert "the sign-off of Sofia Security is void" in words


def test_the_section_page_says_whose_sign_offs_a_change_makes_void(
    walk: Walk, session: Session, client_for: Clients
) -> None:
    record = walk.full("awaiting_decision")
    take_back(walk, record)
    sign_off(walk, ask(walk, record, "purpose", topic="legal"))
    sections = f"/assessments/{record.reference}/full/sections"
    session.commit()
    client = client_for("amara")
    words = text_of(client.get(f"{sections}/purpose").text)
    sentence = "Changing an answer here makes these sign-offs void"
    assert f"{sentence}: Sofia Security (Law), Daniel Director (Signature for the agency)." in words
    assert f"{sentence}: Daniel Director (Signature for the agency)." in text_of(client.get(f"{sections}/scope").text)
    assert sentence not in text_of(client_for("helen").get(f"{sections}/purpose").text)


def test_the_author_takes_back_changes_and_the_page_says_what_became_void(
    walk: Walk, session: Session, client_for: Clients
) -> None:
    reference = walk.full("awaiting_decision").reference
    session.commit()
    client = client_for("amara")
    assert send(client, f"/assessments/{reference}/full/actions/take_back", reason="New supplier.").status_code == 303
    section = f"/assessments/{reference}/full/sections/purpose"
    assert send(client, section, q_purpose="Another purpose.").status_code == 303
    words = text_of(client.get(f"/assessments/{reference}").text)
    assert "Void since 2 March 2026" in words
    assert "Sign-offs became void, because sections they cover were changed" in words


def test_what_stands_beside_the_questions_takes_as_many_queries_for_one_as_for_many(
    walk: Walk, session: Session, client_for: Clients
) -> None:
    record = void(walk)
    reference = record.reference
    session.commit()
    client = client_for("amara")
    page = f"/assessments/{reference}/full/sections/scope"
    client.get(page)
    before = count_queries(lambda: client.get(page))
    questions = [question.id for question in questionnaire_for(session, record.sheet).questions]
    for name in questions[:12]:
        comments.write_comment(session, record, name, text="Why?", actor=walk.who("petra"), now=walk.now)
    for topic in ("security", "records", "equity"):
        sign_off(walk, ask(walk, record, "scope", "retention", topic=topic))
    session.commit()
    assert count_queries(lambda: client.get(page)) == before


def count_queries(act: Callable[[], object]) -> int:
    """How many statements go to the database while something is done."""
    statements: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_others: object) -> None:
        statements.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        act()
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    return len(statements)
