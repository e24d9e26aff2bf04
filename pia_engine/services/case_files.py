"""Case files: the complete file of one matter as a sealed ZIP, ordered by somebody and made by the worker.

It is kept for some days for whoever may export it, then removed; what stays is that it was exported, and by whom.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import uuid
from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from pia_engine.documents.case_archives import HashingSink, make_manifest
from pia_engine.documents.storage import Storage
from pia_engine.errors import N_, Gone, NotFound, NotPossible
from pia_engine.models import CaseFile, Initiative, OutboxJob
from pia_engine.permissions.people import check_may
from pia_engine.permissions.roles import Actor
from pia_engine.permissions.vocabulary import Permission
from pia_engine.services.audit import append_event
from pia_engine.services.case_contents import Contents
from pia_engine.services.initiatives import Page, page_of
from pia_engine.services.outbox import queue_job

KEPT_DAYS = 7
BATCH = 500


def order_case_file(
    session: Session, initiative: Initiative, *, reference: str, actor: Actor, now: dt.datetime
) -> CaseFile:
    """Have the file made, of the records as they stand when the worker comes to it; it is dated when it was ordered."""
    check_may(actor, Permission.CASE_FILE_EXPORT, initiative)
    waiting = select(CaseFile).where(
        CaseFile.initiative_id == initiative.id, CaseFile.made_at.is_(None), CaseFile.ordered_by == actor.person_id
    )
    if any(not has_failed(session, each) for each in session.scalars(waiting)):
        raise NotPossible(N_("A case file you ordered is being made. Wait until it is there."))
    ordered = CaseFile(initiative=initiative, reference=reference, ordered_by=actor.person_id, ordered_at=now)
    session.add(ordered)
    session.flush()
    append_event(
        session,
        initiative,
        "case-file:exported",
        actor=actor,
        now=now,
        details={"reference": reference, "case_file": str(ordered.id)},
    )
    queue_job(session, "case-file", key=_key(ordered), payload={"case_file": str(ordered.id)}, now=now)
    session.flush()
    return ordered


def contents_of(session: Session, initiative: Initiative, *, reference: str, instant: dt.datetime) -> Contents:
    """What the file holds, to be gone through once."""
    return Contents(session, initiative, reference, instant)


def manifest_digest(session: Session, initiative: Initiative, *, reference: str, instant: dt.datetime) -> str:
    """The SHA-256 that the manifest of a case file made now would have, were every file where it should be."""
    contents = contents_of(session, initiative, reference=reference, instant=instant)
    return hashlib.sha256(make_manifest(contents.members(), contents.described, HashingSink())).hexdigest()


def record_case_file(
    session: Session, case_file: CaseFile, *, digest: str, manifest: str, size: int, now: dt.datetime
) -> None:
    """The worker has made it. Doing it twice is the same as once."""
    if case_file.made_at is None:
        case_file.made_at, case_file.digest, case_file.manifest_digest, case_file.size = now, digest, manifest, size
        session.flush()


def get_case_file(session: Session, key: uuid.UUID, *, actor: Actor) -> CaseFile:
    found = session.get(CaseFile, key)
    if found is None:
        raise NotFound(N_("There is no such case file."))
    check_may(actor, Permission.CASE_FILE_EXPORT, found.initiative)
    return found


def read_case_file(case_file: CaseFile, storage: Storage) -> Iterator[bytes]:
    """The bytes, a piece at a time. Raises Gone after the days it is kept, NotPossible before it is made."""
    if case_file.removed_at is not None:
        raise Gone(N_("This case file was removed after some days, as all are. Order it again."))
    if case_file.made_at is None:
        raise NotPossible(N_("This case file is still being made."))
    return storage.open_pieces(case_file.digest)


def page_of_case_files(session: Session, initiative: Initiative, *, page: int = 1, size: int = 10) -> Page[CaseFile]:
    """Those ordered for an initiative, newest first."""
    query = select(CaseFile).options(selectinload(CaseFile.orderer)).where(CaseFile.initiative_id == initiative.id)
    return page_of(session, query, (CaseFile.ordered_at.desc(), CaseFile.id.desc()), page=page, size=size)


def has_failed(session: Session, case_file: CaseFile) -> bool:
    """Whether the worker has given up on it."""
    state = session.scalar(select(OutboxJob.state).where(OutboxJob.key == _key(case_file)))
    return case_file.made_at is None and state == "dead"


def forget_case_files(session: Session, *, now: dt.datetime) -> int:
    """The calendar's part: have one batch of old ones removed. Returns how many."""
    old = session.scalars(
        select(CaseFile)
        .where(CaseFile.made_at < now - dt.timedelta(days=KEPT_DAYS), CaseFile.removed_at.is_(None))
        .order_by(CaseFile.made_at)
        .limit(BATCH)
    ).all()
    for case_file in old:
        case_file.removed_at = now
    if old:
        digests = sorted({each.digest for each in old})
        key = f"forget-bytes:{hashlib.sha256(''.join(digests).encode()).hexdigest()}:{now.isoformat()}"
        queue_job(session, "forget-bytes", key=key, payload={"stores": {"documents": digests}}, now=now)
    session.flush()
    return len(old)


def _key(case_file: CaseFile) -> str:
    return f"case-file:{case_file.id}"
