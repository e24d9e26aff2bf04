"""Attached files never reach what the city publishes: neither their bytes, nor their names, nor their fingerprints."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from sqlalchemy.orm import Session

from pia_engine.models import Assessment, Attachment
from pia_engine.models.catalogue import answers_of, questionnaire_for
from pia_engine.models.policy_rules import read_rules
from pia_engine.questionnaires.definition import Questionnaire, QuestionType
from pia_engine.register.answers import public_sections
from pia_engine.register.language import language_of
from pia_engine.settings import Settings
from tests.factories.attachments import attach
from tests.factories.walks import Walk
from tests.fixtures.files import Desk

NAME = "Supplier-contract-of-Mill-Road.pdf"


def with_files(walk: Walk, record: Assessment, settings: Settings) -> Attachment:
    """The author attaches a file to a public question and to the one that asks for files."""
    attach(walk, record, "summary", settings=settings, name=NAME)
    return attach(walk, record, "evidence", settings=settings, name=NAME)


def everything_published(settings: Settings) -> dict[Path, bytes]:
    """Each page, record and document that was made, and what a reader of the documents sees."""
    made = [*settings.public_folder.rglob("*"), *settings.documents_folder.glob("??/*")]
    found = {path: path.read_bytes() for path in made if path.is_file()}
    for path, content in list(found.items()):
        if content.startswith(b"%PDF"):
            read = subprocess.run(["pdftotext", "-raw", path, "-"], capture_output=True, check=True)
            found[path.with_suffix(".read")] = read.stdout
    return found


def test_nothing_of_an_attached_file_is_published(
    desk: Desk,
    session: Session,
    walk: Walk,
    settings: Settings,
    publish_now: Callable[[Assessment], None],
) -> None:
    record = desk.assessment
    attachment = with_files(walk, record, settings)
    walk.advance(record, "publishing")
    publish_now(record)
    published = everything_published(settings)
    assert any(content.startswith(b"%PDF") for content in published.values())
    assert any(record.reference.encode() in content for content in published.values())
    for secret in (NAME, NAME.removesuffix(".pdf"), attachment.digest, str(attachment.id)):
        found = [path for path, content in published.items() if secret.encode() in content]
        assert found == [], secret


def test_files_stay_private_even_when_their_question_is_called_public(
    desk: Desk, session: Session, walk: Walk, settings: Settings
) -> None:
    """The checker refuses such a questionnaire; should one come by another way, its files stay private all the same."""
    with_files(walk, desk.assessment, settings)
    shipped = questionnaire_for(session, desk.assessment.sheet)
    sections = tuple(
        replace(section, questions=tuple(replace(each, public=True) for each in section.questions))
        for section in shipped.sections
    )
    careless: Questionnaire = replace(shipped, sections=sections)
    assert careless.question("evidence").type is QuestionType.FILE
    told = str(
        public_sections(
            careless,
            answers_of(desk.assessment.sheet),
            {},
            language_of("en", "Europe/Berlin"),
            rules=read_rules(desk.assessment.policy_version),
        )
    )
    assert NAME not in told
    assert "evidence" not in told
