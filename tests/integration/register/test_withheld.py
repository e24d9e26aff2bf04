"""Secrets planted in what is withheld are nowhere in the bytes the city publishes, and in the original they are."""

from __future__ import annotations

import functools
import gzip
import html
import json
import subprocess
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, quote_plus

import brotli  # type: ignore[import-untyped]
import jsonschema
import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from pia_engine.documents.storage import open_storage
from pia_engine.models import Assessment, Commitment, LogEntry, Publication, Withholding
from pia_engine.questionnaires.hiding import Extent
from pia_engine.register.entries import record_schema
from pia_engine.register.live import PublicFolder
from pia_engine.register.withholding import verify_disclosure
from pia_engine.services import assessments, disclosures, publications, sign_offs
from pia_engine.services.gate import ask_gate, renew_code
from pia_engine.settings import Settings
from tests.factories.answers import sample_risk
from tests.factories.governance.withholdings import approved
from tests.factories.walks import Walk
from tests.fixtures.scenes import Scene

WHOLE = "The pump house behind Mill Road has no alarm after ten at night."
SENTENCE = "It shares its key with the library on Canal Street."
FIELD = "北三条駐輪場の地下制御室"
ROW = "Somebody climbs the fence beside the substation and cuts cable K-77."
MEASURE = "Change the padlock code of gate number seven every month."
ARABIC = "غرفة التحكم تحت موقف الدراجات"
MARKED = 'Müller & Söhne <Halle "4">'
TITLE = "Nightjar traffic counters of Mill Road"
SECRETS = (WHOLE, SENTENCE, FIELD, ROW, MEASURE, ARABIC, MARKED, TITLE)
OPEN_WORDS = "Counting helps to plan safer crossings."


def inventory() -> list[dict[str, str]]:
    row = {"category": "image", "source": "s", "sensitivity": "ordinary", "purpose": "p", "retention": "1 day"}
    row |= {"location": "Berlin", "people": "Passers-by"}
    return [{**row, "element": FIELD}, {**row, "element": "Vehicles per hour"}]


def _filled(walk: Walk) -> Assessment:
    """A text that says its secrets in many places, decided under conditions that repeat two of them."""
    record = walk.full("draft")
    given = {
        "name": TITLE,
        "summary": f"{OPEN_WORDS} We call it {TITLE}.",
        "purpose": f"{WHOLE} {SENTENCE}",
        "benefits": f"{OPEN_WORDS} Ask {MARKED} about it, or look at {ARABIC}.",
        "data_inventory": inventory(),
        "not_collected": f"Nothing of {FIELD} is kept. {SENTENCE}",
        "annexes": [
            {"title": "Plan", "shows": WHOLE, "found": f"https://maps.example/?q={quote(MARKED)}&at={quote(ARABIC)}"}
        ],
        "risks": [sample_risk(), sample_risk(id="r2", risk=ROW, measures=MEASURE)],
    }
    for first, role in (("amara", "agency_official"), ("sofia", "contributor")):
        walk.answer(record, given, roles=frozenset({role}), actor=walk.who(first))  # type: ignore[arg-type]
    walk.advance(record, "awaiting_decision")
    sign_offs.approve(
        walk.session,
        record,
        actor=walk.who("helen"),
        now=walk.now,
        reason=f"It is needed, {MARKED} agrees.",
        conditions=f"Mend {FIELD} first.\n{SENTENCE}",
    )
    return record


@dataclass(frozen=True)
class Case:
    """What was published, and where the public files lie."""

    record: Assessment
    publication: Publication
    folder: PublicFolder
    settings: Settings


@pytest.fixture
def case(
    scene: Scene, session: Session, walk: Walk, settings: Settings, publish_now: Callable[[Assessment], None]
) -> Case:
    record = scene("withheld", lambda: _withheld_in_parts(walk, publish_now))
    publication = session.scalars(select(Publication)).one()
    return Case(record, publication, PublicFolder(settings.public_folder), settings)


