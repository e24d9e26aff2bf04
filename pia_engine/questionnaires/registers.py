"""Two answers with a shape of their own: the register of risks, and the finding on each of the city's principles.

What the city rates risks against, which principles it holds and which laws it names belong to its policy version,
which is not known here. A policy's ids are kept as they are.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from pia_engine.errors import N_
from pia_engine.questionnaires.definition import Option, Question, Value
from pia_engine.questionnaires.values import check_day, check_text, filled_rows, show_day
from pia_engine.questionnaires.wording import Sentence

Row = Mapping[str, object]

RISK_LIMIT = 200
PRINCIPLE_LIMIT = 60
TEXT_LIMIT = 4_000
LINE_LIMIT = 300
RATINGS = ("1", "2", "3", "4", "5")

RISK_FIELDS: Mapping[str, str] = {
    "id": N_("Number"),
    "risk": N_("What could go wrong, and why"),
    "harm": N_("What happens to people"),
    "people": N_("Who would be hurt"),
    "action": N_("What the system does wrong"),
    "problem": N_("Kind of harm"),
    "threat": N_("Kind of threat"),
    "likelihood": N_("How likely without measures"),
    "severity": N_("How bad without measures"),
    "inherent_reasons": N_("Why these two ratings"),
    "response": N_("Response"),
    "rationale": N_("Why this response"),
    "measures": N_("Measures"),
    "controls": N_("Controls"),
    "owner": N_("Who sees to it"),
    "due_on": N_("Done by"),
    "residual_likelihood": N_("How likely with the measures"),
    "residual_severity": N_("How bad with the measures"),
    "residual_reasons": N_("Why these two ratings are left"),
}
"""Every key of a risk, and what people call it."""

PRINCIPLE_FIELDS: Mapping[str, str] = {
    "principle": N_("Principle"),
    "finding": N_("Finding"),
    "text": N_("What is done for it"),
    "authorities": N_("Law this rests on"),
}
"""Every key of a finding on a principle, and what people call it."""

RESPONSES = (
    Option("mitigate", N_("Reduce it"), N_("Take measures that make it less likely or less bad.")),
    Option("accept", N_("Accept it"), N_("Live with it, and say why that can be asked of people.")),
    Option("avoid", N_("Avoid it"), N_("Leave out the part that brings the risk.")),
    Option("share", N_("Share it"), N_("A contract or another body carries part of it. Harm itself cannot be shared.")),
)
FINDINGS = (
    Option("kept", N_("Kept")),
    Option("partly", N_("Kept in part")),
    Option("not_kept", N_("Not kept")),
    Option("not_affected", N_("Not touched by this project")),
)

ONE_LINE = frozenset({"people", "owner"})
RATED = ("likelihood", "severity", "residual_likelihood", "residual_severity")
ALWAYS_NEEDED = (
    "risk", "harm", "people", "likelihood", "severity", "inherent_reasons", "response",
    "owner", "residual_likelihood", "residual_severity", "residual_reasons",
)  # fmt: skip
LISTS = frozenset({"controls", "authorities"})
CODES = frozenset({"id", "action", "problem", "threat", "principle"})

_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.()-]{0,59}", re.ASCII)


def check_risks(_question: Question, value: object) -> Sentence | None:
    """What cannot be kept as a register of risks; gaps can, and `check_risks_complete` names them."""
    return _check_rows(value, "id", RISK_FIELDS, RISK_LIMIT)


def check_principles(_question: Question, value: object) -> Sentence | None:
    """What cannot be kept as findings on principles."""
    return _check_rows(value, "principle", PRINCIPLE_FIELDS, PRINCIPLE_LIMIT)


def check_risks_complete(_question: Question, value: Value) -> Sentence | None:
    """What the register still lacks, risk by risk; None when nothing."""
    risks = filled_rows(value)
    if not risks:
        return Sentence(N_("Add at least one risk."))
    found = (missing_sentence(risk) for risk in risks)
    return next(filter(None, found), None)


def check_principles_complete(_question: Question, value: Value) -> Sentence | None:
    """What the findings still lack; whether every principle of the policy is among them, only the policy can say."""
    for number, entry in enumerate(filled_rows(value), start=1):
        for field in ("finding", "text"):
            if not _said(entry, field):
                name = Sentence(PRINCIPLE_FIELDS[field])
                return Sentence(N_("Principle %(number)s: fill in “%(field)s”."), number=number, field=name)
    return None


def missing_in_risk(risk: Row) -> tuple[str, ...]:
    """The fields one risk still lacks, in the order they are asked."""
    needed = [*ALWAYS_NEEDED, *(["due_on"] if risk.get("response") == "mitigate" else [])]
    missing = [field for field in RISK_FIELDS if field in needed and not _said(risk, field)]
    if not any(_said(risk, field) for field in ("rationale", "measures")):
        missing.append("measures")
    return tuple(missing)


def missing_sentence(risk: Row) -> Sentence | None:
    """What one risk lacks first, as a sentence; None when it lacks nothing."""
    missing = missing_in_risk(risk)
    if not missing:
        return None
    name = Sentence(RISK_FIELDS[missing[0]])
    return Sentence(N_("Risk %(risk)s: fill in “%(field)s”."), risk=risk_number(risk), field=name)


def risk_number(risk: Row) -> str:
    """“R3”: the number people see. It belongs to the risk for good, whichever others are removed."""
    return str(risk.get("id", "")).upper()


def next_risk_id(risks: Sequence[Row]) -> str:
    """An id no risk of the register has."""
    numbers = [int(str(risk.get("id", ""))[1:]) for risk in risks if re.fullmatch(r"r\d{1,6}", str(risk.get("id", "")))]
    return f"r{max(numbers, default=0) + 1}"


def show_risks(_question: Question, value: Value | None) -> list[dict[str, str]]:
    """The risks with words for responses and the number people see; ratings and ids stay as they are."""
    return [
        {
            **{field: str(risk.get(field, "")) for field in RISK_FIELDS},
            "id": risk_number(risk),
            "response": _label(RESPONSES, risk.get("response")),
            "due_on": show_day(risk.get("due_on", "")),
        }
        for risk in filled_rows(value)
    ]


def show_principles(_question: Question, value: Value | None) -> list[dict[str, str]]:
    """The findings in words; which principle and which authorities are meant stays in ids, for the policy to name."""
    return [
        {
            **{field: str(entry.get(field, "")) for field in PRINCIPLE_FIELDS},
            "finding": _label(FINDINGS, entry.get("finding")),
        }
        for entry in filled_rows(value)
    ]


def rating(risk: Row, field: str) -> int | None:
    """A rating as a number from 1; None while it is missing or makes no sense."""
    text = str(risk.get(field, ""))
    return int(text) if text in RATINGS else None


def _label(options: Sequence[Option], value: object) -> str:
    if not value:
        return ""
    return next((Sentence(option.label) for option in options if option.value == value), str(value))


def _said(row: Row, field: str) -> bool:
    return bool(str(row.get(field, "")).strip())


def _check_rows(value: object, key: str, fields: Mapping[str, str], most: int) -> Sentence | None:
    if not isinstance(value, list) or not all(isinstance(row, dict) for row in value):
        return Sentence(N_("Answer entry by entry."))
    if len(value) > most:
        return Sentence(N_("Keep to %(most)s entries."), most=most)
    keys = [row.get(key) for row in value]
    if not all(keys) or len({str(each) for each in keys}) != len(keys):
        return Sentence(N_("Each entry needs a number of its own."))
    found = (_check_row(number, row, fields) for number, row in enumerate(value, start=1))
    return next(filter(None, found), None)


def _check_row(number: int, row: Row, fields: Mapping[str, str]) -> Sentence | None:
    for field, text in row.items():
        if field not in fields:
            return Sentence(N_("Entry %(number)s has a part that does not belong there."), number=number)
        wrong = _check_part(field, text)
        if wrong:
            name = Sentence(fields[field])
            return Sentence(N_("Entry %(number)s, “%(field)s”: %(wrong)s"), number=number, field=name, wrong=wrong)
    return None


def _check_part(field: str, text: object) -> Sentence | None:
    one_line = field in ONE_LINE
    wrong = check_text(text, limit=LINE_LIMIT if one_line else TEXT_LIMIT, one_line=one_line)
    if wrong or not isinstance(text, str) or not text:
        return wrong
    return check_day(text) if field == "due_on" else _check_code(field, text)


def _check_code(field: str, text: str) -> Sentence | None:
    wrong = (
        (field in RATED and text not in RATINGS)
        or (field == "response" and text not in {option.value for option in RESPONSES})
        or (field == "finding" and text not in {option.value for option in FINDINGS})
        or (field in CODES and not _CODE.fullmatch(text))
        or (field in LISTS and not all(map(_CODE.fullmatch, text.split())))
    )
    return Sentence(N_("Choose one of the answers offered.")) if wrong else None
