"""The comment pages over HTTP: who reads, who writes, nothing typed is lost, long lists have pages."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from pia_engine.services import comments
from pia_engine.services.assessments import begin_new_edition, get_assessment
from pia_engine.services.comments import Thread
from pia_engine.web import comments as comment_pages
from tests.factories.walks import Walk
from tests.fixtures.city import token_in
from tests.integration.web.forms import fields_of, send, text_of

Clients = Callable[[str], FlaskClient]
Fresh = Callable[[], Session]
WRITERS = ("amara", "daniel", "sofia", "petra", "helen", "victor")


def threads(fresh: Fresh, reference: str, question: str = "summary") -> list[Thread]:
    with fresh() as session:
        record = get_assessment(session, reference, "full")
        return list(comments.list_threads(session, record, questions=[question], size=100).threads)


def begun(walk: Walk, *texts: str, question: str = "summary") -> str:
    """A full assessment with a comment of Petra's for each text; its reference."""
    record = walk.full()
    for text in texts:
        comments.write_comment(walk.session, record, question, text=text, actor=walk.who("petra"), now=walk.now)
    walk.session.commit()
    return record.reference


def page_of(reference: str, question: str = "summary") -> str:
    return f"/assessments/{reference}/full/comments/{question}"


@pytest.mark.parametrize("first", WRITERS)
def test_whoever_works_on_an_assessment_comments(first: str, walk: Walk, fresh: Fresh, client_for: Clients) -> None:
    reference = begun(walk)
    client = client_for(first)
    answer = send(client, page_of(reference), new_comment="Which street?", save="new_comment")
    assert answer.status_code == 303
    (thread,) = threads(fresh, reference)
    assert thread.first.text == "Which street?"
    assert answer.headers["Location"].endswith(f"{page_of(reference)}#thread-{thread.first.id}")
    assert "Which street?" in text_of(client.get(page_of(reference)).text)


def test_the_auditor_reads_and_writes_nothing(walk: Walk, fresh: Fresh, client_for: Clients) -> None:
    reference = begun(walk, "Which street?")
    client = client_for("ingrid")
    page = client.get(page_of(reference))
    assert "Which street?" in text_of(page.text)
    assert "<form" not in page.text[page.text.index("<main") :]
    assert "Which street?" in client.get(f"/assessments/{reference}/full/comments").text
    sent = {"new_comment": "Mine.", "save": "new_comment", "csrf_token": token_in(client.get("/work").text)}
    assert client.post(page_of(reference), data=sent).status_code == 403
    assert len(threads(fresh, reference)) == 1


@pytest.mark.parametrize("first", ["otto", "adam", ""])
def test_others_neither_read_nor_write(first: str, walk: Walk, fresh: Fresh, client_for: Clients) -> None:
    reference = begun(walk, "Which street?")
    client = client_for(first)
    refused = (302, 303) if not first else (403,)
    for url in (page_of(reference), f"/assessments/{reference}/full/comments"):
        answer = client.get(url)
        assert answer.status_code in refused
        assert "Which street?" not in answer.text
    token = token_in(client.get("/work" if first else "/sign-in").text)
    sent = {"new_comment": "Mine.", "save": "new_comment", "csrf_token": token}
    assert client.post(page_of(reference), data=sent).status_code in refused
    assert len(threads(fresh, reference)) == 1


def test_a_reply_is_written_and_the_thread_settled_in_one_go(walk: Walk, fresh: Fresh, client_for: Clients) -> None:
    reference = begun(walk, "Which street?")
    (thread,) = threads(fresh, reference)
    key = thread.first.id
    client = client_for("amara")
    answer = send(client, page_of(reference), **{f"reply_{key}": "Mill Road."}, resolve=str(key))
    assert answer.status_code == 303
    (thread,) = threads(fresh, reference)
    assert [reply.text for reply in thread.replies] == ["Mill Road."]
    assert not thread.is_open
    page = client.get(page_of(reference))
    assert "Resolved by Amara Author" in text_of(page.text)
    assert send(client, page_of(reference), reopen=str(key)).status_code == 303
    assert threads(fresh, reference)[0].is_open


