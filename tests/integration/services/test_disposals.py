"""Records whose time is over: proposed once, approved by two people, deleted whole, and what stays of them."""

from __future__ import annotations

import datetime as dt
import json

import pytest
from flask import Flask
from sqlalchemy import event, func, select
from sqlalchemy.orm import Session

from pia_engine import clock
from pia_engine.documents.storage import open_storage
from pia_engine.errors import NotAllowed, NotFound, NotPossible
from pia_engine.jobs.worker import drain
from pia_engine.models import Attachment, AuditEvent, Base, Disposal, Initiative, OutboxJob, Publication, Tombstone
from pia_engine.models.default_rules import DEFAULT_RULES
from pia_engine.permissions.roles import SYSTEM, Role
from pia_engine.services import disposing
from pia_engine.services.audit import verify_trail
from pia_engine.services.audit_heads import check_seals, log_audit_head
from pia_engine.services.disposals import (
    approve_disposal,
    find_tombstone,
    get_disposal,
    keep_records,
    list_ready,
    propose_disposal,
    propose_overdue,
    stop_disposal,
)
from pia_engine.services.disposing import preview_disposal
from pia_engine.services.initiatives import reopen_initiative
from pia_engine.services.legal_holds import lift_hold, list_holds_of, place_hold
from pia_engine.services.people import designate
from pia_engine.services.policies import current_policy
from pia_engine.services.record_tables import MATTER, count_rows, traced_tables
from pia_engine.services.retention import kept_until
from pia_engine.settings import Settings
from tests.factories.matters import YEARS_LATER, retire, retired, rich
from tests.factories.people import FOUNDED, acting, persona
from tests.factories.walks import Walk

DAY = dt.timedelta(days=1)


def keep_published_for(session: Session, years: int | None) -> None:
    """As if the policy in force said so."""
    rows = [{**row, "years": years if row["kind"] == "published" else row["years"]}
            for row in DEFAULT_RULES["retention"]]  # fmt: skip
    current_policy(session).rules = {**current_policy(session).rules, "retention": rows}
    session.flush()


def approved(session: Session, walk: Walk, initiative: Initiative) -> Disposal:
    """Proposed by the calendar, approved by Helen, ten years later."""
    assert propose_overdue(session, now=YEARS_LATER) >= 1
    disposal = session.scalars(select(Disposal).where(Disposal.subject == initiative.reference)).one()
    with clock.frozen(YEARS_LATER):
        approve_disposal(
            session, disposal, actor=acting(session, "helen", YEARS_LATER), now=YEARS_LATER, reason="Its time is over."
        )
    return disposal


def carry_out_approved(session: Session, *, now: dt.datetime) -> int:
    """The calendar's part, on that day."""
    with clock.frozen(now):
        return disposing.carry_out_approved(session, now=now)


def over(walk: Walk, settings: Settings) -> Initiative:
    """A matter with records of nearly every kind, retired, with nothing that holds it."""
    record = rich(walk, settings)
    (hold,) = list_holds_of(walk.session, record.initiative)
    lift_hold(walk.session, hold, reason="Settled.", actor=walk.who("helen"), now=walk.now)
    retire(walk, record.initiative)
    keep_published_for(walk.session, 5)
    return record.initiative


@pytest.fixture
def settings(app: Flask) -> Settings:
    found: Settings = app.extensions["pia-settings"]
    return found


def test_nothing_is_proposed_before_its_time(session: Session, walk: Walk) -> None:
    initiative = retired(walk)
    ended = kept_until(session, initiative)
    assert ended.ended_on == dt.date(2026, 3, 2)
    assert ended.until_on == dt.date(2033, 3, 2)
    assert ended.basis is not None
    assert ended.basis.kind == "unpublished"
    last = dt.datetime(2033, 3, 2, 22, 59, tzinfo=dt.UTC)  # a minute before midnight where the city is
    assert propose_overdue(session, now=last) == 0
    assert propose_overdue(session, now=last + dt.timedelta(minutes=1)) == 1
    assert propose_overdue(session, now=last + dt.timedelta(minutes=1)) == 0


def test_a_matter_that_goes_on_is_kept(session: Session, walk: Walk) -> None:
    for record in (walk.initial("submitted"), walk.full("approved", title="Second")):
        assert kept_until(session, record.initiative).ended_on is None
    walk.initiative("Never assessed")
    assert propose_overdue(session, now=YEARS_LATER) == 0


def test_what_was_published_is_kept_for_good(session: Session, walk: Walk) -> None:
    record = walk.full("published")
    retire(walk, record.initiative)
    kept = kept_until(session, record.initiative)
    assert kept.ended_on is not None
    assert kept.until_on is None
    assert propose_overdue(session, now=YEARS_LATER + 9999 * DAY) == 0
    with pytest.raises(NotPossible, match="kept for good"):
        propose_disposal(session, record.initiative, actor=acting(session, "petra", YEARS_LATER), now=YEARS_LATER)


