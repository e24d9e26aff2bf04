"""An assessment's own pages: how it stands, its outcome, one version of it, and what the public will see.

The steps themselves are in `actions`, the review in `reviewing`, the questions in `sections`.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from pia_engine.errors import N_
from pia_engine.extensions import db
from pia_engine.models import AnnualAudit, Assessment, SignOff, VendorResponse
from pia_engine.models.catalogue import answers_of
from pia_engine.models.policy_rules import read_rules
from pia_engine.permissions.people import may
from pia_engine.permissions.roles import ROLE_NAMES, Role
from pia_engine.permissions.vocabulary import Permission
from pia_engine.questionnaires.definition import Questionnaire
from pia_engine.services import assessments, determinations
from pia_engine.services.annual_audits import list_audits
from pia_engine.services.assessments import get_assessment, list_stages
from pia_engine.services.audit import list_events
from pia_engine.services.comments import count_open_by_question
from pia_engine.services.publications import list_publications
from pia_engine.services.reviews import list_open_changes, list_requested_changes, list_reviews
from pia_engine.services.sign_offs import list_sign_offs, sign_offs_in_force
from pia_engine.services.vendor_responses import list_vendor_responses
from pia_engine.services.workflow import status_label
from pia_engine.web import actions, advising, beginning, contributions, hearing, outcomes, responsible, reviewing
from pia_engine.web.access import actor, needs, reach
from pia_engine.web.chronicle import Line, day_in_words, in_words, timeline_lines
from pia_engine.web.commitment_words import panel as commitments_of
from pia_engine.web.foundations import foundation_lines
from pia_engine.web.languages import questionnaire_for_reader
from pia_engine.web.reading import read_sections
from pia_engine.web.reconsiderations import looking_again_part
from pia_engine.web.standing import came_back, count_settled, section_url, steps_for, tasks_for, turn_of
from pia_engine.web.withholding_words import panel as withholdings_of
from pia_engine.workflows import full_assessment
from pia_engine.workflows.outcomes import OUTCOMES

blueprint = Blueprint("assessments", __name__, url_prefix="/assessments")

DECISIONS = {
    (1, "signed"): N_("Signed for the agency"),
    (1, "declined"): N_("Declined to sign for the agency"),
    (2, "signed"): N_("Approved"),
    (2, "sent_back"): N_("Sent back for changes"),
    (2, "rejected"): N_("Rejected"),
}


@blueprint.get("/<reference>")
@needs(Permission.ASSESSMENT_VIEW)
def show(reference: str) -> ResponseReturnValue:
    """How an assessment stands, and everything on record about it."""
    stages = list_stages(db.session, reference)
    current = stages[-1]
    reach(Permission.ASSESSMENT_VIEW, current)
    tasks = tasks_for(current)
    steps = steps_for(current, lambda action: actions.action_url(current, action))
    settled, needed = count_settled(tasks)
    return render_template(
        "assessments/show.html",
        assessment=current,
        stages=stages,
        turn=turn_of(current),
        came_back=came_back(current),
        tasks=tasks,
        tasks_settled=settled,
        tasks_needed=needed,
        steps=[step for step in steps if not step.is_for_others],
        steps_of_others=[step for step in steps if step.is_for_others],
        may_review=current.status == full_assessment.Status.IN_REVIEW
        and current.stage == "full"
        and may(actor(), Permission.ASSESSMENT_REVIEW, current),
        foundations=foundation_lines(current, responsible.standings_of(current)),
        parts=responsible.parts_of(stages, current),
        looking_again=looking_again_part(current),
        ways_to_begin=beginning.ways_to_begin(current),
        **_decisions(stages, current),
        hearing=hearing.hearing_part(current),
        commitments=commitments_of(current.initiative, reference=current.reference),
        sees=_sees(current),
        withheld=withholdings_of(current),
        **contributions.requests_part(current),
        points=contributions.open_points(current),
        open_comments=sum(count_open_by_question(db.session, current).values()),
        **(others := _others_part(current)),
        events=_history(stages, [*others["vendor_responses"], *others["audits"]]),
    )


def _history(stages: list[Assessment], others: list[VendorResponse | AnnualAudit]) -> list[Line]:
    """What happened to all of them together."""
    asked = (each for each in others if isinstance(each, VendorResponse))
    about = {each.id: _("Questions to %(company)s", company=each.company) for each in asked}
    events = list_events(db.session, [each.id for each in (*stages, *others)])
    if not _sees(stages[-1])["comments"]:
        events = [each for each in events if not each.event.startswith("comment:")]
    return timeline_lines(events, about)


def _sees(assessment: Assessment) -> dict[str, bool]:
    """Which ways on from the page are open to this person."""
    permissions = {
        "audits": Permission.ANNUAL_AUDIT_VIEW,
        "comments": Permission.COMMENT_VIEW,
        "roles": Permission.POLICY_VIEW,
        "vendors": Permission.VENDOR_RESPONSE_VIEW,
    }
    return {name: may(actor(), permission, assessment) for name, permission in permissions.items()}


def _decisions(stages: list[Assessment], current: Assessment) -> dict[str, Any]:
    """What officials decided: determination, requested changes, advice, signatures."""
    initial = next((each for each in stages if each.stage == "initial"), None)
    determination = determinations.find_determination(db.session, initial) if initial else None
    in_force = {signed.id for signed in sign_offs_in_force(db.session, current)}
    questionnaire = questionnaire_for_reader(current.sheet)
    changes = list_requested_changes(db.session, current)
    names = {each.question: questionnaire.find_question(each.question) for each in changes}
    return {
        "initial": initial,
        "determination": determination,
        "outcome": _(OUTCOMES[determination.outcome]) if determination else "",
        "changes": changes,
        "question_texts": {name: question.text if question else name for name, question in names.items()},
        "waits_for_replies": bool(list_open_changes(db.session, current))
        and may(actor(), Permission.ASSESSMENT_SUBMIT, current),
        "advice": advising.advice_lines(list_reviews(db.session, current)),
        "sign_offs": [
            {
                "what": _(DECISIONS[signed.position, signed.decision]),
                "name": responsible.named_on_page(signed.person, signed.represents),
                "role": _(ROLE_NAMES[Role(signed.role)]),
                "when": in_words(signed.signed_at),
                "reason": signed.reason,
                "overrules": signed.overrules,
                "is_past": signed.decision == "signed" and signed.id not in in_force,
                "voided": _voided_words(signed, questionnaire),
            }
            for signed in list_sign_offs(db.session, current)
        ],
        "named": responsible.named_on_page,
        "in_words": in_words,
        "day_in_words": day_in_words,
    }


def _voided_words(signed: SignOff, questionnaire: Questionnaire) -> str:
    """Since when a signature is void, and what was changed; empty for one that is not."""
    if signed.voided_at is None:
        return ""
    titles = (section.title for section in questionnaire.sections if section.id in signed.voided_sections)
    return str(_("Void since %(day)s: %(sections)s", day=day_in_words(signed.voided_at), sections=", ".join(titles)))


def _others_part(current: Assessment) -> dict[str, Any]:
    """What came from outside the text: vendors' answers, audits, publications."""
    is_open = current.stage == "full" and current.status in full_assessment.EDITABLE
    sees = _sees(current)
    return {
        "vendor_responses": list_vendor_responses(db.session, current.reference) if sees["vendors"] else [],
        "may_issue": is_open and may(actor(), Permission.VENDOR_RESPONSE_ISSUE, current),
        "audits": list_audits(db.session, current.reference) if sees["audits"] else [],
        "publications": list_publications(db.session, reference=current.reference, current_only=False),
    }


