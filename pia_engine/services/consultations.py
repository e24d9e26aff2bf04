"""The log of who was heard on a full assessment: asked, replied, and what became of it. Advice is in `reviews`.

What somebody records may be corrected while the assessment is open. The trail keeps a digest of each wording, and
whatever is taken off the list leaves its reason there.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import uuid
from dataclasses import asdict, dataclass, fields
from typing import Any

import rfc8785
from sqlalchemy import select
from sqlalchemy.orm import Session

from pia_engine import clock
from pia_engine.documents.glyphs import missing_glyphs, name_characters
from pia_engine.errors import N_, Invalid, NotFound, NotPossible, Stale
from pia_engine.models import Assessment, Consultation
from pia_engine.permissions.people import check_may, may
from pia_engine.permissions.roles import Actor
from pia_engine.permissions.vocabulary import Permission
from pia_engine.register.hearing import KINDS
from pia_engine.services.audit import append_event
from pia_engine.services.cities import get_city
from pia_engine.workflows.full_assessment import FINAL, Status

NAME_LIMIT, TEXT_LIMIT = 200, 4000
CLOSED = FINAL | {Status.APPROVED, Status.PUBLISHING, Status.PUBLISHED}
REPLIED = ("reply", "replied_on", "effect")


@dataclass(frozen=True, slots=True)
class Heard:
    """What is said of one consultation."""

    kind: str
    who: str
    channel: str
    asked: str
    asked_on: dt.date
    capacity: str = ""
    reply: str = ""
    replied_on: dt.date | None = None
    effect: str = ""
    is_public: bool = True


class OutOfPlace(Invalid):
    """One part of what is said does not fit; `field` is its name."""

    def __init__(self, field: str, sentence: str, **values: Any) -> None:
        super().__init__(sentence, **values)
        self.field = field


def can_record(assessment: Assessment, *, actor: Actor) -> bool:
    """May this person add to the log or correct it now?"""
    return may(actor, Permission.CONSULTATION_RECORD, assessment) and _is_open(assessment)


def check_can_record(assessment: Assessment, *, actor: Actor) -> None:
    """The same with a sentence."""
    check_may(actor, Permission.CONSULTATION_RECORD, assessment)
    if not _is_open(assessment):
        raise NotPossible(N_("The assessment is decided, so the log of who was heard is closed."))


def check_can_change(entry: Consultation, *, actor: Actor) -> None:
    """The same for an entry that is there: what was taken off the list is changed no more."""
    check_can_record(entry.assessment, actor=actor)
    if entry.removed_at is not None:
        raise NotPossible(N_("This entry was taken off the list. Record it anew if it belongs there."))


def record_consultation(
    session: Session, assessment: Assessment, heard: Heard, *, actor: Actor, now: dt.datetime
) -> Consultation:
    """Put somebody on the list who was asked."""
    check_can_record(assessment, actor=actor)
    _check(session, heard, now)
    entry = Consultation(assessment_id=assessment.id, **_trimmed(heard), recorded_by=actor.person_id, recorded_at=now)
    session.add(entry)
    session.flush()
    _note(session, assessment, entry, "consultation:recorded", actor=actor, now=now)
    return entry


def change_consultation(
    session: Session, entry: Consultation, heard: Heard, *, seen: str, actor: Actor, now: dt.datetime
) -> bool:
    """Add the reply, or correct what is said. Raises Stale when somebody else changed it since it was `seen`.

    False when nothing is different.
    """
    check_can_change(entry, actor=actor)
    if seen != digest_of(entry):
        raise Stale(N_("Somebody else changed this entry meanwhile. Below stand both: look at them, then save again."))
    _check(session, heard, now)
    changed = [name for name, value in _trimmed(heard).items() if getattr(entry, name) != value]
    for name in changed:
        setattr(entry, name, _trimmed(heard)[name])
    session.flush()
    if changed:
        event = "consultation:replied" if set(changed) & set(REPLIED) else "consultation:changed"
        _note(session, entry.assessment, entry, event, actor=actor, now=now)
    return bool(changed)


def remove_consultation(session: Session, entry: Consultation, *, reason: str, actor: Actor, now: dt.datetime) -> None:
    """Take an entry off the list. It is published no more; that it was there, and why it is not, stays in the trail."""
    check_can_change(entry, actor=actor)
    if not reason.strip():
        raise Invalid(N_("Say why it is taken off the list: the reason is kept."))
    entry.removed_at = now
    session.flush()
    _note(session, entry.assessment, entry, "consultation:removed", actor=actor, now=now, reason=reason.strip())


def list_consultations(session: Session, assessment: Assessment) -> list[Consultation]:
    """Everybody on the list, in the order they were asked."""
    rows = session.scalars(
        select(Consultation)
        .where(Consultation.assessment_id == assessment.id, Consultation.removed_at.is_(None))
        .order_by(Consultation.asked_on, Consultation.id)
    )
    return list(rows)


def get_consultation(session: Session, assessment: Assessment, consultation_id: uuid.UUID) -> Consultation:
    entry = session.get(Consultation, consultation_id)
    if entry is None or entry.assessment_id != assessment.id:
        raise NotFound(N_("There is no such consultation."))
    return entry


def digest_of(entry: Consultation) -> str:
    """The wording of an entry as one hash: for the trail, and to notice that somebody else changed it."""
    said = {each.name: getattr(entry, each.name) for each in fields(Heard)}
    plain = {name: value.isoformat() if isinstance(value, dt.date) else value for name, value in said.items()}
    return hashlib.sha256(rfc8785.dumps(plain)).hexdigest()


def _is_open(assessment: Assessment) -> bool:
    return assessment.stage == "full" and assessment.status not in CLOSED


def _trimmed(heard: Heard) -> dict[str, object]:
    return {name: value.strip() if isinstance(value, str) else value for name, value in asdict(heard).items()}


def _check(session: Session, heard: Heard, now: dt.datetime) -> None:
    """Refuse what is incomplete, too long, of the future or could not be printed."""
    _check_texts(heard)
    _check_days(heard, clock.day_of(now, get_city(session).time_zone))
    if heard.is_public:
        _check_printable(heard)


def _check_texts(heard: Heard) -> None:
    if heard.kind not in KINDS:
        raise OutOfPlace("kind", N_("Choose whom you put it to."))
    for name in ("who", "channel", "asked"):
        if not getattr(heard, name).strip():
            raise OutOfPlace(name, N_("Fill this in: without it nobody can tell what was asked of whom."))
    for name, value in asdict(heard).items():
        limit = TEXT_LIMIT if name in ("asked", "reply", "effect") else NAME_LIMIT
        if isinstance(value, str) and len(value.strip()) > limit:
            raise OutOfPlace(name, N_("This has at most %(limit)s characters."), limit=limit)


def _check_days(heard: Heard, today: dt.date) -> None:
    if heard.asked_on > today:
        raise OutOfPlace("asked_on", N_("This day is still to come. Record people once they were asked."))
    if bool(heard.reply.strip()) != (heard.replied_on is not None):
        raise OutOfPlace("replied_on", N_("A reply and its day belong together: give both, or neither."))
    if heard.replied_on is not None and not heard.asked_on <= heard.replied_on <= today:
        raise OutOfPlace("replied_on", N_("The reply came on or after the day they were asked, and not after today."))


def _check_printable(heard: Heard) -> None:
    """What is published has to be printed too."""
    for name, value in asdict(heard).items():
        missing = missing_glyphs(value) if isinstance(value, str) else ()
        if missing:
            raise OutOfPlace(
                name,
                N_("The published document cannot print %(characters)s. Write words instead."),
                characters=name_characters(missing),
            )


def _note(
    session: Session,
    assessment: Assessment,
    entry: Consultation,
    event: str,
    *,
    actor: Actor,
    now: dt.datetime,
    reason: str = "",
) -> None:
    details = {"consultation": str(entry.id), "kind": entry.kind, "sha256": digest_of(entry)}
    append_event(session, assessment, event, actor=actor, now=now, reason=reason, details=details)
    session.flush()
