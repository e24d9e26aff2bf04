"""What of a story the city withholds from the public: proposed by its privacy officer, approved by somebody else."""

from __future__ import annotations

import datetime as dt

from sqlalchemy.orm import Session

from pia_engine.demo.chapter import Chapter
from pia_engine.questionnaires.hiding import Extent
from pia_engine.services import withholdings


def propose_withholdings(session: Session, chapter: Chapter, by: str, now: dt.datetime) -> None:
    """Propose that some words of an answer are not published."""
    full, actor = chapter.full(session), chapter.actor(session, by, now)
    answers = withholdings.answers_of(withholdings.public_draft(session, full, now=now, public_url=""))
    for said in chapter.content["withholdings"]:
        new = withholdings.NewWithholding(
            said["question"], Extent.WORDS, said["ground"], said["reason"].strip(), words=said["words"]
        )
        withholdings.propose_withholding(session, full, new, actor=actor, now=now, answers=answers)


def approve_withholdings(session: Session, chapter: Chapter, by: str, now: dt.datetime) -> None:
    """Approve each, for the reason the story gives."""
    full, actor = chapter.full(session), chapter.actor(session, by, now)
    said = {each["question"]: each["approval"].strip() for each in chapter.content["withholdings"]}
    for proposed in withholdings.list_withholdings(session, full, is_open=True):
        withholdings.approve_withholding(session, proposed, actor=actor, now=now, reason=said[proposed.question])
