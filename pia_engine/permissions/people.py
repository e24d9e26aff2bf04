"""May this *person* do it? One table; whether the *record* allows it now is asked in `records`.

Worked example: a privacy officer may review assessments (here), but not one she wrote herself (here too, it is
about her), and not one still in draft (that is the record's state, so it stands in the workflow table).
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Protocol

from pia_engine.errors import N_, NotAllowed
from pia_engine.permissions.roles import DESIGNATED_ROLES, ROLE_NAMES, Actor, Grant, Role
from pia_engine.permissions.vocabulary import Permission
from pia_engine.permissions.whereabouts import holders_of


class Subject(Protocol):
    """What a rule needs to know of a record."""

    @property
    def id(self) -> uuid.UUID: ...
    @property
    def department_id(self) -> uuid.UUID | None: ...
    @property
    def author_id(self) -> uuid.UUID | None: ...


@dataclass(frozen=True, slots=True)
class Rule:
    """Who holds a permission. `author` True: only the record's author; False: anybody but the author.

    `own` is what an author is told whom False keeps out, `others` what everybody else is told whom True keeps out.
    `anywhere`: the author's own role counts also where it does not reach the record.
    """

    roles: frozenset[Role]
    author: bool | None = None
    own: str = N_("You wrote this assessment, so you cannot review, sign or audit it: somebody else has to.")
    others: str = N_("Only the author of this assessment can do this.")
    anywhere: bool = False


def _rule(*roles: Role, author: bool | None = None) -> Rule:
    return Rule(frozenset(roles), author)


_READERS = (
    Role.AGENCY_OFFICIAL,
    Role.CONTRIBUTOR,
    Role.PRIVACY_OFFICER,
    Role.SENIOR_PRIVACY_OFFICIAL,
    Role.EXECUTIVE,
    Role.AUDITOR,
)
_CITYWIDE = (Role.PRIVACY_OFFICER, Role.SENIOR_PRIVACY_OFFICIAL, Role.EXECUTIVE, Role.AUDITOR)

RULES: dict[Permission, Rule] = {
    Permission.ANNUAL_AUDIT_CALL: _rule(Role.SYSTEM),
    Permission.ANNUAL_AUDIT_CONCLUDE: _rule(Role.SENIOR_PRIVACY_OFFICIAL, author=False),
    Permission.ANNUAL_AUDIT_CONDUCT: _rule(Role.AUDITOR, author=False),
    Permission.ANNUAL_AUDIT_VIEW: _rule(*_READERS),
    Permission.ANNUAL_REPORT_COMPLETE: _rule(Role.SYSTEM),
    Permission.ANNUAL_REPORT_DRAFT: _rule(Role.PRIVACY_OFFICER, Role.SENIOR_PRIVACY_OFFICIAL),
    Permission.ANNUAL_REPORT_PUBLISH: Rule(
        frozenset({Role.SENIOR_PRIVACY_OFFICIAL}),
        author=False,
        own=N_("You wrote this report, so you cannot publish it: another senior privacy official does."),
    ),
    Permission.ANNUAL_REPORT_VIEW: _rule(*_CITYWIDE),
    Permission.ASSESSMENT_ANSWER: _rule(Role.AGENCY_OFFICIAL, Role.CONTRIBUTOR, Role.PRIVACY_OFFICER),
    Permission.ASSESSMENT_CARRY_SIGNATURE: _rule(Role.SYSTEM),
    Permission.ASSESSMENT_CLASSIFY: _rule(Role.PRIVACY_OFFICER, Role.SENIOR_PRIVACY_OFFICIAL),
    Permission.ASSESSMENT_COMMENT: _rule(*(role for role in _READERS if role is not Role.AUDITOR)),
    Permission.ASSESSMENT_DECIDE: _rule(Role.SENIOR_PRIVACY_OFFICIAL, Role.EXECUTIVE, author=False),
    Permission.ASSESSMENT_DETERMINE: _rule(
        Role.PRIVACY_OFFICER, Role.SENIOR_PRIVACY_OFFICIAL, Role.EXECUTIVE, author=False
    ),
    Permission.ASSESSMENT_REVIEW: _rule(Role.PRIVACY_OFFICER, author=False),
    Permission.ASSESSMENT_SIGN_FOR_AGENCY: _rule(Role.AGENCY_OFFICIAL, author=False),
    Permission.ASSESSMENT_SUBMIT: _rule(Role.AGENCY_OFFICIAL, author=True),
    Permission.ASSESSMENT_VIEW: _rule(*_READERS, Role.OBSERVER),
    Permission.CASE_FILE_EXPORT: _rule(*_CITYWIDE),
    Permission.CITY_ADMINISTER: _rule(Role.ADMINISTRATOR, Role.SYSTEM),
    Permission.COMMENT_VIEW: _rule(*_READERS),
    Permission.COMMITMENT_ACCEPT: Rule(
        frozenset({Role.PRIVACY_OFFICER, Role.SENIOR_PRIVACY_OFFICIAL}),
        author=False,
        own=N_("You keep this commitment yourself, so you cannot close it: somebody else looks at the evidence."),
    ),
    Permission.COMMITMENT_DROP: Rule(
        frozenset({Role.SENIOR_PRIVACY_OFFICIAL, Role.EXECUTIVE}),
        author=False,
        own=N_("You keep this commitment yourself, so you cannot drop it: somebody else has to."),
    ),
    Permission.COMMITMENT_ESCALATE: _rule(Role.SYSTEM),
    Permission.COMMITMENT_MAKE: _rule(Role.PRIVACY_OFFICER, Role.SENIOR_PRIVACY_OFFICIAL, Role.EXECUTIVE, Role.SYSTEM),
    Permission.COMMITMENT_REPORT: Rule(
        frozenset(_READERS) - {Role.AUDITOR},
        author=True,
        others=N_("Only whoever keeps this commitment can report it as kept."),
        anywhere=True,
    ),
    Permission.COMMITMENT_VIEW: Rule(frozenset(_READERS), anywhere=True),
    Permission.CONSULTATION_RECORD: _rule(Role.AGENCY_OFFICIAL, Role.PRIVACY_OFFICER),
    Permission.CONTRIBUTION_ASK: _rule(Role.AGENCY_OFFICIAL, Role.PRIVACY_OFFICER),
    Permission.CONTRIBUTION_GIVE: _rule(Role.CONTRIBUTOR, author=False),
    Permission.DEPUTY_NAME: _rule(*DESIGNATED_ROLES),
    Permission.DISPOSAL_APPROVE: Rule(
        frozenset({Role.SENIOR_PRIVACY_OFFICIAL}),
        author=False,
        own=N_("You proposed this disposal, so you cannot approve it: two people decide that records are deleted."),
    ),
    Permission.DISPOSAL_CARRY_OUT: _rule(Role.SYSTEM),
    Permission.DISPOSAL_KEEP: _rule(Role.PRIVACY_OFFICER, Role.SENIOR_PRIVACY_OFFICIAL),
    Permission.DISPOSAL_PROPOSE: _rule(Role.PRIVACY_OFFICER, Role.SYSTEM),
    Permission.DISPOSAL_VIEW: _rule(*_CITYWIDE),
    Permission.EMERGENCY_EXCEPTION_END: _rule(
        Role.AGENCY_OFFICIAL, Role.PRIVACY_OFFICER, Role.SENIOR_PRIVACY_OFFICIAL, Role.EXECUTIVE
    ),
    Permission.EMERGENCY_EXCEPTION_EXPIRE: _rule(Role.SYSTEM),
    Permission.EMERGENCY_EXCEPTION_GRANT: Rule(
        frozenset({Role.EXECUTIVE}),
        author=False,
        own=N_("You asked for this exception, so you cannot grant or refuse it: somebody else has to."),
    ),
    Permission.EMERGENCY_EXCEPTION_REQUEST: _rule(Role.AGENCY_OFFICIAL),
    Permission.EMERGENCY_EXCEPTION_VIEW: _rule(*_READERS),
    Permission.EMERGENCY_EXCEPTION_WITHDRAW: Rule(
        frozenset({Role.AGENCY_OFFICIAL}),
        author=True,
        others=N_("Only whoever asked for this exception can withdraw the request."),
    ),
    Permission.FINDING_ANSWER: _rule(Role.AGENCY_OFFICIAL, Role.PRIVACY_OFFICER, Role.SENIOR_PRIVACY_OFFICIAL),
    Permission.INITIATIVE_CLEAR: _rule(Role.SYSTEM),
    Permission.INITIATIVE_GO_LIVE: _rule(Role.AGENCY_OFFICIAL),
    Permission.INITIATIVE_REGISTER: _rule(Role.AGENCY_OFFICIAL),
    Permission.INITIATIVE_VIEW: _rule(*_READERS, Role.OBSERVER),
    Permission.LEGAL_HOLD_PLACE: _rule(Role.PRIVACY_OFFICER, Role.SENIOR_PRIVACY_OFFICIAL),
    Permission.OBSERVATION_FILE: _rule(Role.OBSERVER),
    Permission.OBSERVER_APPOINT: _rule(Role.SENIOR_PRIVACY_OFFICIAL),
    Permission.POLICY_ADOPT: Rule(
        frozenset({Role.SENIOR_PRIVACY_OFFICIAL}),
        author=False,
        own=N_("You began this draft, so you cannot adopt it: another senior privacy official has to."),
    ),
    Permission.POLICY_CALL_REVIEW: _rule(Role.SYSTEM),
    Permission.POLICY_DRAFT: _rule(Role.PRIVACY_OFFICER, Role.SENIOR_PRIVACY_OFFICIAL),
    Permission.POLICY_REAFFIRM: _rule(Role.SENIOR_PRIVACY_OFFICIAL),
    Permission.POLICY_SUPERSEDE: _rule(Role.SYSTEM),
    Permission.POLICY_VIEW: _rule(*_READERS, Role.ADMINISTRATOR),
    Permission.POLICY_VIEW_DRAFT: _rule(
        Role.PRIVACY_OFFICER, Role.SENIOR_PRIVACY_OFFICIAL, Role.EXECUTIVE, Role.AUDITOR
    ),
    Permission.PROGRAMME_AUDIT_CONCLUDE: _rule(Role.SENIOR_PRIVACY_OFFICIAL),
    Permission.PROGRAMME_AUDIT_CONDUCT: _rule(Role.AUDITOR),
    Permission.PROGRAMME_AUDIT_PLAN: _rule(Role.SENIOR_PRIVACY_OFFICIAL, Role.SYSTEM),
    Permission.PROGRAMME_AUDIT_VIEW: _rule(*_CITYWIDE),
    Permission.PROGRAMME_VIEW: _rule(*_READERS),
    Permission.PUBLICATION_COMPLETE: _rule(Role.SYSTEM),
    Permission.PUBLICATION_PUBLISH: _rule(Role.PRIVACY_OFFICER, author=False),
    Permission.PUBLICATION_RETRACT: _rule(Role.SENIOR_PRIVACY_OFFICIAL, author=False),
    Permission.RECONSIDERATION_DECIDE: _rule(Role.PRIVACY_OFFICER, Role.SENIOR_PRIVACY_OFFICIAL),
    Permission.RECONSIDERATION_RAISE: _rule(*_READERS, Role.SYSTEM),
    Permission.RECONSIDERATION_VIEW: _rule(*_READERS),
    Permission.RECONSIDERATION_WITHDRAW: Rule(
        frozenset(_READERS),
        author=True,
        others=N_("Only whoever reported this can withdraw it."),
    ),
    Permission.SPOT_CHECK_CONDUCT: _rule(Role.PRIVACY_OFFICER, Role.SENIOR_PRIVACY_OFFICIAL, author=False),
    Permission.SPOT_CHECK_VIEW: _rule(*_CITYWIDE),
    Permission.VENDOR_RESPONSE_ANSWER: _rule(Role.VENDOR_RESPONDENT),
    Permission.VENDOR_RESPONSE_EVALUATE: _rule(Role.PRIVACY_OFFICER),
    Permission.VENDOR_RESPONSE_EXPIRE: _rule(Role.SYSTEM),
    Permission.VENDOR_RESPONSE_ISSUE: _rule(Role.PRIVACY_OFFICER, Role.SYSTEM),
    Permission.VENDOR_RESPONSE_VIEW: _rule(*_READERS),
    Permission.WITHHOLDING_APPROVE: Rule(
        frozenset({Role.SENIOR_PRIVACY_OFFICIAL}),
        author=False,
        own=N_("You proposed to withhold this, so you cannot decide it: somebody else has to."),
    ),
    Permission.WITHHOLDING_DISCLOSE: _rule(Role.SENIOR_PRIVACY_OFFICIAL, author=False),
    Permission.WITHHOLDING_PROPOSE: _rule(Role.PRIVACY_OFFICER),
    Permission.WITHHOLDING_VIEW: _rule(*_READERS),
}


def may(actor: Actor, permission: Permission, subject: Subject | None = None) -> bool:
    """The rule as a boolean, for choosing what to show."""
    return _refusal(actor, permission, subject) is None


def check_may(actor: Actor, permission: Permission, subject: Subject | None = None) -> None:
    """The rule with a sentence. Raises NotAllowed naming who may."""
    refusal = _refusal(actor, permission, subject)
    if refusal is not None:
        raise refusal


def grants_for(actor: Actor, permission: Permission, subject: Subject | None = None) -> tuple[Grant, ...]:
    """What the actor holds the permission by, their own roles before those of people they stand in for.

    Where authors are kept out, standing in for the author counts for nothing.
    """
    rule = RULES[permission]
    held = [grant for grant in actor.grants if _counts(grant, rule, actor, subject)]
    if rule.author is False and subject is not None:
        held = [grant for grant in held if grant.represents is None or grant.represents != subject.author_id]
    return tuple(sorted(held, key=lambda grant: grant.represents is not None))


def roles_for(actor: Actor, permission: Permission, subject: Subject | None = None) -> frozenset[Role]:
    """The roles the actor holds the permission by."""
    return frozenset(grant.role for grant in grants_for(actor, permission, subject))


def who_may(permission: Permission) -> str:
    """The roles that hold a permission, in words."""
    return ", ".join(ROLE_NAMES[role] for role in Role if role in RULES[permission].roles - {Role.SYSTEM})


def _refusal(actor: Actor, permission: Permission, subject: Subject | None) -> NotAllowed | None:
    rule = RULES[permission]
    help_at = holders_of(role for role in Role if role in rule.roles)
    if not any(_counts(grant, rule, actor, subject) for grant in actor.grants):
        if any(actor.departments(role) for role in rule.roles):
            return NotAllowed(
                N_("This belongs to another department, and your role does not reach it."),
                who_can_help=N_("Its author, or the privacy officer"),
                place=holders_of([Role.PRIVACY_OFFICER]),
            )
        return NotAllowed(
            N_("You cannot do this with the roles you hold."), who_can_help=who_may(permission), place=help_at
        )
    if subject is None or rule.author is None:
        return None
    is_author = actor.id is not None and actor.id == subject.author_id
    if rule.author and not is_author:
        return NotAllowed(rule.others, who_can_help=N_("The author"), place="responsible")
    if is_author and not rule.author:
        return NotAllowed(rule.own, who_can_help=who_may(permission), place=help_at)
    if not grants_for(actor, permission, subject):
        return NotAllowed(
            N_("You would do this for its author. Nobody judges their own work, not through a deputy either."),
            who_can_help=who_may(permission),
            place=help_at,
        )
    return None


def _counts(grant: Grant, rule: Rule, actor: Actor, subject: Subject | None) -> bool:
    if grant.role not in rule.roles:
        return False
    if rule.anywhere and subject is not None and actor.id == subject.author_id and grant.represents is None:
        return True
    return _reaches(grant, subject)


def _reaches(grant: Grant, subject: Subject | None) -> bool:
    """A scope is a department, or one record; an observer's is an initiative, with everything that belongs to it."""
    if subject is None or grant.scope is None:
        return True
    return grant.scope in (subject.department_id, subject.id, getattr(subject, "initiative_id", None))
