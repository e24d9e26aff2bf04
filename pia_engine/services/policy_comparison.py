"""What changed between two versions of the policy, section by section, each change as it read before and reads now."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pia_engine.errors import N_
from pia_engine.models.policy_rules import RISK_LEVELS, OutcomeRule, PolicyRules, Retention, RiskMatrix
from pia_engine.models.record_kinds import CLASSIFICATIONS, RECORD_KINDS
from pia_engine.permissions.roles import ROLE_NAMES, Role
from pia_engine.questionnaires.wording import Sentence, plain
from pia_engine.workflows.outcomes import OUTCOMES

NOTHING = plain("")
FOR_GOOD = Sentence(N_("for good"))
NEVER = Sentence(N_("never"))
OWN_RULES = Sentence(N_("the rules that come with the questionnaire"))


@dataclass(frozen=True, slots=True)
class Change:
    """One change: what it is about, how it read before (empty when it is new), how it reads now (empty when gone)."""

    what: Sentence
    before: Sentence
    after: Sentence


@dataclass(frozen=True, slots=True)
class SectionChanges:
    section: str
    changes: tuple[Change, ...]


def compare_rules(before: PolicyRules, after: PolicyRules) -> list[SectionChanges]:
    """The sections that differ, in their usual order, each with everything that changed in it."""
    found = [SectionChanges(section, tuple(differ(before, after))) for section, differ in _COMPARISONS.items()]
    return [section for section in found if section.changes]


def _principles(before: PolicyRules, after: PolicyRules) -> Iterator[Change]:
    yield from _entries(before.principles, after.principles)


def _authorities(before: PolicyRules, after: PolicyRules) -> Iterator[Change]:
    yield from _entries(before.authorities, after.authorities)


def _grounds(before: PolicyRules, after: PolicyRules) -> Iterator[Change]:
    yield from _entries(before.withholding_grounds, after.withholding_grounds)


def _controls(before: PolicyRules, after: PolicyRules) -> Iterator[Change]:
    yield from _entries(before.controls, after.controls)


def _entries(before: Sequence[Any], after: Sequence[Any]) -> Iterator[Change]:
    """Entries matched by id: what is new, gone, worded otherwise, or in another order."""
    old, new = {each.id: each for each in before}, {each.id: each for each in after}
    for key, each in new.items():
        was = _wording(old[key]) if key in old else NOTHING
        yield from _change(plain(each.name), was, _wording(each))
    for key in old.keys() - new.keys():
        yield Change(plain(old[key].name), _wording(old[key]), NOTHING)
    kept_before, kept_now = [key for key in old if key in new], [key for key in new if key in old]
    if kept_before != kept_now:
        names_before, names_now = (
            _names(old[key].name for key in kept_before),
            _names(new[key].name for key in kept_now),
        )
        yield Change(Sentence(N_("The order")), names_before, names_now)


def _wording(entry: Any) -> Sentence:
    parts = (entry.name, getattr(entry, "citation", ""), entry.text)
    return plain("\n".join(part for part in parts if part))


def _appetite(before: PolicyRules, after: PolicyRules) -> Iterator[Change]:
    yield from _change(Sentence(N_("What the city says")), plain(before.risk_appetite), plain(after.risk_appetite))


def _matrix(before: PolicyRules, after: PolicyRules) -> Iterator[Change]:
    old, new = before.matrix, after.matrix
    yield from _change(Sentence(N_("Likelihoods")), _names(old.likelihoods), _names(new.likelihoods))
    yield from _change(Sentence(N_("Severities")), _names(old.severities), _names(new.severities))
    yield from _change(Sentence(N_("Levels")), _names(old.levels.values()), _names(new.levels.values()))
    if _size(old) != _size(new):
        yield Change(Sentence(N_("Size")), plain(_size(old)), plain(_size(new)))
        return
    for row, likelihood in enumerate(new.likelihoods):
        for column, severity in enumerate(new.severities):
            field = Sentence(N_("“%(likelihood)s” with “%(severity)s”"), likelihood=likelihood, severity=severity)
            was, now = old.cells[row][column], new.cells[row][column]
            if was != now:
                yield Change(field, plain(old.levels.get(was, was)), plain(new.levels.get(now, now)))


def _size(matrix: RiskMatrix) -> str:
    return f"{len(matrix.likelihoods)} × {len(matrix.severities)}"


def _deciders(before: PolicyRules, after: PolicyRules) -> Iterator[Change]:
    for level in RISK_LEVELS:
        yield from _change(
            Sentence(N_("Remaining risk “%(level)s” is accepted by"), level=after.matrix.levels[level]),
            _role(before.decider_by_residual_risk[level]),
            _role(after.decider_by_residual_risk[level]),
        )


def _periods(before: PolicyRules, after: PolicyRules) -> Iterator[Change]:
    for level in RISK_LEVELS:
        yield from _change(
            Sentence(N_("Months between audits, remaining risk “%(level)s”"), level=after.matrix.levels[level]),
            _number(before.audit_months_by_residual_risk[level]),
            _number(after.audit_months_by_residual_risk[level]),
        )
    for name, words in _PERIODS.items():
        yield from _change(Sentence(words), _number(getattr(before, name)), _number(getattr(after, name)))


_PERIODS = {
    "first_audit_months": N_("Months until the first audit"),
    "audit_notice_days": N_("Days before an audit that auditors are told"),
    "vendor_link_days": N_("Days a vendor’s link works"),
}


def _oversight(before: PolicyRules, after: PolicyRules) -> Iterator[Change]:
    for name, words in _OVERSIGHT.items():
        yield from _change(Sentence(words), _number(getattr(before, name)), _number(getattr(after, name)))


_OVERSIGHT = {
    "policy_review_months": N_("Months between reviews of the policy"),
    "programme_audit_months": N_("Months between audits of the whole programme"),
    "spot_check_percent": N_("Percent of delegated decisions drawn for a spot check"),
    "emergency_days": N_("Days an emergency exception may last"),
    "condition_days": N_("Days to keep a condition that names no day"),
    "escalation_days": N_("Days overdue after which the senior privacy official is told"),
    "executive_escalation_days": N_("Days overdue after which the executive is told"),
    "reminder_days": N_("Days before a day that its reminder begins"),
}


def _outcomes(before: PolicyRules, after: PolicyRules) -> Iterator[Change]:
    for outcome, new in after.outcomes.items():
        yield from _outcome(Sentence(OUTCOMES[outcome]), before.outcomes[outcome], new)


def _outcome(name: Sentence, old: OutcomeRule, new: OutcomeRule) -> Iterator[Change]:
    required = Sentence(N_("%(outcome)s: what is required"), outcome=name)
    yield from _change(required, plain("\n".join(old.required)), plain("\n".join(new.required)))
    yield from _change(
        Sentence(N_("%(outcome)s: who determines"), outcome=name), _role(old.decider), _role(new.decider)
    )
    expiry = Sentence(N_("%(outcome)s: months until it runs out"), outcome=name)
    yield from _change(expiry, _number(old.expires_months, NEVER), _number(new.expires_months, NEVER))


def _thresholds(before: PolicyRules, after: PolicyRules) -> Iterator[Change]:
    for questionnaire in sorted({*before.thresholds, *after.thresholds}):
        old, new = before.thresholds.get(questionnaire), after.thresholds.get(questionnaire)
        if old == new:
            continue
        what = Sentence(N_("Rules for “%(questionnaire)s”"), questionnaire=questionnaire)
        if old is None or new is None:
            yield Change(what, _rule_names(old), _rule_names(new))
        else:
            yield from _rules(what, _rules_by_id(old), _rules_by_id(new))


def _rules(what: Sentence, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Change]:
    """Each rule that is new, gone or other than before, by the reason it gives; else something besides the rules."""
    changed = [key for key in {**old, **new} if old.get(key) != new.get(key)]
    if not changed:
        yield Change(what, Sentence(N_("as before")), Sentence(N_("another outcome, or another order of rules")))
    for key in changed:
        rule = Sentence(N_("%(what)s: rule “%(rule)s”"), what=what, rule=key)
        yield Change(rule, _reason(old.get(key)), _reason(new.get(key)))


def _reason(rule: Mapping[str, Any] | None) -> Sentence:
    return plain(str(rule.get("because", ""))) if rule else NOTHING


def _rules_by_id(document: Mapping[str, Any]) -> dict[str, Any]:
    return {str(rule["id"]): rule for rule in document.get("rules", ())}


def _rule_names(document: Mapping[str, Any] | None) -> Sentence:
    return OWN_RULES if document is None else _names(_rules_by_id(document))


def _retention(before: PolicyRules, after: PolicyRules) -> Iterator[Change]:
    old, new = {each.record: each for each in before.retention}, {each.record: each for each in after.retention}
    for record in {**old, **new}:
        was, now = old.get(record), new.get(record)
        years = Sentence(N_("%(record)s: years kept"), record=record)
        yield from _change(years, *(_number(each.years, FOR_GOOD) if each else NOTHING for each in (was, now)))
        for sentence, words in _RECORD_WORDS.items():
            said = [_word_of(each, words) for each in (was, now)]
            yield from _change(Sentence(sentence, record=record), *said)
        basis = Sentence(N_("%(record)s: why"), record=record)
        yield from _change(basis, *(plain(each.basis) if each else NOTHING for each in (was, now)))


_RECORD_WORDS: dict[str, Callable[[Retention], str]] = {
    N_("%(record)s: which records these are"): lambda row: RECORD_KINDS.get(row.kind, row.kind),
    N_("%(record)s: classification"): lambda row: CLASSIFICATIONS.get(row.classification, row.classification),
}


def _word_of(row: Retention | None, words: Callable[[Retention], str]) -> Sentence:
    return NOTHING if row is None else Sentence(words(row))


def _change(what: Sentence, before: Sentence, after: Sentence) -> Iterator[Change]:
    if before != after:
        yield Change(what, before, after)


def _names(words: Any) -> Sentence:
    return plain("\n".join(words))


def _role(role: str) -> Sentence:
    return Sentence(ROLE_NAMES[Role(role)]) if role in tuple(Role) else NOTHING


def _number(number: int | None, missing: Sentence = NOTHING) -> Sentence:
    return missing if number is None else plain(str(number))


_COMPARISONS: dict[str, Callable[[PolicyRules, PolicyRules], Iterator[Change]]] = {
    "principles": _principles,
    "authorities": _authorities,
    "appetite": _appetite,
    "matrix": _matrix,
    "deciders": _deciders,
    "periods": _periods,
    "oversight": _oversight,
    "outcomes": _outcomes,
    "thresholds": _thresholds,
    "retention": _retention,
    "grounds": _grounds,
    "controls": _controls,
}
