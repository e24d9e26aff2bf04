"""What one person typed in one section and has not saved: kept as typed, shown to nobody else, forgotten in time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from pia_engine.errors import N_, Invalid, NotAllowed
from pia_engine.models import Draft
from pia_engine.models.catalogue import questionnaire_for
from pia_engine.permissions.roles import Actor
from pia_engine.questionnaires.definition import Section
from pia_engine.services.answers import answering_roles, check_answerable
from pia_engine.services.history import SheetOwner

LARGEST = 2_000_000
"""Characters of one form, names of fields included: what the largest table fills, and what waits after a sign-out."""
MOST_FIELDS = 20_000
KEPT_DAYS = 30
_BATCH = 200
_VENDOR = "vendor"

Fields = Sequence[tuple[str, str]]


def keep_draft(
    session: Session,
    record: SheetOwner,
    section_id: str,
    fields: Fields,
    *,
    seen_version: int,
    actor: Actor,
    now: dt.datetime,
) -> Draft:
    """Keep a section's fields as they are typed, judging nothing, in place of what this person left there before.

    Raises NotAllowed or NotPossible for somebody who could not save here, Invalid for more than can be kept.
    """
    section = questionnaire_for(session, record.sheet).section(section_id)
    _check_writes_here(record, section, actor)
    if len(fields) > MOST_FIELDS or sum(len(name) + len(value) for name, value in fields) > LARGEST:
        raise Invalid(N_("This is more than can be kept unsaved. Save the section, or shorten it."))
    draft = find_draft(session, record, section_id, actor=actor)
    if draft is None:
        draft = Draft(sheet_id=record.sheet.id, section=section_id, writer=_writer(actor))
        session.add(draft)
    draft.fields = [[name, value] for name, value in fields]
    draft.seen_version, draft.kept_at = seen_version, now
    session.flush()
    return draft


def find_draft(session: Session, record: SheetOwner, section_id: str, *, actor: Actor) -> Draft | None:
    """What this very person left unsaved in a section."""
    return session.scalars(
        select(Draft).where(
            Draft.sheet_id == record.sheet.id, Draft.section == section_id, Draft.writer == _writer(actor)
        )
    ).one_or_none()


def drop_draft(session: Session, record: SheetOwner, section_id: str, *, actor: Actor) -> None:
    """Forget what this person left unsaved in a section: it was saved, or thrown away."""
    session.execute(
        delete(Draft).where(
            Draft.sheet_id == record.sheet.id, Draft.section == section_id, Draft.writer == _writer(actor)
        )
    )


def drop_drafts(session: Session, record: SheetOwner) -> None:
    """Forget what anybody left unsaved in a sheet: whoever opens it next may be somebody else."""
    session.execute(delete(Draft).where(Draft.sheet_id == record.sheet.id))


def purge_drafts(session: Session, *, now: dt.datetime) -> int:
    """Forget one batch of what nobody came back to for a month. Returns how many."""
    old = select(Draft.id).where(Draft.kept_at < now - dt.timedelta(days=KEPT_DAYS)).limit(_BATCH)
    return len(session.execute(delete(Draft).where(Draft.id.in_(old)).returning(Draft.id)).all())


def _writer(actor: Actor) -> str:
    return str(actor.id) if actor.id else _VENDOR


def _check_writes_here(record: SheetOwner, section: Section, actor: Actor) -> None:
    roles = answering_roles(record, actor)
    if any(question.answered_by in roles for question in section.questions):
        return
    for question in section.questions:
        check_answerable(record, question, actor)
    raise NotAllowed(N_("There is nothing to answer in this section."))
