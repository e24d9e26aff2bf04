"""Whether what somebody typed can be printed: said at the field when it is saved, not when the document is made."""

from __future__ import annotations

from flask_babel import gettext as _

from pia_engine.documents.glyphs import missing_glyphs, name_characters


def refuse_unprintable(text: str) -> str:
    """The text itself, or ValueError naming the characters that no font of the published document has."""
    missing = missing_glyphs(text)
    if missing:
        raise ValueError(
            _(
                "The published document cannot print %(characters)s. Write words instead.",
                characters=name_characters(missing),
            )
        )
    return text
