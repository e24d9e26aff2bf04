"""Who was heard in a story of the demo, and what its independent observer states."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy.orm import Session

from pia_engine.demo.chapter import Chapter
from pia_engine.register.hearing import statement_digest
from pia_engine.services import consultations, observations
from pia_engine.services.consultations import Heard
from pia_engine.services.initiatives import get_initiative
from pia_engine.services.observers import list_observers


def consult(session: Session, chapter: Chapter, by: str, now: dt.datetime) -> None:
    """Record everybody asked until today who is not on the list, with the reply where it is there."""
    full, actor = chapter.full(session), chapter.actor(session, by, now)
    listed = {each.who for each in consultations.list_consultations(session, full)}
    for entry in chapter.content["hearing"]["consultations"]:
        if entry["asked_on"] <= now.date() and entry["who"] not in listed:
            consultations.record_consultation(session, full, _heard(entry, now.date()), actor=actor, now=now)


def hear_replies(session: Session, chapter: Chapter, by: str, now: dt.datetime) -> None:
    """Add the replies that have come until today, with what became of them."""
    actor = chapter.actor(session, by, now)
    stated = {entry["who"]: entry for entry in chapter.content["hearing"]["consultations"]}
    for each in consultations.list_consultations(session, chapter.full(session)):
        if not each.reply:
            heard, seen = _heard(stated[each.who], now.date()), consultations.digest_of(each)
            consultations.change_consultation(session, each, heard, seen=seen, actor=actor, now=now)


def appoint_observer(session: Session, chapter: Chapter, by: str, now: dt.datetime) -> None:
    """Let somebody from outside read the initiative."""
    said = chapter.content["hearing"]["observer"]
    new = observations.NewObserver(
        chapter.person(session, said["who"]), now.date(), said["until_on"], said["organisation"]
    )
    initiative = get_initiative(session, chapter.initiative)
    observations.appoint_observer(session, initiative, new, actor=chapter.actor(session, by, now), now=now)


def observe(session: Session, chapter: Chapter, by: str, now: dt.datetime) -> None:
    """File the observer's statement."""
    (observer,) = list_observers(session, get_initiative(session, chapter.initiative))
    text = chapter.content["hearing"]["observer"]["statement"].strip()
    seen, actor = statement_digest(text), chapter.actor(session, by, now)
    observations.file_statement(session, observer, text=text, seen=seen, actor=actor, now=now)


def _heard(entry: dict[str, Any], today: dt.date) -> Heard:
    texts: dict[str, Any] = {
        name: str(entry.get(name) or "").strip() for name in ("kind", "who", "capacity", "channel", "asked")
    }
    has_replied = entry["replied_on"] <= today
    return Heard(
        **texts,
        asked_on=entry["asked_on"],
        reply=entry["reply"].strip() if has_replied else "",
        replied_on=entry["replied_on"] if has_replied else None,
        effect=entry["effect"].strip() if has_replied else "",
    )


STEPS = {
    "consult": consult,
    "hear_replies": hear_replies,
    "appoint_observer": appoint_observer,
    "observe": observe,
}
