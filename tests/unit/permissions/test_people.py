"""May this person? Truth tables, one row per permission and persona."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

import pytest

from pia_engine.errors import NotAllowed
from pia_engine.permissions.people import RULES, check_may, may
from pia_engine.permissions.roles import Actor, Grant, Role
from pia_engine.permissions.vocabulary import Permission

MOBILITY, PARKS = uuid.uuid4(), uuid.uuid4()
AMARA = uuid.uuid4()


@dataclass(frozen=True)
class Record:
    id: uuid.UUID
    department_id: uuid.UUID
    author_id: uuid.UUID
    initiative_id: uuid.UUID


RECORD = Record(uuid.uuid4(), MOBILITY, AMARA, uuid.uuid4())


def _actor(role: Role, scope: uuid.UUID | None = None, who: uuid.UUID | None = None) -> Actor:
    return Actor(who or uuid.uuid4(), role.value, (Grant(role, scope),))


PERSONAS = {
    "amara": _actor(Role.AGENCY_OFFICIAL, MOBILITY, AMARA),
    "daniel": _actor(Role.AGENCY_OFFICIAL, MOBILITY),
    "otto": _actor(Role.AGENCY_OFFICIAL, PARKS),
    "sofia": _actor(Role.CONTRIBUTOR),
    "petra": _actor(Role.PRIVACY_OFFICER),
    "helen": _actor(Role.SENIOR_PRIVACY_OFFICIAL),
    "victor": _actor(Role.EXECUTIVE),
    "ingrid": _actor(Role.AUDITOR),
    "adam": _actor(Role.ADMINISTRATOR),
    "vendor": Actor(None, "Lena", (Grant(Role.VENDOR_RESPONDENT, RECORD.id),)),
    "other vendor": Actor(None, "Max", (Grant(Role.VENDOR_RESPONDENT, uuid.uuid4()),)),
    "wanda": _actor(Role.OBSERVER, RECORD.initiative_id),
    "other observer": _actor(Role.OBSERVER, uuid.uuid4()),
    "system": Actor(None, "PIA Engine", (Grant(Role.SYSTEM),)),
}

CITYWIDE = {"petra", "helen", "victor", "ingrid"}
READERS = {"amara", "daniel", "sofia", "petra", "helen", "victor", "ingrid"}

# Who may, for a record of Streets and Mobility written by Amara. Otto acts for another department.
ALLOWED: dict[Permission, set[str]] = {
    Permission.ANNUAL_AUDIT_CALL: {"system"},
    Permission.ANNUAL_AUDIT_CONCLUDE: {"helen"},
    Permission.ANNUAL_AUDIT_CONDUCT: {"ingrid"},
    Permission.ANNUAL_AUDIT_VIEW: READERS,
    Permission.ANNUAL_REPORT_COMPLETE: {"system"},
    Permission.ANNUAL_REPORT_DRAFT: {"petra", "helen"},
    Permission.ANNUAL_REPORT_PUBLISH: {"helen"},
    Permission.ANNUAL_REPORT_VIEW: CITYWIDE,
    Permission.ASSESSMENT_ANSWER: {"amara", "daniel", "sofia", "petra"},
    Permission.ASSESSMENT_CARRY_SIGNATURE: {"system"},
    Permission.ASSESSMENT_CLASSIFY: {"petra", "helen"},
    Permission.ASSESSMENT_COMMENT: READERS - {"ingrid"},
    Permission.ASSESSMENT_DECIDE: {"helen", "victor"},
    Permission.ASSESSMENT_DETERMINE: {"petra", "helen", "victor"},
    Permission.ASSESSMENT_REVIEW: {"petra"},
    Permission.ASSESSMENT_SIGN_FOR_AGENCY: {"daniel"},
    Permission.ASSESSMENT_SUBMIT: {"amara"},
    Permission.ASSESSMENT_VIEW: READERS | {"wanda"},
    Permission.CASE_FILE_EXPORT: CITYWIDE,
    Permission.CITY_ADMINISTER: {"adam", "system"},
    Permission.COMMENT_VIEW: READERS,
    Permission.COMMITMENT_ACCEPT: {"petra", "helen"},
    Permission.COMMITMENT_DROP: {"helen", "victor"},
    Permission.COMMITMENT_ESCALATE: {"system"},
    Permission.COMMITMENT_MAKE: {"petra", "helen", "victor", "system"},
    Permission.COMMITMENT_REPORT: {"amara"},
    Permission.COMMITMENT_VIEW: READERS,
    Permission.CONSULTATION_RECORD: {"amara", "daniel", "petra"},
    Permission.CONTRIBUTION_ASK: {"amara", "daniel", "petra"},
    Permission.CONTRIBUTION_GIVE: {"sofia"},
    Permission.DEPUTY_NAME: READERS | {"adam"},
    Permission.DISPOSAL_APPROVE: {"helen"},
    Permission.DISPOSAL_CARRY_OUT: {"system"},
    Permission.DISPOSAL_KEEP: {"petra", "helen"},
    Permission.DISPOSAL_PROPOSE: {"petra", "system"},
    Permission.DISPOSAL_VIEW: CITYWIDE,
    Permission.EMERGENCY_EXCEPTION_END: {"amara", "daniel", "petra", "helen", "victor"},
    Permission.EMERGENCY_EXCEPTION_EXPIRE: {"system"},
    Permission.EMERGENCY_EXCEPTION_GRANT: {"victor"},
    Permission.EMERGENCY_EXCEPTION_REQUEST: {"amara", "daniel"},
    Permission.EMERGENCY_EXCEPTION_VIEW: READERS,
    Permission.EMERGENCY_EXCEPTION_WITHDRAW: {"amara"},
    Permission.FINDING_ANSWER: {"amara", "daniel", "petra", "helen"},
    Permission.INITIATIVE_CLEAR: {"system"},
    Permission.INITIATIVE_GO_LIVE: {"amara", "daniel"},
    Permission.INITIATIVE_REGISTER: {"amara", "daniel"},
    Permission.INITIATIVE_VIEW: READERS | {"wanda"},
    Permission.LEGAL_HOLD_PLACE: {"petra", "helen"},
    Permission.OBSERVATION_FILE: {"wanda"},
    Permission.OBSERVER_APPOINT: {"helen"},
    Permission.POLICY_ADOPT: {"helen"},
    Permission.POLICY_CALL_REVIEW: {"system"},
    Permission.POLICY_DRAFT: {"petra", "helen"},
    Permission.POLICY_REAFFIRM: {"helen"},
    Permission.POLICY_SUPERSEDE: {"system"},
    Permission.POLICY_VIEW: READERS | {"adam"},
    Permission.POLICY_VIEW_DRAFT: {"petra", "helen", "victor", "ingrid"},
    Permission.PROGRAMME_AUDIT_CONCLUDE: {"helen"},
    Permission.PROGRAMME_AUDIT_CONDUCT: {"ingrid"},
    Permission.PROGRAMME_AUDIT_PLAN: {"helen", "system"},
    Permission.PROGRAMME_AUDIT_VIEW: CITYWIDE,
    Permission.PROGRAMME_VIEW: READERS,
    Permission.PUBLICATION_COMPLETE: {"system"},
    Permission.PUBLICATION_PUBLISH: {"petra"},
    Permission.PUBLICATION_RETRACT: {"helen"},
    Permission.RECONSIDERATION_DECIDE: {"petra", "helen"},
    Permission.RECONSIDERATION_RAISE: READERS | {"system"},
    Permission.RECONSIDERATION_VIEW: READERS,
    Permission.RECONSIDERATION_WITHDRAW: {"amara"},
    Permission.SPOT_CHECK_CONDUCT: {"petra", "helen"},
    Permission.SPOT_CHECK_VIEW: CITYWIDE,
    Permission.WITHHOLDING_APPROVE: {"helen"},
    Permission.WITHHOLDING_DISCLOSE: {"helen"},
    Permission.WITHHOLDING_PROPOSE: {"petra"},
    Permission.WITHHOLDING_VIEW: READERS,
    Permission.VENDOR_RESPONSE_ANSWER: {"vendor"},
    Permission.VENDOR_RESPONSE_EVALUATE: {"petra"},
    Permission.VENDOR_RESPONSE_EXPIRE: {"system"},
    Permission.VENDOR_RESPONSE_ISSUE: {"petra", "system"},
    Permission.VENDOR_RESPONSE_VIEW: READERS,
}


def test_every_permission_has_a_rule_and_a_row_here() -> None:
    assert set(RULES) == set(Permission) == set(ALLOWED)


@pytest.mark.parametrize("permission", Permission)
def test_only_these_people_may(permission: Permission) -> None:
    may_do = {name for name, actor in PERSONAS.items() if may(actor, permission, RECORD)}
    assert may_do == ALLOWED[permission]


@pytest.mark.parametrize(
    "permission",
    [
        Permission.ASSESSMENT_REVIEW,
        Permission.ASSESSMENT_DETERMINE,
        Permission.ASSESSMENT_SIGN_FOR_AGENCY,
        Permission.ASSESSMENT_DECIDE,
        Permission.ANNUAL_AUDIT_CONDUCT,
        Permission.PUBLICATION_PUBLISH,
        Permission.PUBLICATION_RETRACT,
    ],
)
def test_an_author_with_every_role_still_cannot_judge_the_own_text(permission: Permission) -> None:
    everything = Actor(AMARA, "Amara", tuple(Grant(role) for role in Role))
    with pytest.raises(NotAllowed, match="You wrote this"):
        check_may(everything, permission, RECORD)


def test_a_refusal_names_who_may() -> None:
    with pytest.raises(NotAllowed) as refusal:
        check_may(PERSONAS["otto"], Permission.ASSESSMENT_REVIEW, RECORD)
    assert "Privacy officer" in refusal.value.who_can_help


def test_nobody_without_a_role_may_do_anything() -> None:
    nobody = Actor(uuid.uuid4(), "Nobody", ())
    assert not [permission for permission in Permission if may(nobody, permission, RECORD)]
