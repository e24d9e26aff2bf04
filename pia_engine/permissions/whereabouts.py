"""Where a refusal leads: symbolic places that the site turns into addresses. No address is known here."""

from __future__ import annotations

from collections.abc import Iterable

from pia_engine.permissions.roles import Role
from pia_engine.questionnaires.definition import Question, Questionnaire


def holders_of(roles: Iterable[Role | None]) -> str:
    """The chart of roles, at the first of these that people hold."""
    named = [role for role in roles if role is not None and role is not Role.SYSTEM]
    return f"roles:{named[0]}" if named else "roles"


def question_of(questionnaire: Questionnaire, question: Question) -> str:
    """A question in its section."""
    return f"sections:{questionnaire.section_of(question.id).id}:{question.id}"
