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

    `own` is what an author is told whom False keeps out.
    """

    roles: frozenset[Role]
    author: bool | None = None
    own: str = N_("You wrote this assessment, so you cannot review, sign or audit it: somebody else has to.")


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

RULES: dict[Permission, Rule] = {
    Permission.ANNUAL_AUDIT_CALL: _rule(Role.SYSTEM),
    Permission.ANNUAL_AUDIT_CONCLUDE: _rule(Role.SENIOR_PRIVACY_OFFICIAL, author=False),
    Permission.ANNUAL_AUDIT_CONDUCT: _rule(Role.AUDITOR, author=False),
    Permission.ANNUAL_AUDIT_VIEW: _rule(*_READERS),
    Permission.ASSESSMENT_ANSWER: _rule(Role.AGENCY_OFFICIAL, Role.CONTRIBUTOR, Role.PRIVACY_OFFICER),
    Permission.ASSESSMENT_CARRY_SIGNATURE: _rule(Role.SYSTEM),
    Permission.ASSESSMENT_COMMENT: _rule(*(role for role in _READERS if role is not Role.AUDITOR)),
    Permission.ASSESSMENT_DECIDE: _rule(Role.SENIOR_PRIVACY_OFFICIAL, Role.EXECUTIVE, author=False),
    Permission.ASSESSMENT_DETERMINE: _rule(
        Role.PRIVACY_OFFICER, Role.SENIOR_PRIVACY_OFFICIAL, Role.EXECUTIVE, author=False
    ),
    Permission.ASSESSMENT_REVIEW: _rule(Role.PRIVACY_OFFICER, author=False),
    Permission.ASSESSMENT_SIGN_FOR_AGENCY: _rule(Role.AGENCY_OFFICIAL, author=False),
    Permission.ASSESSMENT_SUBMIT: _rule(Role.AGENCY_OFFICIAL, author=True),
    Permission.ASSESSMENT_VIEW: _rule(*_READERS),
    Permission.CITY_ADMINISTER: _rule(Role.ADMINISTRATOR, Role.SYSTEM),
    Permission.CONTRIBUTION_ASK: _rule(Role.AGENCY_OFFICIAL, Role.PRIVACY_OFFICER),
    Permission.CONTRIBUTION_GIVE: _rule(Role.CONTRIBUTOR, author=False),
    Permission.DEPUTY_NAME: _rule(*DESIGNATED_ROLES),
    Permission.INITIATIVE_CLEAR: _rule(Role.SYSTEM),
    Permission.INITIATIVE_GO_LIVE: _rule(Role.AGENCY_OFFICIAL),
    Permission.INITIATIVE_REGISTER: _rule(Role.AGENCY_OFFICIAL),
    Permission.INITIATIVE_VIEW: _rule(*_READERS),
    Permission.POLICY_ADOPT: Rule(
        frozenset({Role.SENIOR_PRIVACY_OFFICIAL}),
        author=False,
        own=N_("You began this draft, so you cannot adopt it: another senior privacy official has to."),
    ),
    Permission.POLICY_DRAFT: _rule(Role.PRIVACY_OFFICER, Role.SENIOR_PRIVACY_OFFICIAL),
    Permission.POLICY_SUPERSEDE: _rule(Role.SYSTEM),
    Permission.POLICY_VIEW: _rule(*_READERS, Role.ADMINISTRATOR),
    Permission.POLICY_VIEW_DRAFT: _rule(
        Role.PRIVACY_OFFICER, Role.SENIOR_PRIVACY_OFFICIAL, Role.EXECUTIVE, Role.AUDITOR
    ),
    Permission.PUBLICATION_COMPLETE: _rule(Role.SYSTEM),
    Permission.PUBLICATION_PUBLISH: _rule(Role.PRIVACY_OFFICER, author=False),
    Permission.VENDOR_RESPONSE_ANSWER: _rule(Role.VENDOR_RESPONDENT),
    Permission.VENDOR_RESPONSE_EVALUATE: _rule(Role.PRIVACY_OFFICER),
    Permission.VENDOR_RESPONSE_EXPIRE: _rule(Role.SYSTEM),
    Permission.VENDOR_RESPONSE_ISSUE: _rule(Role.PRIVACY_OFFICER, Role.SYSTEM),
    Permission.VENDOR_RESPONSE_VIEW: _rule(*_READERS),
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
    held = [grant for grant in actor.grants if grant.role in rule.roles and _reaches(grant, subject)]
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
    if not any(grant.role in rule.roles and _reaches(grant, subject) for grant in actor.grants):
        if any(actor.departments(role) for role in rule.roles):
            return NotAllowed(
                N_("This belongs to another department, and your role does not reach it."),
                who_can_help=N_("Its author, or the privacy officer"),
            )
        return NotAllowed(N_("You cannot do this with the roles you hold."), who_can_help=who_may(permission))
    if subject is None or rule.author is None:
        return None
    is_author = actor.id is not None and actor.id == subject.author_id
    if rule.author and not is_author:
        return NotAllowed(N_("Only the author of this assessment can do this."), who_can_help=N_("The author"))
    if is_author and not rule.author:
        return NotAllowed(rule.own, who_can_help=who_may(permission))
    if not grants_for(actor, permission, subject):
        return NotAllowed(
            N_("You would do this for its author. Nobody judges their own work, not through a deputy either."),
            who_can_help=who_may(permission),
        )
    return None


def _reaches(grant: Grant, subject: Subject | None) -> bool:
    return subject is None or grant.scope is None or grant.scope in (subject.department_id, subject.id)
