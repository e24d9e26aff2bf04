"""The closing report of an audit as a document: what it says as plain values, and its typesetting."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from pia_engine.documents.glyphs import answer_texts, require_printable
from pia_engine.documents.rendering import LIMITS, Limits, fill_page, press_page
from pia_engine.documents.report import Answer, ReportSection, Table
from pia_engine.errors import N_

COVER, CONCLUSION, FINDING, SAMPLE = N_("Cover"), N_("Conclusion"), N_("Finding"), N_("What was looked at")


@dataclass(frozen=True, slots=True)
class FindingLine:
    """One finding, the answer to it, and what puts it right; each pair is a label and a text."""

    number: int
    severity: str
    text: str
    details: tuple[tuple[str, str], ...]
    response: str
    response_text: str
    correction: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Drawing:
    """How the sample was drawn, in words, and what was drawn."""

    explanation: tuple[str, ...]
    seed: str
    drawn: Table | None


@dataclass(frozen=True, slots=True)
class AuditReport:
    """Everything the closing report says. Every text is in the city's language."""

    reference: str
    kind: str
    title: str
    city_name: str
    language: str
    direction: str
    created_at: datetime
    verification_address: str
    conclusion: str
    reason: str
    facts: tuple[tuple[str, str], ...] = ()
    sections: tuple[ReportSection, ...] = ()
    findings: tuple[FindingLine, ...] = ()
    sample: Drawing | None = None
    notice: str = ""

    def texts(self) -> Iterator[tuple[str, str]]:
        """Every text that is printed, with the place where a person finds it."""
        yield COVER, "\n".join((self.title, self.kind, self.city_name, self.notice, *map("".join, self.facts)))
        yield CONCLUSION, f"{self.conclusion}\n{self.reason}"
        for finding in self.findings:
            pairs = "".join(map("".join, (*finding.details, *finding.correction)))
            yield f"{FINDING} {finding.number}", f"{finding.text}{finding.response_text}{pairs}"
        for section in self.sections:
            for entry in section.entries:
                yield f"{section.title} – {entry.question}", "\n".join((entry.question, *answer_texts(entry.answer)))
        if self.sample and self.sample.drawn:
            yield SAMPLE, "\n".join(answer_texts(self.sample.drawn))


def render_audit_report(report: AuditReport, *, record: bytes, limits: Limits = LIMITS) -> bytes:
    """Typeset the report as PDF/A-3a and PDF/UA-1 with its record inside; same input, same bytes."""
    require_printable(report.texts())
    page = audit_report_page(report, record=record)
    return press_page(page, reference=report.reference, created_at=report.created_at, record=record, limits=limits)


def audit_report_page(report: AuditReport, *, record: bytes) -> str:
    """Fill the document template; the result is one self-contained HTML page."""
    return fill_page("documents/audit_report.html", report, record=record, printed_elsewhere=_nowhere_else)


def _nowhere_else(_report: AuditReport, _answer: Answer) -> str:
    return ""
