"""The public page of an edition that is not published yet, as it will be: made from the same template, kept nowhere."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from pia_engine.register.disclosed import withheld_lines
from pia_engine.register.entry_page import entry_context
from pia_engine.register.pages import open_press
from pia_engine.register.withholding import WithheldPart, missing_parts, project
from pia_engine.settings import Settings


@dataclass(frozen=True, slots=True)
class _Unpublished:
    """Stands where the page of a published edition speaks of its publication."""

    edition: int
    is_current: bool = True
    retracted_at: dt.datetime | None = None
    superseded_at: dt.datetime | None = None
    retraction_reason: str = ""
    pdf_digest: str = ""
    json_digest: str = ""


def preview_page(
    session: Session,
    settings: Settings,
    record: Mapping[str, Any],
    parts: Sequence[WithheldPart],
    *,
    beside: Sequence[Mapping[str, Any]],
    back_url: str,
) -> str:
    """The page, with what it leaves out named above it. A part that is not there any more is left out of neither."""
    press = open_press(session, settings)
    missing = missing_parts(record, parts)
    projected = project(record, [part for part in parts if part not in missing], language=press.language)
    return press.render(
        "preview",
        **entry_context(projected, press.language),
        withheld=withheld_lines(projected, (), base=""),
        later_statements=[],
        commitments=[],
        review_on=None,
        publication=_Unpublished(record["edition"]),
        versions=[],
        current=None,
        is_preview=True,
        beside=beside,
        missing=sorted({part.withholding for part in missing}),
        back_url=back_url,
        active="",
    )
