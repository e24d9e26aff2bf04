"""Deleting everything of one initiative, in one transaction, and what stays of it: its audit trail and its tombstone.

The bytes of its files are removed after the commit, by a job of the outbox.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from pia_engine import clock
from pia_engine.models import (
    AnnualAudit,
    Assessment,
    Determination,
    Disposal,
    Finding,
    Initiative,
    OutboxJob,
    Publication,
    SignOff,
    Tombstone,
)
from pia_engine.permissions.roles import SYSTEM
from pia_engine.services.case_files import manifest_digest
from pia_engine.services.cities import get_city
from pia_engine.services.disposals import find_subject, list_ready
from pia_engine.services.log_calls import log_disposal
from pia_engine.services.outbox import queue_job
from pia_engine.services.record_tables import (
    MATTER,
    RecordTable,
    count_rows,
    jobs_about,
    list_chains,
    list_keys,
    matter_table,
)
from pia_engine.services.retention import kept_until
from pia_engine.services.workflow import apply_action
from pia_engine.workflows.disposal import Action

AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Doomed:
    """What a disposal deletes: how many rows of each table, and how many files."""

    counts: dict[str, int]
    files: int

    @property
    def total(self) -> int:
        return sum(self.counts.values())


def preview_disposal(session: Session, initiative: Initiative) -> Doomed:
    """Exactly what would be deleted now."""
    counted = count_rows(session, initiative)
    counts = {row.name: counted[row.name] for row in MATTER if row.is_disposed and counted[row.name]}
    return Doomed(counts, sum(len(found) for found in _digests(session, initiative).values()))


def carry_out_approved(session: Session, *, now: dt.datetime) -> int:
    """The calendar's part: one approved disposal, in a transaction of its own. Returns 0 when none is ready."""
    ready = list_ready(session, now=now, limit=1)
    for disposal in ready:
        carry_out(session, disposal, now=now)
    return len(ready)


def carry_out(session: Session, disposal: Disposal, *, now: dt.datetime) -> None:
    """Delete the records, leave the tombstone, and say in the trail how each deleted chain ended."""
    initiative = find_subject(session, disposal)
    assert initiative is not None
    doomed = preview_disposal(session, initiative)
    digest = manifest_digest(session, initiative, reference=initiative.reference, instant=now)
    chains = {
        str(key): [reference, length, head]
        for table, key, reference, length, head in list_chains(session, initiative)
        if matter_table(table).is_disposed
    }
    details = {"subject": disposal.subject, "counts": doomed.counts, "manifest": digest, "chains": chains}
    apply_action(session, disposal, Action.CARRY_OUT, actor=SYSTEM, now=now, details=details)
    session.add_all(_tombstones(session, initiative, disposal, doomed=doomed, digest=digest, now=now))
    _queue_removal(session, initiative, disposal, now=now)
    for document in _signed_documents(session, initiative):
        log_disposal(session, document, now=now)
    session.flush()
    _delete(session, initiative)


def _signed_documents(session: Session, initiative: Initiative) -> Iterator[Publication | AnnualAudit]:
    """What the public log knows by its file: every edition, and every closing report of an audit."""
    own = Assessment.initiative_id == initiative.id
    query = select(Publication).join(Assessment).where(own)
    yield from session.scalars(query.order_by(Publication.reference, Publication.edition))
    closed = select(AnnualAudit).join(Assessment).where(own, AnnualAudit.report_digest != "")
    yield from session.scalars(closed.order_by(AnnualAudit.reference))


def _tombstones(
    session: Session, initiative: Initiative, disposal: Disposal, *, doomed: Doomed, digest: str, now: dt.datetime
) -> Iterator[Tombstone]:
    """One for the initiative, one for each reference of its assessments."""
    zone = get_city(session).time_zone
    ended = kept_until(session, initiative).ended_on or clock.day_of(now, zone)
    titles = _published(session, initiative)
    decisions = {initiative.reference: "", **_decisions(session, initiative)}
    decisions[initiative.reference] = list(decisions.values())[-1]
    for reference, decision in decisions.items():
        yield Tombstone(
            reference=reference,
            title=titles.get(reference, initiative.title),
            department=initiative.department.name,
            department_id=initiative.department_id,
            was_public=reference in titles,
            began_on=clock.day_of(initiative.created_at, zone),
            ended_on=ended,
            decision=decision or "none",
            counts=doomed.counts,
            digest=digest,
            disposal=disposal.reference,
            disposed_at=now,
        )


