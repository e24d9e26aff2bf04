"""The published records as linked data: which public vocabularies the words of a record stand for (JSON-LD 1.1).

The context stands in every record itself, so that nobody has to fetch anything to read it, in thirty years or offline.
Where Dublin Core, schema.org or the W3C Data Privacy Vocabulary have the same idea, their word is meant; everything
else is in our own namespace, the one the metadata of the PDF uses.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pia_engine.documents.finishing import RECORD_NAMESPACE

ASSESSMENT = ("dpv:PIA", "schema:Report")
REPORT = ("schema:Report",)

_INSTANT, _DAY, _LIST, _AS_IT_IS = (
    {"@type": "xsd:dateTime"},
    {"@type": "xsd:date"},
    {"@container": "@list"},
    {"@type": "@json"},
)

CONTEXT: dict[str, Any] = {
    "@version": 1.1,
    "@vocab": RECORD_NAMESPACE,
    "dcterms": "http://purl.org/dc/terms/",
    "dpv": "https://w3id.org/dpv#",
    "schema": "https://schema.org/",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "reference": "dcterms:identifier",
    "edition": "schema:version",
    "permalink": {"@id": "schema:url", "@type": "@id"},
    "language": "dcterms:language",
    "title": "dcterms:title",
    "summary": "dcterms:abstract",
    "published_at": {"@id": "dcterms:issued", **_INSTANT},
    "approved_at": {"@id": "dcterms:dateAccepted", **_INSTANT},
    "city": {
        "@id": "dcterms:publisher",
        "@context": {"contact_email": "schema:email", "contact_name": "schema:contactPoint", "name": "schema:name"},
    },
    "policy": {"@id": "dpv:hasPolicy"},
    "matrix": _AS_IT_IS,
    "principles": _LIST,
    "authorities": _LIST,
    "citation": "dcterms:bibliographicCitation",
    "sha256": "schema:sha256",
    "based_on": "schema:isBasedOn",
    "sections": _LIST,
    "answers": _LIST,
    "columns": _LIST,
    "shown": _AS_IT_IS,
    "value": _AS_IT_IS,
    "advice": _LIST,
    "consultations": _LIST,
    "observations": _LIST,
    "sign_offs": _LIST,
    "foundations": _LIST,
    "findings": _LIST,
    "steps": _LIST,
    "figures": _AS_IT_IS,
    "sample": _AS_IT_IS,
    "name": "schema:name",
    "organisation": "schema:affiliation",
    "job_title": "schema:jobTitle",
    "submitted_at": _INSTANT,
    "determined_at": _INSTANT,
    "given_at": _INSTANT,
    "signed_at": _INSTANT,
    "filed_at": _INSTANT,
    "adopted_on": _DAY,
    "asked_on": _DAY,
    "replied_on": _DAY,
    "next_audit_on": _DAY,
    "next_review_on": {"@id": "schema:expires", **_DAY},
}
"""Texts and tables people wrote stay as they are (`@json`): their order and their empty places are part of them."""


def linked(record: Mapping[str, Any], *, address: str = "", types: tuple[str, ...] = ASSESSMENT) -> dict[str, Any]:
    """The record with what makes it linked data: its context, its permanent address if it has one, and its kind."""
    named = {"@id": address} if address else {}
    return {"@context": CONTEXT, **named, "@type": list(types), **record}
