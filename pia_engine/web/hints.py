"""Hints while somebody writes: the text comes in, sentences about it go out, and nothing is kept."""

from __future__ import annotations

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from pia_engine.extensions import db, limiter
from pia_engine.services.plain_language import hints_for, surroundings_of
from pia_engine.web.access import reads_only, signed_in

blueprint = Blueprint("hints", __name__)


@blueprint.post("/hints")
@signed_in
@reads_only
@limiter.limit("120 per minute")
def hints() -> ResponseReturnValue:
    """What to look at again in `text`, as a list of sentences; posted, because a text does not belong in an address."""
    found = hints_for(request.form.get("text", ""), surroundings_of(db.session()))
    return {"hints": [hint.translated(_) for hint in found]}, 200, {"Cache-Control": "no-store"}
