"""The register of risks of an assessment: read it, and add, change, furnish with controls or remove one risk.

The register is one answer; each verb changes one risk in it and leaves the others as they are now, so that people
working on different risks never meet. Two who change the same one do, and both texts are kept.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from pia_engine.errors import N_, NotFound, NotPossible, Stale
from pia_engine.models import AnswerVersion, Assessment
from pia_engine.models.catalogue import answers_of, questionnaire_for
from pia_engine.models.policy_rules import RISK_LEVELS, PolicyRules, read_rules
from pia_engine.permissions.registers import RISKS, STATED_LEVEL, decider_for, highest_left, worst_level
from pia_engine.permissions.roles import Actor, Role
from pia_engine.questionnaires.definition import Question, QuestionType, Value
from pia_engine.questionnaires.registers import RISK_FIELDS, RISK_LIMIT, missing_in_risk, next_risk_id, risk_number
from pia_engine.questionnaires.values import filled_rows, normal_text
from pia_engine.register.risks import Risk, Say, read_risks, risk_words
from pia_engine.services.answers import answering_roles, check_answerable, save_answers

Row = dict[str, str]

BENEFITS = "benefits"
CONTROLS = "controls"
WRITTEN = tuple(field for field in RISK_FIELDS if field not in ("id", CONTROLS))
"""What the page of a risk asks; its controls are chosen on a page of their own."""


class RiskConflict(Stale):
    """Nothing was saved. `theirs` is the risk as it stands now, None when it was removed; `yours` what you wrote."""

    def __init__(self, risk_id: str, theirs: Row | None, yours: Row) -> None:
        super().__init__(N_("Somebody else changed this risk while you were writing. Both texts are below."))
        self.risk_id = risk_id
        self.theirs = theirs
        self.yours = yours


@dataclass(frozen=True, slots=True)
class Register:
    """The register of one assessment, and what the policy makes of it."""

    question: Question
    section: str
    rows: tuple[Row, ...]
    rules: PolicyRules
    stated: str
    highest: str | None
    decider: Role
    is_open: bool
    is_confirmed: bool
    saved_by: str
    saved_at: dt.datetime | None
    benefits: tuple[tuple[str, str], ...]

    def row(self, risk_id: str) -> Row:
        """The stored risk with this id. Raises NotFound for one the register does not hold."""
        return _row(self.rows, risk_id)

    def in_words(self, *, say: Say, day: Callable[[str], str]) -> tuple[Risk, ...]:
        """All risks as people read them."""
        words = [risk_words(row, self.rules, say=say, day=day) for row in self.rows]
        return read_risks(self.rows, words, self.rules.matrix)

    @property
    def unfinished(self) -> dict[str, tuple[str, ...]]:
        """The fields each unfinished risk still lacks, by its id."""
        lacking = ((row["id"], missing_in_risk(row)) for row in self.rows)
        return {risk_id: fields for risk_id, fields in lacking if fields}

    @property
    def states_too_little(self) -> bool:
        """Whether the stated residual risk is lower than the highest one in the register."""
        return bool(self.stated and self.highest) and worst_level(self.stated) != worst_level(
            self.stated, self.highest or self.stated
        )

    @property
    def deciders(self) -> tuple[tuple[str, Role], ...]:
        """Who may accept which level, by the policy."""
        return tuple((level, Role(self.rules.decider_by_residual_risk[level])) for level in RISK_LEVELS)


def read_register(session: Session, record: Assessment, *, actor: Actor) -> Register:
    """The register as it stands. Raises NotFound when this assessment asks for none."""
    question = _question(session, record)
    rules, answers = read_rules(record.policy_version), answers_of(record.sheet)
    stored = next((answer for answer in record.sheet.answers if answer.question == question.id), None)
    return Register(
        question=question,
        section=questionnaire_for(session, record.sheet).section_of(question.id).id,
        rows=tuple(filled_rows(answers.get(question.id))),
        rules=rules,
        stated=str(answers.get(STATED_LEVEL, "")),
        highest=highest_left(answers, rules),
        decider=decider_for(answers, rules),
        is_open=question.answered_by in answering_roles(record, actor),
        is_confirmed=stored is None or stored.value is None or stored.is_confirmed,
        saved_by=stored.answered_by_name if stored else "",
        saved_at=stored.answered_at if stored else None,
        benefits=_benefits(session, record, answers),
    )


def fingerprint(risk: Mapping[str, str] | None) -> str:
    """Tells whether what the page of a risk asks is still what somebody saw; empty for a risk that does not exist.

    The controls are not in it: that page keeps them as they are, so people choosing some never meet people writing.
    """
    return "" if risk is None else _digest([{field: _clean(risk.get(field, "")) for field in WRITTEN}])


def fingerprint_of_all(risks: Iterable[Mapping[str, str]]) -> str:
    """Tells whether these risks, with their controls, are still what somebody saw."""
    return _digest([{field: _clean(risk.get(field, "")) for field in RISK_FIELDS} for risk in risks])


def _digest(risks: list[Row]) -> str:
    return hashlib.sha256(json.dumps(risks, sort_keys=True).encode()).hexdigest()[:24]


def save_risk(
    session: Session,
    record: Assessment,
    fields: Mapping[str, str],
    *,
    risk_id: str = "",
    seen: str = "",
    actor: Actor,
    now: dt.datetime,
) -> str:
    """Write one risk as its page held it; without an id, a new one. Returns its id.

    `seen` is the fingerprint of the risk the page was opened with. Raises RiskConflict when somebody else changed or
    removed the risk since; then nothing is saved. Raises NotFound for an id this register never held.
    """
    question, rows = _writable(session, record, actor)
    now_stored = next((row for row in rows if row["id"] == risk_id), None)
    before = [] if now_stored else _ever_stored(session, record, question)
    if risk_id and now_stored is None:
        _row(before, risk_id)
    written = {field: _clean(fields.get(field, "")) for field in WRITTEN}
    mine = {field: text for field, text in written.items() if text}
    if risk_id and fingerprint(now_stored) not in (seen, fingerprint(mine)):
        raise RiskConflict(risk_id, now_stored, mine)
    if now_stored is None:
        kept = {"id": risk_id or next_risk_id([*rows, *before])}
        _check_room(rows)
    else:
        kept = {field: now_stored[field] for field in ("id", CONTROLS) if field in now_stored}
    risk = {**kept, **mine}
    _store(session, record, question, _with(rows, risk), actor=actor, now=now)
    return risk["id"]


def choose_controls(
    session: Session,
    record: Assessment,
    risk_id: str,
    *,
    offered: Iterable[str],
    chosen: Iterable[str],
    seen: str,
    actor: Actor,
    now: dt.datetime,
) -> int:
    """The risk keeps those `chosen` of the controls `offered`; others it has stay. Returns how many it has then.

    Raises Stale when the risk or its controls are no longer what the page showed, and the choice would change them.
    """
    question, rows = _writable(session, record, actor)
    risk, shown, ticked = _row(rows, risk_id), set(offered), list(chosen)
    before = risk.get(CONTROLS, "").split()
    kept = [each for each in before if each not in shown or each in ticked]
    controls = [*kept, *(each for each in ticked if each in shown and each not in kept)]
    changed = {field: text for field, text in {**risk, CONTROLS: " ".join(controls)}.items() if text}
    if changed != risk:
        _check_seen([risk], seen)
    _store(session, record, question, _with(rows, changed), actor=actor, now=now)
    return len(controls)


def remove_risk(
    session: Session, record: Assessment, risk_id: str, *, seen: str, actor: Actor, now: dt.datetime
) -> None:
    """Take one risk out of the register; its number is never given to another.

    Raises Stale when the risk is no longer what the person who removes it saw.
    """
    question, rows = _writable(session, record, actor)
    risk = _row(rows, risk_id)
    _check_seen([risk], seen)
    _store(session, record, question, [row for row in rows if row["id"] != risk_id], actor=actor, now=now)


def confirm_register(session: Session, record: Assessment, *, seen: str, actor: Actor, now: dt.datetime) -> None:
    """Take a register that was carried over from another assessment for this one's own, as it stands.

    Raises Stale when it is no longer what the person who confirms it saw.
    """
    question, rows = _writable(session, record, actor)
    _check_seen(rows, seen)
    _store(session, record, question, rows, actor=actor, now=now)


def _check_seen(risks: Iterable[Row], seen: str) -> None:
    if fingerprint_of_all(risks) != seen:
        raise Stale(N_("Somebody else changed this in the meantime, and nothing of yours was saved. Look at it again."))


def _question(session: Session, record: Assessment) -> Question:
    question = questionnaire_for(session, record.sheet).find_question(RISKS)
    if question is None or question.type is not QuestionType.RISKS:
        raise NotFound(N_("This assessment has no register of risks."))
    return question


def _writable(session: Session, record: Assessment, actor: Actor) -> tuple[Question, list[Row]]:
    """The question and its risks, for somebody who may change them now."""
    question = _question(session, record)
    check_answerable(record, question, actor)
    return question, filled_rows(answers_of(record.sheet).get(question.id))


def _row(rows: Iterable[Row], risk_id: str) -> Row:
    for row in rows:
        if row["id"] == risk_id:
            return row
    raise NotFound(N_("There is no such risk in this register."))


def _ever_stored(session: Session, record: Assessment, question: Question) -> list[Row]:
    """The number of each risk this register ever held, so that it stays with that risk for good."""
    query = select(AnswerVersion.value).where(
        AnswerVersion.sheet_id == record.sheet.id, AnswerVersion.question == question.id
    )
    texts = session.scalars(query.execution_options(yield_per=20))
    ids = {row["id"] for text in texts for row in filled_rows(text)}
    return [{"id": each} for each in ids]


def _with(rows: Sequence[Row], risk: Row) -> list[Row]:
    """The register with this risk in its place, or at the end when it is new."""
    if all(row["id"] != risk["id"] for row in rows):
        return [*rows, risk]
    return [risk if row["id"] == risk["id"] else row for row in rows]


def _check_room(rows: Sequence[Row]) -> None:
    if len(rows) >= RISK_LIMIT:
        raise NotPossible(
            N_("The register is full: it holds %(most)s risks. Join risks that belong together."), most=RISK_LIMIT
        )


def _store(
    session: Session, record: Assessment, question: Question, risks: list[Row], *, actor: Actor, now: dt.datetime
) -> None:
    """Write the register as the answer it is, with history and audit event like any other."""
    value: Value | None = risks or None
    version = record.sheet.version
    save_answers(session, record, {question.id: value}, seen_version=version, actor=actor, now=now)


def _clean(text: str) -> str:
    return normal_text(text).strip()


def _benefits(session: Session, record: Assessment, answers: Mapping[str, Value]) -> tuple[tuple[str, str], ...]:
    """What the project is good for, as answered elsewhere: question and answer."""
    question = questionnaire_for(session, record.sheet).find_question(BENEFITS)
    said = answers.get(BENEFITS)
    return ((question.text, said),) if question and isinstance(said, str) else ()


def risk_title(row: Mapping[str, str]) -> str:
    """“R3: what could go wrong”, for links and headings."""
    return f"{risk_number(row)}: {row.get('risk', '')}".rstrip(": ")
