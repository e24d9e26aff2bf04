"""What the public page of one edition shows, taken from its published record; the wording around it is a template's."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from babel.numbers import format_decimal

from pia_engine.errors import N_
from pia_engine.models import Publication
from pia_engine.questionnaires.values import filled_rows
from pia_engine.register.entries import find_answer, find_open_answer
from pia_engine.register.language import Language, locale_of
from pia_engine.register.marks import is_withheld
from pia_engine.register.matrix import drawn_matrix
from pia_engine.register.risks import matrix_of, risks_of_record, withheld_risks

SHORT_TEXT = 420
# The end of a sentence or a line; the point after a number in a list ends neither.
SENTENCE_END = re.compile(r"(?<!\d)[.?!](?=\s)|(?=\n)")
TONES = {"met": "good", "partly": "warning", "open": "quiet", "low": "good", "medium": "warning", "high": "bad"}
FINDING_TONES = {"kept": "good", "partly": "warning", "not_kept": "bad", "not_affected": "quiet"}
PROMISE_TONES = {"in_place": "good", "started": "active", "planned": "waiting"}
SHOWN_APART = {"summary": "summary", "risks": "risks", "principles": "principles", "mitigations": "promises"}
"""Questions that have a part of the page to themselves, and its name."""


@dataclass(frozen=True, slots=True)
class Part:
    """One answer that helps to state a fact; of a table, the cells of these columns. A named one says its question."""

    question: str
    columns: tuple[str, ...] = ()
    is_named: bool = False


FACTS: tuple[tuple[str, tuple[Part, ...]], ...] = (
    (N_("What it is for"), (Part("purpose"),)),
    (N_("Who answers for it"), (Part("accountable_official"),)),
    (N_("What technology is used"), (Part("product_name"), Part("vendor_name"), Part("ai_use", is_named=True))),
    (N_("What is recorded about people"), (Part("data_inventory", ("element",)),)),
    (N_("How long it is kept"), (Part("retention_schedule", ("information", "period")),)),
    (N_("Who can see it, and who else gets it"), (Part("access_roles"), Part("sharing_kinds"))),
    (N_("What risk is left over"), (Part("overall_residual_risk"), Part("overall_residual_reasons"))),
    (N_("How to complain"), (Part("complaint_route"),)),
)


def entry_context(record: Mapping[str, Any], language: Language) -> dict[str, Any]:
    """Everything the page says about the assessment itself."""
    risks = risks_of_record(record, find_answer(record, "risks"))
    return {
        "record": record,
        "facts": _facts(record, language),
        "promises": _promises(record),
        "risks": risks,
        "matrix": drawn_matrix(matrix_of(record), risks) if risks else None,
        "withheld_risks": withheld_risks(find_answer(record, "risks")),
        "findings": _findings(record),
        "principle_texts": {each["name"]: each["text"] for each in record["policy"]["principles"]},
        "tones": TONES,
        "shown_apart": {q: part for q, part in SHOWN_APART.items() if not is_withheld(find_answer(record, q))},
        "contact": _text(record, "public_contact"),
        "section_titles": {section["id"]: section["title"] for section in record["sections"]},
    }


def version_lines(publications: Sequence[Publication], language: Language) -> list[dict[str, Any]]:
    """Every published edition under a reference, newest first."""
    return [
        {
            "edition": each.edition,
            "href": f"/register/{each.reference}/v{each.edition}",
            "published_on": language.day_of(each.published_at),
            "superseded_on": language.day_of(each.superseded_at) if each.superseded_at else "",
            "withdrawn_on": language.day_of(each.retracted_at) if each.retracted_at else "",
            "is_current": each.is_current,
        }
        for each in sorted(publications, key=lambda each: each.edition, reverse=True)
    ]


def file_size(size: int, language: Language) -> str:
    """“1.4 MB” or “38 kB”."""
    locale = locale_of(language.code)
    if size >= 1_000_000:
        return f"{format_decimal(size / 1_000_000, '#,##0.0', locale=locale)} MB"
    return f"{format_decimal(max(1, round(size / 1000)), '#,##0', locale=locale)} kB"


def shortened(text: str, limit: int = SHORT_TEXT) -> str:
    """The first sentences of a text that fit; the whole text when it is short enough."""
    text = text.strip()
    if len(text) <= limit:
        return text
    head = text[:limit]
    ends = [found.end() for found in SENTENCE_END.finditer(head)]
    cut = ends[-1] if ends and ends[-1] > limit // 3 else head.rfind(" ")
    return f"{head[:cut].rstrip()} …"


def _facts(record: Mapping[str, Any], language: Language) -> list[dict[str, Any]]:
    facts = []
    for title, parts in FACTS:
        answers = [(part, find_answer(record, part.question)) for part in parts]
        lines = [line for part, answer in answers if answer for line in _lines(part, answer)]
        if lines:
            anchors = [answer["question"] for _part, answer in answers if answer]
            facts.append({"title": language.say(title), "lines": lines, "anchor": anchors[-1]})
    return facts


def _lines(part: Part, answer: Mapping[str, Any]) -> list[str]:
    shown = answer["shown"]
    if isinstance(shown, str):
        return [f"{answer['text']}: {shown}" if part.is_named else shortened(shown)]
    if part.columns:
        return [": ".join(filter(None, (row.get(column, "") for column in part.columns))) for row in shown]
    return [str(entry) for entry in shown]


def _promises(record: Mapping[str, Any]) -> list[dict[str, str]]:
    answer = find_open_answer(record, "mitigations")
    if answer is None:
        return []
    stored = [row for row in answer["value"] if any(row.values())]
    return [
        {**shown, "tone": PROMISE_TONES.get(row.get("status", ""), "quiet")}
        for row, shown in zip(stored, answer["shown"], strict=True)
    ]


def _findings(record: Mapping[str, Any]) -> list[dict[str, str]]:
    """How the project stands on each principle of the city."""
    answer = find_open_answer(record, "principles")
    if answer is None:
        return []
    return [
        {**shown, "tone": FINDING_TONES.get(row.get("finding", ""), "quiet")}
        for row, shown in zip(filled_rows(answer["value"]), answer["shown"], strict=True)
    ]


def _text(record: Mapping[str, Any], question: str) -> str:
    answer = find_answer(record, question)
    return str(answer["shown"]) if answer else ""
