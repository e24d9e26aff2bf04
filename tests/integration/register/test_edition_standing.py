"""What becomes of a published file: superseded, withdrawn and renewed copies, on disk, in the log and on the page."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from pia_engine import clock
from pia_engine.documents.checking import check_document
from pia_engine.documents.storage import Storage, open_storage
from pia_engine.jobs import copies as jobs
from pia_engine.jobs.context import JobContext
from pia_engine.jobs.copies import renew, say_standing
from pia_engine.jobs.pages import pages
from pia_engine.models import Assessment, OutboxJob, Publication, PublishedCopy
from pia_engine.register.live import PublicFolder
from pia_engine.services.assessments import begin_new_edition
from pia_engine.services.copies import find_copy
from pia_engine.services.publications import find_by_pdf, find_publication
from pia_engine.services.renewals import queue_renewals
from pia_engine.services.retractions import retract_publication
from pia_engine.services.transparency_log import find_entry
from pia_engine.settings import Settings
from tests.factories.walks import Walk
from tests.fixtures.scenes import Scene
from tests.integration.documents.conformance import assert_conformant

WHY = "The numbers on how long recordings are kept were wrong."
Context = Callable[..., JobContext]
Publish = Callable[[Assessment], None]


@pytest.fixture
def storage(settings: Settings) -> Storage:
    return open_storage(settings.documents_folder)


@pytest.fixture
def first(session: Session, published: Assessment) -> Publication:
    return publication_of(session, published)


@pytest.fixture
def superseded(scene: Scene, session: Session, walk: Walk, publish_now: Publish, job_context: Context) -> Publication:
    """The first edition after the second was published, with its file saying so."""

    def make() -> Assessment:
        publish_now(record := walk.full("publishing"))
        following = begin_new_edition(session, record, actor=walk.who("helen"), now=walk.now)
        publish_now(walk.advance(following, "publishing"))
        settled(session, publication_of(session, record), job_context)
        return record

    return publication_of(session, scene("superseded", make))


@pytest.fixture
def withdrawn(scene: Scene, session: Session, walk: Walk, publish_now: Publish, job_context: Context) -> Publication:
    def make() -> Assessment:
        publish_now(record := walk.full("publishing"))
        retract_publication(session, record, actor=walk.who("helen"), now=walk.now, reason=WHY)
        settled(session, publication_of(session, record), job_context)
        return record

    return publication_of(session, scene("withdrawn", make))


def publication_of(session: Session, record: Assessment) -> Publication:
    found = find_publication(session, record)
    assert found is not None
    return found


def settled(session: Session, publication: Publication, job_context: Context) -> Publication:
    """After the jobs that were ordered for an edition."""
    session.commit()
    say_standing(job_context(assessment=str(publication.assessment_id)))
    pages(job_context(reference=publication.reference))
    return publication


def shown(settings: Settings, address: str) -> bytes:
    public = PublicFolder(settings.public_folder)
    return (public.store / public.read_map()[address].file).read_bytes()


def whys(publication: Publication) -> list[str]:
    return [copy.why for copy in publication.copies]


def test_a_superseded_file_says_so_itself_and_every_copy_stays_known_and_genuine(
    session: Session, superseded: Publication, storage: Storage, settings: Settings, tmp_path: Path
) -> None:
    assert whys(superseded) == ["signed", "superseded"]
    before, after = (storage.get(copy.digest) for copy in superseded.copies)
    assert after.startswith(before)
    assert superseded.pdf_digest == hashlib.sha256(before).hexdigest()
    for pdf in (before, after):
        assert check_document(pdf, trust=settings.keys_folder).valid
        assert find_by_pdf(session, hashlib.sha256(pdf).hexdigest()) is superseded
        assert find_entry(session, hashlib.sha256(pdf).hexdigest()) is not None
    standing = check_document(after, trust=settings.keys_folder).standing
    assert standing is not None
    assert "Superseded by version 2 on 3 March 2026" in standing.words
    assert f"/register/{superseded.reference}" in standing.words
    newer = session.scalars(select(Publication).where(Publication.edition == 2)).one()
    assert check_document(storage.get(newer.pdf_digest), trust=settings.keys_folder).standing is None
    assert_conformant({"superseded": after}, tmp_path)


def test_the_page_of_a_superseded_edition_gives_out_the_new_file_and_lists_both(
    superseded: Publication, settings: Settings
) -> None:
    base = f"/register/{superseded.reference}"
    newest = superseded.newest_copy
    assert hashlib.sha256(shown(settings, f"{base}/v1/pia.pdf")).hexdigest() == newest.digest
    page = shown(settings, f"{base}/v1").decode()
    assert "This is an older version" in page
    assert f'href="{base}/v2"' in page
    assert newest.digest in page
    assert superseded.pdf_digest in page
    assert f'href="{base}/v1/proof.json"' in page
    said = json.loads(shown(settings, f"{base}/v1/standing.json"))
    assert (said["standing"], said["superseded_by"], said["newest_edition"]) == ("superseded", 2, 2)
    assert [copy["why"] for copy in said["copies"]] == ["signed", "superseded"]
    assert all(isinstance(copy["log_index"], int) for copy in said["copies"])
    current = json.loads(shown(settings, f"{base}/standing.json"))
    assert (current["standing"], current["edition"], current["reason"]) == ("current", 2, "")


def test_a_withdrawn_file_says_when_and_why_and_its_page_stays(
    session: Session, withdrawn: Publication, storage: Storage, settings: Settings, app: Flask, tmp_path: Path
) -> None:
    assert whys(withdrawn) == ["signed", "retracted"]
    pdf = storage.get(withdrawn.newest_copy.digest)
    check = check_document(pdf, trust=settings.keys_folder)
    assert check.valid
    assert check.standing is not None
    assert WHY in check.standing.words
    assert_conformant({"withdrawn": pdf}, tmp_path)
    base = f"/register/{withdrawn.reference}"
    page = shown(settings, f"{base}/v1").decode()
    assert shown(settings, base).decode() == page
    assert "Withdrawn from the register" in page
    assert WHY in page
    assert "mailto:" in page.split("app-withdrawn")[1].split("</div>\n  </div>")[0]
    assert "How the city keeps its promises" in page
    said = json.loads(shown(settings, f"{base}/v1/standing.json"))
    assert (said["standing"], said["reason"]) == ("withdrawn", WHY)
    assert withdrawn.reference not in shown(settings, "/").decode()
    client = app.test_client()
    assert withdrawn.reference not in client.get("/register").text
    word = withdrawn.title.split()[0]
    assert withdrawn.reference not in client.get(f"/register?q={word}").text
    for query in ("show=withdrawn", f"show=withdrawn&q={word}"):
        found = client.get(f"/register?{query}").text
        assert f'href="{base}/v1"' in found
        assert "withdrawn on" in found
    assert "Nothing was found" in client.get("/register?show=withdrawn&q=zeppelin").text


def test_an_edition_after_a_withdrawn_one_is_current_and_both_pages_say_so(
    session: Session, walk: Walk, withdrawn: Publication, publish_now: Publish, settings: Settings, job_context: Context
) -> None:
    following = begin_new_edition(session, withdrawn.assessment, actor=walk.who("helen"), now=walk.now)
    publish_now(walk.advance(following, "publishing"))
    settled(session, withdrawn, job_context)
    assert whys(withdrawn) == ["signed", "retracted"]
    base = f"/register/{withdrawn.reference}"
    old = shown(settings, f"{base}/v1").decode()
    assert "Read version 2, which is in force" in old
    assert "Withdrawn from the register" not in shown(settings, base).decode()


def test_a_job_done_twice_is_done_once(
    session: Session, withdrawn: Publication, job_context: Context, settings: Settings
) -> None:
    files = sorted(settings.documents_folder.rglob("*"))
    say_standing(job_context(assessment=str(withdrawn.assessment_id)))
    assert sorted(settings.documents_folder.rglob("*")) == files
    assert whys(withdrawn) == ["signed", "retracted"]


def test_a_worker_killed_before_it_recorded_the_file_leaves_nothing_half_done(
    session: Session, walk: Walk, first: Publication, job_context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    retract_publication(session, first.assessment, actor=walk.who("helen"), now=walk.now, reason=WHY)
    session.commit()

    def killed(*_args: object, **_named: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(jobs, "add_copy", killed)
        say_standing(job_context(assessment=str(first.assessment_id)))
    session.expire_all()
    assert whys(first) == ["signed"]
    say_standing(job_context(assessment=str(first.assessment_id)))
    assert whys(first) == ["signed", "retracted"]


def test_a_year_of_days_renews_each_file_once_and_the_old_one_stays_genuine(
    session: Session, first: Publication, job_context: Context, storage: Storage, settings: Settings, tmp_path: Path
) -> None:
    begun = clock.now()
    renewed_on: list[dt.date] = []
    for day in range(0, 400, 20):
        now = begun + dt.timedelta(days=day)
        with clock.frozen(now):
            while queue_renewals(session, now=now):
                session.commit()
            for job in session.scalars(
                select(OutboxJob).where(OutboxJob.kind == "renewal", OutboxJob.state == "waiting")
            ):
                renew(job_context(**job.payload))
                renew(job_context(**job.payload))
                job.state = "done"
                renewed_on.append(now.date())
    session.commit()
    assert whys(first) == ["signed", "renewed"]
    assert [on >= first.copies[0].renew_on for on in renewed_on] == [True]
    before, after = (storage.get(copy.digest) for copy in first.copies)
    assert after.startswith(before)
    assert first.copies[1].renew_on > first.copies[0].renew_on + dt.timedelta(days=300)
    assert all(check_document(pdf, trust=settings.keys_folder).valid for pdf in (before, after))
    assert_conformant({"renewed": after}, tmp_path)


def test_a_file_renewed_meanwhile_gets_its_standing_from_the_newest_copy(
    session: Session, walk: Walk, first: Publication, job_context: Context, storage: Storage
) -> None:
    copy_id = str(first.newest_copy.id)
    renew(job_context(copy=copy_id))
    retract_publication(session, first.assessment, actor=walk.who("helen"), now=walk.now, reason=WHY)
    settled(session, first, job_context)
    renew(job_context(copy=copy_id))
    assert whys(first) == ["signed", "renewed", "retracted"]
    for before, after in zip(first.copies, first.copies[1:], strict=False):
        assert storage.get(after.digest).startswith(storage.get(before.digest))


def test_a_copy_of_an_unknown_file_is_none(session: Session, first: Publication) -> None:
    assert find_copy(session, "0" * 64) is None
    found = find_copy(session, first.pdf_digest)
    assert isinstance(found, PublishedCopy)
    assert (found.number, found.publication) == (1, first)
