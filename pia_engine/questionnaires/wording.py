"""Sentences that read well in English at once and can still be translated where they are shown.

Nothing here knows a translation catalogue: the caller brings its `gettext`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Self

from pia_engine.errors import N_


class Sentence(str):
    """A text that remembers its template and what was filled in, because a finished text cannot be translated."""

    template: str
    values: dict[str, object]

    def __new__(cls, template: str, **values: object) -> Self:
        made = super().__new__(cls, template % values if values else template)
        made.template = template
        made.values = values
        return made

    def translated(self, gettext: Callable[[str], str]) -> str:
        """The same sentence in the language of `gettext`, down to the sentences inside it."""
        if not self.values:
            return gettext(self.template)
        inner = {
            name: value.translated(gettext) if isinstance(value, Sentence) else value
            for name, value in self.values.items()
        }
        return gettext(self.template) % inner


def plain(text: str) -> Sentence:
    """A text from a questionnaire, which has its translations in the file and none in the catalogue."""
    return Sentence("%(text)s", text=text)


def all_of(parts: Sequence[str]) -> Sentence:
    """“a, b and c”."""
    return _joined(parts, N_("%(first)s, %(rest)s"), N_("%(first)s and %(last)s"))


def any_of(parts: Sequence[str]) -> Sentence:
    """“a, b or c”."""
    return _joined(parts, N_("%(first)s, %(rest)s"), N_("%(first)s or %(last)s"))


def _joined(parts: Sequence[str], between: str, at_the_end: str) -> Sentence:
    *before, last = [part if isinstance(part, Sentence) else plain(part) for part in parts]
    if not before:
        return last
    joined = Sentence(at_the_end, first=before.pop(), last=last)
    for part in reversed(before):
        joined = Sentence(between, first=part, rest=joined)
    return joined
