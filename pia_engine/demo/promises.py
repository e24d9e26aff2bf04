"""What became of a story's commitments: reported, accepted, returned, postponed, or added by hand, on its own facts."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy.orm import Session

from pia_engine.demo.chapter import Chapter
from pia_engine.models import Commitment
from pia_engine.services import commitment_steps
from pia_engine.services.commitments import list_commitments_of
from pia_engine.services.initiatives import get_initiative


def report_promises(session: Session, chapter: Chapter, by: str, now: dt.datetime) -> None:
    """The keeper reports what the story says of this day."""
    for found, said in _of_day(session, chapter, "reported", now):
        commitment_steps.report_kept(
            session, found, evidence=said["evidence"].strip(), actor=chapter.actor(session, by, now), now=now
        )


def accept_promises(session: Session, chapter: Chapter, by: str, now: dt.datetime) -> None:
    """The officer looks at the evidence of this day."""
    for found, said in _of_day(session, chapter, "accepted", now):
        commitment_steps.accept_evidence(
            session, found, reason=said.get("word", ""), actor=chapter.actor(session, by, now), now=now
        )


def return_promises(session: Session, chapter: Chapter, by: str, now: dt.datetime) -> None:
    """The evidence does not show it yet."""
    for found, said in _of_day(session, chapter, "returned", now):
        commitment_steps.return_it(
            session, found, reason=said["missing"].strip(), actor=chapter.actor(session, by, now), now=now
        )


def postpone_promises(session: Session, chapter: Chapter, by: str, now: dt.datetime) -> None:
    """The officer gives another day."""
    for found, said in _of_day(session, chapter, "postponed", now):
        until, reason = said["postponements"][now.date()]
        commitment_steps.postpone(
            session, found, until=until, reason=reason.strip(), actor=chapter.actor(session, by, now), now=now
        )


def add_promise(session: Session, chapter: Chapter, by: str, now: dt.datetime) -> None:
    """The officer adds what was promised beside the text."""
    said = next(each for each in chapter.content["commitments"] if each.get("added") == now.date())
    commitment_steps.add_commitment(
        session,
        get_initiative(session, chapter.initiative),
        text=said["of"],
        keeper=chapter.person(session, said["keeper"]),
        due_on=said["due_on"],
        is_public=True,
        actor=chapter.actor(session, by, now),
        now=now,
    )


def _of_day(session: Session, chapter: Chapter, what: str, now: dt.datetime) -> list[tuple[Commitment, dict[str, Any]]]:
    """The story's lines for this day, each with its commitment: named by its risk, or by how its text begins."""
    known = list_commitments_of(session, get_initiative(session, chapter.initiative))
    said = [dict(each) for each in chapter.content["commitments"] if _happens(each, what, now.date())]
    return [(next(c for c in known if c.source_id == s["of"] or c.text.startswith(s["of"])), s) for s in said]


def _happens(said: dict[str, Any], what: str, day: dt.date) -> bool:
    return day in said.get("postponements", {}) if what == "postponed" else said.get(what) == day
