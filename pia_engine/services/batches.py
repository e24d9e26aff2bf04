"""One batch of the sweep: what is the same for all its records is asked once, and its jobs are queued together.

Outside a batch nothing is remembered: a request asks the database each time.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Hashable, Iterator
from typing import Any, TypeVar, cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from pia_engine.models import OutboxJob

T = TypeVar("T")
_REMEMBERED, _JOBS = "batch-remembered", "batch-jobs"


@contextlib.contextmanager
def one_batch(session: Session) -> Iterator[None]:
    """Let `remembered` and `held_back` work for this session until the block ends; then queue what was held back."""
    session.info[_REMEMBERED], session.info[_JOBS] = {}, {}
    try:
        yield
        _queue(session, session.info[_JOBS])
    finally:
        del session.info[_REMEMBERED], session.info[_JOBS]


def remembered(session: Session, key: Hashable, find: Callable[[], T]) -> T:
    """What `find` says, asked once in a batch."""
    known: dict[Hashable, Any] | None = session.info.get(_REMEMBERED)
    if known is None:
        return find()
    if key not in known:
        known[key] = find()
    return cast(T, known[key])


def held_back(session: Session, job: OutboxJob) -> OutboxJob | None:
    """In a batch, keep a job for its end and return it, or the one with this key before it. None outside a batch."""
    jobs: dict[str, OutboxJob] | None = session.info.get(_JOBS)
    return None if jobs is None else jobs.setdefault(job.key, job)


def _queue(session: Session, jobs: dict[str, OutboxJob]) -> None:
    """Queue those whose key is not known yet."""
    session.flush()
    known = set(session.scalars(select(OutboxJob.key).where(OutboxJob.key.in_(list(jobs))))) if jobs else set()
    session.add_all(job for key, job in jobs.items() if key not in known)
    session.flush()
