"""The report a PDF is made of, built from the very document the public gets: nothing else can slip into it."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy.orm import Session

from pia_engine.documents.report import (
    Answer,
    Entry,
    FoundationLine,
    HeardLine,
    Original,
    Report,
    ReportSection,
    RiskMatrix,
    SignOffLine,
    Source,
    StatementLine,
    Table,
    WithheldLine,
)
from pia_engine.errors import N_
from pia_engine.models import Assessment
from pia_engine.models.policy_rules import RISK_LEVELS
from pia_engine.questionnaires.wording import Sentence
from pia_engine.register.entries import find_answer, find_open_answer, permalink, public_record
from pia_engine.register.language import Language, language_of
from pia_engine.register.marks import is_withheld
from pia_engine.register.risks import Risk, matrix_of, risks_of_record, withheld_risks
from pia_engine.register.withheld_parts import withheld_parts
from pia_engine.register.withholding import project
from pia_engine.services.foundations import foundation_standings
from pia_engine.services.reported_risks import measures_of, promises_of, risk_line

SHOWN_APART = frozenset({"summary", "risks", "mitigations", "annexes"})
"""Questions whose answers have a chapter of their own in the document."""

EDITION = N_("Edition %(edition)s")
STATUS_LINE = N_("%(decision)s on %(day)s")
KEPT_INTERNAL = N_("%(count)s answers of this section are kept internal: %(ground)s.")
KEPT_INTERNAL_ONE = N_("One answer of this section is kept internal: %(ground)s.")


def build_record(session: Session, assessment: Assessment, *, now: dt.datetime, public_url: str) -> dict[str, Any]:
    """The public document of one edition, with its standing on the six foundations."""
    return public_record(
        session,
        assessment,
        as_published_at=now,
        public_url=public_url,
        standings=foundation_standings(session, assessment),
    )


def project_record(session: Session, assessment: Assessment, record: dict[str, Any]) -> dict[str, Any]:
    """The record as the public gets it, without what is withheld. Raises NotPossible when that is not there now."""
    language = language_of(record["language"], record["city"]["time_zone"])
    return project(record, withheld_parts(session, assessment), language=language)


def build_report(session: Session, assessment: Assessment, *, now: dt.datetime, public_url: str) -> Report:
    """What the PDF of one edition will say."""
    return report_of(build_record(session, assessment, now=now, public_url=public_url), public_url=public_url)


def report_of(record: dict[str, Any], *, public_url: str) -> Report:
    """The report of a public document."""
    language = language_of(record["language"], record["city"]["time_zone"])
    risks = risks_of(record)
    return Report(
        reference=record["reference"],
        edition=language.say(Sentence(EDITION, edition=record["edition"])),
        title=record["title"],
        city_name=record["city"]["name"],
        department=record["department"],
        status_line=_status_line(record, language),
        language=record["language"],
        direction=language.direction,
        summary=record["summary"],
        created_at=dt.datetime.fromisoformat(record["published_at"]),
        verification_address=permalink(public_url, record["reference"], record["edition"]),
        facts=_facts(record, language),
        sections=tuple(_section(section, language) for section in record["sections"] if _has_content(section)),
        foundations=tuple(_foundation(line) for line in record["foundations"]),
        risks=tuple(risk_line(risk, number, language) for number, risk in enumerate(risks, start=1)),
        matrix=matrix(record) if risks else None,
        mitigations=(*measures_of(risks, language), *promises_of(record, len(risks))),
        sign_offs=tuple(_sign_off(line) for line in record["sign_offs"]),
        advice="\n".join(line["text"] for line in record["advice"]),
        recommendation=record["advice"][-1]["recommendation_name"] if record["advice"] else "",
        heard=tuple(_heard(line, language) for line in record["consultations"]),
        statements=tuple(_statement(line, language) for line in record["observations"]),
        conditions=tuple(line.strip() for line in record["conditions"].splitlines() if line.strip()),
        sources=_sources(record),
        notice=record["city"]["notice"],
        withheld=tuple(WithheldLine(line["where"], line["what"], line["ground"]) for line in record["withheld"]),
        original=Original(**record["based_on"]) if record["based_on"] else None,
    )


def risks_of(record: dict[str, Any]) -> tuple[Risk, ...]:
    """The risk register of a public document."""
    return risks_of_record(record, find_answer(record, "risks"))


def matrix(record: dict[str, Any]) -> RiskMatrix:
    """The matrix of the policy the document was made under, in the policy's words."""
    held = matrix_of(record)
    return RiskMatrix(
        likelihoods=held.likelihoods,
        impacts=held.severities,
        levels=tuple(held.levels[level] for level in RISK_LEVELS),
        cells=tuple(tuple(RISK_LEVELS.index(level) for level in row) for row in held.cells),
    )


