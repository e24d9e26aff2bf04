"""A commitment's steps: who reports it, who closes it and who never may, its day, its keeper, those made by hand."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from pia_engine.errors import Invalid, NotAllowed, NotPossible
from pia_engine.models import AuditEvent, Commitment, OutboxJob
from pia_engine.permissions.roles import SYSTEM, Role
from pia_engine.services import commitment_steps as steps
from pia_engine.services.people import designate
from tests.factories.deputies import stand_in
from tests.factories.governance.commitments import EVIDENCE, commitment, commitment_of
from tests.factories.people import FOUNDED, persona
from tests.factories.walks import Walk

JUNE, JULY = dt.date(2026, 6, 30), dt.date(2026, 7, 31)


def hand_to(walk: Walk, found: Commitment, first: str, *, by: str = "helen") -> None:
    steps.hand_over(
        walk.session, found, keeper=persona(walk.session, first), reason="Leave.", actor=walk.who(by), now=walk.now
    )


def also(session: Session, first: str, role: Role) -> None:
    designate(
        session, persona(session, first), role, department=None, designated_by="Mayor", instrument="1",
        from_on=dt.date(2026, 1, 1), actor=SYSTEM, now=FOUNDED,
    )  # fmt: skip


def events(session: Session, found: Commitment) -> list[str]:
    query = select(AuditEvent.event).where(AuditEvent.aggregate_id == found.id).order_by(AuditEvent.sequence)
    return list(session.scalars(query))


def test_the_keeper_reports_and_somebody_else_accepts(session: Session, walk: Walk) -> None:
    found = commitment(walk, "kept")
    assert (found.status, found.evidence, found.closed_at) == ("kept", EVIDENCE, walk.now)
    assert found.closer is not None
    assert found.closer.name == "Petra Privacy"
    assert events(session, found) == ["commitment:made", "commitment:reported", "commitment:kept"]


@pytest.mark.parametrize("evidence", ["", "   ", "done", "it is all done"])
def test_evidence_of_a_few_words_is_refused(walk: Walk, evidence: str) -> None:
    found = commitment(walk)
    with pytest.raises(Invalid, match="Say what shows that it was kept"):
        steps.report_kept(walk.session, found, evidence=evidence, actor=walk.who("amara"), now=walk.now)
    assert (found.status, found.evidence) == ("open", "")


def test_only_the_keeper_reports(walk: Walk) -> None:
    found = commitment(walk)
    for first in ("daniel", "petra", "helen", "otto"):
        with pytest.raises(NotAllowed):
            steps.report_kept(walk.session, found, evidence=EVIDENCE, actor=walk.who(first), now=walk.now)


def test_a_keeper_of_another_department_reports(walk: Walk) -> None:
    found = commitment(walk)
    hand_to(walk, found, "otto")
    steps.report_kept(walk.session, found, evidence=EVIDENCE, actor=walk.who("otto"), now=walk.now)
    assert found.status == "reported"


def test_a_keeper_with_every_office_does_not_close_the_own_commitment(session: Session, walk: Walk) -> None:
    for role in (Role.PRIVACY_OFFICER, Role.SENIOR_PRIVACY_OFFICIAL, Role.EXECUTIVE):
        also(session, "amara", role)
    found = commitment(walk, "reported")
    with pytest.raises(NotAllowed, match="You keep this commitment yourself"):
        steps.accept_evidence(session, found, actor=walk.who("amara"), now=walk.now)
    with pytest.raises(NotAllowed, match="You keep this commitment yourself"):
        steps.drop_commitment(session, found, actor=walk.who("amara"), now=walk.now, reason="No.")


def test_whoever_stands_in_for_the_keeper_does_not_close_it_in_an_own_office_either(
    session: Session, walk: Walk
) -> None:
    found = commitment(walk, "reported")
    stand_in(walk, "petra", "amara")
    with pytest.raises(NotAllowed, match="somebody you stand in for"):
        steps.accept_evidence(session, found, actor=walk.who("petra"), now=walk.now)


def test_a_keeper_does_not_close_it_as_somebody_else_s_deputy(session: Session, walk: Walk) -> None:
    found = commitment(walk, "reported")
    stand_in(walk, "amara", "petra")
    with pytest.raises(NotAllowed):
        steps.accept_evidence(session, found, actor=walk.who("amara"), now=walk.now)


def test_whoever_reported_it_does_not_accept_it_after_it_was_handed_over(session: Session, walk: Walk) -> None:
    also(session, "amara", Role.PRIVACY_OFFICER)
    found = commitment(walk, "reported")
    steps.return_it(session, found, actor=walk.who("petra"), now=walk.now, reason="Which log?")
    hand_to(walk, found, "sofia")
    steps.report_kept(session, found, evidence=EVIDENCE, actor=walk.who("sofia"), now=walk.now)
    with pytest.raises(NotAllowed, match="keeps this commitment or did before"):
        steps.accept_evidence(session, found, actor=walk.who("amara"), now=walk.now)


def test_a_keeper_who_passed_it_on_unreported_does_not_accept_it(session: Session, walk: Walk) -> None:
    found = commitment(walk)
    hand_to(walk, found, "petra")
    hand_to(walk, found, "sofia")
    steps.report_kept(session, found, evidence=EVIDENCE, actor=walk.who("sofia"), now=walk.now)
    with pytest.raises(NotAllowed):
        steps.accept_evidence(session, found, actor=walk.who("petra"), now=walk.now)
    steps.accept_evidence(session, found, actor=walk.who("helen"), now=walk.now)
    assert found.status == "kept"


def test_the_database_knows_no_commitment_closed_by_its_keeper(session: Session, walk: Walk) -> None:
    found = commitment(walk, "reported")
    found.status, found.closed_by, found.closed_at = "kept", found.author_id, walk.now
    with pytest.raises(IntegrityError, match="closed_by_another"):
        session.flush()


def test_a_returned_one_goes_on_and_a_refused_close_leaves_nothing_behind(session: Session, walk: Walk) -> None:
    found = commitment(walk, "reported")
    with pytest.raises(Invalid):
        steps.return_it(session, found, actor=walk.who("petra"), now=walk.now, reason=" ")
    with pytest.raises(Invalid):
        steps.drop_commitment(session, found, actor=walk.who("helen"), now=walk.now, reason=" ")
    assert (found.closed_at, found.closed_by) == (None, None)
    steps.return_it(session, found, actor=walk.who("petra"), now=walk.now, reason="Which log?")
    assert (found.status, found.closed_at) == ("open", None)


def test_postponing_keeps_the_first_day_in_the_trail_and_counts(session: Session, walk: Walk) -> None:
    found = commitment(walk)
    found.escalation = 1
    steps.postpone(session, found, until=JULY, reason="The vendor is late.", actor=walk.who("petra"), now=walk.now)
    assert (found.due_on, found.postponed, found.escalation) == (JULY, 1, 0)
    query = select(AuditEvent).where(AuditEvent.event == "commitment:postponed")
    event = session.scalars(query).one()
    assert b"2026-06-30" in event.body
    told = [job.payload for job in session.scalars(select(OutboxJob)) if job.payload.get("event") == event.event]
    assert [job["person"] for job in told] == [str(found.author_id)]


@pytest.mark.parametrize("day", [dt.date(2026, 3, 1), JUNE, dt.date(2029, 6, 30)])
def test_a_day_that_is_no_postponement_is_refused(session: Session, walk: Walk, day: dt.date) -> None:
    found = commitment(walk)
    with pytest.raises(steps.WrongDay):
        steps.postpone(session, found, until=day, reason="Late.", actor=walk.who("petra"), now=walk.now)
    assert (found.due_on, found.postponed) == (JUNE, 0)


def test_the_keeper_neither_postpones_nor_hands_over(session: Session, walk: Walk) -> None:
    also(session, "amara", Role.PRIVACY_OFFICER)
    found = commitment(walk)
    with pytest.raises(NotAllowed):
        steps.postpone(session, found, until=JULY, reason="Late.", actor=walk.who("amara"), now=walk.now)
    with pytest.raises(NotAllowed):
        hand_to(walk, found, "sofia", by="amara")
    with pytest.raises(NotAllowed):
        hand_to(walk, found, "sofia", by="daniel")


def test_what_is_reported_is_neither_postponed_nor_handed_over(session: Session, walk: Walk) -> None:
    found = commitment(walk, "reported")
    with pytest.raises(NotPossible):
        steps.postpone(session, found, until=JULY, reason="Late.", actor=walk.who("petra"), now=walk.now)
    with pytest.raises(NotPossible):
        hand_to(walk, found, "sofia")


@pytest.mark.parametrize("first", ["amara", "ingrid", "adam"])
def test_it_is_not_handed_to_its_keeper_or_to_who_cannot_report(walk: Walk, first: str) -> None:
    found = commitment(walk)
    with pytest.raises(steps.WrongKeeper):
        hand_to(walk, found, first)


def test_an_officer_makes_one_by_hand_and_nobody_of_the_department_does(session: Session, walk: Walk) -> None:
    initiative = walk.full("approved").initiative
    given = {"text": "Hang the sign lower.", "keeper": persona(session, "daniel"), "due_on": JUNE, "is_public": False}
    made = steps.add_commitment(session, initiative, **given, actor=walk.who("petra"), now=walk.now)  # type: ignore[arg-type]
    assert (made.source, made.keeper.name, made.is_public) == ("officer", "Daniel Director", False)
    with pytest.raises(NotAllowed):
        steps.add_commitment(session, initiative, **given, actor=walk.who("amara"), now=walk.now)  # type: ignore[arg-type]
    given["text"] = " "
    with pytest.raises(Invalid):
        steps.add_commitment(session, initiative, **given, actor=walk.who("petra"), now=walk.now)  # type: ignore[arg-type]


def test_a_step_has_the_public_pages_made_anew_once_published(session: Session, walk: Walk) -> None:
    record = walk.full("published")
    found = commitment_of(walk, record)
    steps.report_kept(session, found, evidence=EVIDENCE, actor=walk.who("amara"), now=walk.now)
    jobs = [job for job in session.scalars(select(OutboxJob)) if job.kind == "pages"]
    assert [job.payload for job in jobs] == [{"reference": record.reference}] * 2
