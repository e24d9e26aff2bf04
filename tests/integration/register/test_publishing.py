"""From the order to publish to the files, the record and the pages."""

from __future__ import annotations

import datetime as dt
import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import jsonschema
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from pia_engine.documents.storage import open_storage
from pia_engine.errors import NotPossible
from pia_engine.jobs.context import JobContext
from pia_engine.jobs.publish import publish
from pia_engine.models import Assessment, Publication
from pia_engine.models.catalogue import answers_of, questionnaire_for
from pia_engine.register.entries import canonical_bytes, record_schema
from pia_engine.register.live import PublicFolder
from pia_engine.register.pages import build_all_pages, build_pages_of
from pia_engine.register.verification import verify_file
from pia_engine.services.assessments import begin_new_edition
from pia_engine.services.foundations import foundation_standings
from pia_engine.services.publications import find_publication
from pia_engine.services.reports import build_record, build_report
from pia_engine.settings import Settings
from tests.factories.walks import Walk

NOW = dt.datetime(2026, 3, 3, 12, 0, tzinfo=dt.UTC)
URL = "http://127.0.0.1:8000"


def record_of(session: Session, assessment: Assessment) -> dict[str, object]:
    return build_record(session, assessment, now=NOW, public_url=URL)


def test_public_record_follows_its_schema(session: Session, walk: Walk) -> None:
    record = record_of(session, walk.full("approved"))
    jsonschema.Draft202012Validator.check_schema(record_schema())
    jsonschema.validate(json.loads(canonical_bytes(record)), record_schema())
    assert record["permalink"] == f"{URL}/register/{record['reference']}/v1"


def test_reader_finds_no_internal_answer_in_the_record(session: Session, walk: Walk) -> None:
    assessment = walk.full("awaiting_decision")
    questionnaire = questionnaire_for(session, assessment.sheet)
    internal = [question for question in questionnaire.questions if not question.public]
    walk._to_approved(assessment, "low")
    text = canonical_bytes(record_of(session, assessment)).decode()
    answers = answers_of(assessment.sheet)
    assert internal
    for question in internal:
        assert f'"question":"{question.id}"' not in text
        if isinstance(answers.get(question.id), str):
            assert str(answers[question.id]) not in text


def test_record_says_how_many_answers_stay_internal_and_why(session: Session, walk: Walk) -> None:
    record = record_of(session, walk.full("approved"))
    kept = {section["id"]: section["kept_internal"] for section in record["sections"]}  # type: ignore[attr-defined]
    assert kept["security"]["count"] >= 3
    assert "attacker" in kept["security"]["ground"]
    assert kept["summary"] is None


def test_text_changed_after_the_signatures_is_not_published(session: Session, walk: Walk) -> None:
    assessment = walk.full("approved")
    summary = next(answer for answer in assessment.sheet.answers if answer.question == "summary")
    signed = summary.value
    summary.value = "Rewritten behind everybody's back."
    session.flush()
    assert record_of(session, assessment)["summary"] == signed


def test_assessment_without_both_signatures_cannot_be_published(session: Session, walk: Walk) -> None:
    assessment = walk.full("awaiting_decision")
    with pytest.raises(NotPossible):
        record_of(session, assessment)


def test_vendor_facts_are_marked_as_the_vendors(session: Session, walk: Walk) -> None:
    assessment = walk.full("draft")
    walk.vendor(assessment, "accepted")
    carried = [answer.question for answer in assessment.sheet.answers if answer.origin == "vendor"]
    walk.advance(assessment, "approved")
    record = record_of(session, assessment)
    marked = {
        answer["question"]: answer["provenance"]
        for section in record["sections"]  # type: ignore[attr-defined]
        for answer in section["answers"]
        if answer["provenance"]
    }
    assert marked
    assert set(marked) <= set(carried)
    assert all(text.startswith("Stated by Sightline Systems GmbH on 2 March 2026") for text in marked.values())


def test_report_shows_foundations_risks_and_signatures(session: Session, walk: Walk) -> None:
    report = build_report(session, walk.full("approved"), now=NOW, public_url=URL)
    assert [line.number for line in report.foundations] == [1, 2, 3, 4, 5, 6]
    assert report.risks[0].mitigations == ("M1",)
    assert [line.order for line in report.sign_offs] == [1, 2]
    assert report.section("section-purpose") is not None
    assert report.matrix is not None
    assert report.matrix.level(5, 5) == 2


