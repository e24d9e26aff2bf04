"""What entries say in words, also when they come from somebody who means no good."""

from __future__ import annotations

import json

import pytest

from pia_engine.models.transparency import Kind
from pia_engine.register.log_entries import WORDS, describe, read_entry

FACTS = {
    "reference": "PIA-2026-0042",
    "edition": 2,
    "why": "renewed",
    "outcome": "no_pia",
    "version": 3,
    "year": 2025,
    "events": 900,
    "chains": 12,
}


def said(kind: str, **facts: object) -> str:
    return str(describe(read_entry(json.dumps({"kind": kind, "facts": facts}).encode())))


def test_every_kind_has_its_sentence() -> None:
    assert set(WORDS) == set(Kind)
    for kind in Kind:
        sentence = said(kind, **FACTS)
        assert "%" not in sentence
        assert "entry of the kind" not in sentence


def test_codes_are_said_in_words() -> None:
    assert said("determination", **FACTS) == "Initial assessment PIA-2026-0042 was decided: No PIA needed."
    assert said("copy", reference="REP-2025", why="renewed").startswith("REP-2025 was given out as a new file")


def test_an_entry_about_an_edition_names_it() -> None:
    body = json.dumps({"kind": "publication", "facts": {"reference": "PIA-2026-0001", "edition": 1}}).encode()
    assert read_entry(body).edition == ("PIA-2026-0001", "1")
    assert read_entry(b'{"kind":"policy","facts":{"reference":"POL-2","edition":1}}').edition is None


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xff",
        b"[]",
        b"7",
        b"[" * 60_000,
        b'{"kind": {"a": 1}}',
        b'{"kind": "publication", "facts": [1]}',
        b'{"kind": "publication", "facts": {"reference": {"x": 1}, "template": "x"}}',
        b'{"kind": "publication", "facts": {"reference": 1' + b"0" * 5000 + b"}}",
        b'{"kind": "determination", "facts": {"reference": "x", "outcome": "%(reference)s %s %d"}}',
        b'{"kind": "publication", "facts": {"self": "x", "cls": "y", "kind": "z"}}',
    ],
)
def test_anything_at_all_can_be_described(body: bytes) -> None:
    assert len(describe(read_entry(body))) < 1000


def test_long_texts_are_cut() -> None:
    assert len(said("publication", reference="x" * 60_000)) < 300
