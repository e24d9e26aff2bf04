"""A promise made in a withheld risk: that there is one is public, its day and how it stands are not."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from pia_engine import clock
from pia_engine.jobs.context import JobContext
from pia_engine.jobs.pages import pages
from pia_engine.models import Assessment, Commitment, Withholding
from pia_engine.questionnaires.hiding import Extent
from pia_engine.services import disclosures, publications
from pia_engine.services.commitment_steps import drop_commitment, postpone
from pia_engine.services.gate import ask_gate, renew_code
from tests.factories.answers import sample_risk
from tests.factories.governance.withholdings import approved
from tests.factories.walks import Walk
from tests.fixtures.scenes import Scene

SHORT = "Lock."
KEEPER = "Night watch of the harbour"
LATER = dt.datetime(2027, 1, 11, 9, 0, tzinfo=dt.UTC)
NOTHING = {"status": None, "due_on": None, "closed_on": None, "is_overdue": None, "postponed": None, "reason": ""}
MARK = "[Withheld: Security]"
RISKS = (
    sample_risk(),
    sample_risk(id="r2", risk="Somebody cuts the cable.", measures="Bury the cable.", due_on="2026-11-05"),
    sample_risk(id="r3", risk="Somebody opens the hut.", measures="Watch the hut.", owner=KEEPER, due_on="2026-10-07"),
    sample_risk(id="r4", risk="The door stands open.", measures=SHORT, due_on="2026-09-08"),
)
PublishNow = Callable[[Assessment], None]
Withheld = dict[str, Any]
PARTLY: tuple[Withheld, ...] = (
    {"extent": Extent.ROWS, "places": ((2, ""),)},
    {"extent": Extent.CELLS, "places": ((3, "owner"),)},
    {"extent": Extent.CELLS, "places": ((4, "measures"),)},
)
WHOLLY: tuple[Withheld, ...] = ({},)


@pytest.fixture
def public(
    scene: Scene, walk: Walk, session: Session, publish_now: PublishNow
) -> Callable[[tuple[Withheld, ...]], Assessment]:
    """Publish a text with four risks, some withheld; the promises of the second and the third are postponed."""

    def publish(withheld: tuple[Withheld, ...]) -> Assessment:
        record = walk.full("draft")
        for first, role in (("amara", "agency_official"), ("sofia", "contributor")):
            rows = [dict(each) for each in RISKS]
            walk.answer(record, {"risks": rows}, roles=frozenset({role}), actor=walk.who(first))
        walk.advance(record, "approved")
        for given in withheld:
            approved(walk, record, question="risks", **given)
        publications.order_publication(session, record, actor=walk.who("petra"), now=walk.now)
        publish_now(record)
        for each, day in ((of(session, "r2"), dt.date(2026, 12, 1)), (of(session, "r3"), dt.date(2026, 12, 2))):
            postpone(session, each, until=day, reason="Late.", actor=walk.who("petra"), now=walk.now)
        session.commit()
        return record

    return lambda withheld: scene(f"promises of {len(withheld)} withholdings", lambda: publish(withheld))


def of(session: Session, risk: str) -> Commitment:
    query = select(Commitment).where(Commitment.source == "risk", Commitment.source_id == risk)
    return session.scalars(query).one()


class Told:
    """What the public page and its data say of each risk's promise, and what the gate tells whoever holds the code."""

    def __init__(
        self, session: Session, app: Flask, record: Assessment, context: Callable[..., JobContext], code: str = ""
    ) -> None:
        self.names = {each.reference: each.source_id for each in session.scalars(select(Commitment))}
        with clock.frozen(LATER):
            pages(context(reference=record.reference))
            client = app.test_client()
            address = f"/register/{record.reference}"
            self.page = " ".join(client.get(address).text.split())
            self.list = self.page[self.page.index('id="commitments"') :]
            self.data = client.get(f"{address}/commitments.json").get_data(as_text=True)
            self.gate_page = client.get(f"/gate/{code}").text if code else ""
            self.gate_data = client.get(f"/gate/{code}.json").get_data(as_text=True) if code else "{}"

    def lines(self) -> dict[str, dict[str, Any]]:
        return {self.names[each["reference"]]: each for each in json.loads(self.data)["commitments"]}

    def conditions(self) -> dict[str, dict[str, Any]]:
        found = json.loads(self.gate_data)["go_live"]["conditions"]
        return {self.names[each["reference"]]: each for each in found if each["kind"] == "commitment"}


