"""What an entry of a log says, in plain words. Entries may come from another city's log: nothing in them is believed
to have its form.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pia_engine.errors import N_
from pia_engine.models.transparency import Kind
from pia_engine.questionnaires.wording import Sentence
from pia_engine.workflows.outcomes import OUTCOMES

LONGEST_VALUE = 200
FACTS = ("reference", "edition", "why", "outcome", "version", "year", "events", "chains")
"""The facts that sentences name; an entry may hold others, for computers."""
OF_AN_EDITION = (
    Kind.PUBLICATION,
    Kind.CORRECTION,
    Kind.RETRACTION,
    Kind.COPY,
    Kind.ORIGINAL,
    Kind.DISCLOSURE,
    Kind.DISPOSAL,
)
"""Kinds whose facts name a published edition: `reference` and `edition`."""

WORDS: dict[str, str] = {
    Kind.PUBLICATION: N_("Assessment %(reference)s was published."),
    Kind.CORRECTION: N_("Assessment %(reference)s was published anew, as version %(edition)s."),
    Kind.RETRACTION: N_("Version %(edition)s of assessment %(reference)s was withdrawn from the register."),
    Kind.COPY: N_("Version %(edition)s of assessment %(reference)s was given out as a new file: %(why)s."),
    Kind.ORIGINAL: N_(
        "The complete document behind version %(edition)s of assessment %(reference)s was signed. "
        "Parts of it are withheld from the public."
    ),
    Kind.DISCLOSURE: N_("Something that was withheld from assessment %(reference)s was disclosed."),
    Kind.DETERMINATION: N_("Initial assessment %(reference)s was decided: %(outcome)s."),
    Kind.POLICY: N_("Version %(version)s of the policy was adopted."),
    Kind.ANNUAL_REPORT: N_("The annual report on %(year)s was published."),
    Kind.CLOSING_REPORT: N_("The closing report of audit %(reference)s was signed."),
    Kind.DISPOSAL: N_(
        "The records of version %(edition)s of assessment %(reference)s were disposed of: the time to keep them was "
        "over."
    ),
    Kind.AUDIT_HEAD: N_("The internal audit trail was sealed as it stood: %(events)s events of %(chains)s records."),
}
LESS_KNOWN: dict[str, str] = {
    Kind.CORRECTION: N_("Assessment %(reference)s was published anew."),
    Kind.RETRACTION: N_("Assessment %(reference)s was withdrawn from the register."),
    Kind.COPY: N_("%(reference)s was given out as a new file: %(why)s."),
    Kind.DISPOSAL: N_("The records of %(reference)s were disposed of: the time to keep them was over."),
}
"""For entries that name no edition, such as a new file of an annual report."""
UNKNOWN_KIND = N_("An entry of the kind “%(kind)s”, which this program does not know.")
UNCLEAR = N_("An entry of the kind “%(kind)s” that does not say what it is about.")
UNREADABLE = N_("An entry that cannot be read.")
WHY = {
    "superseded": N_("it says that a newer version has taken its place"),
    "renewed": N_("its signatures were made to last longer"),
    "retracted": N_("it says that it was withdrawn"),
    "withdrawn": N_("it says that it was withdrawn"),
}


@dataclass(frozen=True, slots=True)
class EntryContent:
    """An entry as far as it could be read."""

    kind: str = ""
    recorded_at: str = ""
    digest: str = ""
    facts: Mapping[str, str] = field(default_factory=dict)

    @property
    def edition(self) -> tuple[str, str] | None:
        """The published edition it is about: reference and number."""
        if self.kind not in OF_AN_EDITION or not {"reference", "edition"} <= self.facts.keys():
            return None
        return self.facts["reference"], self.facts["edition"]


def read_entry(body: bytes) -> EntryContent:
    """What the bytes of an entry say; empty where they say nothing of the kind."""
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        return EntryContent()
    if not isinstance(document, dict):
        return EntryContent()
    facts = document.get("facts")
    return EntryContent(
        kind=_text(document.get("kind")),
        recorded_at=_text(document.get("recorded_at")),
        digest=_text(document.get("digest")),
        facts={_text(name): _text(value) for name, value in facts.items()} if isinstance(facts, dict) else {},
    )


def describe(entry: EntryContent) -> Sentence:
    """One sentence a reader understands without knowing the program."""
    if not entry.kind:
        return Sentence(UNREADABLE)
    words = WORDS.get(entry.kind)
    if words is None:
        return Sentence(UNKNOWN_KIND, kind=entry.kind)
    values: dict[str, object] = {name: value for name, value in entry.facts.items() if name in FACTS}
    for name, known in (("outcome", OUTCOMES), ("why", WHY)):
        value = entry.facts.get(name, "")
        if value in known:
            values[name] = Sentence(known[value])
    for template in (words, LESS_KNOWN.get(entry.kind, UNCLEAR)):
        with contextlib.suppress(KeyError):
            return Sentence(template, **{"kind": entry.kind, **values})
    return Sentence(UNCLEAR, kind=entry.kind)


def _text(value: Any) -> str:
    """A value as a short text; numbers as they are written, anything deeper not at all."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        return ""
    if isinstance(value, int) and value.bit_length() > 64:
        return ""
    return str(value)[:LONGEST_VALUE]
