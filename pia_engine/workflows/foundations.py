"""The six foundations of a sound assessment: what each means and what evidence it needs.

How one assessment stands on them is worked out in `services.foundations`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from pia_engine.errors import N_


class StandingName(StrEnum):
    """How far the evidence for one foundation goes."""

    MET = "met"
    PARTLY = "partly"
    OPEN = "open"


STANDING_NAMES = {
    StandingName.MET: N_("Met"),
    StandingName.PARTLY: N_("Partly met"),
    StandingName.OPEN: N_("Still open"),
}


@dataclass(frozen=True, slots=True)
class Foundation:
    """One foundation: its name, its meaning in one plain sentence, and what has to be on record for it."""

    number: int
    name: str
    meaning: str
    evidence: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Standing:
    """How an assessment stands on one foundation, the sentence that says why, and the sections to read."""

    number: int
    title: str
    standing: StandingName
    explanation: str
    section_ids: tuple[str, ...] = ()


FOUNDATIONS = (
    Foundation(
        1,
        N_("Values and risk"),
        N_("The city says what it stands for and looks at what could happen to people, not only to itself."),
        (
            N_("Each privacy principle of the city is answered"),
            N_("The risks to people are listed"),
            N_("The risk that is left over is rated"),
        ),
    ),
    Foundation(
        2,
        N_("Scope and timing"),
        N_("Every new use of technology is looked at before it begins, and it is clear what is covered."),
        (
            N_("An official has determined that a full assessment is needed"),
            N_("What is covered, whose information it is and the path of the information are described"),
        ),
    ),
    Foundation(
        3,
        N_("Tools and safeguards"),
        N_("The right questions are asked, of the vendor too, and each risk has an answer, an owner and a day."),
        (
            N_("The questions on safeguards are answered"),
            N_("Each risk has a response with its reasons and somebody who sees to it"),
            N_("The vendor's answers are accepted, where a vendor was asked"),
        ),
    ),
    Foundation(
        4,
        N_("Roles and responsibilities"),
        N_("Named people write, advise and decide, and nobody decides on their own work."),
        (
            N_("Every required role is designated, for the city and in the department"),
            N_("The privacy officer has given advice"),
            N_("The agency and the official whom the risk demands have signed the present text"),
        ),
    ),
    Foundation(
        5,
        N_("Monitoring and records"),
        N_("Promises are checked afterwards, and every step is kept so that it can be traced."),
        (
            N_("The questions on checks and figures are answered"),
            N_("The first audit has a day"),
            N_("Every step stands in the record of events"),
        ),
    ),
    Foundation(
        6,
        N_("Openness and taking part"),
        N_("People can read the assessment, ask, object and complain, and their voices were heard before."),
        (
            N_("The summary, the notice, the rights and the people asked are described"),
            N_("The assessment is published"),
        ),
    ),
)


def foundation(number: int) -> Foundation:
    """The foundation with this number; raises KeyError when there is none."""
    for each in FOUNDATIONS:
        if each.number == number:
            return each
    raise KeyError(number)
