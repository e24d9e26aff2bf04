"""The published record as linked data: complete in itself, and nothing of the record hidden by its context."""

from __future__ import annotations

from typing import Any

from pia_engine.documents.finishing import RECORD_NAMESPACE
from pia_engine.register.json_ld import ASSESSMENT, CONTEXT, REPORT, linked

RECORD: dict[str, Any] = {"reference": "PIA-2026-0042", "title": "Cameras", "sections": [{"answers": [], "id": "a"}]}
PREFIXES = ("dcterms", "dpv", "schema", "xsd")


def test_a_record_says_its_context_address_and_kind() -> None:
    document = linked(RECORD, address="https://city.example/register/PIA-2026-0042/v1")
    assert list(document)[:3] == ["@context", "@id", "@type"]
    assert document["@id"] == "https://city.example/register/PIA-2026-0042/v1"
    assert document["@type"] == list(ASSESSMENT) == ["dpv:PIA", "schema:Report"]
    assert {key: document[key] for key in RECORD} == RECORD


def test_a_record_without_a_public_address_has_none() -> None:
    assert "@id" not in linked(RECORD, types=REPORT)


def test_the_context_needs_no_network_and_names_every_prefix_it_uses() -> None:
    assert CONTEXT["@version"] == 1.1
    assert CONTEXT["@vocab"] == RECORD_NAMESPACE
    for name, meaning in _terms(CONTEXT):
        iri = meaning if isinstance(meaning, str) else meaning.get("@id", name)
        prefix, separator, _rest = iri.partition(":")
        assert not separator or prefix in (*PREFIXES, "http", "https", "urn"), name
        kind = meaning.get("@type", "@id") if isinstance(meaning, dict) else "@id"
        assert kind in ("@id", "@json", "xsd:date", "xsd:dateTime"), name
    assert {CONTEXT[prefix] for prefix in PREFIXES} == {
        "http://purl.org/dc/terms/",
        "https://w3id.org/dpv#",
        "https://schema.org/",
        "http://www.w3.org/2001/XMLSchema#",
    }


def test_what_is_in_order_stays_in_order() -> None:
    """JSON-LD takes a plain array for a set; what must keep its order says so."""
    for ordered in ("sections", "answers", "sign_offs", "principles", "foundations", "consultations", "observations"):
        assert CONTEXT[ordered].get("@container") == "@list", ordered
    for whole in ("shown", "value", "matrix"):
        assert CONTEXT[whole].get("@type") == "@json", whole


def _terms(context: dict[str, Any]) -> list[tuple[str, Any]]:
    own = [(name, meaning) for name, meaning in context.items() if not name.startswith("@")]
    inner = [pair for _, meaning in own if isinstance(meaning, dict) for pair in _terms(meaning.get("@context", {}))]
    return own + inner
