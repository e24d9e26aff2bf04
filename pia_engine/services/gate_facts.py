"""What the rules of the gate look at, and what they may find."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from pia_engine.models import Assessment, Commitment, Initiative, Reconsideration
from pia_engine.permissions.gate import Grounds
from pia_engine.permissions.roles import ROLE_NAMES, Role
from pia_engine.questionnaires.wording import Sentence


class Weight(StrEnum):
    """What a finding does to the answer."""

    REFUSES = "refuses"  # no, and no exception helps
    LACKS = "lacks"  # no, unless an emergency exception is in force
    BRIDGES = "bridges"  # an emergency exception
    ALLOWS = "allows"
    LIMITS = "limits"  # yes, with a condition
    NOTES = "notes"  # changes nothing, explains something


@dataclass(frozen=True, slots=True)
class Reason:
    """Why the answer is as it is: a sentence, the page of what it is about, and who can help. `code` never changes."""

    code: str
    sentence: Sentence
    path: str = ""
    who_can_help: str = ""


@dataclass(frozen=True, slots=True)
class Condition:
    """What has to be kept. One that is not public is named to the outside by its reference only."""

    kind: str
    text: Sentence
    reference: str = ""
    due_on: dt.date | None = None
    is_overdue: bool = False
    is_public: bool = True
    path: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """What one rule says."""

    weight: Weight
    reason: Reason | None = None
    condition: Condition | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything the rules look at. `turn` is the role that decides next about the newest assessment."""

    grounds: Grounds
    turn: Role | None
    vendors_open: int
    audit_due_on: dt.date | None
    commitments: Sequence[Commitment]
    causes: Sequence[Reconsideration]

    @property
    def initiative(self) -> Initiative:
        return self.grounds.initiative

    @property
    def newest(self) -> Assessment | None:
        return self.grounds.in_play[0] if self.grounds.in_play else None

    @property
    def helper(self) -> str:
        return ROLE_NAMES[self.turn] if self.turn else ""
