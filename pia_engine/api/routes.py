"""The endpoints of version 1. What each answers stands in `OPERATIONS`, from which the description is made."""

from __future__ import annotations

import functools

from flask import Blueprint, current_app, request
from flask.typing import ResponseReturnValue
from flask_babel import format_date
from flask_babel import gettext as _

from pia_engine import clock
from pia_engine.api.access import by_key, open_to_all, who_asks
from pia_engine.api.openapi import Operation, describe
from pia_engine.api.problems import answer_with_problems, problem
from pia_engine.errors import N_, NotFound
from pia_engine.extensions import db, limiter
from pia_engine.services.gate import ask_gate, find_for_purchasing
from pia_engine.services.gate_documents import GateDocument, gate_document, said
from pia_engine.settings import Settings

VERSION = "1.0.0"  # of the API: additions raise the second number, and a change that breaks a reader begins /api/v2
SEVERAL = "urn:pia-engine:problem:several-initiatives"
EVERY_METHOD = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]

blueprint = Blueprint("api", __name__, url_prefix="/api")
answer_with_problems(blueprint)

OPERATIONS = (
    Operation(
        name="askGate",
        path="/api/v1/gate/{number}",
        summary="May this be awarded, may it go live?",
        description="Ask right before awarding: the answer holds for the moment it is given.",
        answer=GateDocument,
        parameters={"number": "The reference of an initiative (INI-2026-0007), or a procurement number."},
        problems={
            401: "No valid key was shown.",
            404: "No initiative has this reference or procurement number.",
            409: f"Several initiatives have this procurement number: `type` is `{SEVERAL}`, `initiatives` lists their "
            "references. Ask for each of them.",
            429: "Too many requests: wait as long as `Retry-After` says.",
        },
    ),
)


@blueprint.get("/v1/gate/<path:number>")
@by_key
@limiter.limit("120 per minute", key_func=who_asks)
def ask(number: str) -> ResponseReturnValue:
    """The gate's answer about one initiative."""
    found = find_for_purchasing(db.session, number)
    if not found:
        raise NotFound(N_("No initiative has this reference or procurement number."))
    if len(found) > 1:
        detail = _(
            "%(count)s initiatives have this procurement number. Ask for each by its reference.", count=len(found)
        )
        return problem(409, detail, kind=SEVERAL, initiatives=[each.reference for each in found])
    say = functools.partial(said, gettext=_, day=lambda day: format_date(day, "long"))
    document = gate_document(ask_gate(db.session, found[0], now=clock.now()), say=say, site=_settings().public_url)
    return document.model_dump(mode="json")


@blueprint.get("/v1/openapi.json")
@open_to_all
@limiter.limit("60 per minute")
def description() -> ResponseReturnValue:
    """What can be asked, and how the answers look."""
    settings = _settings()
    return describe(OPERATIONS, title="PIA Engine", version=VERSION, address=settings.public_url)


@blueprint.route("/<path:rest>", methods=EVERY_METHOD)
@open_to_all
@limiter.limit("60 per minute")
def nothing_here(rest: str) -> ResponseReturnValue:
    """What is no endpoint is answered in the API's own shape."""
    if request.method not in ("GET", "HEAD"):
        return problem(405, headers={"Allow": "GET, HEAD"})
    return problem(404, _("There is no such address. /api/v1/openapi.json describes all there are."))


def _settings() -> Settings:
    settings: Settings = current_app.extensions["pia-settings"]
    return settings
