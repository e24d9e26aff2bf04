"""What a report says of the risks, of what is done about them, and of what the city promises."""

from __future__ import annotations

from typing import Any

from pia_engine.documents.report import MitigationLine, RiskLine
from pia_engine.errors import N_
from pia_engine.questionnaires.registers import RISK_FIELDS
from pia_engine.questionnaires.wording import Sentence
from pia_engine.register.entries import find_answer, find_open_answer
from pia_engine.register.language import Language
from pia_engine.register.risks import Risk

KIND_OF_RISK = N_("Kind of risk")
RISK_DETAILS = {
    "inherent_reasons": N_("Why it is rated so without measures"),
    "response": RISK_FIELDS["response"],
    "rationale": RISK_FIELDS["rationale"],
    "controls": RISK_FIELDS["controls"],
    "residual_reasons": N_("Why this much is left with the measures"),
}
"""What the document says of each risk beside the table of all risks, and under which words."""

FOR_RISK = N_("For %(risk)s: %(response)s")
NO_DAY = "–"


def risk_line(risk: Risk, number: int, language: Language) -> RiskLine:
    words = risk.words
    return RiskLine(
        reference=risk.reference,
        title=f"{words['risk']} {words['harm']}".strip(),
        affected=words["people"],
        likelihood=risk.likelihood,
        impact=risk.severity,
        residual_likelihood=risk.residual_likelihood,
        residual_impact=risk.residual_severity,
        mitigations=(f"M{number}",),
        details=tuple((language.say(label), text) for label, text in _details(risk) if text),
    )


def _details(risk: Risk) -> list[tuple[str, str]]:
    kinds = (risk.words[field] for field in ("action", "problem", "threat"))
    return [(KIND_OF_RISK, " · ".join(filter(None, kinds)))] + [
        (label, risk.words[field]) for field, label in RISK_DETAILS.items()
    ]


def measures_of(risks: tuple[Risk, ...], language: Language) -> list[MitigationLine]:
    return [
        MitigationLine(
            reference=f"M{number}",
            measure=risk.words["measures"] or risk.words["rationale"],
            owner=risk.words["owner"],
            due=risk.words["due_on"] or NO_DAY,
            status=language.say(Sentence(FOR_RISK, risk=risk.reference, response=risk.words["response"])),
        )
        for number, risk in enumerate(risks, start=1)
    ]


def promises_of(record: dict[str, Any], measures: int) -> list[MitigationLine]:
    """The promises residents can hold the city to; whoever answers for the whole answers for them."""
    answer = find_open_answer(record, "mitigations")
    accountable = find_answer(record, "accountable_official")
    return [
        MitigationLine(
            reference=f"M{number}",
            measure=row.get("measure", ""),
            owner=accountable["shown"] if accountable else "",
            due=NO_DAY,
            status=row.get("status", ""),
        )
        for number, row in enumerate(answer["shown"] if answer else [], start=measures + 1)
    ]
