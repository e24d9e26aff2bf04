"""Assess an initiative again: a new initial assessment, begun from the last one's answers, and what becomes of the
clearance meanwhile.

A new version of a published text is begun by `assessments.begin_new_edition`.
"""

from __future__ import annotations

import datetime as dt

from sqlalchemy.orm import Session

from pia_engine.models import Answer, Assessment, Initiative
from pia_engine.models.catalogue import questionnaire_for
from pia_engine.permissions.roles import Actor
from pia_engine.questionnaires.answers import check_value
from pia_engine.questionnaires.definition import Questionnaire
from pia_engine.services.assessments import carried_on, new_assessment
from pia_engine.services.attachments import carry_attachments
from pia_engine.services.audit import append_event
from pia_engine.services.history import begin_history
from pia_engine.services.initiatives import list_assessments_of, take_clearance_back
from pia_engine.services.references import next_reference
from pia_engine.services.workflow import begin_life
from pia_engine.workflows import initial_assessment
from pia_engine.workflows.initiative import Status


def begin_reassessment(
    session: Session, initiative: Initiative, *, actor: Actor, now: dt.datetime, reason: str
) -> Assessment:
    """A new initial assessment under a new reference, its author the initiative's, each answer to be confirmed.

    A clearance is taken back until it is determined; what is live stays live, and its trail says so. Asks for no
    permission: it follows from a decision that did, and is recorded in the same capacity.
    """
    last = _last_determined(session, initiative)
    assessment = new_assessment(session, initiative, stage="initial", author_id=initiative.author_id, now=now)
    assessment.reference = next_reference(session, "PIA", now)
    if last is not None:
        asked = questionnaire_for(session, assessment.sheet)
        goes_on = [answer for answer in last.sheet.answers if _still_fits(asked, answer)]
        assessment.sheet.answers.extend(carried_on(each, each.value, note=last.reference) for each in goes_on)
    begin_life(session, assessment, "initial-assessment:begun", actor=actor, now=now, reason=reason)
    if last is not None:
        carry_attachments(session, last, assessment, left_out=())
        begin_history(session, assessment, actor=actor, now=now)
    _tell_initiative(session, initiative, assessment, actor=actor, now=now, reason=reason)
    return assessment


def _last_determined(session: Session, initiative: Initiative) -> Assessment | None:
    found = [each for each in list_assessments_of(session, initiative) if each.stage == "initial"]
    return next((each for each in reversed(found) if each.status == initial_assessment.Status.DETERMINED), None)


def _still_fits(asked: Questionnaire, answer: Answer) -> bool:
    """Whether the question is still asked, and this may still be said to it."""
    question = asked.find_question(answer.question)
    return question is not None and answer.value is not None and check_value(question, answer.value) is None


def _tell_initiative(
    session: Session, initiative: Initiative, assessment: Assessment, *, actor: Actor, now: dt.datetime, reason: str
) -> None:
    why = f"{assessment.reference}: {reason}"
    if not take_clearance_back(session, initiative, now=now, reason=why) and initiative.status == Status.LIVE:
        details = {"assessment": assessment.reference}
        event = "initiative:reassessment-begun"
        append_event(session, initiative, event, actor=actor, now=now, reason=why, details=details)
