"""What became of a published edition, for its page and for computers: current, superseded or withdrawn; and every file
that was ever signed for it, with its place in the public log.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import rfc8785
from sqlalchemy import select
from sqlalchemy.orm import Session

from pia_engine.errors import N_
from pia_engine.models import LogEntry, Publication, PublishedCopy
from pia_engine.models.transparency import Kind
from pia_engine.register.language import Language
from pia_engine.register.log_proofs import proof_address
from pia_engine.register.proceedings import iso_instant

CURRENT, SUPERSEDED, WITHDRAWN = "current", "superseded", "withdrawn"
WHY = {
    "signed": N_("As it was published"),
    "renewed": N_("Its proofs were renewed, so that it can be checked for longer"),
    "superseded": N_("It says on its cover that a newer version has taken its place"),
    "retracted": N_("It says on its cover that it was withdrawn, and why"),
}


@dataclass(frozen=True, slots=True)
class CopyLine:
    """One file that was signed for a document. `position` is where it stands in the log."""

    number: int
    sha256: str
    why: str
    reason: str
    made_at: str
    made_on: str
    position: int | None


@dataclass(frozen=True, slots=True)
class EditionStanding:
    """What a reader has to know before reading on. `newer` is the edition to read instead, if there is one."""

    standing: str
    on: str = ""
    at: str = ""
    reason: str = ""
    replaced_by: int | None = None
    newer: Publication | None = None
    newer_is_withdrawn: bool = False

    @property
    def newer_href(self) -> str:
        return f"/register/{self.newer.reference}/v{self.newer.edition}" if self.newer else ""


def standing_of(publication: Publication, editions: Sequence[Publication], language: Language) -> EditionStanding:
    """How an edition stands among all that were published under its reference, oldest first."""
    later = [each for each in editions if each.edition > publication.edition]
    newest = later[-1] if later else None
    is_withdrawn = newest is not None and newest.retracted_at is not None
    if publication.retracted_at:
        return EditionStanding(
            WITHDRAWN,
            on=language.day_of(publication.retracted_at),
            at=iso_instant(publication.retracted_at),
            reason=publication.retraction_reason,
            newer=newest,
            newer_is_withdrawn=is_withdrawn,
        )
    if publication.superseded_at:
        return EditionStanding(
            SUPERSEDED,
            on=language.day_of(publication.superseded_at),
            at=iso_instant(publication.superseded_at),
            replaced_by=later[0].edition if later else None,
            newer=newest,
            newer_is_withdrawn=is_withdrawn,
        )
    return EditionStanding(CURRENT)


def front_of(editions: Sequence[Publication]) -> Publication | None:
    """The edition under the reference alone: the one in force, else the last there was."""
    return next((each for each in editions if each.is_current), editions[-1] if editions else None)


def copy_lines(session: Session, copies: Sequence[PublishedCopy], language: Language) -> list[CopyLine]:
    """Every file of a document, newest first."""
    positions = _positions(session, [copy.digest for copy in copies])
    lines = [
        CopyLine(
            number=copy.number,
            sha256=copy.digest,
            why=copy.why,
            reason=language.say(WHY[copy.why]),
            made_at=iso_instant(copy.made_at),
            made_on=language.day_of(copy.made_at),
            position=positions.get(copy.digest),
        )
        for copy in copies
    ]
    return lines[::-1]


def standing_bytes(publication: Publication, standing: EditionStanding, copies: Sequence[CopyLine]) -> bytes:
    """The same for computers, in canonical JSON: beside the record, which never changes."""
    newer = standing.newer
    return rfc8785.dumps(
        {
            "format": "standing/1",
            "reference": publication.reference,
            "edition": publication.edition,
            "standing": standing.standing,
            "since": standing.at or iso_instant(publication.published_at),
            "reason": standing.reason,
            "superseded_by": standing.replaced_by,
            "newest_edition": newer.edition if newer else publication.edition,
            "record_sha256": publication.json_digest,
            "original_sha256": publication.original_digest or None,
            "proof": proof_address((publication.reference, str(publication.edition))),
            "copies": [
                {
                    "number": copy.number,
                    "sha256": copy.sha256,
                    "why": copy.why,
                    "made_at": copy.made_at,
                    "log_index": copy.position,
                }
                for copy in reversed(copies)
            ],
        }
    )


def _positions(session: Session, digests: Sequence[str]) -> dict[str, Any]:
    """By digest, where a file stands in the log for the first time."""
    kinds = [str(Kind.PUBLICATION), str(Kind.CORRECTION), str(Kind.COPY), str(Kind.ANNUAL_REPORT)]
    query = select(LogEntry.digest, LogEntry.position).where(LogEntry.digest.in_(digests), LogEntry.kind.in_(kinds))
    return {digest: position for digest, position in session.execute(query.order_by(LogEntry.position.desc()))}
