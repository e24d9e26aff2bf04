"""The living part of a public page: how the commitments of a published assessment stand, without their keepers."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

import rfc8785
from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from pia_engine import clock
from pia_engine.errors import N_
from pia_engine.models import Assessment, AuditEvent, Commitment, Publication
from pia_engine.questionnaires.wording import Sentence
from pia_engine.register.language import Language
from pia_engine.register.withheld_promises import WithheldPromise, withheld_promises
from pia_engine.register.withholding import WITHHELD_CELL
from pia_engine.workflows.commitment import Status

TONES = {Status.OPEN: "active", Status.REPORTED: "waiting", Status.KEPT: "good", Status.DROPPED: "quiet"}
_SENTENCES = {
    Status.OPEN: N_("Due by %(day)s"),
    Status.REPORTED: N_("Reported as kept, being checked"),
    Status.KEPT: N_("Kept on %(day)s"),
    Status.DROPPED: N_("Dropped on %(day)s"),
}
_OVERDUE = N_("Overdue since %(day)s")
_WORDS = {
    Status.OPEN: N_("Open"),
    Status.REPORTED: N_("Being checked"),
    Status.KEPT: N_("Kept"),
    Status.DROPPED: N_("Dropped"),
}


def commitment_lines(
    session: Session, editions: Sequence[Publication], language: Language, *, today: dt.date
) -> list[dict[str, Any]]:
    """Every public commitment of an assessment's published editions, due first. A withdrawal takes back no promise.

    Last come those of a withheld risk, of which not even their place among the others may tell the day.
    """
    if not editions:
        return []
    found = _list_public(session, editions)
    reasons = _reasons(session, [each.id for each in found if each.status == Status.DROPPED])
    withheld = withheld_promises(session, found, language)
    lines = [
        _without_secrets(_line(each, language, today, reasons.get(each.id, "")), withheld.get(each.reference), language)
        for each in found
    ]
    return sorted(lines, key=lambda line: line["reference"] if line["status"] is None else "")


def commitment_bytes(reference: str, lines: Sequence[Mapping[str, Any]]) -> bytes:
    """The same for computers, in canonical JSON."""
    kept = ("reference", "text", "withheld", "status", "due_on", "closed_on", "is_overdue", "postponed", "reason")
    return rfc8785.dumps(
        {
            "format": "commitments/1",
            "reference": reference,
            "commitments": [{name: line[name] for name in kept} for line in lines],
        }
    )


def _list_public(session: Session, editions: Sequence[Publication]) -> Sequence[Commitment]:
    """Those of a version that is not published yet are not among them: its text is not before the public."""
    of_the_city = and_(
        Commitment.assessment_id.is_(None), Commitment.initiative_id == editions[0].assessment.initiative_id
    )
    of_the_text = Commitment.assessment_id.in_(
        select(Assessment.id)
        .join(Publication, Publication.assessment_id == Assessment.id)
        .where(Publication.reference == editions[0].reference)
    )
    return session.scalars(
        select(Commitment)
        .where(Commitment.is_public, or_(of_the_text, of_the_city))
        .order_by(Commitment.due_on, Commitment.reference)
    ).all()


def _reasons(session: Session, dropped: list[uuid.UUID]) -> dict[uuid.UUID, str]:
    if not dropped:
        return {}
    query = select(AuditEvent.aggregate_id, AuditEvent.reason).where(
        AuditEvent.aggregate_id.in_(dropped), AuditEvent.event == "commitment:dropped"
    )
    return {commitment_id: reason for commitment_id, reason in session.execute(query)}


def _line(commitment: Commitment, language: Language, today: dt.date, reason: str) -> dict[str, Any]:
    late = commitment.is_overdue_on(today)
    status = Status(commitment.status)
    closed_on = clock.day_of(commitment.closed_at, language.time_zone) if commitment.closed_at else None
    day = commitment.due_on + dt.timedelta(days=1) if late else closed_on or commitment.due_on
    return {
        "reference": commitment.reference,
        "text": commitment.text,
        "withheld": None,
        "status": str(status),
        "due_on": commitment.due_on.isoformat(),
        "closed_on": closed_on.isoformat() if closed_on else None,
        "is_overdue": late,
        "postponed": commitment.postponed,
        "reason": reason,
        "says": language.say(Sentence(_OVERDUE if late else _SENTENCES[status], day=language.day(day))),
        "word": language.say(N_("Overdue") if late else _WORDS[status]),
        "tone": "bad" if late else TONES[status],
    }


def _without_secrets(line: dict[str, Any], withheld: WithheldPromise | None, language: Language) -> dict[str, Any]:
    """The line without what is withheld of it: its text, and unless that was told with the risk, how it stands."""
    if withheld is None:
        return line
    line |= {"text": withheld.mark, "withheld": withheld.ground}
    if withheld.has_standing:
        return line
    nothing = dict.fromkeys(("status", "due_on", "closed_on", "is_overdue", "postponed"))
    return line | nothing | {"reason": "", "says": "", "word": language.say(WITHHELD_CELL), "tone": "quiet"}
