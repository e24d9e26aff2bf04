"""Answers carried over from elsewhere: each says where it comes from and waits until somebody confirms it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from sqlalchemy.orm import Session

from pia_engine.models.catalogue import answers_of, questionnaire_for
from pia_engine.permissions.roles import Actor
from pia_engine.questionnaires.mapping import carry_forward
from pia_engine.questionnaires.progress import answers_in_play
from pia_engine.services.answers import check_answerable
from pia_engine.services.history import Given, SheetOwner, write_answers


def carry_answers(
    session: Session,
    target: SheetOwner,
    source: SheetOwner,
    *,
    origin: str,
    note: str,
    actor: Actor,
    now: dt.datetime,
) -> list[str]:
    """Prefill open questions of `target` by the declared mappings; each is marked and waits to be confirmed."""
    in_play = answers_in_play(questionnaire_for(session, source.sheet), answers_of(source.sheet))
    carried = carry_forward(questionnaire_for(session, target.sheet), {source.sheet.questionnaire: in_play})
    settled = {answer.question for answer in target.sheet.answers if answer.is_confirmed and answer.value is not None}
    return write_answers(
        session,
        target,
        [
            Given(item.question, item.value, origin, note, is_confirmed=False)
            for item in carried
            if item.question not in settled
        ],
        event="answers:carried",
        details={"origin": origin, "from": source.reference},
        actor=actor,
        now=now,
    )


def confirm_carried(
    session: Session, record: SheetOwner, shown: Collection[str], *, seen_version: int, actor: Actor, now: dt.datetime
) -> list[str]:
    """Confirm carried answers as they were shown at `seen_version`, without changing any. Returns which.

    Raises NotAllowed for an answer that is not this actor's to give; one changed since it was shown stays open.
    """
    questionnaire = questionnaire_for(session, record.sheet)
    carried = [
        answer
        for answer in record.sheet.answers
        if answer.question in shown and not answer.is_confirmed and answer.saved_in <= seen_version
    ]
    for answer in carried:
        check_answerable(record, questionnaire.question(answer.question), actor)
    given = [Given(answer.question, answer.value) for answer in carried]
    return write_answers(session, record, given, event="answers:confirmed", actor=actor, now=now)