def _withheld_in_parts(walk: Walk, publish_now: Callable[[Assessment], None]) -> Assessment:
    record = _filled(walk)
    approved(walk, record)
    approved(walk, record, question="name", ground="commercial_secret")
    approved(walk, record, question="data_inventory", extent=Extent.CELLS, places=((1, "element"),))
    approved(walk, record, question="risks", extent=Extent.ROWS, places=((2, ""),))
    approved(walk, record, question="benefits", extent=Extent.WORDS, words=ARABIC)
    approved(walk, record, question="benefits", extent=Extent.WORDS, words=MARKED)
    publications.order_publication(walk.session, record, actor=walk.who("petra"), now=walk.now)
    publish_now(record)
    return record


def spellings(text: str) -> Iterator[bytes]:
    forms = {text, *(unicodedata.normalize(form, text) for form in ("NFC", "NFD", "NFKC", "NFKD"))}
    for form in forms:
        for spelled in (
            form,
            html.escape(form),
            html.escape(form, quote=False),
            quote(form),
            quote(form, safe=""),
            quote_plus(form),
            json.dumps(form)[1:-1],
            json.dumps(form, ensure_ascii=False)[1:-1],
        ):
            yield spelled.encode()
        utf16 = form.encode("utf-16-be")
        yield from (utf16, utf16.hex().encode(), utf16.hex().upper().encode())


@functools.cache
def found_in(content: bytes, secrets: tuple[str, ...] = SECRETS) -> list[str]:
    """Which secrets these bytes say, in any spelling and letter case, also where a line was broken."""
    lower = content.lower()
    places = {lower, b" ".join(lower.split())}
    return [secret for secret in secrets if any(form in place for form in _lowered(secret) for place in places)]


@functools.cache
def _lowered(secret: str) -> frozenset[bytes]:
    return frozenset(form.lower() for form in spellings(secret))


def run(*command: str | Path) -> bytes:
    return subprocess.run([str(part) for part in command], capture_output=True, check=True).stdout


def layers_of_pdf(path: Path, tmp_path: Path) -> dict[str, bytes]:
    """Everything a reader could get out of a PDF: streams, text, structure, metadata, attachments."""
    plain, attached = tmp_path / f"{path.stem}.qdf", tmp_path / f"{path.stem}.attached"
    attached.mkdir()
    subprocess.run(["qpdf", "--qdf", "--object-streams=disable", str(path), str(plain)], check=False)
    run("pdfdetach", "-saveall", "-o", attached, path)
    found = {
        "streams": plain.read_bytes(),
        "text": run("pdftotext", path, "-"),
        "in reading order": run("pdftotext", "-raw", path, "-"),
        "words of every object": run("qpdf", "--json=2", path),
        "metadata": run("pdfinfo", "-meta", path),
        "bookmarks": run("pdftohtml", "-xml", "-i", "-stdout", path),
    }
    return found | {f"attachment {each.name}": each.read_bytes() for each in attached.iterdir()}


def unpacked(path: Path) -> bytes:
    content = path.read_bytes()
    if path.suffix == ".gz":
        return gzip.decompress(content)
    return bytes(brotli.decompress(content)) if path.suffix == ".br" else content


def public_bytes(case: Case, tmp_path: Path) -> dict[str, bytes]:
    """Every file of the public folder, packed ones unpacked, PDFs taken apart."""
    found: dict[str, bytes] = {}
    for path in sorted(each for each in case.folder.folder.rglob("*") if each.is_file()):
        found[path.name] = unpacked(path)
        if path.suffix == ".pdf" or path.read_bytes()[:5] == b"%PDF-":
            layers = layers_of_pdf(path, tmp_path)
            found |= {f"{path.name}: {layer}": content for layer, content in layers.items()}
    return found


