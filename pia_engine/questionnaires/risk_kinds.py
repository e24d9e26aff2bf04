"""The catalogue a register of risks can be started from: what systems do to people, and what people suffer.

The names come from two public sources; the sentences and the city examples are ours. NIST calls what a system does
wrong a problematic data action and the harm a problem (NISTIR 8062 and the NIST Privacy Risk Assessment Methodology);
LINDDUN names seven kinds of privacy threat (linddun.org).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pia_engine.errors import N_


@dataclass(frozen=True, slots=True)
class Kind:
    """One entry of the catalogue. `field` is the part of a risk that holds its id: action, problem or threat."""

    field: str
    id: str
    name: str
    text: str
    example: str


def _action(kind_id: str, name: str, text: str, example: str) -> Kind:
    return Kind("action", kind_id, name, text, example)


def _problem(kind_id: str, name: str, text: str, example: str) -> Kind:
    return Kind("problem", kind_id, name, text, example)


def _threat(kind_id: str, name: str, text: str, example: str) -> Kind:
    return Kind("threat", kind_id, name, text, example)


SOURCES: Mapping[str, str] = {
    "action": N_("What a system does to people: problematic data actions named by NIST"),
    "problem": N_("What people suffer: problems named by NIST"),
    "threat": N_("How privacy is lost: kinds of threat named by LINDDUN"),
}
"""What the entries of each field have in common, and who named them."""

ACTIONS = (
    _action(
        "appropriation",
        N_("Appropriation"),
        N_("Information is used for more than people agreed to or would expect."),
        N_("The library sells its readers' favourite subjects to a publisher."),
    ),
    _action(
        "distortion",
        N_("Distortion"),
        N_("Wrong, old or one-sided information makes somebody look like someone they are not."),
        N_("A misread number plate sends the police after the wrong car."),
    ),
    _action(
        "induced-disclosure",
        N_("Induced disclosure"),
        N_("People are pressed to tell more than the service needs."),
        N_("A form for a resident's parking permit asks who else sleeps in the flat."),
    ),
    _action(
        "insecurity",
        N_("Insecurity"),
        N_("Information is not guarded well enough against loss, theft or curious eyes."),
        N_("A laptop with the list of care visits is left on a tram."),
    ),
    _action(
        "re-identification",
        N_("Re-identification"),
        N_("People are recognised in information that was meant to be about nobody."),
        N_("Published bicycle trips begin at one front door every morning."),
    ),
    _action(
        "stigmatization",
        N_("Stigmatization"),
        N_("Information marks somebody in a way that others hold against them."),
        N_("A sticker on the bin shows which household was fined."),
    ),
    _action(
        "surveillance",
        N_("Surveillance"),
        N_("People are followed or observed more than the task needs."),
        N_("Counting passers-by turns into knowing who passes and when."),
    ),
    _action(
        "unanticipated-revelation",
        N_("Unanticipated revelation"),
        N_("Putting things together brings something to light that a person kept private."),
        N_("Water meters read by the hour show that somebody lives alone."),
    ),
    _action(
        "unwarranted-restriction",
        N_("Unwarranted restriction"),
        N_("People cannot see, correct or use what is held about them, or are shut out without cause."),
        N_("A wrong entry closes the swimming pool's gate, and nobody at the desk can change it."),
    ),
)

PROBLEMS = (
    _problem(
        "dignity-loss",
        N_("Loss of dignity"),
        N_("Somebody is embarrassed, exposed or treated as a thing."),
        N_("Pictures of a man who fell in the street are passed around."),
    ),
    _problem(
        "discrimination",
        N_("Discrimination"),
        N_("One group is treated worse than others, on purpose or by the way the system works."),
        N_("Wardens are sent mostly to the streets where newcomers live."),
    ),
    _problem(
        "economic-loss",
        N_("Economic loss"),
        N_("Somebody loses money, work, or time worth money."),
        N_("A false fine costs a driver a day at the office."),
    ),
    _problem(
        "loss-of-autonomy",
        N_("Loss of autonomy"),
        N_("People change what they do because they feel watched, or a choice is made in their place."),
        N_("Young people stop meeting in a park with cameras."),
    ),
    _problem(
        "loss-of-liberty",
        N_("Loss of liberty"),
        N_("Somebody is stopped, held or searched without a good reason."),
        N_("A wrong match ends in an arrest."),
    ),
    _problem(
        "physical-harm",
        N_("Physical harm"),
        N_("Somebody is hurt, or comes within reach of a person who would hurt them."),
        N_("A stalker learns the new address of a woman who fled."),
    ),
    _problem(
        "loss-of-trust",
        N_("Loss of trust"),
        N_("People stop believing the city, and stay away from services they need."),
        N_("Families without papers no longer bring children to the clinic."),
    ),
)

THREATS = (
    _threat(
        "linking",
        N_("Linking"),
        N_("Pieces of information are put together although they should stay apart."),
        N_("Library loans are joined with the tram card by the same customer number."),
    ),
    _threat(
        "identifying",
        N_("Identifying"),
        N_("Somebody learns who a person is although the name is not there."),
        N_("A rare disability and a street name leave one resident only."),
    ),
    _threat(
        "non-repudiation",
        N_("Non-repudiation"),
        N_("A person can no longer deny something they did or said, and is held to it."),
        N_("A tip given in confidence is kept with the caller's number."),
    ),
    _threat(
        "detecting",
        N_("Detecting"),
        N_("Merely knowing that a record exists already tells something."),
        N_("The debt office answers “not found” differently for people it knows."),
    ),
    _threat(
        "data-disclosure",
        N_("Data disclosure"),
        N_("More information is collected, kept or passed on than the purpose needs."),
        N_("A counter of cars also sends the pictures to its maker."),
    ),
    _threat(
        "unawareness",
        N_("Unawareness"),
        N_("People do not know what happens with information about them and cannot step in."),
        N_("A sensor in the waiting room has no sign."),
    ),
    _threat(
        "non-compliance",
        N_("Non-compliance"),
        N_("Law, contract or the city's own rules are not kept."),
        N_("Recordings outlive the day on which they had to be deleted."),
    ),
)

KINDS: Mapping[str, tuple[Kind, ...]] = {"action": ACTIONS, "problem": PROBLEMS, "threat": THREATS}
"""The whole catalogue, by the part of a risk it fills."""


def find_kind(field: str, kind_id: str) -> Kind | None:
    """The entry with this id, or None for one the catalogue does not have."""
    return next((kind for kind in KINDS.get(field, ()) if kind.id == kind_id), None)


def kind_name(field: str, kind_id: str) -> str:
    """What an entry is called; an id the catalogue does not have stands for itself."""
    kind = find_kind(field, kind_id)
    return kind.name if kind else kind_id
