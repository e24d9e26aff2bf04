"""The gate: its answer for staff, on paper with a square code, and for whoever holds the paper."""

from __future__ import annotations

import functools
from typing import Any

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from pia_engine import clock
from pia_engine.documents.codes import square_code
from pia_engine.errors import N_, NotAllowed, NotPossible
from pia_engine.extensions import db, limiter
from pia_engine.models import Initiative
from pia_engine.permissions.people import may
from pia_engine.permissions.vocabulary import Permission
from pia_engine.services import exceptions
from pia_engine.services.gate import GateAnswer, ask_gate, find_by_code, renew_code
from pia_engine.services.gate_documents import GateDocument, gate_document, said
from pia_engine.services.initiatives import get_initiative
from pia_engine.services.outsiders import outside_of
from pia_engine.settings import Settings
from pia_engine.web.access import actor, by_link, needs, reach
from pia_engine.web.chronicle import day_in_words, in_words
from pia_engine.web.error_pages import say

blueprint = Blueprint("gate", __name__)

_often_enough = limiter.shared_limit("60 per minute", scope="gate-code")

ANSWERS = {"yes": N_("Yes"), "yes_with_conditions": N_("Yes, with conditions"), "no": N_("No")}
TONES = {"yes": "good", "yes_with_conditions": "warning", "no": "bad"}


@blueprint.get("/initiatives/<reference>/gate")
@needs(Permission.INITIATIVE_VIEW)
def show(reference: str) -> ResponseReturnValue:
    """Both answers with every reason and condition, and how to hand them on."""
    initiative = _within_reach(reference)
    return render_template(
        "gate/show.html", **_answer(initiative, site=_site(initiative)), may_renew=_may_renew(initiative)
    )


@blueprint.get("/initiatives/<reference>/gate/paper")
@needs(Permission.INITIATIVE_VIEW)
def paper(reference: str) -> ResponseReturnValue:
    """The answer on one sheet, with the square code that asks again."""
    initiative = _within_reach(reference)
    if initiative.gate_code is None:
        return redirect(url_for(".show", reference=reference))
    settings: Settings = current_app.extensions["pia-settings"]
    address = f"{settings.public_url}{url_for('.ask', code=initiative.gate_code)}"
    title = _("Square code that holds the address printed beside it")
    return render_template(
        "gate/paper.html",
        **_answer(initiative, site=None),
        address=address,
        drawing=square_code(address, title),
        may_renew=_may_renew(initiative),
    )


@blueprint.route("/initiatives/<reference>/gate/code", methods=["GET", "POST"])
@needs(Permission.INITIATIVE_GO_LIVE)
def code(reference: str) -> ResponseReturnValue:
    """Make the code of the paper, or another one that takes the place of the old."""
    initiative = _within_reach(reference)
    reach(Permission.INITIATIVE_GO_LIVE, initiative)
    if request.method != "POST":
        return render_template("gate/code.html", initiative=initiative)
    renew_code(db.session, initiative, actor=actor(), now=clock.now())
    db.session.commit()
    flash(_("The paper has its code. Print it, or save it as a file."), "success")
    return redirect(url_for(".paper", reference=reference), 303)


@blueprint.get("/gate/<code>")
@by_link
@_often_enough
def ask(code: str) -> ResponseReturnValue:
    """The present answer for whoever holds the paper: no account, no people named, not for search engines."""
    initiative = find_by_code(db.session, code)
    if request.accept_mimetypes.best_match(["text/html", "application/json"]) == "application/json":
        return _as_data(initiative)
    page = render_template("gate/public.html", **_answer(initiative, site=None), code=initiative.gate_code)
    return page, 200, _HEADERS


@blueprint.get("/gate/<code>.json")
@by_link
@_often_enough
def ask_as_data(code: str) -> ResponseReturnValue:
    """The same for machines."""
    return _as_data(find_by_code(db.session, code))


_HEADERS = {"X-Robots-Tag": "noindex, nofollow", "Vary": "Accept", "Cache-Control": "no-store"}


def _as_data(initiative: Initiative) -> ResponseReturnValue:
    document = _document(ask_gate(db.session, initiative, now=clock.now()), site=None)
    return document.model_dump(mode="json"), 200, _HEADERS


def gate_panel(initiative: Initiative) -> dict[str, Any]:
    """What the initiative's page shows of the gate, and of an emergency exception."""
    now = clock.now()
    every = exceptions.list_exceptions_of(db.session, initiative)
    answer = ask_gate(db.session, initiative, now=now)
    in_force = next((each for each in every if each.status == "granted"), None)
    return {
        **_shown(answer, site=_site(initiative)),
        "in_force": in_force,
        "days_left": exceptions.days_left(in_force, on=answer.asked_on) if in_force else 0,
        "requested": next((each for each in every if each.status == "requested"), None),
        "count": sum(each.granted_at is not None for each in every),
        "why_no_exception": _why_no_exception(initiative),
        "latest": every[0] if every else None,
    }


def _why_no_exception(initiative: Initiative) -> str:
    """Why none can be asked for now, and who could; empty when this person can."""
    try:
        exceptions.check_can_request(db.session, initiative, actor=actor(), now=clock.now())
    except (NotAllowed, NotPossible) as refusal:
        who = _("Who can: %(who)s.", who=_(refusal.who_can_help)) if refusal.who_can_help else ""
        return f"{say(refusal)} {who}".strip()
    return ""


def _answer(initiative: Initiative, *, site: str | None) -> dict[str, Any]:
    return _shown(ask_gate(db.session, initiative, now=clock.now()), site=site)


def _shown(answer: GateAnswer, *, site: str | None) -> dict[str, Any]:
    return {
        "initiative": answer.initiative,
        "gate": _document(answer, site=site),
        "answers": {name: _(text) for name, text in ANSWERS.items()},
        "tones": TONES,
        "asked": in_words(answer.asked_at),
        "day_in_words": day_in_words,
    }


def _document(answer: GateAnswer, *, site: str | None) -> GateDocument:
    sentences = functools.partial(said, gettext=_, day=day_in_words)
    outside = outside_of(db.session(), answer.initiative) if site is None else None
    return gate_document(answer, say=sentences, site=site, outside=outside)


def _within_reach(reference: str) -> Initiative:
    initiative = get_initiative(db.session, reference)
    reach(Permission.INITIATIVE_VIEW, initiative)
    return initiative


def _may_renew(initiative: Initiative) -> bool:
    return may(actor(), Permission.INITIATIVE_GO_LIVE, initiative)


def _site(initiative: Initiative) -> str | None:
    """Where links lead for officials. An observer reads what the paper says: no links, and nothing that is internal."""
    return "" if may(actor(), Permission.COMMITMENT_VIEW, initiative) else None