@blueprint.get("/<reference>/initial/outcome")
@needs(Permission.ASSESSMENT_VIEW)
def outcome(reference: str) -> ResponseReturnValue:
    """What the rules make of the initial answers, and the answers themselves."""
    initial = get_assessment(db.session, reference, "initial")
    reach(Permission.ASSESSMENT_VIEW, initial)
    steps = steps_for(initial, lambda action: actions.action_url(initial, action))
    open_steps = [step for step in steps if step.allowed]
    return outcomes.outcome_page(initial, sections=_sections_of(initial), steps=open_steps)


@blueprint.get("/<reference>/initial/what-if")
@needs(Permission.ASSESSMENT_VIEW)
def what_if(reference: str) -> ResponseReturnValue:
    """The outcome with other answers; nothing is kept."""
    initial = get_assessment(db.session, reference, "initial")
    reach(Permission.ASSESSMENT_VIEW, initial)
    return outcomes.try_page(initial)


def _sections_of(assessment: Assessment, *, public_only: bool = False) -> list[Any]:
    return read_sections(
        questionnaire_for_reader(assessment.sheet),
        answers_of(assessment.sheet),
        stored=assessments.list_sheet_answers(assessment),
        wanted=lambda question: question.public or not public_only,
        policy=read_rules(assessment.policy_version),
    )


@blueprint.get("/<reference>/full/v<int(max=99999):edition>")
@needs(Permission.ASSESSMENT_VIEW)
def edition(reference: str, edition: int) -> ResponseReturnValue:
    """One version of the full assessment, to read."""
    assessment = get_assessment(db.session, reference, "full", edition)
    reach(Permission.ASSESSMENT_VIEW, assessment)
    return render_template(
        "assessments/edition.html",
        assessment=assessment,
        label=_(status_label(assessment)),
        sees=_sees(assessment),
        sections=_sections_of(assessment),
        in_words=in_words,
    )


@blueprint.get("/<reference>/<any(initial, full):stage>/preview")
@needs(Permission.ASSESSMENT_VIEW)
def preview(reference: str, stage: str) -> ResponseReturnValue:
    """Only what the public will see."""
    assessment = get_assessment(db.session, reference, stage)
    reach(Permission.ASSESSMENT_VIEW, assessment)
    return render_template(
        "assessments/preview.html", assessment=assessment, sections=_sections_of(assessment, public_only=True)
    )


@blueprint.route("/<reference>/<any(initial, full):stage>/actions/<action>", methods=["GET", "POST"])
@needs(Permission.ASSESSMENT_VIEW)
def act(reference: str, stage: str, action: str) -> ResponseReturnValue:
    """One step: what will happen, then the step itself."""
    assessment = get_assessment(db.session, reference, stage)
    reach(Permission.ASSESSMENT_VIEW, assessment)
    return actions.assessment_action(assessment, action)


@blueprint.route("/<reference>/full/review", methods=["GET", "POST"])
@needs(Permission.ASSESSMENT_REVIEW)
def review(reference: str) -> ResponseReturnValue:
    """The privacy officer reads every answer and notes what should change."""
    assessment = get_assessment(db.session, reference, "full")
    reach(Permission.ASSESSMENT_REVIEW, assessment)
    return reviewing.review_page(assessment)


@blueprint.route("/<reference>/full/changes", methods=["GET", "POST"])
@needs(Permission.ASSESSMENT_VIEW)
def changes(reference: str) -> ResponseReturnValue:
    """The author replies to each requested change; everybody else reads."""
    assessment = get_assessment(db.session, reference, "full")
    reach(Permission.ASSESSMENT_VIEW, assessment)
    return reviewing.changes_page(assessment)


@blueprint.app_context_processor
def _section_links() -> dict[str, Any]:
    return {"section_url": section_url}