def test_pressing_one_button_loses_no_text_of_another_field(walk: Walk, fresh: Fresh, client_for: Clients) -> None:
    reference = begun(walk, "Which street?")
    key = threads(fresh, reference)[0].first.id
    typed = {f"reply_{key}": "Mill Road.", "new_comment": "And since when?"}
    send(client_for("amara"), page_of(reference), **typed, save=f"reply_{key}")
    assert [thread.first.text for thread in threads(fresh, reference)] == ["And since when?", "Which street?"]
    assert [reply.text for reply in threads(fresh, reference)[1].replies] == ["Mill Road."]


def test_a_reply_to_a_thread_that_moved_to_another_page_is_kept(
    walk: Walk, fresh: Fresh, client_for: Clients, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(comment_pages, "PAGE_SIZE", 1)
    reference = begun(walk, "Which street?")
    key = threads(fresh, reference)[0].first.id
    client = client_for("amara")
    opened = fields_of(client.get(page_of(reference)).text)
    send(client_for("petra"), page_of(reference), new_comment="And since when?", save="new_comment")
    assert "Which street?" not in text_of(client.get(page_of(reference)).text)
    wrong = client.post(page_of(reference), data={**opened, f"reply_{key}": "x" * 4001, "save": f"reply_{key}"})
    assert wrong.status_code == 422
    assert fields_of(wrong.text)[f"reply_{key}"] == "x" * 4001
    answer = client.post(page_of(reference), data={**opened, f"reply_{key}": "Mill Road.", "save": f"reply_{key}"})
    assert answer.status_code == 303
    replied = {thread.first.text: [reply.text for reply in thread.replies] for thread in threads(fresh, reference)}
    assert replied == {"And since when?": [], "Which street?": ["Mill Road."]}


@pytest.mark.parametrize("elsewhere", ["another question", "another assessment", "nowhere"])
def test_a_reply_goes_to_no_thread_of_another_question(
    elsewhere: str, walk: Walk, fresh: Fresh, client_for: Clients
) -> None:
    reference, other = begun(walk, "Which street?", question="purpose"), begun(walk, "Which bridge?")
    asked = {"another question": (reference, "purpose"), "another assessment": (other, "summary")}
    key = str(threads(fresh, *asked[elsewhere])[0].first.id) if elsewhere in asked else "no-id"
    client = client_for("amara")
    token = token_in(client.get(page_of(reference)).text)
    sent = {"csrf_token": token, f"reply_{key}": "Mill Road, since March.", "save": f"reply_{key}"}
    answer = client.post(page_of(reference), data=sent)
    assert answer.status_code == 404
    assert "Mill Road, since March." in answer.text
    known = [*threads(fresh, reference, "purpose"), *threads(fresh, other)]
    assert [thread.replies for thread in known] == [(), ()]


def test_an_empty_comment_is_refused_where_it_was_meant(walk: Walk, fresh: Fresh, client_for: Clients) -> None:
    reference = begun(walk, "Which street?")
    key = threads(fresh, reference)[0].first.id
    answer = send(client_for("amara"), page_of(reference), new_comment="Kept.", save=f"reply_{key}")
    assert answer.status_code == 422
    assert f'href="#reply_{key}"' in answer.text
    assert fields_of(answer.text)["new_comment"] == "Kept."


@pytest.mark.parametrize("typed", ["x" * 4001, "\x00" + "y" * 5000])
def test_a_text_too_long_is_shown_again(typed: str, walk: Walk, fresh: Fresh, client_for: Clients) -> None:
    reference = begun(walk)
    answer = send(client_for("amara"), page_of(reference), new_comment=typed, save="new_comment")
    assert answer.status_code == 422
    assert typed[1:] in answer.text
    assert threads(fresh, reference) == []


@pytest.mark.parametrize(
    "crafted",
    [
        {"resolve": "not-an-id"},
        {"reopen": "00000000-0000-0000-0000-000000000000"},
        {"save": "reply_unknown"},
        {"save": ["new_comment", "new_comment"], "new_comment": ["a", "b"]},
        {},
    ],
)
def test_crafted_fields_never_break_the_page(crafted: dict[str, object], walk: Walk, client_for: Clients) -> None:
    reference = begun(walk, "Which street?")
    client = client_for("amara")
    token = token_in(client.get(page_of(reference)).text)
    status = client.post(page_of(reference), data={**crafted, "csrf_token": token}).status_code
    assert status in (303, 404, 422)


def test_an_unknown_question_or_page_number_is_no_error_of_ours(walk: Walk, client_for: Clients) -> None:
    reference = begun(walk, "Which street?")
    client = client_for("amara")
    assert client.get(page_of(reference, "no_such_question")).status_code == 404
    for number in ("0", "-4", "99999999999999999999", "two"):
        assert client.get(f"{page_of(reference)}?page={number}").status_code == 200
        assert client.get(f"/assessments/{reference}/full/comments?page={number}&show=resolved").status_code == 200
    assert client.get(f"{page_of(reference)}?version=99999999999999999999").status_code == 404


def test_all_comments_stand_under_their_sections_page_by_page(walk: Walk, fresh: Fresh, client_for: Clients) -> None:
    reference = begun(walk, *(f"Comment number {n}." for n in range(23)))
    client = client_for("daniel")
    overview = f"/assessments/{reference}/full/comments"
    first, second = client.get(overview).text, client.get(f"{overview}?page=2").text
    assert first.count("Comment number") == 20
    assert second.count("Comment number") == 3
    assert page_of(reference) in first
    question = client.get(page_of(reference))
    assert text_of(question.text).count("Comment number") >= 20
    assert "page=2" in question.text


def test_settled_comments_are_kept_apart(walk: Walk, session: Session, client_for: Clients) -> None:
    reference = begun(walk, "Settled already.", "Still open.")
    record = get_assessment(session, reference, "full")
    settled = next(
        t for t in comments.list_threads(session, record, questions=["summary"]).threads if "Settled" in t.first.text
    )
    comments.resolve_thread(session, record, settled.first.id, actor=walk.who("amara"), now=walk.now)
    session.commit()
    client = client_for("amara")
    overview = f"/assessments/{reference}/full/comments"
    assert "Settled already" not in client.get(overview).text
    page = client.get(f"{overview}?show=resolved").text
    assert "Settled already" in page
    assert "Still open" not in page


def test_the_section_page_says_at_each_question_how_many_are_open(walk: Walk, client_for: Clients) -> None:
    reference = begun(walk, "Which street?", "Which year?")
    page = client_for("amara").get(f"/assessments/{reference}/full/sections/summary").text
    assert "Comments (2 open)" in page
    assert f'href="{page_of(reference)}"' in page
    assert f'href="{page_of(reference, "public_contact")}"' in page
    assert "Comments (2 open)" in client_for("ingrid").get(f"/assessments/{reference}/full/sections/summary").text


def test_comments_are_not_for_the_public_pages(walk: Walk, client_for: Clients) -> None:
    reference = begun(walk, "Between us: they never answered.")
    preview = client_for("amara").get(f"/assessments/{reference}/full/preview").text
    assert "never answered" not in preview


def test_comments_on_an_earlier_version_stay_readable(walk: Walk, session: Session, client_for: Clients) -> None:
    record = walk.full("published")
    comments.write_comment(session, record, "summary", text="Said of the first.", actor=walk.who("petra"), now=walk.now)
    begin_new_edition(session, record, actor=walk.who("helen"), now=walk.now)
    reference = record.reference
    session.commit()
    client = client_for("amara")
    assert "Said of the first." not in client.get(page_of(reference)).text
    overview = f"/assessments/{reference}/full/comments?version=1"
    assert overview in client.get(f"/assessments/{reference}/full/v1").text
    assert f"{page_of(reference)}?version=1" in client.get(overview).text
    page = client.get(f"{page_of(reference)}?version=1").text
    assert "Said of the first." in page
    assert "<form" not in page[page.index("<main") :]
