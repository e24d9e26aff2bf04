"""The server-side sessions on record: counting, ending, forgetting them. What one holds is the web's."""

from __future__ import annotations

import datetime as dt
import hashlib
import uuid

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from pia_engine.models import BrowserSession


def hash_token(token: str) -> str:
    """What the table knows of a session's token: enough to find it, not enough to use it."""
    return hashlib.sha256(token.encode()).hexdigest()


def count_sessions(session: Session, person_id: uuid.UUID, *, now: dt.datetime) -> int:
    """How many browsers a person is signed in with."""
    query = select(func.count(BrowserSession.token_hash)).where(
        BrowserSession.person_id == person_id, BrowserSession.expires_at > now
    )
    return session.scalar(query) or 0


def end_sessions(session: Session, person_id: uuid.UUID, *, keep_token: str = "") -> int:
    """Sign a person out everywhere, except where `keep_token` is. Returns how many sessions ended."""
    found = session.execute(
        delete(BrowserSession)
        .where(BrowserSession.person_id == person_id, BrowserSession.token_hash != hash_token(keep_token))
        .returning(BrowserSession.token_hash)
    )
    return len(found.all())


def purge_expired(session: Session, *, now: dt.datetime) -> int:
    """Forget sessions that have run out. Returns how many."""
    found = session.execute(
        delete(BrowserSession).where(BrowserSession.expires_at <= now).returning(BrowserSession.token_hash)
    )
    return len(found.all())