def test_public_reads_that_there_is_a_promise_and_neither_its_day_nor_how_it_stands(
    public: Callable[..., Assessment], session: Session, app: Flask, job_context: Callable[..., JobContext]
) -> None:
    record = public(PARTLY)
    told = Told(session, app, record, job_context)
    lines = told.lines()
    for risk in ("r2", "r3"):
        assert lines[risk] == {"reference": of(session, risk).reference, "text": MARK, "withheld": "Security"} | NOTHING
    assert (lines["r1"]["text"], lines["r1"]["is_overdue"]) == ("Two people unlock each search.", True)
    assert list(lines)[-2:] == ["r2", "r3"]
    assert "postponed once" not in told.page
    for day in ("November 2026", "December 2026"):
        assert day not in told.list
    assert "2026-11" not in told.data
    assert "2026-12" not in told.data
    assert told.list.count("Overdue since") == 2


def test_promise_of_which_only_the_measure_is_withheld_keeps_its_day(
    public: Callable[..., Assessment], session: Session, app: Flask, job_context: Callable[..., JobContext]
) -> None:
    told = Told(session, app, public(PARTLY), job_context)
    line = told.lines()["r4"]
    assert (line["text"], line["withheld"], line["due_on"], line["is_overdue"]) == (
        MARK,
        "Security",
        "2026-09-08",
        True,
    )
    assert "Overdue since 9 September 2026" in told.list
    assert SHORT not in told.list


def test_whoever_holds_the_gates_paper_reads_no_more_and_the_answer_is_the_same(
    public: Callable[..., Assessment], session: Session, walk: Walk, app: Flask, job_context: Callable[..., JobContext]
) -> None:
    record = public(PARTLY)
    about = record.initiative
    code = renew_code(session, about, actor=walk.who("amara"), now=walk.now)
    session.commit()
    told = Told(session, app, record, job_context, code)
    conditions = told.conditions()
    inside = ask_gate(session, about, now=LATER).go_live
    assert json.loads(told.gate_data)["go_live"]["answer"] == inside.answer == "yes_with_conditions"
    assert len(json.loads(told.gate_data)["go_live"]["conditions"]) == len(inside.conditions)
    for risk in ("r2", "r3"):
        found = conditions[risk]
        assert (found["text"], found["due_on"], found["is_overdue"]) == (MARK, None, None)
    assert list(conditions)[-2:] == ["r2", "r3"]
    assert (conditions["r1"]["due_on"], conditions["r1"]["is_overdue"]) == ("2026-06-30", True)
    assert (conditions["r4"]["text"], conditions["r4"]["due_on"]) == (MARK, "2026-09-08")
    assert "December 2026" not in told.gate_page
    assert told.gate_page.count("1 December") == 0


def test_whole_register_of_risks_withheld_leaves_no_day_of_any_of_its_promises(
    public: Callable[..., Assessment], session: Session, walk: Walk, app: Flask, job_context: Callable[..., JobContext]
) -> None:
    record = public(WHOLLY)
    drop_commitment(session, of(session, "r4"), actor=walk.who("helen"), now=walk.now, reason="The hut is gone.")
    session.commit()
    told = Told(session, app, record, job_context)
    lines = told.lines()
    assert set(lines) >= {"r1", "r2", "r3", "r4"}
    for risk in ("r1", "r2", "r3", "r4"):
        assert lines[risk].items() >= (NOTHING | {"text": MARK, "withheld": "Security"}).items()
    for word in ("Overdue", "Dropped", "Due by", "The hut is gone"):
        assert word not in told.list


def test_disclosed_risk_shows_its_promise_again(
    public: Callable[..., Assessment], session: Session, walk: Walk, app: Flask, job_context: Callable[..., JobContext]
) -> None:
    record = public(PARTLY[:1])
    found = session.scalars(select(Withholding)).one()
    disclosures.disclose(session, found, actor=walk.who("helen"), now=walk.now, reason="The cable is buried.")
    session.commit()
    line = Told(session, app, record, job_context).lines()["r2"]
    assert (line["text"], line["withheld"], line["due_on"]) == ("Bury the cable.", None, "2026-12-01")
    assert (line["is_overdue"], line["postponed"]) == (True, 1)
