"""Hints for whoever writes what the public will read: is it easy to read, does it name somebody, can it be printed?

Hints only look and never refuse: the writer decides. Reading ease is Flesch's (R. Flesch, “A new readability
yardstick”, Journal of Applied Psychology 32, 1948) with textstat's adaptations to other languages.
"""

from __future__ import annotations

import functools
import re
import threading
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import phonenumbers
from babel.core import get_global
from sqlalchemy import select
from sqlalchemy.orm import Session
from textstat.textstat import textstatistics

from pia_engine.documents.glyphs import missing_glyphs, name_characters
from pia_engine.errors import N_
from pia_engine.models import Person
from pia_engine.questionnaires.definition import Answers, Question, Questionnaire, QuestionType, Value
from pia_engine.questionnaires.progress import visible_questions
from pia_engine.questionnaires.wording import Sentence
from pia_engine.services.cities import get_city
from pia_engine.services.given_names import GIVEN_NAMES, PLACE_WORDS

FEWEST_WORDS = 30  # below, a figure about a text says nothing
LONGEST_SENTENCE = 25  # words on average; plain language guides ask for 15 to 20
HARDEST = 40  # of Flesch's 100: below, a text reads like a contract
LONGEST_TEXT = 20_000
MEASURED_LANGUAGES = frozenset({"de", "en", "es", "fr", "hu", "it", "nl", "pl", "ru"})
WRITTEN = frozenset({QuestionType.SHORT_TEXT, QuestionType.LONG_TEXT, QuestionType.ROWS})

_EMAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}")
_TWO_NAMES = re.compile(r"[^\W\d]+[._][^\W\d]+")
_PRIVATE_MAIL = re.compile(r"@(?:gmail|gmx|hotmail|icloud|outlook|proton|protonmail|yahoo)\.", re.IGNORECASE)
_TITLED = re.compile(
    r"\b(?:Mr|Mrs|Ms|Miss|Mx|Dr|Prof|Herr|Frau|Sr|Sra|Mme)\.? (?=[A-Z])[\w’'-]+(?: (?=[A-Z])[\w’'-]+)?"
)
_GIVEN = re.compile(rf"\b(?:{'|'.join(sorted(GIVEN_NAMES))}) (?P<family>[A-Z][^\W\d_][\w’'-]*)")
_SENTENCE_END = re.compile(r"[.!?]+(?=\s|$)|\n\s*\n")
_counting = threading.Lock()  # textstat keeps the language in one object


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the judgement of a text depends on: its language, the country of local phone numbers, known people."""

    language: str
    territory: str | None
    names: frozenset[str]


def surroundings_of(session: Session, *, language: str = "") -> Surroundings:
    """The city's country and the names of everybody with an account; texts are in `language`, else in the city's."""
    city = get_city(session)
    territory = get_global("zone_territories").get(city.time_zone)
    return Surroundings(language or city.language, territory, frozenset(session.scalars(select(Person.name))))


def hints_by_question(
    questionnaire: Questionnaire, answers: Answers, around: Surroundings
) -> dict[str, tuple[Sentence, ...]]:
    """Hints for every written answer that becomes public, by question; questions without any are left out."""
    written = (question for question in visible_questions(questionnaire, answers) if is_read_by_public(question))
    found = {question.id: hints_for(text_of(answers.get(question.id)), around) for question in written}
    return {name: hints for name, hints in found.items() if hints}


def is_read_by_public(question: Question) -> bool:
    """Whether people will read what somebody writes here."""
    return question.public and question.type in WRITTEN


def text_of(value: Value | None) -> str:
    """Everything written in an answer; the cells of a table as sentences of their own."""
    if isinstance(value, list):
        return "\n\n".join(cell for row in value if isinstance(row, Mapping) for cell in row.values() if cell)
    return value if isinstance(value, str) else ""


def hints_for(text: str, around: Surroundings) -> tuple[Sentence, ...]:
    """What to look at again in one text, the gravest first."""
    text = text[:LONGEST_TEXT]
    if not text.strip():
        return ()
    return tuple([*_personal(text, around), *_unprintable(text), *_hard_to_read(text, around.language)])


def _personal(text: str, around: Surroundings) -> Iterator[Sentence]:
    for found, sentence in (
        (
            _emails(text, around.names),
            N_("This seems to be somebody's own e-mail address: %(found)s. Name an office's address instead."),
        ),
        (_phones(text, around.territory), N_("This seems to be a phone number: %(found)s. Is it an office's?")),
        (
            _people(text, around.names),
            N_("This seems to name a person: %(found)s. Name the office instead, if that is enough."),
        ),
    ):
        listed = tuple(dict.fromkeys(found))
        if listed:
            yield Sentence(sentence, found=", ".join(listed[:3]))


def _emails(text: str, names: Iterable[str]) -> Iterator[str]:
    """Addresses made of two names, of the name of somebody known, or with a provider for private people."""
    known = {part.casefold() for name in names for part in name.split()}
    for match in _EMAIL.finditer(text):
        owner = match.group().partition("@")[0].casefold()
        if owner in known or _TWO_NAMES.fullmatch(owner) or _PRIVATE_MAIL.search(match.group()):
            yield match.group()


def _phones(text: str, territory: str | None) -> Iterator[str]:
    for match in phonenumbers.PhoneNumberMatcher(text, territory):
        yield match.raw_string


def _people(text: str, names: frozenset[str]) -> Iterator[str]:
    """Somebody with an account, a title before a name, or a common given name before another word like a name."""
    for match in _known_people(names).finditer(text):
        yield " ".join(match.group().split())
    for match in _TITLED.finditer(text):
        yield match.group()
    for match in _GIVEN.finditer(text):
        if match.group("family") not in PLACE_WORDS:
            yield match.group()


@functools.lru_cache(maxsize=8)
def _known_people(names: frozenset[str]) -> re.Pattern[str]:
    """One pattern for all names, because one for each would take seconds in a large city."""
    spelled = sorted((r"\s+".join(map(re.escape, name.split())) for name in names if name.strip()), reverse=True)
    return re.compile(r"\b(?:" + "|".join(spelled) + r")\b" if spelled else r"(?!)", re.IGNORECASE)


def _unprintable(text: str) -> Iterator[Sentence]:
    missing = missing_glyphs(text)
    if missing:
        yield Sentence(
            N_("The published document cannot print %(characters)s. Write words instead."),
            characters=name_characters(missing),
        )


def _hard_to_read(text: str, language: str) -> Iterator[Sentence]:
    words, language = len(text.split()), language.partition("-")[0]
    if words < FEWEST_WORDS or language not in MEASURED_LANGUAGES:
        return
    average = round(words / max(1, sum(1 for part in _SENTENCE_END.split(text) if part.strip())))
    if average > LONGEST_SENTENCE:
        yield Sentence(
            N_("Sentences here have %(words)s words on average. Under 20 reads more easily: cut some in two."),
            words=average,
        )
    ease = reading_ease(text, language)
    if ease < HARDEST:
        yield Sentence(
            N_("This is hard to read: %(ease)s of 100; plain text has 60. Try everyday words and shorter sentences."),
            ease=max(0, round(ease)),
        )


def reading_ease(text: str, language: str) -> float:
    """Flesch's reading ease, about 0 (a contract) to 100 (a note to a child)."""
    with _counting:
        return float(_counter(language).flesch_reading_ease(text))


@functools.cache
def _counter(language: str) -> textstatistics:
    made = textstatistics()
    made.set_lang(language)
    return made
