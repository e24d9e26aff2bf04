"""A chain of audit events, judged by itself: no database, no installation. What is stored where is known elsewhere.

Each event is a text of canonical JSON whose SHA-256 the next one names. So the first event that does not follow can
always be found, by anybody who has the texts.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Head:
    """Where a chain ends: how many events it has, and the hash of the last."""

    length: int = 0
    hash: str = ""


@dataclass(frozen=True, slots=True)
class ChainedEvent:
    """One event as it is stored. `beside` holds what is kept next to the text, by the name the text gives it."""

    sequence: int
    previous_hash: str
    hash: str
    body: bytes
    beside: Mapping[str, Any] = field(default_factory=dict)

    @property
    def head(self) -> Head:
        return Head(self.sequence, self.hash)


def why_broken(event: ChainedEvent, head: Head) -> str:
    """What is wrong with the event that should follow `head`; empty when nothing is."""
    if event.sequence != head.length + 1:
        return f"event {head.length + 1} is missing"
    if event.previous_hash != head.hash:
        return "it does not follow the event before it"
    if hashlib.sha256(event.body).hexdigest() != event.hash:
        return "its content was altered"
    return _why_contradicted(event)


def why_cut(head: Head, recorded: Head) -> str:
    """What is wrong with the end of a chain, given what its record says of it; empty when nothing is."""
    if head.length < recorded.length:
        return f"event {head.length + 1} is missing: the record has had {recorded.length}"
    if head.length > recorded.length:
        return f"it was added behind the program's back: the record has had {recorded.length}"
    return "" if head.hash == recorded.hash else "it is not the event that its record ends with"


def _why_contradicted(event: ChainedEvent) -> str:
    """The hash is right, so the text is what was written; what stands beside it has to say the same."""
    said = read_body(event.body)
    expected = {**event.beside, "sequence": event.sequence, "previous": event.previous_hash}
    for name, value in expected.items():
        if said.get(name) != value:
            return f"its “{name}” was altered: it does not say what was hashed"
    return ""


def read_body(body: bytes) -> dict[str, Any]:
    """What an event says; nothing at all for one that is no event."""
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return said if isinstance(said, dict) else {}
