"""Disclosures: what was withheld of a published edition is told to the public, provably what stood there."""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import Any

import rfc8785
from sqlalchemy import select
from sqlalchemy.orm import Session

from pia_engine.errors import N_, NotPossible
from pia_engine.models import Withholding
from pia_engine.permissions.roles import Actor
from pia_engine.questionnaires.hiding import Extent, holds, secrets_of
from pia_engine.register.proceedings import iso_instant
from pia_engine.register.withheld_parts import parts_of
from pia_engine.services.outbox import queue_job
from pia_engine.services.transparency_log import Kind, append_entry
from pia_engine.services.unsettled import stands_in
from pia_engine.services.workflow import apply_action, check_action
from pia_engine.workflows.withholding import Action, Status

FORMAT = "disclosure/1"


def disclose(session: Session, withholding: Withholding, *, actor: Actor, now: dt.datetime, reason: str) -> None:
    """Publish salt, path and value of what was withheld, and enter the document in the transparency log."""
    check_action(session, withholding, Action.DISCLOSE, actor=actor)
    _check_others(session, withholding)
    apply_action(session, withholding, Action.DISCLOSE, actor=actor, now=now, reason=reason)
    content = rfc8785.dumps(disclosure_document(withholding, now=now))
    withholding.disclosed_at, withholding.disclosure = now, content.decode()
    withholding.disclosure_digest = hashlib.sha256(content).hexdigest()
    session.flush()
    about = withholding.assessment
    append_entry(
        session,
        Kind.DISCLOSURE,
        key=f"disclosure:{withholding.reference}",
        digest=withholding.disclosure_digest,
        facts={"reference": about.reference, "edition": about.edition, "withholding": withholding.reference},
        now=now,
    )
    key = f"pages:disclosure:{withholding.reference}"
    queue_job(session, "pages", key=key, payload={"reference": about.reference}, now=now)


def disclosure_document(withholding: Withholding, *, now: dt.datetime) -> dict[str, Any]:
    """What anybody needs to check it against the published record, with nothing but SHA-256 and base64."""
    about = withholding.assessment
    return {
        "format": FORMAT,
        "reference": about.reference,
        "edition": about.edition,
        "withholding": withholding.reference,
        "question": withholding.question,
        "disclosed_at": iso_instant(now),
        "disclosures": [
            {
                "path": part.path,
                "salt": part.salt,
                "value": part.value,
                "disclosure": part.disclosure,
                "digest": part.digest,
            }
            for part in parts_of(withholding)
        ],
    }


def _check_others(session: Session, withholding: Withholding) -> None:
    """Raises NotPossible when the public would read what another one in the city still withholds."""
    query = (
        select(Withholding)
        .where(Withholding.id != withholding.id, Withholding.status == str(Status.APPROVED))
        .order_by(Withholding.reference)
    )
    for other in session.scalars(query):
        if _tells(withholding, other) and not _gives_way(other, withholding):
            raise NotPossible(
                N_("It says what %(reference)s still withholds. Disclose that first, or leave both as they are."),
                place=f"withholdings:{other.reference}",
                reference=other.reference,
            )


def _tells(withholding: Withholding, other: Withholding) -> bool:
    """Whether the values of one hold any text of the other, or what is too short for that in its very place."""
    texts = secrets_of((text, "") for part in other.parts for text in part["texts"])
    if holds([part["value"] for part in withholding.parts], texts):
        return True
    if withholding.question != other.question:
        return False
    told = [_as_answer(part, Extent(withholding.extent)) for part in withholding.parts]
    return any(stands_in(answer, Extent(other.extent), part["value"]) for answer in told for part in other.parts)


def _as_answer(part: dict[str, Any], extent: Extent) -> Any:
    """A part as the answer it would be alone."""
    if extent is Extent.ROWS:
        return [part["value"]]
    return [{part["column"]: part["value"]}] if extent is Extent.CELLS else part["value"]


def _gives_way(other: Withholding, withholding: Withholding) -> bool:
    """Where two withhold the same in two versions, or the very same twice, the newer one is disclosed first."""
    is_same = [part["value"] for part in other.parts] == [part["value"] for part in withholding.parts]
    is_older = other.reference < withholding.reference
    return is_older and (is_same or (other.assessment_id != withholding.assessment_id and _tells(other, withholding)))
