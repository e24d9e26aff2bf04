"""A policy's rules in words, prepared for its pages: the sections, periods, offices and outcomes by name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from pia_engine.errors import N_
from pia_engine.models import PolicyVersion
from pia_engine.models.policy_rules import RISK_LEVELS, PolicyRules, RiskMatrix, read_rules
from pia_engine.models.record_kinds import CLASSIFICATIONS
from pia_engine.permissions.roles import ROLE_NAMES, Role
from pia_engine.questionnaires.wording import Sentence
from pia_engine.register.matrix import DrawnMatrix, drawn_matrix
from pia_engine.services.policy_comparison import SectionChanges
from pia_engine.web.chronicle import day_in_words
from pia_engine.workflows.outcomes import OUTCOMES

SECTION_NAMES = {
    "principles": N_("Principles"),
    "authorities": N_("Laws and rules the city acts under"),
    "appetite": N_("The risk the city accepts"),
    "matrix": N_("How risks are rated"),
    "deciders": N_("Who accepts which remaining risk"),
    "periods": N_("Periods"),
    "oversight": N_("Looking again and following up"),
    "outcomes": N_("What each outcome demands"),
    "thresholds": N_("When a full assessment is needed"),
    "retention": N_("How long records are kept"),
    "grounds": N_("Grounds for withholding"),
    "controls": N_("Measures of the city’s own"),
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one outcome demands, in words."""

    id: str
    name: str
    required: tuple[str, ...]
    decider: str
    expires: str


@dataclass(frozen=True, slots=True)
class ReadPolicy:
    """One version, ready to be shown."""

    version: PolicyVersion
    rules: PolicyRules
    standing: str
    matrix: RiskMatrix
    picture: DrawnMatrix
    deciders: tuple[tuple[str, str], ...]
    periods: tuple[tuple[str, str], ...]
    oversight: tuple[tuple[str, str], ...]
    outcomes: tuple[Outcome, ...]
    retention: tuple[tuple[str, str, str, str], ...]
    own_rules: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class ReadChange:
    """One change between two versions: what it is about, how it read and how it reads."""

    what: str
    before: str
    after: str


def read_policy(version: PolicyVersion) -> ReadPolicy:
    """Everything a page says of a version."""
    rules = read_rules(version)
    matrix = _matrix_in_words(rules.matrix)
    return ReadPolicy(
        version=version,
        rules=rules,
        standing=_standing(version),
        matrix=matrix,
        picture=drawn_matrix(matrix, ()),
        deciders=tuple(
            (level_name(rules, level), office(rules.decider_by_residual_risk[level])) for level in RISK_LEVELS
        ),
        periods=_periods(rules),
        oversight=_oversight(rules),
        outcomes=tuple(
            Outcome(rule.outcome, _(OUTCOMES[rule.outcome]), rule.required, office(rule.decider), _expiry(rule))
            for rule in rules.outcomes.values()
        ),
        retention=tuple(
            (kept.record, _years(kept.years), _(CLASSIFICATIONS.get(kept.classification, "")), kept.basis)
            for kept in rules.retention
        ),
        own_rules=tuple((name, len(document.get("rules", ()))) for name, document in rules.thresholds.items()),
    )


def _matrix_in_words(matrix: RiskMatrix) -> RiskMatrix:
    """The matrix in the reader's language; what a draft leaves open is said to be open."""
    return RiskMatrix(
        likelihoods=tuple(_word(word) for word in matrix.likelihoods),
        severities=tuple(_word(word) for word in matrix.severities),
        levels={**{level: _word(word) for level, word in matrix.levels.items()}, "": str(_("No level yet"))},
        cells=matrix.cells,
    )


def _word(word: str) -> str:
    return str(_(word) if word else _("No word yet"))


def read_changes(found: Sequence[SectionChanges]) -> list[tuple[str, list[ReadChange]]]:
    """The changes of each section under its name."""
    return [
        (
            _(SECTION_NAMES[section.section]),
            [ReadChange(say_sentence(c.what), say_sentence(c.before), say_sentence(c.after)) for c in section.changes],
        )
        for section in found
    ]


def say_sentence(sentence: Sentence) -> str:
    return str(sentence.translated(_))


def office(role: str) -> str:
    """The name of a role; in a draft there may be none yet."""
    return str(_(ROLE_NAMES[Role(role)]) if role in tuple(Role) else _("Nobody yet"))


def level_name(rules: PolicyRules, level: str) -> str:
    """What the city calls a level; a draft may have no word for it yet."""
    return _word(rules.matrix.levels.get(level, ""))


def _standing(version: PolicyVersion) -> str:
    """Since when it is in force, or that it is not."""
    day = day_in_words(version.adopted_on) if version.adopted_on else ""
    sentences = {
        "draft": _("A draft. It is not in force."),
        "adopted": _("In force since %(day)s.", day=day),
        "review_due": _("In force since %(day)s. Its annual review is due.", day=day),
        "superseded": _("Adopted on %(day)s, and replaced since by a newer version.", day=day),
        "withdrawn": _("A draft that was withdrawn. It never was in force."),
    }
    return str(sentences[version.status])


def _periods(rules: PolicyRules) -> tuple[tuple[str, str], ...]:
    audited = [
        (
            _("Audited where the remaining risk is “%(level)s”", level=level_name(rules, level)),
            ngettext("every %(num)s month", "every %(num)s months", rules.audit_months_by_residual_risk[level]),
        )
        for level in RISK_LEVELS
    ]
    return (
        *audited,
        (_("First audit after publication"), _months(rules.first_audit_months)),
        (_("Auditors are told before an audit is due"), _days(rules.audit_notice_days)),
        (_("A vendor’s link works for"), _days(rules.vendor_link_days)),
    )


def _oversight(rules: PolicyRules) -> tuple[tuple[str, str], ...]:
    return (
        (_("The policy itself is reviewed every"), _months(rules.policy_review_months)),
        (_("The whole programme is audited every"), _months(rules.programme_audit_months)),
        (_("Delegated decisions drawn for a spot check"), f"{rules.spot_check_percent} %"),
        (_("An emergency exception lasts at most"), _days(rules.emergency_days)),
        (_("A condition that names no day is kept within"), _days(rules.condition_days)),
        (_("Overdue, it is passed to the senior privacy official after"), _days(rules.escalation_days)),
        (_("Overdue, it is passed to the executive after"), _days(rules.executive_escalation_days)),
        (_("A reminder begins before the day by"), _days(rules.reminder_days)),
    )


def _expiry(rule: Any) -> str:
    return _months(rule.expires_months) if rule.expires_months else str(_("It does not run out."))


def _years(years: int | None) -> str:
    return str(_("For good") if years is None else ngettext("%(num)s year", "%(num)s years", years))


def _months(months: int) -> str:
    return str(ngettext("%(num)s month", "%(num)s months", months))


def _days(days: int) -> str:
    return str(ngettext("%(num)s day", "%(num)s days", days))
