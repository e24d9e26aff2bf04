"""The sweep orders that files are renewed whose day has come: each once, also those of reports, and none too early."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from pia_engine.errors import Stale
from pia_engine.models import AnnualReport, AuditEvent, LogEntry, OutboxJob, PublishedCopy
from pia_engine.services.batches import one_batch
from pia_engine.services.copies import (
    Document,
    SignedFile,
    Why,
    add_copy,
    find_newest_copy,
    list_copies,
    record_first_copy,
)
from pia_engine.services.publications import find_publication
from pia_engine.services.renewals import find_renewal_due, queue_renewals
from tests.factories import governance
from tests.factories.walks import Walk


def a_file(day: dt.date) -> SignedFile:
    return SignedFile(uuid.uuid4().hex * 2, day)


def documents(walk: Walk) -> list[Document]:
    """One of each kind, with a first file that is due in 340 days."""
    publication = find_publication(walk.session, walk.full("published"))
    assert publication is not None
    others: list[Document] = [
        walk.audit("findings_reported"),
        governance.makers()["programme_audit"](walk, "closed"),  # type: ignore[list-item]
        governance.makers()["annual_report"](walk, "published"),  # type: ignore[list-item]
    ]
    for each in others:
        record_first_copy(walk.session, each, a_file(walk.now.date() + dt.timedelta(days=340)), now=walk.now)
    return [publication, *others]


def queued(session: Session) -> list[str]:
    jobs = session.scalars(select(OutboxJob).where(OutboxJob.kind == "renewal"))
    return sorted(job.payload["copy"] for job in jobs)


def test_every_kind_of_document_is_renewed_on_its_day_and_once(session: Session, walk: Walk) -> None:
    found = documents(walk)
    newest = [find_newest_copy(session, each) for each in found]
    first_day = min(session.scalars(select(PublishedCopy.renew_on)))
    early = dt.datetime.combine(first_day - dt.timedelta(days=1), dt.time(12), dt.UTC)
    assert queue_renewals(session, now=early) == 0
    late = walk.now + dt.timedelta(days=400)
    with one_batch(session):
        assert queue_renewals(session, now=late) >= 4
    assert queue_renewals(session, now=late) == 0
    assert {str(copy.id) for copy in newest if copy} <= set(queued(session))
    assert len(queued(session)) == len(set(queued(session)))


def test_a_renewal_that_was_laid_aside_is_queued_again_the_next_day(session: Session, walk: Walk) -> None:
    walk.full("published")
    late = walk.now + dt.timedelta(days=400)
    assert queue_renewals(session, now=late) == 1
    assert queue_renewals(session, now=late + dt.timedelta(days=1)) == 0
    job = session.scalars(select(OutboxJob).where(OutboxJob.kind == "renewal")).one()
    job.state = "dead"
    session.flush()
    assert queue_renewals(session, now=late) == 0
    assert queue_renewals(session, now=late + dt.timedelta(days=1)) == 1
    assert len(set(queued(session))) == 1


def test_batches_go_on_where_the_last_one_stopped(session: Session, walk: Walk) -> None:
    documents(walk)
    late = walk.now + dt.timedelta(days=400)
    found = [queue_renewals(session, now=late, limit=2) for _ in range(4)]
    assert found[0] == 2
    assert found[-1] == 0
    assert sum(found) == len(queued(session))


def test_only_the_newest_file_is_renewed(session: Session, walk: Walk) -> None:
    publication = find_publication(session, walk.full("published"))
    assert publication is not None
    first = publication.newest_copy
    later = walk.now.date() + dt.timedelta(days=700)
    second = add_copy(session, publication, a_file(later), why=Why.RENEWED, after=1, now=walk.now)
    assert find_renewal_due(session, first.id) is None
    due = find_renewal_due(session, second.id)
    assert due is not None
    assert (due.digest, due.number) == (second.digest, 2)
    assert queue_renewals(session, now=walk.now + dt.timedelta(days=400)) == 0
    assert find_renewal_due(session, uuid.uuid4()) is None


def test_a_copy_made_from_an_older_one_is_refused(session: Session, walk: Walk) -> None:
    publication = find_publication(session, walk.full("published"))
    assert publication is not None
    day = walk.now.date()
    add_copy(session, publication, a_file(day), why=Why.RENEWED, after=1, now=walk.now)
    with pytest.raises(Stale):
        add_copy(session, publication, a_file(day), why=Why.RENEWED, after=1, now=walk.now)
    said = add_copy(session, publication, a_file(day), why=Why.SUPERSEDED, after=2, now=walk.now)
    assert add_copy(session, publication, a_file(day), why=Why.SUPERSEDED, after=1, now=walk.now) is said
    assert [copy.why for copy in list_copies(session, publication)] == ["signed", "renewed", "superseded"]


def test_each_further_copy_stands_in_the_trail_and_in_the_log(session: Session, walk: Walk) -> None:
    for each in documents(walk):
        first = find_newest_copy(session, each)
        assert first is not None
        copy = add_copy(session, each, a_file(first.renew_on), why=Why.RENEWED, after=first.number, now=walk.now)
        entry = session.scalars(select(LogEntry).where(LogEntry.digest == copy.digest)).one()
        assert entry.kind == "copy"
        events = session.scalars(select(AuditEvent.body).where(AuditEvent.event.endswith(":copy-made"))).all()
        assert any(copy.digest in body.decode() for body in events)


def test_the_first_file_is_recorded_once(session: Session, walk: Walk) -> None:
    report = governance.makers()["annual_report"](walk, "published")
    assert isinstance(report, AnnualReport)
    first = record_first_copy(session, report, a_file(walk.now.date()), now=walk.now)
    assert record_first_copy(session, report, a_file(walk.now.date()), now=walk.now) is first
    assert len(session.scalars(select(PublishedCopy).where(PublishedCopy.annual_report_id == report.id)).all()) == 1
