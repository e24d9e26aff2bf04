"""What has to be signed into the file of an edition: that a newer one has taken its place, or that it was withdrawn."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from pia_engine.errors import N_
from pia_engine.models import Publication, PublishedCopy
from pia_engine.questionnaires.wording import Sentence
from pia_engine.register.language import Language, language_of
from pia_engine.services.cities import get_city
from pia_engine.services.copies import STANDINGS, Why

SUPERSEDED = N_("Superseded by version %(number)s on %(day)s. The current version: %(address)s")
WITHDRAWN = N_("Withdrawn on %(day)s: %(reason)s More: %(address)s")
LONGEST_REASON = 180
"""Characters of the reason that go into the place on the cover; the whole of it stands on the page."""


@dataclass(frozen=True, slots=True)
class StandingDue:
    """One file that does not say yet what became of its edition, and the words for it."""

    publication: uuid.UUID
    reference: str
    city_name: str
    why: Why
    words: str
    digest: str
    after: int


def find_standing_due(session: Session, assessment_id: uuid.UUID, *, public_url: str) -> StandingDue | None:
    """What the edition's file has still to say; None when it stands, or says it already, or is no more."""
    publication = session.scalars(select(Publication).where(Publication.assessment_id == assessment_id)).one_or_none()
    if publication is None or publication.is_current or _says_it(publication.copies):
        return None
    city = get_city(session)
    why = Why.RETRACTED if publication.retracted_at else Why.SUPERSEDED
    newest = publication.newest_copy
    words = standing_words(session, publication, language_of(city.language, city.time_zone), public_url=public_url)
    return StandingDue(publication.id, publication.reference, city.name, why, words, newest.digest, newest.number)


def standing_words(session: Session, publication: Publication, language: Language, *, public_url: str) -> str:
    """The words on the cover of an edition that is not current any more."""
    base = f"{public_url.rstrip('/')}/register/{publication.reference}"
    if publication.retracted_at:
        return language.say(
            Sentence(
                WITHDRAWN,
                day=language.day_of(publication.retracted_at),
                reason=_shortened(publication.retraction_reason),
                address=f"{base}/v{publication.edition}",
            )
        )
    newer = _find_next(session, publication)
    assert newer is not None and publication.superseded_at is not None
    return language.say(
        Sentence(SUPERSEDED, number=newer.edition, day=language.day_of(publication.superseded_at), address=base)
    )


def _says_it(copies: list[PublishedCopy]) -> bool:
    return any(copy.why in STANDINGS for copy in copies)


def _find_next(session: Session, publication: Publication) -> Publication | None:
    later = select(Publication).where(
        Publication.reference == publication.reference, Publication.edition > publication.edition
    )
    return session.scalars(later.order_by(Publication.edition).limit(1)).first()


def _shortened(reason: str) -> str:
    """The reason on one line, whole or cut between words, with a point at its end."""
    line = " ".join(reason.split())
    if len(line) > LONGEST_REASON:
        return f"{line[:LONGEST_REASON].rsplit(' ', 1)[0]} …"
    return line if line.endswith((".", "!", "?", "。", "؟")) else f"{line}."
