"""The annual review on the policy's page, and the section of the draft about looking again."""

from __future__ import annotations

from collections.abc import Callable

from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from pia_engine.models import PolicyVersion
from pia_engine.models.policy_rules import read_rules
from pia_engine.services.policies import begin_draft
from tests.factories.governance.looking_again import policy_due
from tests.factories.walks import Walk
from tests.integration.web.forms import send, text_of

Client = Callable[[str], FlaskClient]
Fresh = Callable[[], Session]
SECTION = "/policy/draft/sections/oversight"


def test_everybody_reads_when_the_policy_is_reviewed(client_for: Client) -> None:
    page = text_of(client_for("amara").get("/policy").text)
    assert "The next review is due on 5 January 2027." in page
    assert "There was no review yet" in page
    assert "Delegated decisions drawn for a spot check 20 %" in page


def test_the_senior_official_reaffirms_and_the_reason_stands_on_the_page(
    session: Session, walk: Walk, client_for: Client, fresh: Fresh
) -> None:
    policy_due(walk)
    session.commit()
    helen = client_for("helen")
    due = text_of(helen.get("/policy").text)
    assert "Review due" in due
    assert "In force since 5 January 2026. Its annual review is due." in due
    assert "Review the PIA policy" in text_of(helen.get("/work").text)
    url = "/policy/versions/1/actions/reaffirm"
    assert "stays in force as it is" in text_of(helen.get(url).text)
    assert send(helen, url, reason="").status_code == 422
    assert send(helen, url, reason="The rules work, and no law has changed.").status_code == 303
    page = text_of(client_for("ingrid").get("/policy").text)
    assert "The next review is due on 2 March 2027." in page
    assert "Version 1 was reaffirmed Helen Senior The rules work, and no law has changed." in page
    with fresh() as looked:
        assert looked.scalars(select(PolicyVersion)).one().status == "adopted"


def test_others_cannot_reaffirm_and_a_draft_has_no_such_step(session: Session, walk: Walk, client_for: Client) -> None:
    begin_draft(session, actor=walk.who("petra"), now=walk.now)
    session.commit()
    for first in ("amara", "petra", "victor", "ingrid", "adam"):
        assert client_for(first).get("/policy/versions/1/actions/reaffirm").status_code == 403
    helen = client_for("helen")
    assert helen.get("/policy/versions/2/actions/reaffirm").status_code == 409
    assert helen.get("/policy/versions/1/actions/adopt").status_code == 404
    assert helen.get("/policy/versions/99/actions/reaffirm").status_code == 404


def test_the_numbers_of_looking_again_are_edited_and_compared(
    session: Session, walk: Walk, client_for: Client, fresh: Fresh
) -> None:
    begin_draft(session, actor=walk.who("petra"), now=walk.now)
    session.commit()
    petra = client_for("petra")
    assert send(petra, SECTION, spot_check_percent="0", emergency_days="10").status_code == 303
    with fresh() as looked:
        rules = read_rules(looked.scalars(select(PolicyVersion).where(PolicyVersion.number == 2)).one())
        assert (rules.spot_check_percent, rules.emergency_days, rules.reminder_days) == (0, 10, 14)
    compared = text_of(petra.get("/policy/versions/2/compare").text)
    assert "Percent of delegated decisions drawn for a spot check 20 0" in compared
    assert "Days an emergency exception may last 30 10" in compared


def test_numbers_out_of_bounds_are_refused_and_a_contradiction_is_named(
    session: Session, walk: Walk, client_for: Client
) -> None:
    begin_draft(session, actor=walk.who("petra"), now=walk.now)
    session.commit()
    petra = client_for("petra")
    for given in ({"spot_check_percent": "101"}, {"reminder_days": "0"}, {"emergency_days": ""}):
        assert send(petra, SECTION, **given).status_code == 422
    given = {"escalation_days": "30", "executive_escalation_days": "30"}
    assert send(petra, SECTION, **given).status_code == 303
    assert "after the senior privacy official, not before" in text_of(petra.get("/policy/draft/check").text)
