"""One section in front of one person: whose answers they are, where the pages stand, and the form on the desk.

The blueprints make a `Place` and guard it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from pia_engine.errors import N_, NotFound
from pia_engine.extensions import db
from pia_engine.forms.questions import (
    QuestionForm,
    build_section_form,
    initial_values,
    posed_questions,
    questions_with_errors,
    read_answers,
)
from pia_engine.models.offers import Offers
from pia_engine.permissions.roles import Actor
from pia_engine.questionnaires.definition import Question, Section, Value
from pia_engine.questionnaires.values import same_value
from pia_engine.services.answers import ReadSheet, answering_roles, check_answerable
from pia_engine.services.history import SheetOwner
from pia_engine.services.plain_language import hints_for, is_read_by_public, surroundings_of, text_of
from pia_engine.web.languages import sheet_for_reader
from pia_engine.web.offering import offers_in
from pia_engine.web.remarks import remarks_for

ASKED = "asked"


@dataclass(frozen=True, slots=True)
class Place:
    """Whose answers they are, who answers, and where the pages are."""

    record: SheetOwner
    actor: Actor
    title: str
    home_url: str
    home_text: str
    check_url: str
    section_url: Callable[[str], str]
    layout: str = "layouts/staff.html"
    notes: Mapping[str, Sequence[str]] = field(default_factory=dict)
    links: Mapping[str, Sequence[tuple[str, str]]] = field(default_factory=dict)
    warnings: Sequence[str] = ()
    manage_url: Callable[[Question], str | None] | None = None
    before_saving: Callable[[], None] | None = None
    shows_roles: bool = True
    offers: Offers | None = None
    keeps_drafts: bool = True
    hints_url: str = ""

    def draft_url(self, section: str) -> str:
        return f"{self.section_url(section)}/draft"

    def throw_away_url(self, section: str) -> str:
        return f"{self.section_url(section)}/draft/throw-away"

    def confirm_url(self, section: str) -> str:
        return f"{self.section_url(section)}/confirm"


@dataclass(frozen=True, slots=True)
class Desk:
    """One section in front of one person."""

    place: Place
    sheet: ReadSheet
    section: Section
    roles: frozenset[str]

    @property
    def visible(self) -> tuple[Question, ...]:
        here = {question.id for question in self.section.questions}
        return tuple(question for question in self.sheet.visible if question.id in here)

    @property
    def answerable(self) -> frozenset[str]:
        return frozenset(each.id for each in self.section.questions if each.answered_by in self.roles)

    @property
    def unconfirmed(self) -> list[Question]:
        """The carried answers shown here that this person may confirm."""
        waiting = self.sheet.unconfirmed & self.answerable
        return [question for question in self.visible if question.id in waiting]

    @property
    def offers(self) -> Offers:
        """What the city gives to choose from in this section."""
        return self.place.offers or offers_in(self.place.record, self.section)

    def _hints(self, *, is_opened: bool) -> dict[str, tuple[str, ...]]:
        """What to look at again in what this person wrote here for the public; none where nobody helps with words.

        A form that comes back with mistakes has other texts than those stored: script asks about these.
        """
        if not self.place.hints_url:
            return {}
        read = [each.id for each in self.visible if each.id in self.answerable and is_read_by_public(each)]
        if not is_opened:
            return dict.fromkeys(read, ())
        around = surroundings_of(db.session(), language=self.sheet.questionnaire.language)
        texts = {name: text_of(self.sheet.answers.get(name)) for name in read}
        return {name: tuple(hint.translated(_) for hint in hints_for(text, around)) for name, text in texts.items()}

    def form(self, posted: MultiDict[str, str] | None = None) -> QuestionForm:
        """The section as a form; a posted one asks what it asked when it was opened, so nothing typed is lost."""
        visible = {question.id for question in self.visible} | asked_before(posted)
        own = self.roles if self.place.shows_roles else frozenset()
        remarks = remarks_for(
            self.section,
            self.sheet,
            self.place.notes,
            own=own,
            links=self.place.links,
            hints=self._hints(is_opened=posted is None),
        )
        form_class = build_section_form(
            self.section,
            visible=visible,
            answerable=self.answerable,
            questionnaire=self.sheet.questionnaire,
            remarks=remarks,
            offers=self.offers,
            manage_url=self.place.manage_url,
        )
        stored = initial_values(self.section, self.sheet.answers)
        return form_class(formdata=posted, data={**stored, "seen_version": self.sheet.version})


def open_desk(place: Place, section_id: str) -> Desk:
    """The section of a place's questionnaire. Raises NotFound for one it does not have."""
    sheet = sheet_for_reader(place.record)
    try:
        section = sheet.questionnaire.section(section_id)
    except KeyError:
        raise NotFound(N_("This questionnaire has no such section.")) from None
    return Desk(place, sheet, section, answering_roles(place.record, place.actor))


def check_open(desk: Desk) -> None:
    """Refuse a section in which this person can answer nothing, saying why."""
    if desk.answerable:
        return
    for question in desk.visible or desk.section.questions:
        check_answerable(desk.place.record, question, desk.place.actor)


def values_of(form: QuestionForm, section: Section, posted: Mapping[str, str]) -> dict[str, Value | None]:
    """Every question the opened form asked, with its answer or None; what it did not ask is left alone."""
    given = read_answers(form, section)
    posed = posed_questions(form, section)
    asked = posed & asked_before(posted) if ASKED in posted else posed
    return {question.id: given.get(question.id) for question in section.questions if question.id in asked}


def touched_questions(desk: Desk, form: QuestionForm, posted: Mapping[str, str]) -> set[str]:
    """The questions whose fields say something else than what is saved."""
    given = values_of(form, desk.section, posted)
    differing = {name for name, value in given.items() if not same_value(value, desk.sheet.answers.get(name))}
    return differing | questions_with_errors(form, desk.section)


def asked_before(posted: Mapping[str, str] | None) -> set[str]:
    return set(posted.get(ASKED, "").split()) if posted else set()
