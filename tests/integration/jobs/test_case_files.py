"""A case file from the order to the sealed archive: complete, the same each time, and gone after some days."""

from __future__ import annotations

import datetime as dt
import io
import json
import zipfile
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from pia_engine.documents.case_checking import verify_case_file
from pia_engine.documents.checking import read_trust
from pia_engine.documents.storage import open_storage
from pia_engine.errors import Gone, NotAllowed, NotPossible
from pia_engine.jobs import case_files as job
from pia_engine.jobs.engine import workplace_of
from pia_engine.jobs.worker import drain
from pia_engine.models import AuditEvent, CaseFile, VendorResponse
from pia_engine.services.case_files import (
    KEPT_DAYS,
    contents_of,
    forget_case_files,
    manifest_digest,
    order_case_file,
    read_case_file,
)
from pia_engine.services.record_tables import MATTER, count_rows
from pia_engine.settings import Settings
from tests.factories.matters import rich
from tests.factories.walks import Walk


@pytest.fixture
def settings(app: Flask) -> Settings:
    found: Settings = app.extensions["pia-settings"]
    return found


@pytest.fixture
def ordered(app: Flask, session: Session, walk: Walk, settings: Settings) -> CaseFile:
    """One of a published assessment, made."""
    record = rich(walk, settings)
    case_file = order_case_file(
        session, record.initiative, reference=record.reference, actor=walk.who("petra"), now=walk.now
    )
    session.commit()
    drain(app, walk.now)
    session.refresh(case_file)
    assert case_file.made_at is not None
    session.commit()
    return case_file


@pytest.fixture
def archive(ordered: CaseFile, settings: Settings) -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(bytes_of(ordered, settings)))


def bytes_of(case_file: CaseFile, settings: Settings) -> bytes:
    return b"".join(read_case_file(case_file, open_storage(settings.documents_folder)))


def lines(archive: zipfile.ZipFile, name: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in archive.read(name).splitlines()]


def test_it_is_genuine_and_whole(ordered: CaseFile, settings: Settings) -> None:
    verdict = verify_case_file(io.BytesIO(bytes_of(ordered, settings)), trust=read_trust(settings.keys_folder))
    assert verdict.valid, verdict.sentences
    assert any(ordered.reference in sentence for sentence in verdict.sentences)


def test_every_row_of_the_matter_is_in_it(ordered: CaseFile, archive: zipfile.ZipFile, session: Session) -> None:
    counts = count_rows(session, ordered.initiative)
    for row in MATTER:
        if row.in_file:
            found = lines(archive, f"records/{row.name}.jsonl")
            assert len(found) == counts[row.name], row.name
            assert all(set(each).isdisjoint(row.withheld) for each in found)
    held = {name for name, count in counts.items() if count}
    assert held >= {"answer", "answer_version", "revision", "comment", "contribution", "review", "sign_off",
                    "determination", "vendor_response", "answer_evaluation", "publication", "annual_audit",
                    "legal_hold", "attachment", "case_file", "initiative"}  # fmt: skip


def test_the_vendor_s_secret_is_nowhere_in_it(ordered: CaseFile, archive: zipfile.ZipFile, session: Session) -> None:
    (hashed,) = session.scalars(select(VendorResponse.token_hash))
    assert all(hashed.encode() not in archive.read(name) for name in archive.namelist())


def test_the_audit_trail_is_in_it_as_it_was_hashed(
    ordered: CaseFile, archive: zipfile.ZipFile, session: Session
) -> None:
    stored = session.scalars(
        select(AuditEvent).where(AuditEvent.aggregate_id == ordered.initiative_id).order_by(AuditEvent.sequence)
    )
    written = archive.read(f"trail/{ordered.initiative_id}.txt").splitlines()
    assert written == [event.hash.encode() + b" " + event.body for event in stored]
    assert b"case-file:exported" in written[-1]


def test_files_and_surroundings_are_in_it(ordered: CaseFile, archive: zipfile.ZipFile) -> None:
    names = archive.namelist()
    assert [name for name in names if name.startswith("attachments/")]
    assert f"publications/{ordered.reference}-v1.pdf" in names
    assert archive.read(f"publications/{ordered.reference}-v1.json") == b"{}"
    assert "policy/version-1.json" in names
    assert {"questionnaires/full-assessment.v1.json", "questionnaires/initial-assessment.v1.json"} <= set(names)
    people = {each["name"] for each in lines(archive, "context/people.jsonl")}
    assert people >= {"Amara Author", "Petra Privacy", "Helen Senior"}
    assert all("email" not in each for each in lines(archive, "context/people.jsonl"))


