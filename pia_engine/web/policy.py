"""The PIA policy, to read: the version in force, every version there was, what changed. Drafting is mounted here."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from pia_engine.extensions import db
from pia_engine.models.policy_rules import read_rules
from pia_engine.permissions.people import may
from pia_engine.permissions.vocabulary import Permission
from pia_engine.services.audit import list_events
from pia_engine.services.policies import current_policy, find_before, find_draft, get_policy, list_policies
from pia_engine.services.policy_comparison import compare_rules
from pia_engine.web import policy_draft
from pia_engine.web.access import actor, needs
from pia_engine.web.chronicle import day_in_words, timeline_lines
from pia_engine.web.policy_words import SECTION_NAMES, read_changes, read_policy

blueprint = Blueprint("policy", __name__, url_prefix="/policy")
blueprint.register_blueprint(policy_draft.blueprint)


@blueprint.get("")
@needs(Permission.POLICY_VIEW)
def show() -> ResponseReturnValue:
    """The version in force; and where to go on for those who draft the next."""
    return render_template(
        "policy/show.html",
        policy=read_policy(current_policy(db.session)),
        section_names=SECTION_NAMES,
        draft=find_draft(db.session) if may(actor(), Permission.POLICY_VIEW_DRAFT) else None,
        may_draft=may(actor(), Permission.POLICY_DRAFT),
    )


@blueprint.get("/versions")
@needs(Permission.POLICY_VIEW)
def versions() -> ResponseReturnValue:
    return render_template(
        "policy/versions.html",
        versions=list_policies(db.session, actor=actor()),
        day_in_words=day_in_words,
    )


@blueprint.get("/versions/<int(max=99999):number>")
@needs(Permission.POLICY_VIEW)
def version(number: int) -> ResponseReturnValue:
    """One version as it reads, and what happened to it."""
    found = get_policy(db.session, number, actor=actor())
    return render_template(
        "policy/version.html",
        policy=read_policy(found),
        section_names=SECTION_NAMES,
        earlier=find_before(db.session, found),
        timeline=timeline_lines(list_events(db.session, [found.id])),
    )


@blueprint.get("/versions/<int(max=99999):number>/compare")
@needs(Permission.POLICY_VIEW)
def compare(number: int) -> ResponseReturnValue:
    """What changed against the version before, section by section."""
    found = get_policy(db.session, number, actor=actor())
    before = find_before(db.session, found)
    changes = compare_rules(read_rules(before), read_rules(found)) if before else []
    return render_template("policy/compare.html", version=found, earlier=before, sections=read_changes(changes))
