"""Which permission an event rests on, so that the audit trail can say in which capacity somebody acted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from pia_engine.models import AnnualAudit, Assessment, ProgrammeAudit, Traced, VendorResponse
from pia_engine.models.catalogue import questionnaire_for
from pia_engine.permissions.capacity import in_capacity, offices_asked
from pia_engine.permissions.outcomes import outcome_rules
from pia_engine.permissions.roles import Actor, Role
from pia_engine.permissions.vocabulary import Permission
from pia_engine.workflows.machine import WORKFLOWS

_OF_STEPS = {row.event: Permission(row.permission) for workflow in WORKFLOWS.values() for row in workflow.transitions}
BESIDE_THE_STEPS: dict[str, Permission] = {
    "annual-audit:copy-made": Permission.PUBLICATION_COMPLETE,
    "annual-report:changed": Permission.ANNUAL_REPORT_DRAFT,
    "annual-report:copy-made": Permission.PUBLICATION_COMPLETE,
    "annual-report:drafted": Permission.ANNUAL_REPORT_DRAFT,
    "answers:carried": Permission.ASSESSMENT_ANSWER,
    "answers:confirmed": Permission.ASSESSMENT_ANSWER,
    "answers:restored": Permission.ASSESSMENT_ANSWER,
    "answers:saved": Permission.ASSESSMENT_ANSWER,
    "attachment:added": Permission.ASSESSMENT_ANSWER,
    "attachment:refused": Permission.ASSESSMENT_ANSWER,
    "attachment:removed": Permission.ASSESSMENT_ANSWER,
    "attachment:restored": Permission.ASSESSMENT_ANSWER,
    "case-file:exported": Permission.CASE_FILE_EXPORT,
    "comment:reopened": Permission.ASSESSMENT_COMMENT,
    "comment:replied": Permission.ASSESSMENT_COMMENT,
    "comment:resolved": Permission.ASSESSMENT_COMMENT,
    "comment:written": Permission.ASSESSMENT_COMMENT,
    "commitment:carried-on": Permission.COMMITMENT_MAKE,
    "commitment:escalated": Permission.COMMITMENT_ESCALATE,
    "commitment:handed-over": Permission.COMMITMENT_ACCEPT,
    "commitment:made": Permission.COMMITMENT_MAKE,
    "commitment:postponed": Permission.COMMITMENT_ACCEPT,
    "consultation:changed": Permission.CONSULTATION_RECORD,
    "consultation:recorded": Permission.CONSULTATION_RECORD,
    "consultation:removed": Permission.CONSULTATION_RECORD,
    "consultation:replied": Permission.CONSULTATION_RECORD,
    "contribution:asked": Permission.CONTRIBUTION_ASK,
    "contribution:reminded": Permission.CONTRIBUTION_ASK,
    "contribution:signed": Permission.CONTRIBUTION_GIVE,
    "contribution:withdrawn": Permission.CONTRIBUTION_ASK,
    "disposal:proposed": Permission.DISPOSAL_PROPOSE,
    "emergency-exception:requested": Permission.EMERGENCY_EXCEPTION_REQUEST,
    "finding:answered": Permission.FINDING_ANSWER,
    "full-assessment:begun": Permission.ASSESSMENT_DETERMINE,
    "full-assessment:new-edition-begun": Permission.ANNUAL_AUDIT_CONCLUDE,
    "gate:code-renewed": Permission.INITIATIVE_GO_LIVE,
    "initial-assessment:begun": Permission.INITIATIVE_REGISTER,
    "initiative:classified": Permission.ASSESSMENT_CLASSIFY,
    "initiative:reassessment-begun": Permission.RECONSIDERATION_DECIDE,
    "initiative:registered": Permission.INITIATIVE_REGISTER,
    "legal-hold:lifted": Permission.LEGAL_HOLD_PLACE,
    "legal-hold:placed": Permission.LEGAL_HOLD_PLACE,
    "observation:filed": Permission.OBSERVATION_FILE,
    "observer:appointed": Permission.OBSERVER_APPOINT,
    "observer:withdrawn": Permission.OBSERVER_APPOINT,
    "policy:changed": Permission.POLICY_DRAFT,
    "policy:drafted": Permission.POLICY_DRAFT,
    "programme-audit:copy-made": Permission.PUBLICATION_COMPLETE,
    "programme-audit:planned": Permission.PROGRAMME_AUDIT_PLAN,
    "publication:copy-made": Permission.PUBLICATION_COMPLETE,
    "reconsideration:raised": Permission.RECONSIDERATION_RAISE,
    "vendor-response:issued": Permission.VENDOR_RESPONSE_ISSUE,
    "withholding:proposed": Permission.WITHHOLDING_PROPOSE,
}
OF_THE_CITY = frozenset({"api-key", "city", "deputy", "designation", "person"})
OF_THE_PROGRAMME = (Role.PRIVACY_OFFICER, Role.SENIOR_PRIVACY_OFFICIAL)


def in_capacity_for(session: Session, record: Traced, event: str, *, actor: Actor, details: Mapping[str, Any]) -> Actor:
    """The actor as they take one step: by a role of their own, else as somebody's deputy."""
    permission = permission_for(event)
    if permission is None or actor.capacity is not None:
        return actor
    return in_capacity(actor, permission, record, offices=_offices(session, permission, record, actor, details))


def permission_for(event: str) -> Permission | None:
    """What is needed to cause an event; None for what somebody may do without asking."""
    if event.partition(":")[0] in OF_THE_CITY and event not in WITHOUT_A_ROLE:
        return Permission.CITY_ADMINISTER
    return _OF_STEPS.get(event) or BESIDE_THE_STEPS.get(event)


WITHOUT_A_ROLE = frozenset({"deputy:named", "deputy:withdrawn"})
"""A designated person names a deputy as that person; an administrator's own role is in the event's details."""


def _offices(
    session: Session, permission: Permission, record: Traced, actor: Actor, details: Mapping[str, Any]
) -> frozenset[Role] | None:
    """The roles this one act asks for, where it asks for fewer than its permission names."""
    if permission is Permission.ASSESSMENT_DETERMINE and isinstance(record, Assessment):
        rules = outcome_rules(record)
        chosen = [rules[details["outcome"]]] if "outcome" in details else list(rules.values())
        return frozenset(Role(rule.decider) for rule in chosen)
    if permission is Permission.FINDING_ANSWER:
        is_of_department = isinstance(record, AnnualAudit)
        return frozenset({Role.AGENCY_OFFICIAL} if is_of_department else OF_THE_PROGRAMME)
    if permission is Permission.ASSESSMENT_ANSWER and any(grant.represents for grant in actor.grants):
        return _who_answers(session, record, details)
    return offices_asked(session, permission, record)


def _who_answers(session: Session, record: Traced, details: Mapping[str, Any]) -> frozenset[Role] | None:
    """Whose questions were answered, so that advice given as a deputy is not taken for the deputy's own text."""
    if not isinstance(record, Assessment | VendorResponse | AnnualAudit | ProgrammeAudit):
        return None
    questionnaire = questionnaire_for(session, record.sheet)
    found = [questionnaire.find_question(name) for name in details.get("questions", ())]
    return frozenset(Role(question.answered_by) for question in found if question) or None