def test_secrets_are_in_the_original_and_nowhere_in_public(
    case: Case, session: Session, app: Flask, tmp_path: Path
) -> None:
    original = tmp_path / "original.pdf"
    original.write_bytes(open_storage(case.settings.documents_folder).get(case.publication.original_digest))
    layers = layers_of_pdf(original, tmp_path)
    (attachment,) = (content for name, content in layers.items() if name.startswith("attachment"))
    assert found_in(attachment) == list(SECRETS)
    assert set(found_in(layers["text"])) >= {WHOLE, SENTENCE, ROW, MEASURE, MARKED, TITLE}
    assert TITLE in found_in(layers["words of every object"])

    public = public_bytes(case, tmp_path)
    assert any("streams" in name for name in public)
    assert any(OPEN_WORDS.encode() in content for name, content in public.items() if name.endswith(".html"))
    assert {name: found_in(content) for name, content in public.items() if found_in(content)} == {}
    salts = tuple(part["salt"] for each in session.scalars(select(Withholding)) for part in each.parts)
    assert len(salts) == 6
    assert {name for name, content in public.items() if found_in(content, salts)} == set()

    client = app.test_client()
    for secret in SECRETS:
        answer = client.get(f"/register?q={quote(secret)}")
        page = answer.get_data().replace(html.escape(secret).encode(), b"", 3)
        assert case.record.reference.encode() not in page, secret
    assert case.record.reference in client.get("/register?q=crossings").text
    assert found_in(client.get("/register").get_data()) == []
    assert found_in(f"{case.publication.title}{case.publication.summary}{case.publication.search_text}".encode()) == []


def test_page_document_and_data_say_what_is_withheld_and_rest_on_the_original(
    case: Case, session: Session, app: Flask, tmp_path: Path
) -> None:
    record = json.loads(open_storage(case.settings.documents_folder).get(case.publication.json_digest))
    jsonschema.validate(record, record_schema())
    entry = session.scalars(select(LogEntry).where(LogEntry.digest == case.publication.original_digest)).one()
    assert entry.kind == "original"
    assert record["based_on"] == {"sha256": case.publication.original_digest, "log_index": entry.position}
    assert [line["path"] for line in record["withheld"]] == [
        "answers/purpose",
        "answers/name",
        "answers/data_inventory/rows/1/element",
        "answers/risks/rows/2",
        "answers/benefits/words/1",
        "answers/benefits/words/1",
    ]
    assert record["revision"]["sha256"] is None

    _readers_see_the_ground_in_its_place(case, app, tmp_path)
    _promises_leave_it_out_too(case, session, app)


def _readers_see_the_ground_in_its_place(case: Case, app: Flask, tmp_path: Path) -> None:
    address = f"/register/{case.record.reference}"
    page = app.test_client().get(address).text
    assert "What is withheld, and why" in page
    assert "Withheld: Security" in page
    assert "[Withheld: Security]" in page
    assert "R2" in page
    assert case.publication.original_digest in page
    pdf = tmp_path / "pia.pdf"
    pdf.write_bytes(app.test_client().get(f"{address}/pia.pdf").get_data())
    text = b" ".join(run("pdftotext", pdf, "-").split())
    for said in (b"What is withheld, and why", b"Withheld: Security", case.publication.original_digest[:16].encode()):
        assert said in text


def _promises_leave_it_out_too(case: Case, session: Session, app: Flask) -> None:
    assert MEASURE in {each.text for each in session.scalars(select(Commitment))}
    lines = json.loads(app.test_client().get(f"/register/{case.record.reference}/commitments.json").get_data())
    texts = [line["text"] for line in lines["commitments"]]
    assert "[Withheld: Security]" in texts
    assert "Mend [Withheld: Security] first." in texts
    made = session.scalars(select(Commitment).where(Commitment.text == MEASURE)).one()
    (line,) = (each for each in lines["commitments"] if each["reference"] == made.reference)
    assert (line["withheld"], line["status"], line["due_on"], line["postponed"]) == ("Security", None, None, None)


