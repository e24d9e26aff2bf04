"""Initiatives whose matter has come to an end, and one with a record of nearly every kind."""

from __future__ import annotations

import datetime as dt

from pia_engine.documents.storage import open_storage
from pia_engine.models import Assessment, Initiative
from pia_engine.services import publications
from pia_engine.services.comments import write_comment
from pia_engine.services.commitment_steps import drop_commitment
from pia_engine.services.commitments import list_commitments_of
from pia_engine.services.initiatives import retire_initiative
from pia_engine.services.legal_holds import place_hold
from pia_engine.settings import Settings
from tests.factories.attachments import attach
from tests.factories.together import ask, sign_off
from tests.factories.walks import Walk

YEARS_LATER = dt.datetime(2036, 3, 10, 9, 0, tzinfo=dt.UTC)
"""After every period of the default policy, counted from what these tests do in March 2026."""


def retired(walk: Walk, title: str = "Traffic counters on Mill Road") -> Initiative:
    """Registered, never assessed, given up."""
    initiative = walk.initiative(title)
    retire_initiative(walk.session, initiative, actor=walk.who("amara"), now=walk.now, reason="No money for it.")
    return initiative


def rich(walk: Walk, settings: Settings, *, title: str = "Traffic counters on Mill Road") -> Assessment:
    """A published assessment with comments, an expert, a vendor, files, a hold and an annual audit, in that order."""
    record = walk.full(title=title)
    attach(walk, record, "summary", settings=settings)
    write_comment(walk.session, record, "summary", text="Which street?", actor=walk.who("petra"), now=walk.now)
    walk.vendor(record, "accepted")
    walk.answer(record, {"overall_residual_risk": "low"}, roles=frozenset({"agency_official"}), actor=walk.who("amara"))
    walk.answer(record, {}, roles=frozenset({"contributor"}), actor=walk.who("sofia"))
    sign_off(walk, ask(walk, record))
    walk.advance(record, "publishing")
    storage = open_storage(settings.documents_folder)
    files = publications.PublishedFiles(
        record.initiative.title,
        "A summary.",
        "text",
        storage.put(b"%PDF-1.7 " + title.encode()),
        storage.put(b"{}"),
        renew_on=walk.now.date() + dt.timedelta(days=340),
    )
    publications.record_publication(walk.session, record, files, now=walk.now)
    place_hold(walk.session, record.initiative, reason="A claim is pending.", actor=walk.who("petra"), now=walk.now)
    walk.session.flush()
    return record


def retire(walk: Walk, initiative: Initiative) -> None:
    """Give up what was promised, then retire what it was promised for."""
    for commitment in list_commitments_of(walk.session, initiative):
        drop_commitment(walk.session, commitment, actor=walk.who("victor"), now=walk.now, reason="It is replaced.")
    retire_initiative(walk.session, initiative, actor=walk.who("amara"), now=walk.now, reason="It is replaced.")
