"""Bring the public pages up to date after a publication or a change of the city's settings."""

from __future__ import annotations

from pia_engine.jobs.context import JobContext
from pia_engine.register.pages import build_all_pages, build_pages_of


def pages(context: JobContext) -> None:
    """The pages of the reference in the payload, or all of them. Doing it twice is the same as once."""
    reference = context.payload.get("reference", "")
    with context.read() as session:
        if reference:
            build_pages_of(session, context.settings, reference=reference)
        else:
            build_all_pages(session, context.settings)
