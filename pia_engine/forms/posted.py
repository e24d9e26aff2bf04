"""What may come in from a browser: one clean text per name, whatever was sent. Meaning is judged by the fields."""

from __future__ import annotations

import re
from collections.abc import Sequence

from flask_babel import gettext as _

_UNSTORABLE = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_SOFT_BREAKS = re.compile("\r\n|[\r\x0b\x0c\x85]")


def one_text(values: Sequence[object]) -> str:
    """The single text that was sent, trimmed; ValueError with a sentence when it is anything else."""
    if not values:
        return ""
    if len(values) > 1 or not isinstance(values[0], str):
        raise ValueError(unreadable())
    text = _SOFT_BREAKS.sub("\n", values[0]).strip()
    if _UNSTORABLE.search(text):
        raise ValueError(
            _("This text contains an invisible character that cannot be stored. Delete it, or type the text again.")
        )
    return text


def unreadable() -> str:
    """What is said of something no page of ours would send."""
    return str(_("This answer arrived in a form we cannot read. Answer it again on this page."))


def several_texts(values: Sequence[object]) -> list[str]:
    """Each text once, in the order sent."""
    return list(dict.fromkeys(one_text([value]) for value in values))


def shown_again(values: Sequence[object] | None) -> str:
    """What was typed, safe to print back into the page beside its error."""
    first = values[0] if values else ""
    return _UNSTORABLE.sub("", _SOFT_BREAKS.sub("\n", first)) if isinstance(first, str) else ""
