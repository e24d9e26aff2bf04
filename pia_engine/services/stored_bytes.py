"""Which stored bytes are still named by a record: the others may be removed."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute, Session

from pia_engine.models import (
    AnnualAudit,
    AnnualReport,
    Attachment,
    CaseFile,
    ProgrammeAudit,
    Publication,
    PublishedCopy,
)

NAMED_BY: dict[str, tuple[InstrumentedAttribute[str], ...]] = {
    "attachments": (Attachment.digest,),
    "documents": (
        Publication.pdf_digest,
        Publication.json_digest,
        Publication.original_digest,
        PublishedCopy.digest,
        AnnualAudit.report_digest,
        ProgrammeAudit.report_digest,
        AnnualReport.pdf_digest,
        AnnualReport.json_digest,
    ),
}
"""By store, every column that names bytes in it. A case file's own name counts only until it was removed."""


def list_unnamed(session: Session, store: str, digests: Collection[str]) -> list[str]:
    """Those that no record names."""
    named: set[str] = set()
    for column in NAMED_BY[store]:
        named |= set(session.scalars(select(column).where(column.in_(digests))))
    if store == "documents":
        kept = select(CaseFile.digest).where(CaseFile.digest.in_(digests), CaseFile.removed_at.is_(None))
        named |= set(session.scalars(kept))
    return sorted(set(digests) - named)
