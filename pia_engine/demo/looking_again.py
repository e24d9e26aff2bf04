"""What was looked at again in a story: a change that was reported and decided, a delegated decision that was drawn."""

from __future__ import annotations

import datetime as dt

from sqlalchemy.orm import Session

from pia_engine.demo.chapter import Chapter
from pia_engine.errors import N_, NotFound
from pia_engine.services import reconsiderations, spot_checks
from pia_engine.services.initiatives import get_initiative


def report_cause(session: Session, chapter: Chapter, by: str, now: dt.datetime) -> None:
    """Somebody reports what the story says has changed."""
    said = chapter.content["cause"]
    new = reconsiderations.NewCause(
        initiative=get_initiative(session, chapter.initiative),
        assessment=None,
        cause=said["cause"],
        text=said["text"].strip(),
        facts=tuple(said["facts"]),
        happened_on=said.get("happened_on"),
    )
    reconsiderations.raise_cause(session, new, actor=chapter.actor(session, by, now), now=now)


def set_cause_aside(session: Session, chapter: Chapter, by: str, now: dt.datetime) -> None:
    """The officer decides that it changes nothing."""
    reason = chapter.content["cause"]["decision"].strip()
    for cause in reconsiderations.list_open_causes(session, get_initiative(session, chapter.initiative)):
        reconsiderations.set_aside(session, cause, actor=chapter.actor(session, by, now), now=now, reason=reason)


def agree_with_decision(session: Session, chapter: Chapter, by: str, now: dt.datetime) -> None:
    """Somebody who did not make it looks at the decision that was drawn."""
    check = spot_checks.find_spot_check(session, chapter.reference)
    if check is None:
        raise NotFound(N_("This decision was not drawn."))
    reason = chapter.content["spot_check"]["reason"].strip()
    spot_checks.agree(session, check, actor=chapter.actor(session, by, now), now=now, reason=reason)


STEPS = {
    "report_cause": report_cause,
    "set_cause_aside": set_cause_aside,
    "agree_with_decision": agree_with_decision,
}
