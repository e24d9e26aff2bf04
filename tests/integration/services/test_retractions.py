"""Withdrawing a published assessment from the register: what it changes, what it leaves, and who decides then."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from pia_engine import clock
from pia_engine.errors import Invalid, NotAllowed, NotPossible
from pia_engine.models import AuditEvent, LogEntry, OutboxJob, Publication, Reconsideration
from pia_engine.permissions.roles import SYSTEM, Role
from pia_engine.services.annual_audits import list_audits
from pia_engine.services.assessments import begin_new_edition
from pia_engine.services.commitments import list_commitments_of
from pia_engine.services.gate import ask_gate
from pia_engine.services.initiatives import go_live
from pia_engine.services.people import designate
from pia_engine.services.publications import find_newest, find_publication, list_publications
from pia_engine.services.reconsiderations import list_open_causes, require_new_version, set_aside
from pia_engine.services.retractions import LONGEST_REASON, retract_publication
from pia_engine.services.transparency_log import Kind, list_entries
from tests.factories.governance import withholdings
from tests.factories.people import FOUNDED, persona
from tests.factories.steps import SIGNED
from tests.factories.walks import Walk
from tests.fixtures.city import opened

WHY = "The numbers on how long recordings are kept were wrong."


def retracted(walk: Walk, *, live: bool = False) -> Publication:
    record = walk.full("published")
    if live:
        with clock.frozen(walk.now):
            go_live(walk.session, record.initiative, actor=walk.who("amara"), now=walk.now)
    return retract_publication(walk.session, record, actor=walk.who("helen"), now=walk.now, reason=WHY)


def test_a_withdrawn_edition_says_when_and_why_and_is_current_no_more(session: Session, walk: Walk) -> None:
    found = retracted(walk)
    session.commit()
    assert (found.is_current, found.superseded_at, found.retracted_at) == (False, None, walk.now)
    assert found.retraction_reason == WHY
    assert found.assessment.status == "retracted"
    assert list_publications(session) == []
    assert find_newest(session, found.reference) is found


def test_the_log_keeps_the_withdrawal_and_says_nothing_of_the_reason(session: Session, walk: Walk) -> None:
    found = retracted(walk)
    published, withdrawn = [each for each in list_entries(session) if each.kind in (Kind.PUBLICATION, Kind.RETRACTION)]
    assert published.digest == withdrawn.digest == found.pdf_digest
    assert b"numbers" not in b"".join(session.scalars(select(LogEntry.body)))


def test_the_file_and_the_pages_are_ordered_to_say_so(session: Session, walk: Walk) -> None:
    found = retracted(walk)
    keys = set(session.scalars(select(OutboxJob.key)))
    assert {f"standing:{found.id}:retracted", f"pages:{found.id}:retracted"} <= keys


def test_its_audits_are_called_off_and_its_promises_stay(session: Session, walk: Walk) -> None:
    found = retracted(walk)
    assert [audit.status for audit in list_audits(session, found.reference)] == ["cancelled"]
    promised = list_commitments_of(session, found.assessment.initiative)
    assert promised
    assert {each.status for each in promised} == {"open"}


@pytest.mark.parametrize("live", [False, True])
def test_the_gate_says_no_and_why(session: Session, walk: Walk, live: bool) -> None:
    initiative = retracted(walk, live=live).assessment.initiative
    answer = ask_gate(session, initiative, now=walk.now)
    assert (answer.award.answer, answer.go_live.answer) == ("no", "no")
    assert "publication_retracted" in {reason.code for reason in answer.go_live.reasons}
    assert initiative.status == ("live" if live else "in_assessment")


def test_a_cleared_initiative_cannot_go_live_any_more(session: Session, walk: Walk) -> None:
    initiative = retracted(walk).assessment.initiative
    with pytest.raises(NotPossible):
        go_live(session, initiative, actor=walk.who("amara"), now=walk.now)


def test_somebody_is_asked_how_to_go_on_and_cannot_just_leave_it(session: Session, walk: Walk) -> None:
    found = retracted(walk, live=True)
    [cause] = list_open_causes(session, found.assessment.initiative)
    assert (cause.cause, cause.text, cause.author_id) == ("retraction", WHY, None)
    with pytest.raises(NotPossible, match="Nothing takes the place"):
        set_aside(session, cause, actor=walk.who("petra"), now=walk.now, reason="It does not matter.")


def test_a_new_version_can_be_required_and_stands_when_it_is_published(session: Session, walk: Walk) -> None:
    found = retracted(walk)
    [cause] = list_open_causes(session, found.assessment.initiative)
    following = require_new_version(session, cause, actor=walk.who("petra"), now=walk.now, reason="Mend the numbers.")
    walk.advance(following, "published")
    session.commit()
    assert [each.edition for each in list_publications(session, reference=found.reference)] == [2]
    session.refresh(found)
    assert (found.superseded_at, found.retracted_at is not None) == (None, True)
    assert ask_gate(session, following.initiative, now=walk.now).go_live.answer != "no"
    kinds = [each.kind for each in list_entries(session) if each.kind in ("publication", "correction", "retraction")]
    assert kinds == ["publication", "retraction", "correction"]


def test_nothing_is_asked_anew_when_a_newer_version_is_approved_already(session: Session, walk: Walk) -> None:
    record = walk.full("published")
    walk.advance(begin_new_edition(session, record, actor=walk.who("helen"), now=walk.now), "approved")
    retract_publication(session, record, actor=walk.who("helen"), now=walk.now, reason=WHY)
    assert record.initiative.status == "cleared"
    assert session.scalars(select(Reconsideration)).all() == []


def test_a_withdrawal_is_done_once(session: Session, walk: Walk) -> None:
    found = retracted(walk)
    with pytest.raises(NotPossible):
        retract_publication(session, found.assessment, actor=walk.who("helen"), now=walk.now, reason=WHY)


@pytest.mark.parametrize(("status", "problem"), [("approved", NotPossible), ("publishing", NotPossible)])
def test_what_is_not_published_is_not_withdrawn(
    session: Session, walk: Walk, status: str, problem: type[Exception]
) -> None:
    with pytest.raises(problem):
        retract_publication(session, walk.full(status), actor=walk.who("helen"), now=walk.now, reason=WHY)


@pytest.mark.parametrize("reason", ["", "   ", "x" * (LONGEST_REASON + 1)])
def test_a_reason_is_given_and_short_enough_to_be_read(session: Session, walk: Walk, reason: str) -> None:
    record = walk.full("published")
    with pytest.raises(Invalid):
        retract_publication(session, record, actor=walk.who("helen"), now=walk.now, reason=reason)
    assert record.status == "published"


def test_a_reason_that_says_what_is_withheld_comes_back_beside_its_field(
    session: Session, walk: Walk, client_for: Callable[[str], FlaskClient]
) -> None:
    found = withholdings.published(walk)
    record, secret = found.assessment, found.parts[0]["value"]
    with pytest.raises(Invalid, match="withheld"):
        retract_publication(session, record, actor=walk.who("helen"), now=walk.now, reason=f"No: {secret.upper()}.")
    url = f"/assessments/{record.reference}/full/actions/retract"
    session.commit()
    client = client_for("helen")
    answer = client.post(url, data={**SIGNED, "reason": "It is not so: " + secret, **opened(client, url)})
    assert answer.status_code == 422
    assert "says something that is withheld" in answer.text
    assert "It is not so: " in answer.text
    session.refresh(record)
    assert record.status == "published"


def test_whoever_wrote_it_does_not_withdraw_it_whatever_roles_they_hold(session: Session, walk: Walk) -> None:
    record = walk.full("published")
    designate(
        session, persona(session, "amara"), Role.SENIOR_PRIVACY_OFFICIAL, department=None, designated_by="Mayor",
        instrument="1", from_on=FOUNDED.date(), actor=SYSTEM, now=FOUNDED,
    )  # fmt: skip
    with pytest.raises(NotAllowed, match="You wrote this"):
        retract_publication(session, record, actor=walk.who("amara"), now=walk.now, reason=WHY)


def test_the_page_warns_asks_for_the_password_and_tells_those_concerned(
    session: Session, walk: Walk, client_for: Callable[[str], FlaskClient], fresh: Callable[[], Session]
) -> None:
    record = walk.full("published")
    url = f"/assessments/{record.reference}/full/actions/retract"
    session.commit()
    client = client_for("helen")
    page = client.get(url).text
    assert "This cannot be undone" in page
    assert "govuk-button--warning" in page
    assert "published as you write it" in page
    wrong = client.post(url, data={**SIGNED, "password": "not mine", **opened(client, url)})
    assert wrong.status_code == 422
    assert SIGNED["reason"] in wrong.text
    assert client.post(url, data={"reason": "", **opened(client, url)}).status_code == 422
    assert client.post(url, data={**SIGNED, **opened(client, url)}).status_code == 303
    with fresh() as seen:
        found = find_publication(seen, seen.get_one(type(record), record.id))
        assert found is not None
        assert found.retraction_reason == SIGNED["reason"]
        event = seen.scalars(select(AuditEvent).where(AuditEvent.event == "publication:retracted")).one()
        assert event.reason == SIGNED["reason"]
        told = [job.payload for job in seen.scalars(select(OutboxJob).where(OutboxJob.kind == "notice"))]
        people = {each["person"] for each in told if each["event"] == "publication:retracted"}
        assert people == {str(persona(seen, first).id) for first in ("amara", "petra")}
    assert "Withdrawn from the register" in client.get(f"/assessments/{record.reference}").text


def test_a_very_long_reason_comes_back_beside_its_field(
    session: Session, walk: Walk, client_for: Callable[[str], FlaskClient]
) -> None:
    record = walk.full("published")
    url = f"/assessments/{record.reference}/full/actions/retract"
    session.commit()
    client = client_for("helen")
    answer = client.post(url, data={**SIGNED, "reason": "word " * 400, **opened(client, url)})
    assert answer.status_code == 422
    assert "Shorten it" in answer.text
