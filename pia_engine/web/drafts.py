"""What somebody typed and did not save: kept by script while they write, offered when they come back, thrown away."""

from __future__ import annotations

import hashlib
from urllib.parse import quote

from flask import Response, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import format_time
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from pia_engine import clock
from pia_engine.errors import N_, NotAllowed
from pia_engine.extensions import db
from pia_engine.forms.questions import QuestionForm
from pia_engine.models import Draft
from pia_engine.services.drafts import drop_draft, find_draft, keep_draft
from pia_engine.web.desk import Desk, Place, check_open, open_desk, touched_questions

WRITER = "writer"
_KEPT_AT = "Pia-Kept-At"
_NOT_KEPT = frozenset({"csrf_token", "save", WRITER, "carried"})


def keep_typed(place: Place, section_id: str) -> ResponseReturnValue:
    """Keep the section's fields as they stand in the browser; the answer has no content but the time."""
    if request.form.get(WRITER) != draft_writer(place):
        raise NotAllowed(N_("Somebody else is signed in by now. Sign in again as yourself."))
    desk = open_desk(place, section_id)
    draft = keep_fields(desk, seen_version=desk.form(request.form).seen_version.data or desk.sheet.version)
    db.session.commit()
    answer = Response(status=204)
    answer.headers[_KEPT_AT] = quote(format_time(draft.kept_at, "HH:mm"))
    return answer


def keep_fields(desk: Desk, *, seen_version: int) -> Draft:
    """What was posted, as this person's draft of the section."""
    fields = [(name, value) for name, value in request.form.items(multi=True) if name not in _NOT_KEPT]
    place = desk.place
    return keep_draft(
        db.session,
        place.record,
        desk.section.id,
        fields,
        seen_version=seen_version,
        actor=place.actor,
        now=clock.now(),
    )


def throw_away(place: Place, section_id: str) -> ResponseReturnValue:
    """What was typed, once more, before it is gone for good."""
    desk = open_desk(place, section_id)
    check_open(desk)
    if request.method == "POST":
        drop_draft(db.session, place.record, section_id, actor=place.actor)
        db.session.commit()
        flash(_("What you had typed and not saved is gone. These are the saved answers."), "success")
        return redirect(place.section_url(section_id), 303)
    draft = find_draft(db.session, place.record, section_id, actor=place.actor)
    return render_template(
        "sections/throw_away.html", place=place, section=desk.section, draft=draft, typed=_typed(desk, draft)
    )


def offered_draft(desk: Desk) -> Draft | None:
    """What this person left unsaved here, when it says anything else than what is saved."""
    draft = find_draft(db.session, desk.place.record, desk.section.id, actor=desk.place.actor)
    if draft is None or not touched_questions(desk, form_of_draft(desk, draft), _fields_of(draft)):
        return None
    return draft


def form_of_draft(desk: Desk, draft: Draft) -> QuestionForm:
    """The section with what was typed in its fields, as seen when it was opened for typing."""
    return desk.form(_fields_of(draft))


def draft_writer(place: Place) -> str:
    """A mark of who opened the form, so that nobody's text is kept under the name of who signs in after them."""
    return hashlib.sha256(f"{place.record.id}:{place.actor.id}".encode()).hexdigest()[:16]


def _typed(desk: Desk, draft: Draft | None) -> list[tuple[str, list[str]]]:
    """The questions with what was typed at them, as it was typed."""
    if draft is None:
        return []
    touched = touched_questions(desk, form_of_draft(desk, draft), _fields_of(draft))
    return [
        (question.text, [value for name, value in draft.fields if _belongs(name, question.id) and value.strip()])
        for question in desk.section.questions
        if question.id in touched
    ]


def _belongs(name: str, question_id: str) -> bool:
    return name == f"q_{question_id}" or name.startswith(f"q_{question_id}-")


def _fields_of(draft: Draft) -> MultiDict[str, str]:
    fields = MultiDict([(name, value) for name, value in draft.fields])
    fields["seen_version"] = str(draft.seen_version)
    return fields
