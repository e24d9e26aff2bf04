"""Questionnaire versions in use: a version that people have answered never changes and never disappears."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from pia_engine.errors import N_, NotFound, NotPossible
from pia_engine.models import KnownQuestionnaire
from pia_engine.models.catalogue import catalogue_of
from pia_engine.questionnaires.definition import Questionnaire


def use_newest(session: Session, name: str, *, now: dt.datetime) -> Questionnaire:
    """The newest version, remembered with its digest from its first use on. Raises NotPossible if it changed since."""
    newest = catalogue_of(session).newest(name)
    known = session.get(KnownQuestionnaire, (newest.id, newest.version))
    if known is None:
        session.add(KnownQuestionnaire(name=newest.id, number=newest.version, digest=newest.digest, first_used_at=now))
    else:
        _check_unchanged(known, newest)
    return newest


def check_used_questionnaires(session: Session) -> int:
    """Hold every version in use against its file. Raises NotPossible for one changed or gone; returns how many."""
    used = session.scalars(select(KnownQuestionnaire).order_by(KnownQuestionnaire.name, KnownQuestionnaire.number))
    count = 0
    for known in used:
        try:
            present = catalogue_of(session).get(known.name, known.number)
        except NotFound as gone:
            raise NotPossible(
                N_(
                    "Questionnaire “%(name)s” version %(version)s is in use, but its file is gone. "
                    "Put the file back where it was."
                ),
                name=known.name,
                version=known.number,
            ) from gone
        _check_unchanged(known, present)
        count += 1
    return count


def changed_since_use(session: Session, questionnaires: Iterable[Questionnaire]) -> list[Questionnaire]:
    """Those that people have answered under the same version number, but with other content."""
    known = {(used.name, used.number): used.digest for used in session.scalars(select(KnownQuestionnaire))}
    return [found for found in questionnaires if known.get((found.id, found.version), found.digest) != found.digest]


def _check_unchanged(known: KnownQuestionnaire, present: Questionnaire) -> None:
    if known.digest != present.digest:
        raise NotPossible(
            N_(
                "Questionnaire “%(name)s” version %(version)s was changed after its first use. "
                "Put the old file back, and give the changed one a new version number."
            ),
            name=known.name,
            version=known.number,
        )
