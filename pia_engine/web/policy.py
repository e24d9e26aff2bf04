"""The PIA policy, to read: the version in force, every version there was, what changed. Drafting is mounted here."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template, url_for
from flask.typing import ResponseReturnValue

from pia_engine.errors import N_, NotFound
from pia_engine.extensions import db
from pia_engine.models import PolicyVersion
from pia_engine.models.policy_rules import read_rules
from pia_engine.permissions.people import may
from pia_engine.permissions.vocabulary import Permission
from pia_engine.services.audit import list_events
from pia_engine.services.policies import current_policy, find_before, find_draft, get_policy, list_policies
from pia_engine.services.policy_comparison import compare_rules
from pia_engine.services.policy_reviews import list_policy_reviews, next_review_on, reaffirm_policy
from pia_engine.web import policy_draft
from pia_engine.web.access import actor, needs
from pia_engine.web.actions import ActionPage, Verb, serve_action
from pia_engine.web.chronicle import day_in_words, timeline_lines
from pia_engine.web.policy_words import SECTION_NAMES, read_changes, read_policy
from pia_engine.web.standing import steps_for
from pia_engine.workflows.policy import Action, Status

VERBS: dict[str, Verb] = {
    Action.REAFFIRM: lambda record, given: reaffirm_policy(
        db.session, record, actor=given.actor, now=given.now, reason=given.reason
    ),
}

blueprint = Blueprint("policy", __name__, url_prefix="/policy")
blueprint.register_blueprint(policy_draft.blueprint)


@blueprint.get("")
@needs(Permission.POLICY_VIEW)
def show() -> ResponseReturnValue:
    """The version in force; and where to go on for those who draft the next."""
    return render_template(
        "policy/show.html",
        policy=read_policy(policy := current_policy(db.session)),
        review=_review(policy),
        day_in_words=day_in_words,
        section_names=SECTION_NAMES,
        draft=find_draft(db.session) if may(actor(), Permission.POLICY_VIEW_DRAFT) else None,
        may_draft=may(actor(), Permission.POLICY_DRAFT),
    )


@blueprint.route("/versions/<int(max=99999):number>/actions/<action>", methods=["GET", "POST"])
@needs(Permission.POLICY_VIEW)
def act(number: int, action: str) -> ResponseReturnValue:
    """Reaffirm the version in force; a draft is adopted or withdrawn on pages of its own."""
    found = get_policy(db.session, number, actor=actor())
    if action not in VERBS:
        raise NotFound(N_("There is no such step here."))
    return serve_action(
        ActionPage(
            record=found,
            action=action,
            title=found.title,
            back_url=url_for("policy.show"),
            verb=VERBS[action],
        )
    )


def _review(policy: PolicyVersion) -> dict[str, Any]:
    """The annual review: its day, whether it is due, who may reaffirm, and what the reviews so far led to."""
    steps = steps_for(policy, lambda action: url_for("policy.act", number=policy.number, action=action))
    due_on = next_review_on(policy)
    return {
        "due_on": day_in_words(due_on) if due_on else "",
        "is_due": policy.status == Status.REVIEW_DUE,
        "steps": steps,
        "reviews": list_policy_reviews(db.session),
    }


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
