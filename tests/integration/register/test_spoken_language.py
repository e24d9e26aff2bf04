"""The record and the document of a city that speaks Japanese or Arabic say nothing of ours in English."""

from __future__ import annotations

import gettext
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from sqlalchemy.orm import Session

from pia_engine.models import Assessment
from pia_engine.register import language
from pia_engine.services.cities import get_city
from pia_engine.services.publications import find_publication
from pia_engine.services.reports import build_record, project_record, report_of
from pia_engine.services.retractions import retract_publication
from pia_engine.services.standings import standing_words
from pia_engine.templating import PACKAGE, document_words
from tests.factories.governance.withholdings import approved
from tests.factories.hearing import hear, observe, replied, state, wanda
from tests.factories.walks import Walk

URL = "http://127.0.0.1:8000"


@pytest.fixture(scope="module")
def ours() -> frozenset[str]:
    """Every sentence of the program; what a city wrote itself is said as it is."""
    with Path(PACKAGE / "translations" / "messages.pot").open("rb") as file:
        return frozenset(str(message.id) for message in read_po(file) if message.id)


@pytest.fixture(params=["ja", "ar"])
def untranslated(
    request: pytest.FixtureRequest, session: Session, ours: frozenset[str], monkeypatch: pytest.MonkeyPatch
) -> Iterator[set[str]]:
    """Let the city speak the language; what is said in English meanwhile is gathered here."""
    get_city(session).language = request.param
    session.commit()
    said: set[str] = set()

    class Listening(gettext.NullTranslations):
        def gettext(self, message: str) -> str:
            if message in ours:
                said.add(message)
            return message

    def words(code: str) -> gettext.NullTranslations:
        known = document_words(code)
        known.add_fallback(Listening())
        return known

    language._translations.cache_clear()
    monkeypatch.setattr(language, "document_words", words)
    yield said
    language._translations.cache_clear()


def speak(session: Session, record: Assessment, walk: Walk) -> None:
    """Make its record and everything its document says."""
    complete = build_record(session, record, now=walk.now, public_url=URL)
    report_of(complete, public_url=URL)
    report_of(project_record(session, record, complete), public_url=URL)


def test_a_record_with_everything_in_it(session: Session, walk: Walk, untranslated: set[str]) -> None:
    record = walk.full("draft")
    walk.vendor(record, "accepted")
    hear(walk, record, replied())
    walk.advance(record, "approved")
    state(walk, observe(walk, record.initiative, wanda(session)))
    for question in ("purpose", "benefits"):
        approved(walk, record, question=question)
    speak(session, record, walk)
    assert sorted(untranslated) == []


def test_the_words_of_a_withdrawal(session: Session, walk: Walk, untranslated: set[str]) -> None:
    record = walk.full("published")
    retract_publication(session, record, actor=walk.who("helen"), now=walk.now, reason="誤りがありました。")
    publication = find_publication(session, record)
    assert publication is not None
    city = get_city(session)
    standing_words(session, publication, language.language_of(city.language, city.time_zone), public_url=URL)
    assert sorted(untranslated) == []
