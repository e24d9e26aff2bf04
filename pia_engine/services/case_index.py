"""The readable page of a case file: what it is about, what was decided, what was answered, what happened, and what else
lies in the archive. One self-contained page, in the city's language.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from pia_engine.documents.case_archives import Member
from pia_engine.errors import N_
from pia_engine.models import (
    AnnualAudit,
    Assessment,
    Attachment,
    AuditEvent,
    Determination,
    Initiative,
    Review,
    SignOff,
    VendorResponse,
)
from pia_engine.models.catalogue import answers_of, questionnaire_for
from pia_engine.models.policy_rules import PolicyRules, read_rules
from pia_engine.models.record_kinds import CLASSIFICATIONS
from pia_engine.questionnaires.answers import show_value
from pia_engine.questionnaires.definition import Question, QuestionType, Value
from pia_engine.questionnaires.values import is_answered
from pia_engine.register.language import Language, language_of
from pia_engine.register.risks import register_columns, register_words
from pia_engine.services.cities import get_city
from pia_engine.services.history import SheetOwner
from pia_engine.services.policies import current_rules
from pia_engine.services.record_tables import list_chains
from pia_engine.services.workflow import status_label
from pia_engine.templating import document_environment
from pia_engine.workflows.outcomes import OUTCOMES

REGISTERS = frozenset({QuestionType.RISKS, QuestionType.PRINCIPLES})
MOST_EVENTS = 5000
"""Of the newest events; the chains themselves hold all."""


@dataclass(frozen=True, slots=True)
class AnsweredSheet:
    """One set of answers in words: whose it is, and by section the questions answered."""

    title: str
    status: str
    sections: tuple[tuple[str, tuple[tuple[str, list[str]], ...]], ...]


def render_index(
    session: Session,
    initiative: Initiative,
    *,
    reference: str,
    instant: dt.datetime,
    counts: dict[str, int],
    files: Sequence[Member],
) -> bytes:
    """The page as bytes; the same state and instant give the same bytes."""
    city = get_city(session)
    language = language_of(city.language, city.time_zone)
    stages = _stages(session, initiative)
    keys = [stage.id for stage in stages]
    page = document_environment(city.language).get_template("documents/case_file.html").render(
        city=city,
        lang=language.code,
        text_direction=language.direction,
        initiative=initiative,
        reference=reference,
        status=language.say(status_label(initiative)),
        classification=language.say(CLASSIFICATIONS[initiative.classification]),
        moment=language.moment,
        day_of=language.day_of,
        instant=instant,
        determinations=[
            (each, language.say(OUTCOMES[each.outcome]))
            for each in _of(session, Determination, keys, Determination.determined_at)
        ],
        reviews=_of(session, Review, keys, Review.started_at),
        sign_offs=_of(session, SignOff, keys, SignOff.signed_at),
        sheets=_sheets(session, initiative, stages, language),
        attachments=_of(session, Attachment, keys, Attachment.uploaded_at),
        events=_events(session, initiative),
        chains=list(list_chains(session, initiative)),
        counts=sorted(counts.items()),
        files=[member.path for member in files],
    )  # fmt: skip
    return page.encode()


def _stages(session: Session, initiative: Initiative) -> list[Assessment]:
    query = select(Assessment).where(Assessment.initiative_id == initiative.id)
    order = (Assessment.reference, Assessment.stage.desc(), Assessment.edition)
    return list(session.scalars(query.order_by(*order)))


def _of(session: Session, kind: Any, keys: list[Any], order: Any) -> list[Any]:
    return list(session.scalars(select(kind).where(kind.assessment_id.in_(keys)).order_by(order, kind.id)))


def _events(session: Session, initiative: Initiative) -> list[AuditEvent]:
    """What happened, oldest first."""
    keys = [key for _table, key, *_ in list_chains(session, initiative)]
    query = select(AuditEvent).where(AuditEvent.aggregate_id.in_(keys)).order_by(AuditEvent.id.desc())
    return list(reversed(session.scalars(query.limit(MOST_EVENTS)).all()))


def _sheets(
    session: Session, initiative: Initiative, stages: list[Assessment], language: Language
) -> list[AnsweredSheet]:
    """The answers as they stand: of every stage, of vendors, of audits."""
    found = [_read(session, each, _stage_words(each), language, read_rules(each.policy_version)) for each in stages]
    rules = current_rules(session)
    vendors = select(VendorResponse).where(VendorResponse.initiative_id == initiative.id).order_by(VendorResponse.id)
    found += [_read(session, each, each.company, language, rules) for each in session.scalars(vendors)]
    audits = _of(session, AnnualAudit, [stage.id for stage in stages], AnnualAudit.due_on)
    found += [_read(session, each, language.say(N_("annual audit")), language, rules) for each in audits]
    return found


def _stage_words(stage: Assessment) -> str:
    return stage.stage if stage.stage == "initial" else f"{stage.stage} v{stage.edition}"


def _read(session: Session, record: SheetOwner, of: str, language: Language, rules: PolicyRules) -> AnsweredSheet:
    answers = answers_of(record.sheet)
    sections = []
    for section in questionnaire_for(session, record.sheet).sections:
        given = [each for each in section.questions if is_answered(answers.get(each.id))]
        entries = tuple((each.text, _words(each, answers[each.id], language, rules)) for each in given)
        if entries:
            sections.append((section.title, entries))
    return AnsweredSheet(f"{record.reference}: {of}", language.say(status_label(record)), tuple(sections))


def _words(question: Question, value: Value, language: Language, rules: PolicyRules) -> list[str]:
    """An answer as lines: one for a text, one for each entry of a list or a register."""
    if question.type in REGISTERS:
        shown: Any = register_words(question.type, value, rules, say=language.say, day=language.day)
        labels = {column["id"]: column["label"] for column in register_columns(question.type, language.say)}
    else:
        shown = show_value(question, value)
        labels = {column.id: column.label for column in question.columns}
    lines = [shown] if isinstance(shown, str) else list(shown)
    return [_line(each, labels, language) for each in lines]


def _line(entry: Any, labels: dict[str, str], language: Language) -> str:
    if isinstance(entry, dict):
        parts = (f"{labels.get(name, name)}: {language.say(cell)}" for name, cell in entry.items() if cell)
        return "; ".join(parts)
    return language.say(entry)
