"""A policy draft that can be adopted: the default rules with the city's own citations."""

from __future__ import annotations

import datetime as dt

from sqlalchemy.orm import Session

from pia_engine.models import PolicyVersion
from pia_engine.permissions.roles import Actor
from pia_engine.services.policies import save_section
from pia_engine.services.policy_sections import section_content, section_digest

SOUND: dict[str, str] = {
    "adopted_by": "City Council",
    "instrument": "Resolution 2026-31",
    "adopted_on-day": "2",
    "adopted_on-month": "3",
    "adopted_on-year": "2026",
    "changes": "We name our laws now.",
}
"""What the page of adoption asks for."""


def make_sound(session: Session, draft: PolicyVersion, *, actor: Actor, now: dt.datetime) -> None:
    """Give every law of the draft a citation."""
    laws = section_content(draft, "authorities")["authorities"]
    cited = [{**law, "citation": f"City Code, chapter {number}"} for number, law in enumerate(laws, start=1)]
    seen = section_digest(draft, "authorities")
    save_section(session, draft, "authorities", {"authorities": cited}, seen=seen, actor=actor, now=now)
