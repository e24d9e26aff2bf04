"""Every sentence can be translated: the template is current, and pages speak the catalogue's language."""

from __future__ import annotations

import gettext
import re
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from pathlib import Path

import flask_babel
import pytest
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from pia_engine.services.cities import get_city
from scripts import messages
from tests.factories.walks import Walk

OPEN, CLOSE = "⟦", "⟧"
REFERENCE = re.compile(r"(PIA|INI|AUD|PRO)-\d{4}-\d{4}")
CHROME = {"h1", "h2", "h3", "th", "button", "label", "legend", "summary"}


def test_the_template_holds_what_the_code_says() -> None:
    """Run `python scripts/messages.py` when this fails."""
    assert messages.TEMPLATE.read_text(encoding="utf-8") == messages.collected()


class _Texts(HTMLParser):
    """The texts of headings, buttons and labels, with links and hidden parts inside them."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.texts: list[str] = []

    def handle_starttag(self, tag: str, _attributes: object) -> None:
        if tag in CHROME:
            self.open.append(tag)
            self.texts.append("")

    def handle_endtag(self, tag: str) -> None:
        if tag in CHROME and self.open:
            self.open.pop()

    def handle_data(self, data: str) -> None:
        if self.open:
            self.texts[-1] += data


@pytest.fixture
def bracketed(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """German, of which every sentence is its own English one between brackets."""
    with messages.TEMPLATE.open("rb") as file:
        catalogue = read_po(file, locale="de")
    for message in catalogue:
        if message.id:
            single = message.id if isinstance(message.id, str) else message.id[0]
            message.string = (
                f"{OPEN}{single}{CLOSE}" if isinstance(message.id, str) else (f"{OPEN}{single}{CLOSE}",) * 2
            )
    folder = tmp_path / "de" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    with (folder / "messages.mo").open("wb") as file:
        write_mo(file, catalogue)
    with app.app_context():
        domain = flask_babel.get_domain()
        monkeypatch.setattr(domain, "_translation_directories", [str(tmp_path)])
        monkeypatch.setattr(domain, "cache", {})
    yield
    gettext._translations.clear()  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("first", "path"),
    [
        ("", "/sign-in"),
        ("amara", "/work"),
        ("amara", "/initiatives"),
        ("amara", "/initiatives/new"),
        ("amara", "/account"),
        ("petra", "/assessments/{reference}"),
        ("petra", "/assessments/{reference}/full/review"),
        ("petra", "/assessments/{reference}/full/actions/recommend"),
        ("adam", "/administration"),
        ("adam", "/administration/people"),
        ("adam", "/administration/messages"),
        ("adam", "/administration/city"),
        ("ingrid", "/audits"),
    ],
)
def test_reader_of_another_language_sees_no_english_in_headings_buttons_and_labels(
    first: str,
    path: str,
    app: Flask,
    session: Session,
    walk: Walk,
    client_for: Callable[[str], FlaskClient],
    bracketed: None,
) -> None:
    full = walk.full("in_review", title="#42")
    walk.answer(full, {}, roles=frozenset({"privacy_officer"}), actor=walk.who("petra"))
    get_city(session).language = "de"
    known = _data_of(app, session)
    session.commit()
    client = client_for(first)
    page = client.get(path.format(reference=full.reference))
    assert page.status_code == 200
    reading = _Texts()
    reading.feed(page.text)
    english = [text.strip() for text in reading.texts if _speaks(text) and text.strip() not in known]
    assert not english
    assert OPEN in page.text


def _speaks(text: str) -> bool:
    words = REFERENCE.sub("", text)
    return any(character.isalpha() for character in words) and OPEN not in words


def _data_of(app: Flask, session: Session) -> set[str]:
    """Texts that are content: names of people and places, and what questionnaires say."""
    from pia_engine.models import Department, Person

    catalogue = app.extensions["pia-catalogue"]
    known = {"City of Testwell"}
    for name in catalogue.ids():
        questionnaire = catalogue.newest(name)
        known |= {section.title for section in questionnaire.sections}
        known |= {question.text for question in questionnaire.questions}
        known |= {option.label for question in questionnaire.questions for option in question.options}
        known |= {column.label for question in questionnaire.questions for column in question.columns}
    for model in (Department, Person):
        known |= {row.name for row in session.query(model)}
    return known
