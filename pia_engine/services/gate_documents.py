"""The gate's answer as other systems read it. The API's description is generated from these models."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from pia_engine.errors import N_
from pia_engine.questionnaires.wording import Sentence
from pia_engine.register.withheld_promises import WithheldPromise
from pia_engine.services.gate import Answer, GateAnswer, Verdict
from pia_engine.services.gate_facts import Condition, Reason
from pia_engine.services.outsiders import Outside

Say = Callable[[str], str]
ConditionKind = Literal[
    "decision",
    "determination",
    "commitment",
    "exception",
    "reconsideration",
    "reassessment",
    "newer_version",
    "review_overdue",
]
HIDDEN = N_("A commitment that is not public. The privacy office can say more.")


class Document(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ReasonDocument(Document):
    """Why the answer is as it is."""

    code: str = Field(description="Never changes its meaning; new ones may come.", examples=["no_assessment"])
    text: str = Field(description="The same for people, in the city's language.")
    who_can_help: str = Field(description="The role that can do what is missing; empty when nobody is waited for.")
    url: str | None = Field(description="The page of what it is about, for people with an account.")


class ConditionDocument(Document):
    """Something that has to be kept."""

    kind: ConditionKind
    text: str
    reference: str = Field(description="The record it comes from.", examples=["COM-2026-0003"])
    due_on: dt.date | None
    is_overdue: bool | None = Field(description="Null only for whoever has no key: how it stands is withheld.")
    url: str | None


class VerdictDocument(Document):
    """The answer to one question."""

    answer: Answer
    reasons: list[ReasonDocument]
    conditions: list[ConditionDocument] = Field(description="Empty unless the answer is `yes_with_conditions`.")


class InitiativeDocument(Document):
    """What was asked about."""

    reference: str = Field(examples=["INI-2026-0007"])
    title: str
    department: str
    procurement_number: str
    status: Literal["registered", "in_assessment", "cleared", "refused", "live", "retired"]


class GateDocument(Document):
    """May this be awarded, may it go live? The answer as it was at one moment; ask again before relying on it."""

    asked_at: dt.datetime
    initiative: InitiativeDocument
    award: VerdictDocument = Field(description="May the contract be awarded?")
    go_live: VerdictDocument = Field(description="May it be put to use?")


def said(sentence: str, *, gettext: Callable[[str], str], day: Callable[[dt.date], str]) -> str:
    """A sentence in the reader's language, with its days as that language writes them."""
    if not isinstance(sentence, Sentence) or not sentence.values:
        return gettext(sentence)
    values = {name: _inner(value, gettext, day) for name, value in sentence.values.items()}
    return gettext(sentence.template) % values


def _inner(value: object, gettext: Callable[[str], str], day: Callable[[dt.date], str]) -> object:
    if isinstance(value, dt.date):
        return day(value)
    return said(value, gettext=gettext, day=day) if isinstance(value, Sentence) else value


def gate_document(answer: GateAnswer, *, say: Say, site: str | None, outside: Outside | None = None) -> GateDocument:
    """The answer with its sentences said. `site` stands before the address of each page it names.

    With None it is for anybody: no pages of ours, nothing that is internal, and only what is read `outside`.
    """
    about = answer.initiative
    withheld = outside.promises if outside else {}

    def openly(sentence: str) -> str:
        return outside.reads(say(sentence)) if outside else say(sentence)

    return GateDocument(
        asked_at=answer.asked_at.astimezone(dt.UTC),
        initiative=InitiativeDocument(
            reference=about.reference,
            title=outside.title if outside else about.title,
            department=about.department.name,
            procurement_number=outside.reads(about.procurement) if outside else about.procurement,
            status=about.status,
        ),
        award=_verdict(answer.award, openly, site, withheld),
        go_live=_verdict(answer.go_live, openly, site, withheld),
    )


def _verdict(verdict: Verdict, say: Say, site: str | None, withheld: Mapping[str, WithheldPromise]) -> VerdictDocument:
    """Conditions stand by their days; those whose day is withheld come last, by their references."""
    conditions = [_condition(each, say, site, withheld.get(each.reference)) for each in verdict.conditions]
    return VerdictDocument(
        answer=verdict.answer,
        reasons=[_reason(each, say, site) for each in verdict.reasons],
        conditions=sorted(conditions, key=lambda each: each.reference if each.is_overdue is None else ""),
    )


def _reason(reason: Reason, say: Say, site: str | None) -> ReasonDocument:
    return ReasonDocument(
        code=reason.code,
        text=say(reason.sentence),
        who_can_help=say(reason.who_can_help) if reason.who_can_help else "",
        url=_url(reason.path, site),
    )


def _condition(condition: Condition, say: Say, site: str | None, withheld: WithheldPromise | None) -> ConditionDocument:
    is_shown = condition.is_public or site is not None
    has_standing = withheld is None or withheld.has_standing
    return ConditionDocument(
        kind=condition.kind,
        text=withheld.mark if withheld else say(condition.text if is_shown else HIDDEN),
        reference=condition.reference,
        due_on=condition.due_on if has_standing else None,
        is_overdue=condition.is_overdue if has_standing else None,
        url=_url(condition.path, site),
    )


def _url(path: str, site: str | None) -> str | None:
    return None if site is None or not path else f"{site}{path}"