def test_foundations_grow_with_the_record(session: Session, walk: Walk) -> None:
    assessment = walk.full("draft")
    begun = foundation_standings(session, assessment)
    assert "met" not in {str(line.standing) for line in begun}
    walk.advance(assessment, "approved")
    approved = {line.number: line for line in foundation_standings(session, assessment)}
    assert approved[4].standing == "met"
    assert approved[5].standing == "met"
    assert approved[6].standing == "partly"
    assert "waits to be published" in approved[6].explanation


def test_publishing_stores_a_genuine_document_and_its_record(
    session: Session, published: Assessment, settings: Settings
) -> None:
    publication = find_publication(session, published)
    assert publication is not None
    storage = open_storage(settings.documents_folder)
    verdict = verify_file(storage.get(publication.pdf_digest), trust=settings.keys_folder)
    assert verdict.valid, verdict.sentences
    assert [each.who for each in verdict.signatures if each.kind == "person"] == ["Daniel Director", "Helen Senior"]
    record = json.loads(storage.get(publication.json_digest))
    assert (record["reference"], record["edition"]) == (published.reference, 1)
    assert published.status == "published"


def test_reader_gets_the_same_record_inside_the_file_and_beside_it(
    published: Assessment, settings: Settings, tmp_path: Path
) -> None:
    public = PublicFolder(settings.public_folder)
    live, base = public.read_map(), f"/register/{published.reference}/v1"
    inside = tmp_path / "inside"
    pdf = public.store / live[f"{base}/pia.pdf"].file
    subprocess.run(["pdfdetach", "-save", "1", "-o", inside, pdf], check=True)
    beside = [(public.store / live[f"{base}/pia.{name}"].file).read_bytes() for name in ("json", "jsonld")]
    assert beside == [inside.read_bytes()] * 2


def test_publishing_twice_is_the_same_as_once(
    session: Session, published: Assessment, job_context: Callable[..., JobContext], settings: Settings
) -> None:
    files = sorted(settings.documents_folder.rglob("*"))
    publish(job_context(assessment=str(published.id)))
    assert sorted(settings.documents_folder.rglob("*")) == files
    assert len(session.scalars(select(Publication)).all()) == 1


def test_building_pages_again_writes_nothing(session: Session, published: Assessment, settings: Settings) -> None:
    build_all_pages(session, settings)
    public = PublicFolder(settings.public_folder)
    before = {
        path: path.stat().st_mtime_ns for path in settings.public_folder.rglob("*") if not path.name.endswith("lock")
    }
    assert build_all_pages(session, settings) is False
    assert build_pages_of(session, settings, reference=published.reference) is False
    after = {
        path: path.stat().st_mtime_ns for path in settings.public_folder.rglob("*") if not path.name.endswith("lock")
    }
    assert after == before
    assert f"/register/{published.reference}/v1/pia.pdf" in public.read_map()


def test_new_edition_takes_over_and_the_old_page_says_so(
    session: Session, walk: Walk, published: Assessment, publish_now: Callable[[Assessment], None], settings: Settings
) -> None:
    publish_now(_next_edition(session, walk, published))
    public = PublicFolder(settings.public_folder)
    live = public.read_map()
    base = f"/register/{published.reference}"
    assert live[base] == live[f"{base}/v2"]
    assert live[f"{base}/pia.pdf"] == live[f"{base}/v2/pia.pdf"]
    old = (public.store / live[f"{base}/v1"].file).read_text()
    assert "This is an older version" in old
    assert f'href="{base}/v2"' in old


def _next_edition(session: Session, walk: Walk, published: Assessment) -> Assessment:
    following = begin_new_edition(session, published, actor=walk.who("helen"), now=walk.now)
    return walk.advance(following, "publishing")


def test_empty_register_says_so_on_its_first_page(session: Session, settings: Settings) -> None:
    assert build_all_pages(session, settings) is True
    public = PublicFolder(settings.public_folder)
    live = public.read_map()
    pages = {"/", "/city.css", "/accessibility", "/privacy", "/reports", "/verify", "/verify/city-root.crt"}
    keys = {f"/verify/{name}" for name in ("root.crt", "issuing.crt", "seal.crt", "tsa.crt", "root.crl", "issuing.crl")}
    assert {each for each in live if not each.startswith(("/log", "/verify/bundle"))} == pages | keys
    assert "Nothing is published yet" in (public.store / live["/"].file).read_text()


def test_foundations_of_a_fresh_initial_assessment_are_open_or_partly_met(session: Session, walk: Walk) -> None:
    lines = foundation_standings(session, walk.initial("draft"))
    assert {str(line.standing) for line in lines} <= {"open", "partly", "met"}
    assert all(line.explanation for line in lines)
    assert "met" not in {str(line.standing) for line in lines[3:]}
