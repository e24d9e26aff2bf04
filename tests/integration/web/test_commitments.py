"""Commitments in the browser: the list, one of them, its steps, another day and keeper, and what the public reads."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from pia_engine import clock
from pia_engine.extensions import db
from pia_engine.jobs.worker import drain
from pia_engine.models import Commitment
from pia_engine.register.live import PublicFolder
from pia_engine.register.pages import build_all_pages
from pia_engine.services.commitment_steps import add_commitment, drop_commitment, postpone, report_kept
from pia_engine.services.commitments import get_commitment
from tests.factories.governance.commitments import EVIDENCE, commitment, commitment_of
from tests.factories.people import persona
from tests.factories.walks import Walk
from tests.fixtures.city import opened, token_in

ClientFor = Callable[[str], FlaskClient]
SOON = {"due_on-day": "31", "due_on-month": "7", "due_on-year": "2026"}
JUNE, JULY = dt.date(2026, 6, 30), dt.date(2026, 7, 31)


def id_of(session: Session, first: str) -> str:
    """A persona's id, with nothing left open in the database."""
    found = str(persona(session, first).id)
    session.commit()
    return found


@pytest.fixture
def found(session: Session, walk: Walk) -> Commitment:
    made = commitment(walk)
    assert made.initiative
    assert made.assessment
    session.commit()
    return made


def made_by_hand(walk: Walk, found: Commitment, text: str, keeper: str = "daniel", due_on: dt.date = JULY) -> None:
    assert found.initiative is not None
    add_commitment(
        walk.session, found.initiative, text=text, keeper=persona(walk.session, keeper), due_on=due_on, is_public=False,
        actor=walk.who("petra"), now=walk.now,
    )  # fmt: skip
    walk.session.commit()


def texts(page: str) -> list[str]:
    return re.findall(r'<th scope="row"[^>]*><a[^>]*>([^<]+)</a>', page)


def test_the_list_is_sorted_by_day_or_by_age_either_way(walk: Walk, found: Commitment, client_for: ClientFor) -> None:
    made_by_hand(walk, found, "Later made, earlier due.", due_on=dt.date(2026, 5, 1))
    client = client_for("petra")
    first, second = found.text, "Later made, earlier due."
    assert texts(client.get("/commitments").text) == [second, first]
    assert texts(client.get("/commitments?sort=-due").text) == [first, second]
    assert texts(client.get("/commitments?sort=age").text) == [first, second]
    assert texts(client.get("/commitments?sort=-age").text) == [second, first]
    assert 'aria-sort="ascending"' in client.get("/commitments?sort=nonsense&status=nonsense&keeper=x&page=0").text


def test_the_list_is_narrowed_by_words_status_keeper_department_and_what_is_overdue(
    session: Session, walk: Walk, found: Commitment, client_for: ClientFor
) -> None:
    made_by_hand(walk, found, "Hang 100 % of the signs.")
    client, daniel = client_for("petra"), id_of(session, "daniel")
    for query in ("q=100 %25", f"keeper={daniel}", "q=signs&status=open"):
        assert texts(client.get(f"/commitments?{query}").text) == ["Hang 100 % of the signs."]
    assert len(texts(client.get(f"/commitments?department={found.department_id}").text)) == 2
    assert len(texts(client.get(f"/commitments?q={found.initiative.reference}").text)) == 2  # type: ignore[union-attr]
    assert "No commitment matches" in client.get("/commitments?status=kept").text
    assert "No commitment matches" in client.get("/commitments?page=9").text
    with clock.frozen(dt.datetime(2026, 7, 9, 9, tzinfo=dt.UTC)):
        page = client_for("petra").get("/commitments?overdue=1").text
    assert texts(page) == [found.text]
    assert "1 of them overdue" in page


def test_mine_are_those_i_keep(walk: Walk, found: Commitment, client_for: ClientFor) -> None:
    made_by_hand(walk, found, "Kept by Daniel.")
    assert texts(client_for("daniel").get("/commitments?whose=mine").text) == ["Kept by Daniel."]
    assert "You keep no commitment" in client_for("petra").get("/commitments?whose=mine").text
    assert len(texts(client_for("amara").get("/commitments").text)) == 2


def test_a_department_sees_its_own_and_a_keeper_from_elsewhere_what_they_keep(
    walk: Walk, found: Commitment, client_for: ClientFor
) -> None:
    made_by_hand(walk, found, "Kept by Otto of the parks.", keeper="otto")
    client = client_for("otto")
    assert texts(client.get("/commitments").text) == ["Kept by Otto of the parks."]
    assert client.get(f"/commitments/{found.reference}").status_code == 403
    assert client.get("/commitments/COM-2026-0002").status_code == 200
    assert client_for("adam").get("/commitments").status_code == 403
    assert client_for("ingrid").get("/commitments/COM-2026-0999").status_code == 404


