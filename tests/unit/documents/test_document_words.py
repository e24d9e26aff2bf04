"""The words documents have of their own: every sentence of their templates, in Japanese and in Arabic."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po

from pia_engine.documents.rendering import day_pattern, locale_for, render_page
from pia_engine.templating import PACKAGE, SHIPPED_WORDS, document_words, template_folder
from tests.factories.reports_arabic import arabic_report
from tests.factories.reports_japanese import japanese_report

PLACE = re.compile(r"%\(\w+\)s|<[^>]+>")
TEMPLATES = ("annual_report", "audit_report", "frame", "parts", "report", "risk_matrix")


def catalogue(language: str) -> Catalog:
    with SHIPPED_WORDS[language].open("rb") as file:
        return read_po(file, locale=language)


def sentences() -> set[str]:
    """Everything the templates of documents say."""
    options = {"trimmed": "true", "trim_blocks": "true", "lstrip_blocks": "true"}
    found: set[str] = set()
    for name in TEMPLATES:
        file = Path(template_folder()) / "documents" / f"{name}.html"
        for _line, message, _comments, _context in extract_from_file("jinja2", file, options=options):
            found.add(message if isinstance(message, str) else message[0])
    return found


def said_by_the_program() -> set[str]:
    """Every sentence there is; what of the record is said in a document stands in tables and services."""
    with (PACKAGE / "translations" / "messages.pot").open("rb") as file:
        return {each.id if isinstance(each.id, str) else each.id[0] for each in read_po(file) if each.id}


@pytest.mark.parametrize("language", ["ja", "ar"])
def test_every_sentence_of_a_document_is_there_and_none_that_nobody_says(language: str) -> None:
    held = {each.id if isinstance(each.id, str) else each.id[0] for each in catalogue(language) if each.id}
    assert sentences() - held == set()
    assert held - said_by_the_program() == set()


@pytest.mark.parametrize("language", ["ja", "ar"])
def test_what_is_filled_in_and_linked_is_the_same_in_every_language(language: str) -> None:
    for message in catalogue(language):
        if isinstance(message.id, str) and message.id:
            assert sorted(PLACE.findall(str(message.string))) == sorted(PLACE.findall(message.id)), message.id


def test_documents_speak_the_language_of_the_city() -> None:
    assert "非公開の部分とその理由" in render_page(japanese_report(), record=b"{}")
    assert "2026年11月18日 05:03 UTC" in render_page(japanese_report(), record=b"{}")
    assert "كيفية التحقق من هذه الوثيقة" in render_page(arabic_report(), record=b"{}")


def test_a_region_has_the_words_of_its_language_and_an_unknown_one_english() -> None:
    assert document_words("ar-EG").gettext("Contents") == "المحتويات"
    assert document_words("de").gettext("Contents") == "Contents"


def test_days_are_written_as_people_write_them() -> None:
    assert day_pattern(locale_for("ja")) == "y年M月d日"
    assert day_pattern(locale_for("en-GB")) == "d MMMM y"
