"""How a record stands, prepared for its page: tasks, steps open or explained, and whose turn it is."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from pia_engine import clock
from pia_engine.errors import PiaError
from pia_engine.extensions import db
from pia_engine.models import Assessment, AuditEvent, WorkflowRecord
from pia_engine.models.catalogue import answers_of
from pia_engine.permissions.records import unconfirmed_for
from pia_engine.permissions.roles import ROLE_NAMES, Role
from pia_engine.questionnaires.definition import Section
from pia_engine.questionnaires.progress import SectionProgress, SectionStatus, progress_by_section
from pia_engine.services.answers import answering_roles
from pia_engine.services.work import responsible_for
from pia_engine.services.workflow import ActionOffer, find_last_step, list_actions
from pia_engine.web.access import actor
from pia_engine.web.error_pages import say
from pia_engine.web.languages import questionnaire_for_reader
from pia_engine.web.signposts import Signpost, signpost

# Steps that undo or end something are never the main button; on their own page some warn.
HOLDING_BACK = frozenset(
    {"cancel", "withdraw", "return", "decline_to_sign", "send_back", "reject", "retire", "take_back", "refuse", "end"}
    | {"drop", "retract"}
)
WARNING = frozenset({"cancel", "withdraw", "reject", "retire", "refuse", "end", "drop", "disclose", "retract"})


def section_statuses() -> dict[str, str]:
    return {
        SectionStatus.NOT_STARTED: _("Not started"),
        SectionStatus.IN_PROGRESS: _("In progress"),
        SectionStatus.COMPLETE: _("Complete"),
        SectionStatus.NOT_APPLICABLE: _("Not needed"),
    }


@dataclass(frozen=True, slots=True)
class Task:
    """One section in the list of tasks."""

    text: str
    href: str
    hint: str
    status: str
    status_text: str
    is_settled: bool


@dataclass(frozen=True, slots=True)
class Step:
    """One step: a button, or the reason why it is none, with a link to where the way on is."""

    action: str
    label: str
    url: str
    allowed: bool
    reason: str
    main: bool
    is_for_others: bool
    warning: bool = False
    method: str = "get"
    way_on: Signpost | None = None


def tasks_for(assessment: Assessment) -> list[Task]:
    """The sections with questions this person answers now; empty when there are none."""
    roles = answering_roles(assessment, actor())
    questionnaire = questionnaire_for_reader(assessment.sheet)
    answers = answers_of(assessment.sheet)
    by_role = [progress_by_section(questionnaire, answers, role=role) for role in sorted(roles)]
    unread = {question.id for question in unconfirmed_for(db.session, assessment, frozenset(map(Role, roles)))}
    tasks = []
    for section in questionnaire.sections if roles else ():
        here = together(progress[section.id] for progress in by_role)
        if not any(question.answered_by in roles for question in section.questions):
            continue
        carried = sum(question.id in unread for question in section.questions)
        tasks.append(_task(assessment, section, here, carried))
    return tasks


def _task(assessment: Assessment, section: Section, progress: SectionProgress, carried: int) -> Task:
    """One section of the list. It is not settled while an answer carried over waits for somebody to read it."""
    status = SectionStatus.IN_PROGRESS if carried else progress.status
    return Task(
        text=section.title,
        href="" if status is SectionStatus.NOT_APPLICABLE else section_url(assessment, section.id),
        hint=_open_hint(progress, carried),
        status=status,
        status_text=_("Optional") if _is_optional(progress) and not carried else section_statuses()[status],
        is_settled=not progress.missing and not carried,
    )


def came_back(assessment: Assessment) -> AuditEvent | None:
    """Who gave the text back to its author, and in which words; None when nobody did, or without a word."""
    if assessment.status not in ("returned", "changes_requested"):
        return None
    step = find_last_step(db.session, assessment)
    return step if step is not None and step.reason else None


def section_url(assessment: Assessment, section_id: str) -> str:
    """Where a section is answered."""
    return url_for("sections.edit", reference=assessment.reference, stage=assessment.stage, section=section_id)


def _is_optional(progress: SectionProgress) -> bool:
    return progress.status is SectionStatus.NOT_STARTED and not progress.required


def _open_hint(progress: SectionProgress, carried: int) -> str:
    hints = []
    if progress.status is SectionStatus.IN_PROGRESS and progress.missing:
        hints.append(_("%(count)s still to answer", count=len(progress.missing)))
    if carried:
        hints.append(_("%(count)s carried over: check and save", count=carried))
    return " · ".join(hints)


def together(parts: Iterable[SectionProgress]) -> SectionProgress:
    """The progress of several roles in one section as one."""
    concerned = [part for part in parts if part.status is not SectionStatus.NOT_APPLICABLE]
    statuses = {part.status for part in concerned}
    status = SectionStatus.IN_PROGRESS
    if len(statuses) < 2:
        status = statuses.pop() if statuses else SectionStatus.NOT_APPLICABLE
    return SectionProgress(
        status=status,
        answered=sum(part.answered for part in concerned),
        required=sum(part.required for part in concerned),
        missing=tuple(name for part in concerned for name in part.missing),
    )


def count_settled(tasks: list[Task]) -> tuple[int, int]:
    """How many of the tasks that apply hold nobody up any more."""
    needed = [task for task in tasks if task.status != SectionStatus.NOT_APPLICABLE]
    return sum(task.is_settled for task in needed), len(needed)


def steps_for(record: WorkflowRecord, url_of: Callable[[str], str]) -> list[Step]:
    """Every step from the present status. The first one that leads on is the main button and stands first."""
    offers = list_actions(db.session, record, actor=actor())
    forward = next((o.action for o in offers if o.is_allowed and o.action not in HOLDING_BACK), "")
    steps = [step_for(offer, record, url_of(offer.action), is_main=offer.action == forward) for offer in offers]
    return sorted(steps, key=lambda step: not step.main)


def step_for(offer: ActionOffer, record: WorkflowRecord, url: str, *, is_main: bool = False) -> Step:
    """One step as a page shows it: a button, or why it is none and where that leads."""
    return Step(
        action=offer.action,
        label=_(offer.label),
        url=url,
        allowed=offer.is_allowed,
        reason=_why_not(offer),
        main=is_main,
        is_for_others=offer.is_for_others,
        way_on=way_on(offer.why_not, record),
    )


def _why_not(offer: ActionOffer) -> str:
    refusal = offer.why_not
    if refusal is None:
        return ""
    if not refusal.who_can_help:
        return say(refusal)
    reason: str = _("%(why)s Who can: %(who)s.", why=say(refusal), who=_(refusal.who_can_help))
    return reason


def way_on(refusal: PiaError | None, record: WorkflowRecord) -> Signpost | None:
    """Where a refusal leads; None when there is no refusal, or nowhere to go."""
    return signpost(refusal, record) if refusal else None


def turn_of(record: WorkflowRecord) -> dict[str, Any]:
    """Whose turn it is, in words; of nobody, when the record rests."""
    found = responsible_for(db.session, record, now=clock.now())
    return {"role": _(ROLE_NAMES[found.role]) if found.role else "", "people": list(found.people)}
