"""Who was heard and what observers state, prepared for the pages that show it: nothing here takes a step."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from pia_engine.extensions import db
from pia_engine.models import Assessment, Consultation, Initiative, Observer
from pia_engine.permissions.people import may
from pia_engine.permissions.vocabulary import Permission
from pia_engine.register.hearing import KINDS
from pia_engine.services.consultations import can_record, list_consultations
from pia_engine.services.observers import is_in_force, list_observed_by, list_observers, list_statements
from pia_engine.services.plain_language import Surroundings, hints_for
from pia_engine.web.access import actor, person
from pia_engine.web.chronicle import day_in_words, in_words
from pia_engine.web.people import city_today, term_in_words


def hearing_part(assessment: Assessment) -> dict[str, Any]:
    """Who was heard on a full assessment, and what observers of its initiative state."""
    entries = list_consultations(db.session(), assessment) if assessment.stage == "full" else []
    place: dict[str, Any] = {"reference": assessment.reference}
    may_record = can_record(assessment, actor=actor())
    return {
        "consultations": consultation_lines(entries),
        "awaited": sum(not each.reply for each in entries),
        "url": url_for("consultations.index", **place) if assessment.stage == "full" else "",
        "record_url": url_for("consultations.record", **place) if may_record else "",
        "statements": statement_lines(list_statements(db.session(), assessment.initiative)),
    }


def consultation_lines(entries: Sequence[Consultation], *, around: Surroundings | None = None) -> list[dict[str, Any]]:
    """Entries as pages show them; with `around`, what to look at again in their wording."""
    return [
        {
            "id": each.id,
            "kind": _(KINDS[each.kind]),
            "who": each.who,
            "capacity": each.capacity,
            "channel": each.channel,
            "asked": each.asked,
            "asked_on": day_in_words(each.asked_on),
            "reply": each.reply,
            "replied_on": day_in_words(each.replied_on) if each.replied_on else "",
            "effect": each.effect,
            "is_public": each.is_public,
            "recorded": _("%(name)s, %(when)s", name=each.recorder.name, when=in_words(each.recorded_at)),
            "hints": _hints(each, around) if around else [],
        }
        for each in entries
    ]


def _hints(each: Consultation, around: Surroundings) -> list[str]:
    """Residents are named as a group; what is published should read easily and name nobody without need."""
    texts = [each.who] if each.kind == "public" else []
    if each.is_public:
        texts += [each.asked, each.reply, each.effect]
    found = [hint for text in texts for hint in hints_for(text, around)]
    return list(dict.fromkeys(hint.translated(_) for hint in found))


def statement_lines(observers: Sequence[Observer]) -> list[dict[str, str]]:
    """Filed statements as pages show them."""
    return [
        {
            "who": ", ".join(filter(None, (each.person.name, each.organisation))),
            "when": in_words(each.filed_at),
            "text": each.statement,
        }
        for each in observers
        if each.filed_at
    ]


def observers_part(initiative: Initiative) -> dict[str, Any]:
    """Who observes an initiative, for its page."""
    may_appoint = may(actor(), Permission.OBSERVER_APPOINT, initiative)
    found = list_observers(db.session(), initiative)
    return {
        "observers": [_observer_line(initiative, each, may_appoint=may_appoint) for each in found],
        "appoint_url": url_for("observers.appoint", reference=initiative.reference) if may_appoint else "",
    }


def _observer_line(initiative: Initiative, each: Observer, *, may_appoint: bool) -> dict[str, Any]:
    today = city_today()
    place: dict[str, Any] = {"reference": initiative.reference, "observer_id": each.id}
    is_over = each.withdrawn_on is not None or each.until_on < today
    is_theirs = each.person_id == actor().id and is_in_force(each, today) and each.filed_at is None
    return {
        "name": ", ".join(filter(None, (each.person.name, each.organisation))),
        "term": term_in_words(each.from_on, each.until_on),
        "ended": day_in_words(each.withdrawn_on) if each.withdrawn_on else "",
        "by": _("%(name)s, %(when)s", name=each.appointer.name, when=in_words(each.appointed_at)),
        **_state(each, is_over=is_over),
        "statement": each.statement,
        "withdraw_url": url_for("observers.withdraw", **place) if may_appoint and not is_over else "",
        "file_url": url_for("observers.statement", **place) if is_theirs else "",
    }


def _state(each: Observer, *, is_over: bool) -> dict[str, str]:
    """How far the observer is: a sentence, and its tone."""
    if each.filed_at is not None:
        return {"state": _("Statement filed on %(day)s", day=day_in_words(each.filed_at)), "tone": "good"}
    if is_over:
        return {"state": _("Ended without a statement"), "tone": "quiet"}
    return {"state": _("Statement awaited"), "tone": "waiting"}


def observed_lines() -> list[dict[str, Any]]:
    """What the person who is signed in observes today, as the task list prints it."""
    return [
        {
            "text": each.initiative.title,
            "href": url_for("initiatives.show", reference=each.initiative.reference),
            "hint": _(
                "%(reference)s, %(term)s",
                reference=each.initiative.reference,
                term=term_in_words(each.from_on, each.until_on),
            ),
            "status": (said := _state(each, is_over=False))["tone"],
            "status_text": said["state"],
        }
        for each in list_observed_by(db.session(), person(), on=city_today())
    ]


def awaited_statements() -> list[dict[str, Any]]:
    """The statements the person who is signed in has still to file, each with its last day."""
    return [
        {
            "text": _("File your statement: %(title)s", title=each.initiative.title),
            "href": url_for("observers.statement", reference=each.initiative.reference, observer_id=each.id),
            "hint": _(
                "%(reference)s, by %(day)s", reference=each.initiative.reference, day=day_in_words(each.until_on)
            ),
            "status": "waiting",
            "status_text": _("Independent observer"),
        }
        for each in list_observed_by(db.session(), person(), on=city_today())
        if each.filed_at is None
    ]
