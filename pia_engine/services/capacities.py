"""Which permission an event rests on, so that the audit trail can say in which capacity somebody acted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from pia_engine.models import AnnualAudit, Assessment, Traced, VendorResponse
from pia_engine.models.catalogue import questionnaire_for
from pia_engine.permissions.capacity import in_capacity, offices_asked
from pia_engine.permissions.outcomes import outcome_rules
from pia_engine.permissions.roles import Actor, Role
from pia_engine.permissions.vocabulary import Permission
from pia_engine.workflows.machine import WORKFLOWS

_OF_STEPS = {row.event: Permission(row.permission) for workflow in WORKFLOWS.values() for row in workflow.transitions}
BESIDE_THE_STEPS: dict[str, Permission] = {
    "answers:carried": Permission.ASSESSMENT_ANSWER,
    "answers:confirmed": Permission.ASSESSMENT_ANSWER,
    "answers:restored": Permission.ASSESSMENT_ANSWER,
    "answers:saved": Permission.ASSESSMENT_ANSWER,
    "attachment:added": Permission.ASSESSMENT_ANSWER,
    "attachment:refused": Permission.ASSESSMENT_ANSWER,
    "attachment:removed": Permission.ASSESSMENT_ANSWER,
    "attachment:restored": Permission.ASSESSMENT_ANSWER,
    "comment:reopened": Permission.ASSESSMENT_COMMENT,
    "comment:replied": Permission.ASSESSMENT_COMMENT,
    "comment:resolved": Permission.ASSESSMENT_COMMENT,
    "comment:written": Permission.ASSESSMENT_COMMENT,
    "contribution:asked": Permission.CONTRIBUTION_ASK,
    "contribution:reminded": Permission.CONTRIBUTION_ASK,
    "contribution:signed": Permission.CONTRIBUTION_GIVE,
    "contribution:withdrawn": Permission.CONTRIBUTION_ASK,
    "full-assessment:begun": Permission.ASSESSMENT_DETERMINE,
    "full-assessment:new-edition-begun": Permission.ANNUAL_AUDIT_CONCLUDE,
    "initial-assessment:begun": Permission.INITIATIVE_REGISTER,
    "initiative:registered": Permission.INITIATIVE_REGISTER,
    "policy:changed": Permission.POLICY_DRAFT,
    "policy:drafted": Permission.POLICY_DRAFT,
    "vendor-response:issued": Permission.VENDOR_RESPONSE_ISSUE,
}
OF_THE_CITY = frozenset({"city", "deputy", "designation", "person"})


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
    if permission is Permission.ASSESSMENT_ANSWER and any(grant.represents for grant in actor.grants):
        return _who_answers(session, record, details)
    return offices_asked(session, permission, record)


def _who_answers(session: Session, record: Traced, details: Mapping[str, Any]) -> frozenset[Role] | None:
    """Whose questions were answered, so that advice given as a deputy is not taken for the deputy's own text."""
    if not isinstance(record, Assessment | VendorResponse | AnnualAudit):
        return None
    questionnaire = questionnaire_for(session, record.sheet)
    found = [questionnaire.find_question(name) for name in details.get("questions", ())]
    return frozenset(Role(question.answered_by) for question in found if question) or None
