"""The roles of foundation 4, and the actor: somebody doing something now, with the roles they hold today."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from enum import StrEnum

from pia_engine.errors import N_, NotAllowed


class Role(StrEnum):  # stored in designations: a change needs a migration
    AGENCY_OFFICIAL = "agency_official"
    CONTRIBUTOR = "contributor"
    PRIVACY_OFFICER = "privacy_officer"
    SENIOR_PRIVACY_OFFICIAL = "senior_privacy_official"
    EXECUTIVE = "executive"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"
    OBSERVER = "observer"
    VENDOR_RESPONDENT = "vendor_respondent"
    SYSTEM = "system"


ROLE_NAMES = {
    Role.AGENCY_OFFICIAL: N_("Agency official"),
    Role.CONTRIBUTOR: N_("Contributor"),
    Role.PRIVACY_OFFICER: N_("Privacy officer"),
    Role.SENIOR_PRIVACY_OFFICIAL: N_("Senior privacy official"),
    Role.EXECUTIVE: N_("Executive (city manager)"),
    Role.AUDITOR: N_("Auditor"),
    Role.ADMINISTRATOR: N_("Administrator"),
    Role.OBSERVER: N_("Independent observer"),
    Role.VENDOR_RESPONDENT: N_("Vendor respondent"),
    Role.SYSTEM: N_("PIA Engine"),
}

ROLE_DUTIES = {
    Role.AGENCY_OFFICIAL: N_("Writes assessments for a department, or signs for it what a colleague wrote."),
    Role.CONTRIBUTOR: N_("Adds expert answers: security, legal, records, equity."),
    Role.PRIVACY_OFFICER: N_("Determines, reviews, advises, deals with vendors and publishes."),
    Role.SENIOR_PRIVACY_OFFICIAL: N_("Owns the policy, decides on lower risk, concludes audits."),
    Role.EXECUTIVE: N_("Decides where the remaining risk is high."),
    Role.AUDITOR: N_("Sees everything, conducts the annual audits, changes nothing else."),
    Role.ADMINISTRATOR: N_("Looks after accounts, designations and messages; cannot read assessments."),
}

DESIGNATED_ROLES = tuple(ROLE_DUTIES)
DEPARTMENT_ROLES = frozenset({Role.AGENCY_OFFICIAL})
REQUIRED_ROLES = (Role.PRIVACY_OFFICER, Role.SENIOR_PRIVACY_OFFICIAL, Role.EXECUTIVE, Role.AUDITOR)
"""Those a city cannot do without. Each department needs two agency officials besides: one writes, another signs."""
AUTHORING_ROLES = frozenset({Role.AGENCY_OFFICIAL, Role.CONTRIBUTOR, Role.VENDOR_RESPONDENT, Role.AUDITOR})
"""Those whose answers are the text; the privacy officer's are advice on it."""


@dataclass(frozen=True, slots=True)
class Grant:
    """A role held today. `scope` is the department it reaches (or the vendor response); None reaches the city.

    A deputy's grant names in `represents` the designated person it is borrowed from.
    """

    role: Role
    scope: uuid.UUID | None = None
    represents: uuid.UUID | None = None
    represents_name: str = ""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts. Made from designations valid on the day, or for the vendor of one link, or for the product itself.

    For one act, `permissions.capacity` says in which role it is done and whom it is done for.
    """

    id: uuid.UUID | None
    name: str
    grants: tuple[Grant, ...]
    capacity: Role | None = None
    represents: uuid.UUID | None = None

    @property
    def person_id(self) -> uuid.UUID:
        """The acting person's id. Raises NotAllowed for a vendor or the product, who hold no account."""
        if self.id is None:
            raise NotAllowed(N_("Only somebody with an account can do this."))
        return self.id

    @property
    def roles(self) -> frozenset[Role]:
        return frozenset(grant.role for grant in self.grants)

    def departments(self, role: Role) -> frozenset[uuid.UUID | None]:
        """Where the actor holds `role`; None in the set means everywhere."""
        return frozenset(grant.scope for grant in self.grants if grant.role is role)


SYSTEM = Actor(None, "PIA Engine", (Grant(Role.SYSTEM),))
NOBODY = Actor(None, "", ())
