"""What stands where records were that have been disposed of: a page that says what they were, with status 410."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from pia_engine.errors import NotFound
from pia_engine.extensions import db
from pia_engine.models import Initiative, Tombstone
from pia_engine.permissions.people import may
from pia_engine.permissions.vocabulary import Permission
from pia_engine.services.disposals import find_tombstone
from pia_engine.services.disposing import Doomed, preview_disposal
from pia_engine.web.access import actor, public
from pia_engine.web.chronicle import day_in_words
from pia_engine.web.context import is_signed_in
from pia_engine.web.error_pages import error_page, on_pia_error
from pia_engine.web.record_words import counts_in_words, decision_name


@dataclass(frozen=True, slots=True)
class Preview:
    """An initiative with what a disposal would delete of it."""

    initiative: Initiative
    doomed: Doomed


def preview_of(initiative: Initiative) -> Preview:
    return Preview(initiative, preview_disposal(db.session(), initiative))


@dataclass(frozen=True, slots=True)
class _Place:
    """Where the records were, for whoever could see them there."""

    id: uuid.UUID
    department_id: uuid.UUID
    author_id: None = None


def register(blueprint: Blueprint) -> None:
    """Answer for every address that named a record by its reference, and for the public page it had."""

    @blueprint.get("/register/<reference>")
    @public
    def published(reference: str) -> ResponseReturnValue:
        """Published pages are served ahead of the application; here is only what is there no longer."""
        stone = find_tombstone(db.session(), reference)
        if stone is None or not stone.was_public:
            return error_page(404)
        return tombstone_page(stone, layout="layouts/public.html")

    blueprint.app_errorhandler(NotFound)(_on_not_found)


def _on_not_found(error: NotFound) -> ResponseReturnValue:
    """The tombstone for whoever could see what was there, else the usual page."""
    reference = str((request.view_args or {}).get("reference", ""))
    if reference and request.method in ("GET", "HEAD") and is_signed_in():
        stone = find_tombstone(db.session(), reference)
        if stone is not None and _may_see(stone):
            return tombstone_page(stone, layout="layouts/staff.html")
    return on_pia_error(error)


def _may_see(stone: Tombstone) -> bool:
    return may(actor(), Permission.INITIATIVE_VIEW, _Place(stone.id, stone.department_id))


def tombstone_page(stone: Tombstone, *, layout: str) -> ResponseReturnValue:
    """What it was, when, how it was decided, and how many records there were."""
    page = render_template(
        "records/tombstone.html",
        tombstone_layout=layout,
        stone=stone,
        decision=decision_name(stone),
        counts=counts_in_words(stone.counts) if is_signed_in() and layout == "layouts/staff.html" else [],
        day_in_words=day_in_words,
    )
    return page, 410