def _published(session: Session, initiative: Initiative) -> dict[str, str]:
    """Every public reference, with the title the public read last: that of the initiative may say what is withheld."""
    query = select(Publication.reference, Publication.title).join(Assessment)
    found = session.execute(query.where(Assessment.initiative_id == initiative.id).order_by(Publication.edition))
    return {reference: title for reference, title in found}


def _decisions(session: Session, initiative: Initiative) -> dict[str, str]:
    """By reference, what was decided last: the outcome determined, or what came of the full assessment."""
    own = select(Assessment).where(Assessment.initiative_id == initiative.id)
    stages = session.scalars(own.order_by(Assessment.stage.desc(), Assessment.edition, Assessment.id)).all()
    outcomes = {
        key: outcome
        for key, outcome in session.execute(
            select(Determination.assessment_id, Determination.outcome)
            .join(Assessment)
            .where(Assessment.initiative_id == initiative.id)
        )
    }
    signed = set(
        session.scalars(
            select(SignOff.assessment_id)
            .join(Assessment)
            .where(Assessment.initiative_id == initiative.id, SignOff.position == 2, SignOff.decision == "signed")
        )
    )
    found: dict[str, str] = {}
    for stage in sorted(stages, key=lambda each: each.reference):
        decided = "approved" if stage.id in signed else outcomes.get(stage.id, stage.status)
        found[stage.reference] = decided
    return found


def _digests(session: Session, initiative: Initiative) -> dict[str, set[str]]:
    """By store, the bytes that rows of this initiative name."""
    found: dict[str, set[str]] = {}
    for row in MATTER:
        for named in row.bytes if row.is_disposed else ():
            keys = list_keys(session, row, initiative)
            columns = row.table.c
            for chunk in _chunks(keys):
                digests = session.scalars(select(columns[named.column]).where(columns.id.in_(chunk)))
                found.setdefault(named.store, set()).update(digest for digest in digests if digest)
    return found


def _queue_removal(session: Session, initiative: Initiative, disposal: Disposal, *, now: dt.datetime) -> None:
    """What lies outside the database goes after the commit: bytes nobody else names, and public pages."""
    digests = {store: sorted(found) for store, found in _digests(session, initiative).items()}
    references = sorted(_published(session, initiative))
    queue_job(
        session,
        "forget-bytes",
        key=f"forget-bytes:{disposal.reference}",
        payload={"stores": digests, "published": references},
        now=now,
    )


def _delete(session: Session, initiative: Initiative) -> None:
    keys = {row.name: list_keys(session, row, initiative) for row in MATTER}
    references = [initiative.reference, *_references(session, keys["assessment"])]
    named = [key for found in (keys[name] for name in _NAMED_BY_JOBS) for key in found]
    session.flush()
    session.expunge_all()
    for chunk in _chunks(keys["commitment"]):
        session.execute(update(Finding).where(Finding.commitment_id.in_(chunk)).values(commitment_id=None))
    for chunk in _chunks(named):
        session.execute(delete(OutboxJob).where(OutboxJob.kind != "forget-bytes", jobs_about(chunk, references)))
    for row in MATTER:
        if row.is_disposed:
            _delete_rows(session, row, keys[row.name])


_NAMED_BY_JOBS = (
    "initiative",
    "assessment",
    "vendor_response",
    "annual_audit",
    "commitment",
    "reconsideration",
    "emergency_exception",
    "spot_check",
    "withholding",
    "case_file",
)


def _references(session: Session, keys: list[uuid.UUID]) -> list[str]:
    return sorted(set(session.scalars(select(Assessment.reference).where(Assessment.id.in_(keys)))))


def _delete_rows(session: Session, row: RecordTable, keys: list[uuid.UUID]) -> None:
    for chunk in _chunks(keys):
        session.execute(delete(row.table).where(row.table.c.id.in_(chunk)))


def _chunks(keys: list[uuid.UUID]) -> Iterator[list[uuid.UUID]]:
    for start in range(0, len(keys), AT_ONCE):
        yield keys[start : start + AT_ONCE]