def test_the_longest_of_its_kinds_counts(app: Flask, session: Session, walk: Walk, settings: Settings) -> None:
    initiative = over(walk, settings)
    kept = kept_until(session, initiative)
    assert set(kept.kinds) == {"published", "vendor_responses", "attachments_comments", "annual_audits"}
    assert kept.basis is not None
    assert kept.basis.kind == "annual_audits"
    assert kept.until_on == dt.date(2036, 3, kept.ended_on.day if kept.ended_on else 0)


def test_a_kind_the_policy_does_not_name_is_kept_for_good(session: Session, walk: Walk) -> None:
    initiative = retired(walk)
    policy = current_policy(session)
    policy.rules = {**policy.rules, "retention": [{"record": "Letters", "years": 1, "basis": "Why"}]}
    session.flush()
    assert kept_until(session, initiative).until_on is None
    assert propose_overdue(session, now=YEARS_LATER) == 0


def test_a_withdrawn_assessment_ends_the_matter_until_another_is_begun(session: Session, walk: Walk) -> None:
    initiative = walk.initial("withdrawn").initiative
    assert kept_until(session, initiative).ended_on == dt.date(2026, 3, 2)
    assert propose_overdue(session, now=YEARS_LATER) == 1


def test_a_refused_initiative_opened_again_goes_on(session: Session, walk: Walk) -> None:
    from pia_engine.services import sign_offs

    record = walk.full("awaiting_decision")
    sign_offs.reject(
        session, record, actor=walk.who("helen"), now=walk.now, reason="Too much.", overrules="The advice missed it."
    )
    initiative = record.initiative
    assert kept_until(session, initiative).ended_on is not None
    disposal = approved(session, walk, initiative)
    reopen_initiative(session, initiative, actor=walk.who("amara"), now=walk.now, reason="Smaller now.")
    assert kept_until(session, initiative).ended_on is None
    assert list_ready(session, now=YEARS_LATER + DAY, limit=5) == []
    assert carry_out_approved(session, now=YEARS_LATER + DAY) == 0
    stop_disposal(
        session, disposal, actor=acting(session, "petra", YEARS_LATER), now=YEARS_LATER + DAY, reason="It goes on."
    )
    assert disposal.status == "kept"


def test_a_decision_that_ran_out_ends_the_matter(session: Session, walk: Walk) -> None:
    from pia_engine.services import determinations

    record = walk.initial("submitted")
    determinations.determine(
        session, record, outcome="no_pia", actor=walk.who("petra"), now=walk.now, reason="Nobody is seen."
    )
    kept = kept_until(session, record.initiative)
    assert kept.ended_on == dt.date(2029, 3, 2)
    assert kept.until_on == dt.date(2036, 3, 2)
    assert propose_overdue(session, now=dt.datetime(2036, 3, 2, 12, tzinfo=dt.UTC)) == 0
    assert propose_overdue(session, now=dt.datetime(2036, 3, 3, 12, tzinfo=dt.UTC)) == 1


def test_a_hold_keeps_everything_until_it_is_lifted(session: Session, walk: Walk) -> None:
    initiative = retired(walk)
    first, second = (place_hold(session, initiative, reason=why, actor=walk.who("petra"), now=walk.now)
                     for why in ("A claim.", "An enquiry."))  # fmt: skip
    assert propose_overdue(session, now=YEARS_LATER) == 0
    officer = acting(session, "petra", YEARS_LATER)
    with pytest.raises(NotPossible, match="legal hold"):
        propose_disposal(session, initiative, actor=officer, now=YEARS_LATER)
    lift_hold(session, first, reason="Settled.", actor=officer, now=YEARS_LATER)
    assert propose_overdue(session, now=YEARS_LATER) == 0
    lift_hold(session, second, reason="Closed.", actor=officer, now=YEARS_LATER)
    with pytest.raises(NotPossible, match="lifted already"):
        lift_hold(session, second, reason="Again.", actor=officer, now=YEARS_LATER)
    assert propose_overdue(session, now=YEARS_LATER) == 1


def test_a_hold_placed_after_the_approval_stops_the_deleting(session: Session, walk: Walk) -> None:
    initiative = retired(walk)
    approved(session, walk, initiative)
    place_hold(session, initiative, reason="A claim.", actor=acting(session, "helen", YEARS_LATER), now=YEARS_LATER)
    assert carry_out_approved(session, now=YEARS_LATER + 30 * DAY) == 0
    assert session.get(Initiative, initiative.id) is not None


