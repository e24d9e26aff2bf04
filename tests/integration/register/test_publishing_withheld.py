"""An edition of which something is withheld: the original is signed, logged and kept, the public document made anew."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from pia_engine.documents.attached import read_record
from pia_engine.documents.checking import check_document
from pia_engine.documents.storage import open_storage
from pia_engine.jobs import publish as jobs
from pia_engine.jobs.context import JobContext
from pia_engine.jobs.pages import pages
from pia_engine.jobs.publish import publish
from pia_engine.models import Assessment, LogEntry, Publication
from pia_engine.register.live import PublicFolder
from pia_engine.services.publications import find_by_original, find_by_pdf, find_publication
from pia_engine.services.reports import project_record
from pia_engine.services.transparency_log import Kind
from pia_engine.settings import Settings
from tests.factories.governance.withholdings import approved
from tests.factories.hearing import observe, state, wanda
from tests.factories.walks import Walk
from tests.integration.documents.conformance import assert_conformant

Context = Callable[..., JobContext]


@pytest.fixture
def ordered(session: Session, walk: Walk) -> Assessment:
    """Approved, with its purpose withheld, and ordered to be published."""
    record = approved(walk).assessment
    walk._to_publishing(record, "low")
    session.commit()
    return record


def originals(session: Session) -> list[LogEntry]:
    return list(session.scalars(select(LogEntry).where(LogEntry.kind == str(Kind.ORIGINAL))))


@pytest.fixture
def cut_short(session: Session, ordered: Assessment, job_context: Context, monkeypatch: pytest.MonkeyPatch) -> LogEntry:
    """Its original in the log, after a worker that was killed before it published anything."""

    def killed(*_args: object, **_named: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(jobs, "make_files", killed)
        publish(job_context(assessment=str(ordered.id)))
    [entry] = originals(session)
    return entry


def test_two_documents_are_made_and_only_one_is_public(
    session: Session, ordered: Assessment, job_context: Context, settings: Settings, tmp_path: Path
) -> None:
    publish(job_context(assessment=str(ordered.id)))
    pages(job_context(reference=ordered.reference))
    found = find_publication(session, ordered)
    assert found is not None
    storage = open_storage(settings.documents_folder)
    original, public = storage.get(found.original_digest), storage.get(found.pdf_digest)
    signed, sealed = (check_document(pdf, trust=settings.keys_folder) for pdf in (original, public))
    assert signed.valid
    assert sealed.valid
    assert [each.name for each in signed.signers][1:] == ["Daniel Director", "Helen Senior"]
    assert len(sealed.signers) == 1
    assert_conformant({"original": original, "public": public}, tmp_path)
    [entry] = originals(session)
    record = json.loads(storage.get(found.json_digest))
    assert record["based_on"] == {"sha256": found.original_digest, "log_index": entry.position}
    assert entry.digest == found.original_digest
    assert [line["question"] for line in record["withheld"]] == ["purpose"]
    given_out = {live.sha256 for live in PublicFolder(settings.public_folder).read_map().values()}
    assert found.pdf_digest in given_out
    assert found.original_digest not in given_out
    assert find_by_original(session, found.original_digest) is found
    assert find_by_pdf(session, found.original_digest) is None


def test_the_log_has_the_original_before_the_publication_that_names_it(
    session: Session, ordered: Assessment, job_context: Context
) -> None:
    publish(job_context(assessment=str(ordered.id)))
    [entry] = originals(session)
    [published] = session.scalars(select(LogEntry).where(LogEntry.kind == str(Kind.PUBLICATION)))
    assert entry.position < published.position
    assert json.loads(published.body)["facts"]["original_sha256"] == entry.digest
    assert find_by_original(session, "") is None


def test_a_publication_that_was_cut_short_goes_on_with_the_original_in_the_log(
    session: Session, ordered: Assessment, cut_short: LogEntry, job_context: Context
) -> None:
    assert session.scalars(select(Publication)).all() == []
    publish(job_context(assessment=str(ordered.id)))
    assert originals(session) == [cut_short]
    found = find_publication(session, ordered)
    assert found is not None
    assert found.original_digest == cut_short.digest


def test_what_is_published_is_what_the_original_says_whatever_came_after_it(
    session: Session, walk: Walk, ordered: Assessment, cut_short: LogEntry, job_context: Context, settings: Settings
) -> None:
    state(walk, observe(walk, ordered.initiative, wanda(session)))
    later = dataclasses.replace(job_context(assessment=str(ordered.id)), now=walk.now + dt.timedelta(days=3))
    publish(later)
    found = find_publication(session, ordered)
    assert found is not None
    storage = open_storage(settings.documents_folder)
    original = json.loads(read_record(storage.get(cut_short.digest)))
    public = json.loads(storage.get(found.json_digest))
    assert public["observations"] == original["observations"] == []
    assert public.pop("based_on") == {"sha256": cut_short.digest, "log_index": cut_short.position}
    expected = project_record(session, ordered, original)
    assert public == {key: value for key, value in expected.items() if key != "based_on"}


def test_nothing_withheld_makes_one_document(session: Session, published: Assessment, settings: Settings) -> None:
    found = find_publication(session, published)
    assert found is not None
    assert found.original_digest == ""
    assert originals(session) == []
    record = json.loads(open_storage(settings.documents_folder).get(found.json_digest))
    assert (record["based_on"], record["withheld"]) == (None, [])
