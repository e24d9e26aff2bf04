"""The audit trail says in which role somebody acted."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from pia_engine.models import AuditEvent
from pia_engine.permissions.roles import Role
from pia_engine.services.capacities import WITHOUT_A_ROLE, permission_for
from pia_engine.web.event_words import EVENT_WORDS
from tests.factories.walks import Walk

OF_ITSELF = {
    "annual-audit:report-signed",
    "annual-audit:scheduled",
    "initial-assessment:lot-drawn",
    "programme-audit:report-signed",
    "programme-audit:sample-drawn",
    "reconsideration:escalated",
    "sign-offs:voided",
    "spot-check:drawn",
}
"""What the product does because of something else, and what follows from a change of answers."""


def test_every_event_names_the_permission_it_rests_on() -> None:
    without = {event for event in EVENT_WORDS if permission_for(event) is None}
    assert without - WITHOUT_A_ROLE - OF_ITSELF == set(), "add a row to services/capacities.py"


def test_each_step_of_an_assessment_is_on_record_with_the_role_of_that_day(session: Session, walk: Walk) -> None:
    record = walk.full("approved", residual="high")
    rows = list(session.scalars(select(AuditEvent).where(AuditEvent.aggregate_id == record.id)))
    roles = {row.event: row.role for row in rows}
    assert roles["full-assessment:begun"] == Role.PRIVACY_OFFICER
    assert roles["full-assessment:submitted"] == Role.AGENCY_OFFICIAL
    assert roles["full-assessment:recommended"] == Role.PRIVACY_OFFICER
    assert roles["full-assessment:agency-signed"] == Role.AGENCY_OFFICIAL
    assert roles["full-assessment:approved"] == Role.EXECUTIVE
    assert {row.represented_id for row in rows} == {None}
