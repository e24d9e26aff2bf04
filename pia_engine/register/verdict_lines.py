"""An answer about a file as lines of text, for a screen that shows nothing else."""

from __future__ import annotations

from collections.abc import Iterator

from pia_engine.register import verdict_words as words
from pia_engine.register.verification import Signer, Translate, Verdict


def lines_of(verdict: Verdict, translate: Translate = str) -> Iterator[str]:
    """The answer without its headline, a line at a time, for a screen of text."""
    yield from verdict.sentences
    for each in verdict.signatures:
        yield signature_in_words(each, translate)
    yield from verdict.advice
    if verdict.sha256:
        yield translate(words.FINGERPRINT) % {"sha256": verdict.sha256}
    if verdict.document is not None and verdict.document.position is not None:
        yield translate(words.POSITION) % {"position": verdict.document.position}


def signature_in_words(each: Signer, translate: Translate = str) -> str:
    """One signature as a sentence."""
    named = ", ".join(filter(None, (each.who, each.role if each.kind == "person" else "")))
    if each.organisation and each.kind == "person":
        named = f"{named} ({each.organisation})"
    if each.problem:
        return str(translate(words.NOT_COUNTED) % {"name": named, "problem": each.problem})
    by = each.organisation or named if each.kind == "seal" else named
    if not each.when:
        return str(translate(words.SIGNED_SOMETIME) % {"name": named})
    said = translate(words.SIGNED[each.kind]) % {"name": by, "when": each.when}
    return f"{said} {translate(words.STATED) % {'reason': each.says}}" if each.says else str(said)
