"""Disclosures: what was withheld of a published edition is told to the public, provably what stood there."""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import Any

import rfc8785
from sqlalchemy.orm import Session

from pia_engine.models import Withholding
from pia_engine.permissions.roles import Actor
from pia_engine.register.proceedings import iso_instant
from pia_engine.register.withheld_parts import parts_of
from pia_engine.services.outbox import queue_job
from pia_engine.services.transparency_log import Kind, append_entry
from pia_engine.services.workflow import apply_action
from pia_engine.workflows.withholding import Action

FORMAT = "disclosure/1"


def disclose(session: Session, withholding: Withholding, *, actor: Actor, now: dt.datetime, reason: str) -> None:
    """Publish salt, path and value of what was withheld, and enter the document in the transparency log."""
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
