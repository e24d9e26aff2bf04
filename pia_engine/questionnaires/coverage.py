"""What a sign-off by section covers: a digest of each section's answers, and which sections hang on another."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

import rfc8785

from pia_engine.questionnaires.conditions import comparisons
from pia_engine.questionnaires.definition import Answers, Question, Questionnaire
from pia_engine.questionnaires.progress import answers_in_play


def section_digests(
    questionnaire: Questionnaire, answers: Answers, *, roles: frozenset[str] | None = None
) -> dict[str, str]:
    """SHA-256 of the answers in play in each section as canonical JSON (RFC 8785), by section id.

    With `roles`, only what people of those roles answer counts.
    """
    in_play = answers_in_play(questionnaire, answers)
    return {
        section.id: hashlib.sha256(
            rfc8785.dumps(
                {
                    question.id: in_play[question.id]
                    for question in section.questions
                    if question.id in in_play and (roles is None or question.answered_by in roles)
                }
            )
        ).hexdigest()
        for section in questionnaire.sections
    }


def changed_sections(covers: Mapping[str, object], present: Mapping[str, str]) -> list[str]:
    """The covered sections whose answers are not what was signed any more."""
    return [section for section, digest in covers.items() if present.get(section) != digest]


def sections_hanging_on(questionnaire: Questionnaire, section_id: str) -> frozenset[str]:
    """Other sections in which an answer of this one decides, by itself or through others, what is asked."""
    deciding = {question.id for question in questionnaire.section(section_id).questions}
    hanging: set[str] = set()
    for section in questionnaire.sections:
        for question in section.questions:
            if deciding & _asked_about(question):
                deciding.add(question.id)
                hanging.add(section.id)
    return frozenset(hanging - {section_id})


def _asked_about(question: Question) -> set[str]:
    return {each.question for each in comparisons(question.shown_when)} if question.shown_when else set()
