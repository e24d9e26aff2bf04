"""Is every declared language complete, and does a translation speak of nothing the file does not have?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pia_engine.questionnaires.outline import Finding, Outline, Part
from pia_engine.questionnaires.translating import ENTRIES, TEXTS

_NAMES = {"sections": "section", "questions": "question", "columns": "column", "options": "option", "rules": "rule"}


def check_translations(found: Outline) -> Iterator[Finding]:
    """A language that lacks some texts would leave people with a page in two languages."""
    translations = found.root.part("translations")
    own = found.root.text("language") or "en"
    for code, words in translations.groups() if translations else ():
        if code == own:
            yield words.path, f"the file itself is in “{code}”; expected another language"
        else:
            yield from _check_texts("", found.root, words, code)
            yield from _check_entries("questions", found.questions, words, code)
            thresholds = found.root.part("thresholds")
            yield from _check_entries("rules", thresholds.parts("rules") if thresholds else (), words, code)


def _check_texts(kind: str, part: Part, words: Part, code: str) -> Iterator[Finding]:
    for name in TEXTS[kind]:
        if name in part.data and name not in words.data:
            yield words.path, f"“{name}” has no text in “{code}”; expected “{name}” with its translation"
        if name in words.data and name not in part.data:
            yield words.at(name), f"“{name}” translates nothing here; expected only texts that the file has"
    for listed in ENTRIES[kind]:
        yield from _check_entries(listed, part.parts(listed), words, code)


def _check_entries(kind: str, entries: Iterable[Part], words: Part, code: str) -> Iterator[Finding]:
    key = "value" if kind == "options" else "id"
    present = {entry.text(key): entry for entry in entries if entry.text(key)}
    translated = words.part(kind)
    groups = dict(translated.groups()) if translated else {}
    for name, entry in present.items():
        if name in groups:
            yield from _check_texts(kind, entry, groups[name], code)
        elif translated is None or name not in translated.data:
            place = translated.path if translated else words.path
            yield place, f"{_NAMES[kind]} “{name}” has no text in “{code}”; expected it under “{kind}”"
    if translated is not None:
        for name in translated.data.keys() - present.keys():
            text = f"there is no {_NAMES[kind]} “{name}” to translate; expected one that the file has"
            yield translated.at(name), text