def _status_line(record: dict[str, Any], language: Language) -> str:
    last = record["sign_offs"][-1]
    return language.say(Sentence(STATUS_LINE, decision=last["decision"], day=language.day_of(last["signed_at"])))


def _facts(record: dict[str, Any], language: Language) -> tuple[tuple[str, str], ...]:
    level = find_answer(record, "overall_residual_risk")
    facts = (
        (N_("Published"), language.day_of(record["published_at"])),
        (N_("Risk that is left over"), level["shown"] if level else ""),
        (N_("First audit due"), language.day(record["next_audit_on"] or "")),
        (N_("Next review at the latest"), language.day(record["next_review_on"] or "")),
        (N_("Contact"), f"{record['city']['contact_name']}, {record['city']['contact_email']}"),
    )
    return tuple((language.say(label), text) for label, text in facts if text.strip(", "))


def section_anchor(section_id: str) -> str:
    """The name a section has in the document; chapters made by the template have names of their own."""
    return f"section-{section_id}"


def _has_content(section: dict[str, Any]) -> bool:
    if section["kept_internal"]:
        return True
    answers = map(_as_in_section, section["answers"])
    return any(answer["question"] not in SHOWN_APART or answer["is_marked"] for answer in answers)


def _as_in_section(answer: dict[str, Any]) -> dict[str, Any]:
    """An answer as its section prints it. Of one with a chapter of its own, what is withheld is marked here too."""
    if answer["question"] not in SHOWN_APART or is_withheld(answer):
        return {**answer, "is_marked": is_withheld(answer)}
    risks = withheld_risks(answer) if answer["question"] == "risks" else []
    shown = [f"{risk['id']}: {risk['risk']}" for risk in risks]
    marked = {key: value for key, value in answer.items() if key != "columns"}
    return {**marked, "shown": shown, "is_marked": bool(shown)}


def _section(section: dict[str, Any], language: Language) -> ReportSection:
    kept = section["kept_internal"]
    return ReportSection(
        id=section_anchor(section["id"]),
        number=str(section["number"]),
        title=section["title"],
        foundation=section["foundation"],
        entries=tuple(
            Entry(answer["text"], _answer(answer), answer["provenance"])
            for answer in map(_as_in_section, section["answers"])
            if answer["question"] not in SHOWN_APART or answer["is_marked"]
        ),
        intro=kept_internal_sentence(kept, language) if kept else "",
    )


def kept_internal_sentence(kept: dict[str, Any], language: Language) -> str:
    """How many answers readers do not see, and why."""
    sentence = KEPT_INTERNAL_ONE if kept["count"] == 1 else KEPT_INTERNAL
    values = {"ground": kept["ground"]} if kept["count"] == 1 else kept
    return language.say(Sentence(sentence, **values))


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


def _foundation(line: dict[str, Any]) -> FoundationLine:
    return FoundationLine(
        line["number"],
        line["title"],
        line["standing_name"],
        line["explanation"],
        tuple(map(section_anchor, line["sections"])),
    )


def _sign_off(line: dict[str, Any]) -> SignOffLine:
    return SignOffLine(
        order=line["order"],
        role=role_line(line),
        name=line["name"],
        decision=line["decision"],
        reason=line["reason"],
        signed_at=dt.datetime.fromisoformat(line["signed_at"]),
        overrules=line["overrules"],
    )


def _heard(line: dict[str, Any], language: Language) -> HeardLine:
    return HeardLine(
        who=line["who"],
        about=" · ".join(filter(None, (line["kind_name"], line["capacity"], line["channel"]))),
        asked=line["asked"],
        asked_on=language.day(line["asked_on"]),
        reply=line["reply"],
        replied_on=language.day(line["replied_on"] or ""),
        effect=line["effect"],
    )


def _statement(line: dict[str, Any], language: Language) -> StatementLine:
    who = ", ".join(filter(None, (line["name"], line["organisation"])))
    return StatementLine(who, language.day_of(line["filed_at"]), line["text"])


def role_line(line: dict[str, Any]) -> str:
    """Job title and role; one of them when they say the same."""
    title, role = line["job_title"], line["role"]
    return role if not title or title.casefold() in role.casefold() else f"{title} ({role})"


def _sources(record: dict[str, Any]) -> tuple[Source, ...]:
    answer = find_open_answer(record, "annexes")
    return tuple(_source(row) for row in answer["shown"]) if answer else ()


def _source(row: dict[str, str]) -> Source:
    found = row.get("found", "")
    if found.startswith(("http://", "https://")):
        return Source(row.get("title", ""), found, row.get("shows", ""))
    return Source(row.get("title", ""), "", "; ".join(filter(None, (row.get("shows", ""), found))))
