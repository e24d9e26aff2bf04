"""Withdraw a published edition from the register: for everybody to see, with the reason, and never by deleting it.

Its page and its file stay where they are and say so. What was allowed because of it is allowed no longer, and
somebody decides how to go on.
"""

from __future__ import annotations

import datetime as dt

from sqlalchemy.orm import Session

from pia_engine import clock
from pia_engine.documents.glyphs import require_printable
from pia_engine.errors import N_, Invalid, NotPossible
from pia_engine.models import Assessment, Publication
from pia_engine.permissions.gate import read_grounds
from pia_engine.permissions.roles import SYSTEM, Actor
from pia_engine.questionnaires.hiding import holds
from pia_engine.register.language import language_of
from pia_engine.register.withheld_parts import hidden_under
from pia_engine.services.annual_audits import cancel_open_audits
from pia_engine.services.cities import get_city
from pia_engine.services.initiatives import take_clearance_back
from pia_engine.services.outbox import queue_job
from pia_engine.services.publications import find_publication, queue_standing
from pia_engine.services.reconsiderations import NewCause, raise_cause
from pia_engine.services.transparency_log import Kind, append_entry
from pia_engine.services.workflow import apply_action, check_action
from pia_engine.workflows import initiative
from pia_engine.workflows.full_assessment import Action

LONGEST_REASON = 1000
OVER = frozenset({initiative.Status.REFUSED, initiative.Status.RETIRED})


def retract_publication(
    session: Session, assessment: Assessment, *, actor: Actor, now: dt.datetime, reason: str
) -> Publication:
    """Withdraw the edition of the register that this assessment is. The reason is published."""
    check_action(session, assessment, Action.RETRACT, actor=actor)
    require_printable([(N_("why it is withdrawn"), reason)])
    if len(reason.strip()) > LONGEST_REASON:
        raise Invalid(N_("The reason has more than %(most)s characters. Shorten it."), most=LONGEST_REASON)
    _check_withheld(session, assessment, reason)
    event = apply_action(session, assessment, Action.RETRACT, actor=actor, now=now, reason=reason)
    publication = find_publication(session, assessment)
    if publication is None:
        raise NotPossible(N_("This assessment is not in the register."))
    publication.is_current = False
    publication.retracted_at, publication.retraction_reason = now, event.reason
    session.flush()
    cancel_open_audits(session, assessment, now=now)
    _log(session, publication, now=now)
    queue_standing(session, publication, now=now)
    key = f"pages:{publication.id}:retracted"
    queue_job(session, "pages", key=key, payload={"reference": publication.reference}, now=now)
    _look_again(session, assessment, publication, now=now)
    return publication


def _check_withheld(session: Session, assessment: Assessment, reason: str) -> None:
    """Raises Invalid when the public would read in the reason what is withheld from it."""
    city = get_city(session)
    if holds(reason, hidden_under(session, assessment.initiative_id, language_of(city.language, city.time_zone))):
        raise Invalid(N_("The reason is published, and it says something that is withheld. Give it without that."))


def _log(session: Session, publication: Publication, *, now: dt.datetime) -> None:
    """The log says that it was withdrawn, and of which file; why is for people to read, on its page."""
    facts: dict[str, str | int] = {"reference": publication.reference, "edition": publication.edition}
    key = f"retraction:{publication.reference}:{publication.edition}"
    append_entry(session, Kind.RETRACTION, key=key, digest=publication.pdf_digest, facts=facts, now=now)


def _look_again(session: Session, assessment: Assessment, publication: Publication, *, now: dt.datetime) -> None:
    """Unless something else allows the initiative, its clearance is taken back and somebody decides how to go on."""
    about = assessment.initiative
    today = clock.day_of(now, get_city(session).time_zone)
    if about.status in OVER or read_grounds(session, about, on=today).answer is not None:
        return
    why = f"{assessment.reference}: {publication.retraction_reason}"
    take_clearance_back(session, about, now=now, reason=why)
    text, key = publication.retraction_reason, f"retraction:{publication.id}"
    new = NewCause(about, assessment, "retraction", text, happened_on=today, key=key)
    raise_cause(session, new, actor=SYSTEM, now=now)