def test_what_an_officer_kept_is_not_proposed_again_within_a_year(session: Session, walk: Walk) -> None:
    initiative = retired(walk)
    propose_overdue(session, now=YEARS_LATER)
    (disposal,) = session.scalars(select(Disposal))
    keep_records(session, disposal, actor=acting(session, "petra", YEARS_LATER), now=YEARS_LATER, reason="Of interest.")
    assert propose_overdue(session, now=YEARS_LATER + 364 * DAY) == 0
    assert propose_overdue(session, now=YEARS_LATER + 366 * DAY) == 1
    with pytest.raises(NotPossible, match="proposed already"):
        propose_disposal(session, initiative, actor=acting(session, "petra", YEARS_LATER), now=YEARS_LATER)


def test_who_proposed_it_does_not_approve_it(session: Session, walk: Walk) -> None:
    for role in (Role.SENIOR_PRIVACY_OFFICIAL,):
        designate(session, persona(session, "petra"), role, department=None, designated_by="Mayor", instrument="1",
                  from_on=FOUNDED.date(), actor=SYSTEM, now=FOUNDED)  # fmt: skip
    initiative = retired(walk)
    with clock.frozen(YEARS_LATER):
        petra = acting(session, "petra", YEARS_LATER)
        disposal = propose_disposal(session, initiative, actor=petra, now=YEARS_LATER)
        with pytest.raises(NotAllowed, match="You proposed this disposal"):
            approve_disposal(session, disposal, actor=petra, now=YEARS_LATER, reason="Mine.")
        helen = acting(session, "helen", YEARS_LATER)
        approve_disposal(session, disposal, actor=helen, now=YEARS_LATER, reason="Its time is over.")
    assert disposal.status == "approved"


def test_nobody_approves_the_deletion_of_their_own_records(session: Session, walk: Walk) -> None:
    designate(session, persona(session, "amara"), Role.SENIOR_PRIVACY_OFFICIAL, department=None, designated_by="Mayor",
              instrument="1", from_on=FOUNDED.date(), actor=SYSTEM, now=FOUNDED)  # fmt: skip
    retired(walk)
    propose_overdue(session, now=YEARS_LATER)
    (disposal,) = session.scalars(select(Disposal))
    with clock.frozen(YEARS_LATER), pytest.raises(NotAllowed, match="your own initiative"):
        amara = acting(session, "amara", YEARS_LATER)
        approve_disposal(session, disposal, actor=amara, now=YEARS_LATER, reason="Mine.")


def test_it_is_carried_out_on_the_day_after_at_the_earliest(session: Session, walk: Walk) -> None:
    initiative = retired(walk)
    approved(session, walk, initiative)
    assert carry_out_approved(session, now=YEARS_LATER + dt.timedelta(hours=8)) == 0
    assert carry_out_approved(session, now=YEARS_LATER + DAY) == 1
    assert carry_out_approved(session, now=YEARS_LATER + DAY) == 0


def test_everything_is_deleted_and_the_trail_and_a_tombstone_stay(
    app: Flask, session: Session, walk: Walk, settings: Settings
) -> None:
    initiative = over(walk, settings)
    other = rich(walk, settings, title="Another matter")
    reference, (assessed,) = (
        initiative.reference,
        {row.reference for row in session.scalars(select(Publication))} - {other.reference},
    )
    kept_rows = count_rows(session, other.initiative)
    disposal = approved(session, walk, initiative)
    doomed = preview_disposal(session, initiative)
    assert log_audit_head(session, now=YEARS_LATER) == 1
    events = session.scalar(select(func.count(AuditEvent.id)))
    before = {row.name: session.scalar(select(func.count()).select_from(row.table)) or 0 for row in MATTER}
    assert {"answer", "answer_version", "revision", "comment", "attachment", "vendor_response"} <= set(doomed.counts)
    assert carry_out_approved(session, now=YEARS_LATER + DAY) == 1
    session.commit()
    for row in MATTER:
        left = session.scalar(select(func.count()).select_from(row.table)) or 0
        assert left == before[row.name] - doomed.counts.get(row.name, 0), row.name
    assert count_rows(session, session.get_one(Initiative, other.initiative_id)) == kept_rows
    assert session.scalar(select(func.count(AuditEvent.id))) == (events or 0) + 1
    assert list(verify_trail(session)) == []
    assert [seal.is_whole for seal in check_seals(session)] == [True]
    assert log_audit_head(session, now=YEARS_LATER + DAY) == 1
    for name in (reference, assessed):
        stone = find_tombstone(session, name)
        assert stone is not None
        assert (stone.title, stone.decision, stone.disposal) == (
            "Traffic counters on Mill Road", "approved", disposal.reference)  # fmt: skip
        assert stone.counts == doomed.counts
        assert len(stone.digest) == 64
        assert stone.was_public == (name == assessed)
    assert get_disposal(session, disposal.reference).status == "carried_out"