def test_holders_of_the_gate_code_read_nothing_of_it(case: Case, session: Session, walk: Walk, app: Flask) -> None:
    about = case.record.initiative
    about.title = f"{TITLE}, first part"
    code = renew_code(session, about, actor=walk.who("amara"), now=walk.now)
    session.commit()
    conditions = {each.text for each in ask_gate(session, about, now=walk.now).go_live.conditions}
    assert MEASURE in conditions
    client = app.test_client()
    told = {name: client.get(f"/gate/{code}{name}").get_data() for name in ("", ".json")}
    assert {name: found_in(content) for name, content in told.items() if found_in(content)} == {}
    document = json.loads(told[".json"])
    assert document["initiative"]["title"] == "[Withheld: Commercial secret], first part"
    assert "[Withheld: Security]" in {each["text"] for each in document["go_live"]["conditions"]}


def _recomputed(disclosure: str) -> str:
    """The digest as the documentation tells people to work it out, with nothing but coreutils."""
    command = (
        'printf %s "$0" | sha256sum | cut -c1-64 | tr a-f A-F | basenc --base16 -d | basenc --base64url | tr -d "=\\n"'
    )
    return subprocess.run(["bash", "-c", command, disclosure], capture_output=True, text=True, check=True).stdout


def test_disclosed_part_is_public_with_its_proof_and_the_others_are_not(
    case: Case, session: Session, walk: Walk, app: Flask, job_context: Callable[..., object], tmp_path: Path
) -> None:
    from pia_engine.jobs.pages import pages

    found = session.scalars(select(Withholding).where(Withholding.question == "purpose")).one()
    disclosures.disclose(session, found, actor=walk.who("helen"), now=walk.now, reason="It has an alarm now.")
    session.commit()
    pages(job_context(reference=case.record.reference))  # type: ignore[arg-type]
    client = app.test_client()
    base = f"/register/{case.record.reference}/v1"
    document = json.loads(client.get(f"{base}/disclosures/{found.reference}.json").get_data())
    record = json.loads(client.get(f"{base}/pia.json").get_data())
    assert verify_disclosure(record, document)
    (told,) = document["disclosures"]
    assert told["value"] == f"{WHOLE} {SENTENCE}"
    assert _recomputed(told["disclosure"]) == told["digest"]
    assert told["digest"] in {line["digest"] for line in record["withheld"]}
    page = client.get(base).text
    assert WHOLE in page
    assert f'href="{base}/disclosures/{found.reference}.json"' in page
    still = tuple(secret for secret in SECRETS if secret not in (WHOLE, SENTENCE))
    public = public_bytes(case, tmp_path)
    assert {name: found_in(content, still) for name, content in public.items() if found_in(content, still)} == {}


def test_next_edition_shows_nothing_of_it_either(
    case: Case, session: Session, walk: Walk, publish_now: Callable[[Assessment], None], tmp_path: Path
) -> None:
    record = assessments.begin_new_edition(session, case.record, actor=walk.who("helen"), now=walk.now)
    walk.answer(record, {}, roles=frozenset({"agency_official"}), actor=walk.who("amara"))
    walk.advance(record, "approved")
    for before in session.scalars(select(Withholding).where(Withholding.assessment_id == case.record.id)).all():
        places = tuple((part["row"], part["column"]) for part in before.parts)
        given = {"places": places} if before.extent in (Extent.ROWS, Extent.CELLS) else {}
        words = {"words": before.parts[0]["value"]} if before.extent == Extent.WORDS else {}
        approved(
            walk, record, question=before.question, extent=Extent(before.extent), ground=before.ground, **given, **words
        )
    publications.order_publication(session, record, actor=walk.who("petra"), now=walk.now)
    publish_now(record)
    public = public_bytes(case, tmp_path)
    assert {name: found_in(content) for name, content in public.items() if found_in(content)} == {}