def test_its_page_can_be_read(ordered: CaseFile, archive: zipfile.ZipFile) -> None:
    page = archive.read("index.html").decode()
    assert "Traffic counters on Mill Road" in page
    assert "Sightline Systems GmbH" in page
    assert "Internal" in page
    assert "http" not in page.replace("http-equiv", "")


def test_the_same_state_gives_the_same_bytes(ordered: CaseFile, app: Flask, settings: Settings) -> None:
    place = workplace_of(app)
    context = place.context("case-file", "", {"case_file": str(ordered.id)}, now=ordered.ordered_at)
    made = []
    for _ in range(2):
        with place.write() as again:
            found = again.get_one(CaseFile, ordered.id)
            found.made_at, found.digest, found.manifest_digest, found.size = None, "", "", 0
        job.make_case_file(context)
        with place.read() as again:
            found = again.get_one(CaseFile, ordered.id)
            made.append((found.digest, found.manifest_digest, bytes_of(found, settings)))
    assert made[0] == made[1]


def test_the_manifest_can_be_foretold_without_the_files(ordered: CaseFile, session: Session, app: Flask) -> None:
    digests = set()
    for _ in range(2):
        with workplace_of(app).read() as own:
            initiative = own.get_one(CaseFile, ordered.id).initiative
            digests.add(manifest_digest(own, initiative, reference=ordered.reference, instant=ordered.ordered_at))
    assert len(digests) == 1


def test_how_many_queries_it_takes_does_not_grow_with_the_answers(ordered: CaseFile, session: Session) -> None:
    contents = contents_of(session, ordered.initiative, reference="", instant=ordered.ordered_at)
    for member in contents.members():
        assert member.digest or sum(len(piece) for piece in member.pieces) >= 0
    assert contents.counts["answer"] > 100


def test_bytes_gone_from_the_store_are_named_as_missing(
    app: Flask, session: Session, walk: Walk, settings: Settings
) -> None:
    record = walk.full("published")  # its files were never written
    case_file = order_case_file(
        session, record.initiative, reference=record.reference, actor=walk.who("helen"), now=walk.now
    )
    session.commit()
    drain(app, walk.now)
    session.refresh(case_file)
    verdict = verify_case_file(io.BytesIO(bytes_of(case_file, settings)), trust=read_trust(settings.keys_folder))
    assert verdict.valid
    assert any(f"{record.reference}-v1.pdf” was gone" in sentence for sentence in verdict.sentences)


@pytest.mark.parametrize("first", ["amara", "daniel", "sofia", "adam", "otto"])
def test_others_export_nothing(first: str, session: Session, walk: Walk) -> None:
    record = walk.full()
    with pytest.raises(NotAllowed):
        order_case_file(session, record.initiative, reference=record.reference, actor=walk.who(first), now=walk.now)
    assert session.scalar(select(func.count(CaseFile.id))) == 0


def test_one_person_orders_one_at_a_time(session: Session, walk: Walk) -> None:
    initiative = walk.full().initiative
    order_case_file(session, initiative, reference=initiative.reference, actor=walk.who("petra"), now=walk.now)
    with pytest.raises(NotPossible, match="is being made"):
        order_case_file(session, initiative, reference=initiative.reference, actor=walk.who("petra"), now=walk.now)
    order_case_file(session, initiative, reference=initiative.reference, actor=walk.who("ingrid"), now=walk.now)


def test_it_is_removed_after_some_days_with_its_bytes(
    ordered: CaseFile, app: Flask, session: Session, settings: Settings
) -> None:
    assert ordered.made_at is not None
    assert forget_case_files(session, now=ordered.made_at + dt.timedelta(days=KEPT_DAYS)) == 0
    later = dt.datetime.now(dt.UTC) + dt.timedelta(days=KEPT_DAYS * 100)  # after the true moment of writing, too
    assert forget_case_files(session, now=later) == 1
    assert forget_case_files(session, now=later) == 0
    session.commit()
    drain(app, later)
    with pytest.raises(Gone, match="Order it again"):
        bytes_of(ordered, settings)
    assert not [path for path in Path(settings.documents_folder).rglob(ordered.digest)]
