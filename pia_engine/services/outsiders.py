"""What people outside the city read of an initiative: whoever holds the gate's paper, and vendors with their letters.

They may tell anybody, so they read nothing that is withheld from the public.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from pia_engine.models import Initiative
from pia_engine.questionnaires.hiding import Secret, hide
from pia_engine.register.language import Language, language_of
from pia_engine.register.withheld_parts import hidden_under
from pia_engine.register.withheld_promises import WithheldPromise, withheld_promises
from pia_engine.services.cities import get_city
from pia_engine.services.commitments import list_commitments_of


@dataclass(frozen=True, slots=True)
class Outside:
    """An initiative as it is seen from outside: its title, and what no other text about it may say there.

    `promises` are the commitments, by reference, of whose text or standing nothing is told.
    """

    title: str
    hidden: tuple[Secret, ...]
    promises: Mapping[str, WithheldPromise]

    def reads(self, text: str) -> str:
        return hide(text, self.hidden)


def outside_of(session: Session, initiative: Initiative) -> Outside:
    """All that the gate's answer needs for whoever has no account."""
    language = _language(session)
    hidden = hidden_under(session, initiative.id, language)
    promises = withheld_promises(session, list_commitments_of(session, initiative), language)
    return Outside(_title(initiative, hidden), tuple(hidden), promises)


def title_outside(session: Session, initiative: Initiative) -> str:
    """What outsiders read as its title: an edition may withhold that name, wholly or in part."""
    return _title(initiative, hidden_under(session, initiative.id, _language(session)))


def _title(initiative: Initiative, hidden: Sequence[Secret]) -> str:
    return hide(initiative.title, hidden)


def _language(session: Session) -> Language:
    city = get_city(session)
    return language_of(city.language, city.time_zone)