def test_long_lists_come_in_pages(walk: Walk, found: Commitment, client_for: ClientFor) -> None:
    for number in range(27):
        made_by_hand(walk, found, f"Promise {number}")
    client = client_for("ingrid")
    assert len(texts(client.get("/commitments").text)) == 25
    assert len(texts(client.get("/commitments?page=2&sort=-due").text)) == 3
    assert "page=2" in client.get("/commitments?q=Promise").text


def test_an_empty_list_says_what_makes_commitments(client_for: ClientFor) -> None:
    assert "There is no commitment yet" in client_for("petra").get("/commitments").text


def test_the_page_says_what_was_promised_where_and_leads_there(found: Commitment, client_for: ClientFor) -> None:
    page = client_for("amara").get(f"/commitments/{found.reference}").text
    for said in ("Two people unlock each search.", "Measure against a risk", "R1: A clerk looks up", "30 June 2026"):
        assert said in page
    address = f"/assessments/{found.assessment.reference}/full/risks/r1"  # type: ignore[union-attr]
    assert f'href="{address}"' in page
    assert client_for("amara").get(address).status_code == 200


def test_the_keeper_reports_the_officer_returns_and_then_accepts(
    app: Flask, found: Commitment, client_for: ClientFor
) -> None:
    base = f"/commitments/{found.reference}"

    def take(first: str, action: str, reason: str) -> int:
        client = client_for(first)
        url = f"{base}/actions/{action}"
        return client.post(url, data={"reason": reason, **opened(client, url)}).status_code

    assert take("amara", "report", "done") == 422
    assert take("amara", "report", EVIDENCE) == 303
    assert take("petra", "return", "Which log?") == 303
    page = client_for("amara").get(base).text
    assert "Returned: the history below says why." in page
    assert "Which log?" in page
    assert take("amara", "report", f"{EVIDENCE} https://city.example/log") == 303
    assert take("petra", "accept", "") == 303
    page = client_for("amara").get(base).text
    assert "https://city.example/log" in page
    assert "Petra Privacy, 2 March 2026" in page
    assert client_for("petra").get(f"{base}/actions/nonsense").status_code == 404


def test_a_step_on_a_page_that_is_stale_changes_nothing(
    session: Session, walk: Walk, found: Commitment, client_for: ClientFor
) -> None:
    client = client_for("helen")
    url = f"/commitments/{found.reference}/actions/drop"
    seen = opened(client, url)
    report_kept(session, found, evidence=EVIDENCE, actor=walk.who("amara"), now=walk.now)
    session.commit()
    assert client.post(url, data={"reason": "No.", **seen}).status_code == 409


def test_an_officer_gives_another_day_and_the_page_keeps_the_first(
    app: Flask, found: Commitment, client_for: ClientFor
) -> None:
    client = client_for("petra")
    url = f"/commitments/{found.reference}/postpone"
    seen = opened(client, url)
    assert client.post(url, data={**seen}).status_code == 422
    early = {"due_on-day": "1", "due_on-month": "6", "due_on-year": "2026", "reason": "Late."}
    answer = client.post(url, data={**seen, **early})
    assert answer.status_code == 422
    assert "Choose a day after 2026-06-30." in answer.text
    assert client.post(url, data={**seen, **SOON, "reason": "The vendor is late."}).status_code == 303
    assert client.post(url, data={**seen, **SOON, "reason": "Again."}).status_code == 409
    page = client.get(f"/commitments/{found.reference}").text
    assert "Postponed once; first promised for 30 June 2026." in page
    assert "From 30 June 2026 to 31 July 2026" in page


def test_an_officer_hands_over_and_the_former_keeper_only_looks(
    session: Session, found: Commitment, client_for: ClientFor
) -> None:
    client = client_for("helen")
    url = f"/commitments/{found.reference}/hand-over"
    assert f'value="{id_of(session, "amara")}"' not in client.get(url).text
    data = {"keeper": id_of(session, "sofia"), "reason": "Amara is on leave.", **opened(client, url)}
    assert client.post(url, data={**data, "keeper": "nobody"}).status_code == 422
    assert client.post(url, data=data).status_code == 303
    page = client_for("amara").get(f"/commitments/{found.reference}").text
    assert "From Amara Author to Sofia Security" in page
    assert "/actions/report" not in page
    assert "/actions/report" in client_for("sofia").get(f"/commitments/{found.reference}").text


@pytest.mark.parametrize("first", ["amara", "daniel", "otto", "victor", "ingrid", "adam"])
@pytest.mark.parametrize("page", ["postpone", "hand-over"])
def test_nobody_but_an_officer_postpones_or_hands_over(
    first: str, page: str, found: Commitment, client_for: ClientFor
) -> None:
    client = client_for(first)
    url = f"/commitments/{found.reference}/{page}"
    assert client.get(url).status_code == 403
    token = token_in(client.get("/work").text)
    assert client.post(url, data={**SOON, "reason": "No.", "csrf_token": token}).status_code == 403


