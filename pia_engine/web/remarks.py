"""What stands beside a question: who reads the answer, where it comes from, what was asked about it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from flask_babel import format_date
from flask_babel import gettext as _

from pia_engine.forms.markup import Remarks
from pia_engine.permissions.roles import ROLE_NAMES, Role
from pia_engine.questionnaires.definition import Question, Section
from pia_engine.services.answers import ReadSheet

DAY = "d MMMM y"


def remarks_for(
    section: Section,
    sheet: ReadSheet,
    notes: Mapping[str, Sequence[str]],
    *,
    own: frozenset[str],
    links: Mapping[str, Sequence[tuple[str, str]]],
    hints: Mapping[str, tuple[str, ...]],
) -> dict[str, Remarks]:
    """The remarks of every question of a section; its role is named at those of a reader's `own` roles."""
    return {
        each.id: Remarks(
            _marks(each, own),
            (*notes.get(each.id, ()), *_source(each, sheet)),
            tuple(links.get(each.id, ())),
            hints.get(each.id),
        )
        for each in section.questions
    }


def _marks(question: Question, own: frozenset[str]) -> tuple[str, ...]:
    reader = _("Becomes public") if question.public else _("Not published")
    optional = () if question.required or question.required_when else (_("Optional"),)
    if question.answered_by not in own:
        return (reader, *optional)
    return (_(ROLE_NAMES[Role(question.answered_by)]), reader, *optional)


def _source(question: Question, sheet: ReadSheet) -> tuple[str, ...]:
    answer = sheet.stored.get(question.id)
    if answer is None or answer.is_confirmed:
        return ()
    said = provenance(answer.origin, answer.origin_note)
    return (said,) if said else ()


def provenance(origin: str, note: str) -> str:
    """Where a carried answer comes from, and what to do with it."""
    source, _comma, stated = note.rpartition(", ")
    if origin == "vendor":
        day = said_day(stated)
        sentence: str = _("From %(company)s's answers, stated on %(day)s: check and confirm by saving.")
        return sentence % {"company": source, "day": day}
    if origin == "template":
        chosen: str = _("From %(source)s, which you chose to begin from: check and confirm by saving.")
        return chosen % {"source": note}
    carried: dict[str, str] = {
        "initial": _("From the initial assessment: check and confirm by saving."),
        "previous": _("From the previous version: check and confirm by saving."),
    }
    return carried.get(origin, "")


def said_day(iso: str) -> str:
    """A stored day in words; a text that is none is shown as it is."""
    try:
        return str(format_date(dt.date.fromisoformat(iso), DAY))
    except ValueError:
        return iso
