"""Emergency exceptions in each status, and the printed answer of the gate."""

from __future__ import annotations

import datetime as dt

from pia_engine.models import EmergencyException, Initiative
from pia_engine.services import exceptions
from pia_engine.services.gate import renew_code
from tests.factories.people import persona
from tests.factories.steps import REASON, Case
from tests.factories.walks import Walk

EMERGENCY = "The river is rising, and the streets along it have to be watched at night."


def request(walk: Walk, initiative: Initiative, *, days: int = 7) -> EmergencyException:
    """Amara asks, and Daniel is named as responsible."""
    new = exceptions.NewException(
        emergency=EMERGENCY,
        use="Cameras on two bridges. Nothing is kept.",
        days=days,
        responsible=persona(walk.session, "daniel"),
    )
    return exceptions.request_exception(walk.session, initiative, new, actor=walk.who("amara"), now=walk.now)


def grant(walk: Walk, asked: EmergencyException, *, days: int | None = None, conditions: str = "") -> None:
    """Victor grants it."""
    exceptions.grant_exception(
        walk.session,
        asked,
        actor=walk.who("victor"),
        now=walk.now,
        reason="It cannot wait.",
        terms=exceptions.Terms(days, conditions),
    )


def exception(walk: Walk, status: str = "requested", title: str = "Watching the river") -> EmergencyException:
    """An exception of an initiative whose initial assessment was begun."""
    asked = request(walk, walk.initial("draft", title).initiative)
    if status in ("granted", "ended", "expired"):
        grant(walk, asked, conditions="Only at night.")
    if status == "refused":
        exceptions.refuse_exception(walk.session, asked, actor=walk.who("victor"), now=walk.now, reason="It can wait.")
    if status == "withdrawn":
        exceptions.withdraw_exception(walk.session, asked, actor=walk.who("amara"), now=walk.now, reason="It is over.")
    if status == "ended":
        exceptions.end_exception(walk.session, asked, actor=walk.who("petra"), now=walk.now, reason="The water fell.")
    if status == "expired":
        walk.now += dt.timedelta(days=asked.days + 1)
        exceptions.expire_exceptions(walk.session, now=walk.now)
    return exceptions.get_exception(walk.session, asked.reference)


def paper(walk: Walk, initiative: Initiative) -> str:
    """The code of the initiative's printed answer."""
    return renew_code(walk.session, initiative, actor=walk.who("amara"), now=walk.now)


MAKERS = {"emergency_exception": exception}
CASES = (
    Case(
        "emergency_exception",
        "grant",
        exception,
        ("victor",),
        "granted",
        {**REASON, "days": "3", "conditions": "Only at night."},
    ),
    Case("emergency_exception", "refuse", exception, ("victor",), "refused", REASON),
    Case("emergency_exception", "withdraw", exception, ("amara",), "withdrawn", REASON),
    Case(
        "emergency_exception",
        "end",
        lambda walk: exception(walk, "granted"),
        ("amara", "daniel", "petra", "helen", "victor"),
        "ended",
        REASON,
    ),
)


def PLACES(walk: Walk) -> dict[str, dict[str, str]]:
    """An exception in force, the page that asks for one, and the gate of its initiative."""
    found = exception(walk, "granted")
    reference = found.initiative.reference
    return {
        "exceptions": {"reference": found.reference, "action": "end"},
        "exceptions.ask": {"reference": reference},
        "gate": {"reference": reference},
    }