def test_an_officer_adds_one_on_the_initiative_s_page(
    session: Session, found: Commitment, client_for: ClientFor, fresh: Callable[[], Session]
) -> None:
    client = client_for("petra")
    initiative = found.initiative.reference  # type: ignore[union-attr]
    url = f"/initiatives/{initiative}/commitments/new"
    assert url in client.get(f"/initiatives/{initiative}").text
    data = {
        "text": "Hang the sign lower.", "keeper": id_of(session, "daniel"), "visibility": "internal", **SOON,
        **opened(client, url),
    }  # fmt: skip
    assert client.post(url, data={**data, "text": " "}).status_code == 422
    assert client.post(url, data={**data, "text": "x" * 2001}).status_code == 422
    past = client.post(url, data={**data, "due_on-year": "2025"})
    assert past.status_code == 422
    assert "Choose a day after" in past.text
    assert "Hang the sign lower." in past.text
    assert client.post(url, data=data).status_code == 303
    with fresh() as look:
        assert get_commitment(look, "COM-2026-0002").source == "officer"
    assert "Hang the sign lower." in client.get(f"/initiatives/{initiative}").text
    assert client_for("amara").get(url).status_code == 403
    assert url not in client_for("amara").get(f"/initiatives/{initiative}").text


def test_the_pages_of_the_initiative_and_the_assessment_count_them(found: Commitment, client_for: ClientFor) -> None:
    client = client_for("amara")
    for page in (f"/initiatives/{found.initiative.reference}", f"/assessments/{found.assessment.reference}"):  # type: ignore[union-attr]
        text = client.get(page).text
        assert "Two people unlock each search." in text
        assert re.search(r"<strong[^>]*>1</strong> open", text)
    assert "Commitments: 0 kept, 1 still open." in text
    with clock.frozen(dt.datetime(2026, 7, 9, 9, tzinfo=dt.UTC)):
        text = client_for("amara").get(f"/assessments/{found.assessment.reference}").text  # type: ignore[union-attr]
    assert "1 still open, 1 of them overdue" in text


def test_an_open_promise_waits_for_its_keeper_and_a_reported_one_for_the_officer(
    session: Session, walk: Walk, found: Commitment, client_for: ClientFor
) -> None:
    address = f"/commitments/{found.reference}"
    with clock.frozen(dt.datetime(2026, 7, 9, 9, tzinfo=dt.UTC)):
        assert address in client_for("amara").get("/work").text
        assert address not in client_for("petra").get("/work").text
        report_kept(session, found, evidence=EVIDENCE, actor=walk.who("amara"), now=walk.now)
        session.commit()
        assert address not in client_for("amara").get("/work").text
        assert address in client_for("petra").get("/work").text


def test_everybody_reads_how_the_promises_of_a_published_text_are_kept(
    app: Flask, session: Session, walk: Walk
) -> None:
    record = walk.full("publishing")
    session.commit()
    drain(app, walk.now)
    found = commitment_of(walk, record)
    made_by_hand(walk, found, "Nobody outside reads this.")
    session.refresh(found)
    settings = app.extensions["pia-settings"]
    public = PublicFolder(settings.public_folder)
    base = f"/register/{record.reference}"

    def page(on: dt.date) -> str:
        with clock.frozen(dt.datetime.combine(on, dt.time(9), dt.UTC)), app.app_context():
            build_all_pages(db.session(), settings)
            db.session.remove()
        return " ".join((public.store / public.read_map()[base].file).read_text().split())

    document = public.read_map()[f"{base}/pia.pdf"]
    text = page(JUNE)
    assert "Due by 30 June 2026" in text
    assert "Nobody outside reads this." not in text
    assert "Amara Author keeps" not in text
    assert "Overdue since 1 July 2026" in page(JULY)
    postpone(session, found, until=dt.date(2026, 9, 1), reason="Late.", actor=walk.who("petra"), now=walk.now)
    report_kept(session, found, evidence=EVIDENCE, actor=walk.who("amara"), now=walk.now)
    session.commit()
    text = page(JULY)
    assert "Reported as kept, being checked" in text
    assert "postponed once" in text
    drop_commitment(session, found, actor=walk.who("helen"), now=walk.now, reason="The counters are gone.")
    session.commit()
    text = page(JULY)
    assert "Dropped on 3 March 2026" in text
    assert "Why it was dropped: The counters are gone." in text
    assert public.read_map()[f"{base}/pia.pdf"] == document
    stored = json.loads((public.store / public.read_map()[f"{base}/commitments.json"].file).read_text())
    assert [(each["text"], each["status"]) for each in stored["commitments"]] == [(found.text, "dropped")]
