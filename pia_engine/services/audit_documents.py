"""The closing report of an audit in the city's words, made from its record alone: nothing else can slip into it."""

from __future__ import annotations

import datetime as dt
from typing import Any

from pia_engine.documents.audit_report import AuditReport, Drawing, FindingLine
from pia_engine.documents.report import Answer, Entry, ReportSection, Table
from pia_engine.errors import N_
from pia_engine.questionnaires.wording import Sentence
from pia_engine.register.language import Language, language_of
from pia_engine.services.findings import QUESTION, RESPONSES, SEVERITIES
from pia_engine.services.samples import KINDS

ANNUAL = N_("Annual audit of an assessment")
PROGRAMME = N_("Audit of the programme")
TITLE = N_("Audit of the programme %(year)s")
CONCLUSIONS = {
    "confirmed": N_("The published assessment still holds."),
    "new_version": N_("A new version of the assessment is required."),
    "closed": N_("The audit is closed."),
}
EDITION = N_("%(reference)s, version %(edition)s")
PERIOD = N_("%(from_on)s to %(until_on)s")
WITH_JOB = N_("%(name)s, %(job)s")
DRAWN = N_("%(drawn)s of %(count)s decisions of the period were drawn by lot.")
NOTHING_DRAWN = N_("Nothing was published or cleared in the period, so nothing was drawn.")
RULE = N_(
    "Each decision has a ticket: the SHA-256 of the seed, its reference and its kind, with a colon between them. "
    "The lowest ticket of each kind is drawn, then the lowest of the others, until there are as many as the square "
    "root of all decisions, rounded up: at least three, at most forty."
)
AGAIN = N_("The attached record lists every decision of the period, so that anybody can draw again.")
KEPT_INTERNAL = N_("Answers of this section that are kept internal: %(count)s.")
RESPONSE = N_("%(response)s by %(who)s on %(day)s")
NO_SECTION = frozenset({QUESTION})
"""Questions whose answers have a chapter of their own in the document."""


def document_of(record: dict[str, Any], *, public_url: str) -> AuditReport:
    """What the PDF says."""
    language = language_of(record["language"], record["city"]["time_zone"])
    conclusion, is_annual = record["conclusion"], record["kind"] == "annual_audit"
    title = record["title"] if is_annual else language.say(Sentence(TITLE, year=record["title"]))
    return AuditReport(
        reference=record["reference"],
        kind=language.say(ANNUAL if is_annual else PROGRAMME),
        title=title,
        city_name=record["city"]["name"],
        language=record["language"],
        direction=language.direction,
        created_at=dt.datetime.fromisoformat(conclusion["at"]),
        verification_address=f"{public_url.rstrip('/')}/verify",
        conclusion=language.say(CONCLUSIONS[conclusion["outcome"]]),
        reason=conclusion["reason"],
        facts=_facts(record, language),
        sections=tuple(_section(section, language) for section in record["sections"] if _has_content(section)),
        findings=tuple(_finding(finding, language) for finding in record["findings"]),
        sample=_drawing(record["sample"], language) if "sample" in record else None,
        notice=record["city"]["notice"],
    )


def _facts(record: dict[str, Any], language: Language) -> tuple[tuple[str, str], ...]:
    about = record.get("assessment")
    steps = record["steps"]
    facts = (
        (N_("What is audited"), language.say(Sentence(EDITION, **about)) if about else language.say(PROGRAMME)),
        (N_("Period"), _period(record.get("period"), language)),
        (N_("Conducted by"), _who(record["auditor"], language)),
        (N_("Begun"), language.day_of(steps["started"]) if "started" in steps else ""),
        (N_("Findings reported"), language.day_of(steps["findings-reported"]) if "findings-reported" in steps else ""),
        (N_("Number of findings"), str(len(record["findings"]))),
        (N_("Concluded by"), _who(record["conclusion"]["by"], language)),
        (N_("Closed"), language.day_of(record["conclusion"]["at"])),
    )
    return tuple((language.say(label), text) for label, text in facts if text)


def _period(period: dict[str, str] | None, language: Language) -> str:
    if not period:
        return ""
    return language.say(Sentence(PERIOD, **{name: language.day(day) for name, day in period.items()}))


def _who(person: dict[str, str] | None, language: Language) -> str:
    if person is None:
        return ""
    if not person["job_title"]:
        return person["name"]
    return language.say(Sentence(WITH_JOB, name=person["name"], job=person["job_title"]))


def _has_content(section: dict[str, Any]) -> bool:
    return bool(section["kept_internal"]) or any(each["question"] not in NO_SECTION for each in section["answers"])


def _section(section: dict[str, Any], language: Language) -> ReportSection:
    kept = section["kept_internal"]
    return ReportSection(
        id=f"section-{section['id']}",
        number=str(section["number"]),
        title=section["title"],
        foundation=section["foundation"],
        entries=tuple(
            Entry(answer["text"], _answer(answer))
            for answer in section["answers"]
            if answer["question"] not in NO_SECTION
        ),
        intro=language.say(Sentence(KEPT_INTERNAL, count=kept["count"])) if kept else "",
    )


def _answer(answer: dict[str, Any]) -> Answer:
    shown = answer["shown"]
    if isinstance(shown, str):
        return shown
    if "columns" not in answer:
        return tuple(shown)
    columns = answer["columns"]
    return Table(
        caption=answer["text"],
        columns=tuple(column["label"] for column in columns),
        rows=tuple(tuple(row.get(column["id"], "") for column in columns) for row in shown),
    )


def _finding(finding: dict[str, Any], language: Language) -> FindingLine:
    details = ((N_("Recommendation"), finding["recommendation"]), (N_("Who should act"), finding["addressee"]))
    correction = finding["correction"]
    steps = (
        (
            (N_("Commitment"), correction["reference"]),
            (N_("Who puts it right"), correction["keeper"]),
            (N_("Until"), language.day(correction["due_on"])),
        )
        if correction
        else ()
    )
    return FindingLine(
        number=finding["number"],
        severity=language.say(SEVERITIES[finding["severity"]]),
        text=finding["text"],
        details=tuple((language.say(label), text) for label, text in details if text),
        response=_response(finding, language),
        response_text=finding["response_text"],
        correction=tuple((language.say(label), text) for label, text in steps),
    )


def _response(finding: dict[str, Any], language: Language) -> str:
    said = language.say(RESPONSES[finding["response"]])
    if not finding["responder"]:
        return said
    day = language.day(finding["responded_on"])
    return language.say(Sentence(RESPONSE, response=said, who=finding["responder"], day=day))


def _drawing(sample: dict[str, Any], language: Language) -> Drawing:
    drawn = sample["drawn"]
    if not drawn:
        return Drawing((language.say(NOTHING_DRAWN),), sample["seed"], None)
    counted = Sentence(DRAWN, drawn=len(drawn), count=len(sample["drawn_from"]))
    table = Table(
        caption=language.say(N_("What was drawn")),
        columns=(language.say(N_("Reference")), language.say(N_("Decision"))),
        rows=tuple((reference, language.say(KINDS[kind])) for reference, kind in drawn),
    )
    return Drawing((language.say(counted), language.say(RULE), language.say(AGAIN)), sample["seed"], table)