def test_tombstone_of_a_public_reference_says_the_title_the_public_read(
    session: Session, walk: Walk, settings: Settings
) -> None:
    initiative = over(walk, settings)
    publication = session.scalars(select(Publication)).one()
    publication.title, reference = "[Withheld: Security]", publication.reference
    approved(session, walk, initiative)
    titles = {reference: publication.title, initiative.reference: initiative.title}
    assert carry_out_approved(session, now=YEARS_LATER + DAY) == 1
    stones = session.scalars(select(Tombstone).where(Tombstone.reference.in_(titles)))
    assert {stone.reference: stone.title for stone in stones} == titles


def test_no_job_about_it_stays_in_the_outbox(app: Flask, session: Session, walk: Walk, settings: Settings) -> None:
    initiative = over(walk, settings)
    approved(session, walk, initiative)
    keys = {
        str(key)
        for row in MATTER
        if row.name in traced_tables() and row.is_disposed
        for key in session.scalars(select(row.table.c.id))
    }
    carry_out_approved(session, now=YEARS_LATER + DAY)
    left = [job.payload for job in session.scalars(select(OutboxJob).where(OutboxJob.kind != "forget-bytes"))]
    assert all(not keys & set(map(str, payload.values())) for payload in left)


def test_its_bytes_go_after_the_commit_unless_somebody_else_names_them(
    app: Flask, session: Session, walk: Walk, settings: Settings
) -> None:
    initiative = over(walk, settings)
    rich(walk, settings, title="Another matter")  # attaches the very same file
    store = open_storage(settings.documents_folder)
    shared = session.scalars(select(Attachment.digest)).first() or ""
    own = session.scalars(select(Publication.pdf_digest).order_by(Publication.id)).first() or ""
    approved(session, walk, initiative)
    carry_out_approved(session, now=YEARS_LATER + DAY)
    session.commit()
    assert store.get(own)
    drain(app, YEARS_LATER + 9999 * DAY)
    with pytest.raises(NotFound):
        store.get(own)
    assert open_storage(settings.attachments_folder).get(shared)


def test_a_disposal_cut_short_changes_nothing(
    app: Flask, session: Session, walk: Walk, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    initiative = over(walk, settings)
    disposal = approved(session, walk, initiative)
    session.commit()
    whole = count_rows(session, initiative)

    def fail(*_given: object) -> None:
        raise RuntimeError("the power went")

    with monkeypatch.context() as broken:
        broken.setattr(disposing, "_delete_rows", fail)
        with pytest.raises(RuntimeError):
            carry_out_approved(session, now=YEARS_LATER + DAY)
    session.rollback()
    assert count_rows(session, session.get_one(Initiative, initiative.id)) == whole
    assert session.scalar(select(func.count(Tombstone.id))) == 0
    assert session.get_one(Disposal, disposal.id).status == "approved"
    assert carry_out_approved(session, now=YEARS_LATER + DAY) == 1


def test_the_trail_says_how_every_deleted_chain_ended(session: Session, walk: Walk) -> None:
    initiative = retired(walk)
    length, head = initiative.trail_length, initiative.trail_head
    disposal = approved(session, walk, initiative)
    carry_out_approved(session, now=YEARS_LATER + DAY)
    last = session.scalars(
        select(AuditEvent).where(AuditEvent.aggregate_id == disposal.id).order_by(AuditEvent.sequence.desc())
    ).first()
    assert last is not None
    details = json.loads(last.body)["details"]
    assert details["chains"] == {str(initiative.id): [initiative.reference, length, head]}
    assert details["manifest"] == session.scalars(select(Tombstone.digest)).one()


def test_proposing_takes_no_query_per_record_but_what_each_writes(session: Session, walk: Walk) -> None:
    def count(many: int) -> int:
        for number in range(many):
            retired(walk, f"Number {number}")
        session.flush()
        seen: list[str] = []

        def note(_c: object, _cursor: object, statement: str, *_rest: object) -> None:
            if statement.startswith("SELECT"):
                seen.append(statement)

        event.listen(session.get_bind(), "before_cursor_execute", note)
        assert propose_overdue(session, now=YEARS_LATER) == many
        event.remove(session.get_bind(), "before_cursor_execute", note)
        return len(seen)

    few, many = count(2), count(12)
    assert (many - few) / 10 <= 5


def test_every_table_is_known_to_the_disposal() -> None:
    assert {row.name for row in MATTER if not row.is_disposed} == {"disposal"}
    assert {row.name for row in MATTER} <= set(Base.metadata.tables)
