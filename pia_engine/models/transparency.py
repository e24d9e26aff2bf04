"""The transparency log: what the city can never unsay, one entry after the other, and the checkpoints signed over them.

Both tables refuse UPDATE and DELETE by trigger on both databases (see `migrations`).
"""

from __future__ import annotations

import datetime as dt
from enum import StrEnum

from sqlalchemy import CheckConstraint, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from pia_engine.models.base import Base, Identified


class Kind(StrEnum):
    """What an entry is about. Stored, and published: a kind that was used is never renamed."""

    PUBLICATION = "publication"
    CORRECTION = "correction"
    RETRACTION = "retraction"
    COPY = "copy"
    ORIGINAL = "original"
    DISCLOSURE = "disclosure"
    DETERMINATION = "determination"
    POLICY = "policy"
    ANNUAL_REPORT = "annual-report"
    CLOSING_REPORT = "closing-report"
    DISPOSAL = "disposal"
    AUDIT_HEAD = "audit-head"


class LogEntry(Identified, Base):
    """One entry. `body` is the canonical JSON that everybody can read and that was hashed; the rest is for finding.

    `key` makes writing it twice the same as once. `opening` stays with the city: it is what shows, to whoever may
    know it, that a digest in the body is of a certain text.
    """

    __tablename__ = "log_entry"
    __table_args__ = (CheckConstraint("position >= 0", name="counts_from_zero"),)

    position: Mapped[int] = mapped_column(unique=True)
    key: Mapped[str] = mapped_column(String(200), unique=True)
    kind: Mapped[str] = mapped_column(String(40), index=True)
    digest: Mapped[str] = mapped_column(String(64), index=True, default="")
    recorded_at: Mapped[dt.datetime]
    body: Mapped[bytes] = mapped_column(LargeBinary)
    leaf_hash: Mapped[str] = mapped_column(String(64))
    opening: Mapped[str] = mapped_column(default="")


class LogCheckpoint(Identified, Base):
    """What the city signed: so many entries, and the one hash over them all.

    `verifier` is the public key, as a watcher writes it; a new key signs the same size once more.
    `stamp` is the answer of the time-stamp authority, empty where none was asked.
    """

    __tablename__ = "log_checkpoint"
    __table_args__ = (UniqueConstraint("size", "verifier"), CheckConstraint("size >= 0", name="counts_from_zero"))

    size: Mapped[int]
    root: Mapped[str] = mapped_column(String(64))
    verifier: Mapped[str] = mapped_column(String(400))
    note: Mapped[bytes] = mapped_column(LargeBinary)
    stamp: Mapped[bytes] = mapped_column(LargeBinary, default=b"")
    signed_at: Mapped[dt.datetime]
