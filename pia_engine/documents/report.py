"""What a report says, as plain values; nothing here knows the database, the page layout or the PDF."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Table:
    """A data table: every row has one text per column."""

    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


Answer = str | tuple[str, ...] | Table


@dataclass(frozen=True, slots=True)
class Entry:
    """One question and its answer; `provenance` says where the answer came from when it is not the author's own."""

    question: str
    answer: Answer
    provenance: str | None = None


@dataclass(frozen=True, slots=True)
class ReportSection:
    """One section; `id` is the stable name which links and foundations point to."""

    id: str
    number: str
    title: str
    foundation: int
    entries: tuple[Entry, ...]
    intro: str = ""


@dataclass(frozen=True, slots=True)
class FoundationLine:
    """How the assessment stands on one of the six foundations, and which sections say so."""

    number: int
    title: str
    standing: str
    explanation: str
    section_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RiskLine:
    """One risk; likelihood and impact count from 1 and stand for the matrix's labels.

    `details` are what else is said of it, each with its label.
    """

    reference: str
    title: str
    affected: str
    likelihood: int
    impact: int
    residual_likelihood: int
    residual_impact: int
    mitigations: tuple[str, ...] = ()
    details: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class RiskMatrix:
    """The city's scale: labels from weakest to strongest, and for every likelihood a row of level numbers."""

    likelihoods: tuple[str, ...]
    impacts: tuple[str, ...]
    levels: tuple[str, ...]
    cells: tuple[tuple[int, ...], ...]

    def level(self, likelihood: int, impact: int) -> int:
        """Return the number of the level (0 is the lowest) at this likelihood and impact."""
        return self.cells[likelihood - 1][impact - 1]


@dataclass(frozen=True, slots=True)
class MitigationLine:
    """One promise: what will be done, by whom, until when."""

    reference: str
    measure: str
    owner: str
    due: str
    status: str


@dataclass(frozen=True, slots=True)
class SignOffLine:
    """One person's decision; the report keeps a signature place for each line, in this order."""

    order: int
    role: str
    name: str
    decision: str
    reason: str
    signed_at: datetime
    overrules: str = ""


@dataclass(frozen=True, slots=True)
class HeardLine:
    """Somebody who was asked, what they replied, and what became of it; the days are in words."""

    who: str
    about: str
    asked: str
    asked_on: str
    reply: str
    replied_on: str
    effect: str


@dataclass(frozen=True, slots=True)
class StatementLine:
    """What an independent observer stated, word for word."""

    who: str
    filed_on: str
    text: str


@dataclass(frozen=True, slots=True)
class WithheldLine:
    """One part kept from the public: `where` it stood, `what` was taken out, and the `ground` in the city's words."""

    where: str
    what: str
    ground: str


@dataclass(frozen=True, slots=True)
class Original:
    """The complete document behind one with withheld parts: its fingerprint and its entry in the log, once known."""

    sha256: str
    log_index: int | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """A public source the facts were taken from."""

    title: str
    address: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """Everything the published document says."""

    reference: str
    edition: str
    title: str
    city_name: str
    department: str
    status_line: str
    language: str
    direction: str
    summary: str
    created_at: datetime
    verification_address: str
    facts: tuple[tuple[str, str], ...] = ()
    sections: tuple[ReportSection, ...] = ()
    foundations: tuple[FoundationLine, ...] = ()
    risks: tuple[RiskLine, ...] = ()
    matrix: RiskMatrix | None = None
    mitigations: tuple[MitigationLine, ...] = ()
    sign_offs: tuple[SignOffLine, ...] = ()
    advice: str = ""
    recommendation: str = ""
    heard: tuple[HeardLine, ...] = ()
    statements: tuple[StatementLine, ...] = ()
    conditions: tuple[str, ...] = ()
    sources: tuple[Source, ...] = ()
    notice: str = ""
    withheld: tuple[WithheldLine, ...] = ()
    original: Original | None = None

    def section(self, section_id: str) -> ReportSection | None:
        """Return the section with this id, if the report has it."""
        return next((section for section in self.sections if section.id == section_id), None)


SEAL_FIELD = "Seal"
STANDING_FIELD = "Standing"
"""The place on the cover of every edition that stays empty until the edition is superseded or withdrawn."""


def approver_field(order: int) -> str:
    """Name the signature place of the approver who signs as number `order`, counted from 1."""
    return f"Approver{order}"


def signature_fields(approvers: int) -> Sequence[str]:
    """Name every signature place of a document, in signing order: the city's seal first."""
    return [SEAL_FIELD, *(approver_field(order) for order in range(1, approvers + 1))]


def printed_elsewhere(report: Report, answer: Answer) -> str:
    """Name the chapter that prints this very text anyway, so that nobody reads it twice; empty when none does."""
    if not isinstance(answer, str) or not answer.strip():
        return ""
    chapters = {"summary": report.summary, "decision": report.advice}
    return next((name for name, text in chapters.items() if text.strip() == answer.strip()), "")
