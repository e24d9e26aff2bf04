"""Does a policy hang together? Everything incomplete or contradictory in it, each as a sentence about one section.

A draft may be saved with any of these; no version is adopted with one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from pia_engine.errors import N_, NotAllowed, NotPossible
from pia_engine.models import AuditEvent, PolicyVersion, WorkflowRecord
from pia_engine.models.catalogue import catalogue_of
from pia_engine.models.default_rules import DEFAULT_RULES, PLACEHOLDER_CITATION
from pia_engine.models.policy_rules import MATRIX_SIZES, RISK_LEVELS, PolicyRules, RiskMatrix, read_rules
from pia_engine.models.record_kinds import OTHER, RECORD_KINDS
from pia_engine.permissions.oversight import LONGEST_DAYS, LONGEST_MONTHS, oversight_faults, within
from pia_engine.permissions.people import RULES, who_may
from pia_engine.permissions.roles import ROLE_NAMES, Actor, Role
from pia_engine.permissions.vocabulary import Permission
from pia_engine.permissions.whereabouts import holders_of
from pia_engine.questionnaires.checking import threshold_problems
from pia_engine.questionnaires.grounds import GROUNDS
from pia_engine.questionnaires.loading import Catalogue
from pia_engine.questionnaires.wording import Sentence
from pia_engine.workflows.outcomes import OUTCOMES

DECIDING_ROLES = tuple(role for role in Role if role in RULES[Permission.ASSESSMENT_DECIDE].roles)
"""Who may accept a remaining risk, from the lowest office to the highest."""
DETERMINING_ROLES = tuple(role for role in Role if role in RULES[Permission.ASSESSMENT_DETERMINE].roles)

LONGEST_YEARS = 200
DAYS_IN_SHORTEST_MONTH = 28

WRITING = ("policy:drafted", "policy:changed")
"""The events by which a version got its text."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing to put right, and the section of the policy where that is done."""

    section: str
    sentence: Sentence


def list_faults(session: Session, policy: PolicyVersion) -> list[Fault]:
    """Everything that keeps a version from being adopted, its threshold rules included."""
    rules = read_rules(policy)
    return [*find_faults(rules), *_thresholds(catalogue_of(session), rules)]


def find_faults(rules: PolicyRules) -> list[Fault]:
    """What is incomplete or contradictory in the rules themselves, in the order of the sections."""
    return [Fault(section, sentence) for section, check in _CHECKS.items() for sentence in check(rules)]


def policy_holds_together(session: Session, record: WorkflowRecord, actor: Actor) -> None:
    """Guard: nothing incomplete or contradictory is adopted."""
    faults = list_faults(session, cast(PolicyVersion, record))
    if faults:
        raise NotPossible(
            N_("Things to put right before this version can be adopted: %(count)s. The first is: %(first)s"),
            place="policy",
            count=len(faults),
            first=faults[0].sentence,
        )


def did_not_write_this_version(session: Session, record: WorkflowRecord, actor: Actor) -> None:
    """Guard: whoever began or changed this version does not adopt it. What a deputy did counts for both."""
    query = select(AuditEvent.actor_id, AuditEvent.represented_id).where(
        AuditEvent.aggregate_id == record.id, AuditEvent.event.in_(WRITING)
    )
    writers = {person for row in session.execute(query) for person in row if person is not None}
    if actor.id in writers:
        raise NotAllowed(
            N_("You changed this draft. Somebody else who may adopt it has to."),
            who_can_help=who_may(Permission.POLICY_ADOPT),
            place=holders_of(RULES[Permission.POLICY_ADOPT].roles),
        )
    if actor.represents in writers:
        raise NotAllowed(
            N_("The person you stand in for changed this draft. Somebody else who may adopt it has to."),
            who_can_help=who_may(Permission.POLICY_ADOPT),
            place=holders_of(RULES[Permission.POLICY_ADOPT].roles),
        )


def _thresholds(catalogue: Catalogue, rules: PolicyRules) -> Iterator[Fault]:
    """Rules of the city's own that do not fit the questionnaire as it is now."""
    for name, document in rules.thresholds.items():
        for problem in threshold_problems(document, catalogue.newest(name)):
            yield Fault("thresholds", Sentence(N_("The threshold rules: %(problem)s"), problem=problem))


def _principles(rules: PolicyRules) -> Iterator[Sentence]:
    if not rules.principles:
        yield Sentence(N_("There is no principle. A full assessment answers against each, so name at least one."))
    yield from _named("principle", [(each.name, each.text) for each in rules.principles])


def _authorities(rules: PolicyRules) -> Iterator[Sentence]:
    if not rules.authorities:
        yield Sentence(N_("No law or rule is named. Name at least the one that allows the city to use data."))
    yield from _named("authority", [(each.name, each.citation) for each in rules.authorities])
    for each in rules.authorities:
        if each.citation == PLACEHOLDER_CITATION:
            yield Sentence(
                N_("“%(name)s” still has no citation of your own. Write where the law stands, or remove it."),
                name=each.name,
            )


def _appetite(rules: PolicyRules) -> Iterator[Sentence]:
    if not rules.risk_appetite.strip():
        yield Sentence(N_("Nothing is said about the risk the city accepts. Say it in a few sentences."))


def _matrix(rules: PolicyRules) -> Iterator[Sentence]:
    matrix = rules.matrix
    if {len(matrix.likelihoods), len(matrix.severities)} - set(MATRIX_SIZES):
        yield Sentence(N_("The matrix has to have three to five likelihoods and three to five severities."))
        return
    for words in (matrix.likelihoods, matrix.severities, tuple(matrix.levels.values())):
        yield from _distinct(words)
    used = {level for row in matrix.cells for level in row}
    if used - set(RISK_LEVELS):
        yield Sentence(N_("A field of the matrix has no level. Choose one for each."))
        return
    for level in RISK_LEVELS:
        if level not in used:
            yield Sentence(N_("No field of the matrix is “%(level)s”. Give at least one."), level=matrix.levels[level])
    yield from _steps_down(matrix)


def _steps_down(matrix: RiskMatrix) -> Iterator[Sentence]:
    """More likely or more severe is never a lower level: each field is compared with the one below and before it."""
    for row in range(len(matrix.likelihoods)):
        for column in range(len(matrix.severities)):
            for milder_row, milder_column in ((row - 1, column), (row, column - 1)):
                if milder_row < 0 or milder_column < 0:
                    continue
                level, milder = matrix.cells[row][column], matrix.cells[milder_row][milder_column]
                if RISK_LEVELS.index(level) < RISK_LEVELS.index(milder):
                    yield Sentence(
                        N_(
                            "“%(likelihood)s” with “%(severity)s” is %(level)s, yet “%(milder_likelihood)s” with "
                            "“%(milder_severity)s” is %(milder)s. A greater risk cannot have a lower level."
                        ),
                        likelihood=matrix.likelihoods[row],
                        severity=matrix.severities[column],
                        level=matrix.levels[level],
                        milder_likelihood=matrix.likelihoods[milder_row],
                        milder_severity=matrix.severities[milder_column],
                        milder=matrix.levels[milder],
                    )


def _deciders(rules: PolicyRules) -> Iterator[Sentence]:
    chosen = [rules.decider_by_residual_risk[level] for level in RISK_LEVELS]
    names = [rules.matrix.levels[level] for level in RISK_LEVELS]
    for level, role in zip(names, chosen, strict=True):
        if role not in DECIDING_ROLES:
            yield Sentence(N_("Nobody who may decide is named for the remaining risk “%(level)s”."), level=level)
    if set(chosen) - set(DECIDING_ROLES):
        return
    ranks = [DECIDING_ROLES.index(Role(role)) for role in chosen]
    for lower in range(len(ranks) - 1):
        if ranks[lower] > ranks[lower + 1]:
            yield Sentence(
                N_(
                    "A remaining risk “%(lower)s” needs the %(higher_office)s, yet “%(higher)s” only the %(office)s. "
                    "A greater risk cannot be accepted by a lower office."
                ),
                lower=names[lower],
                higher=names[lower + 1],
                higher_office=Sentence(ROLE_NAMES[Role(chosen[lower])]),
                office=Sentence(ROLE_NAMES[Role(chosen[lower + 1])]),
            )


def _periods(rules: PolicyRules) -> Iterator[Sentence]:
    months = [rules.audit_months_by_residual_risk[level] for level in RISK_LEVELS]
    days = [rules.vendor_link_days, rules.audit_notice_days]
    if not within([*months, rules.first_audit_months], LONGEST_MONTHS) or not within(days, LONGEST_DAYS):
        yield Sentence(
            N_("A period is not between 1 and %(months)s months, or 1 and %(days)s days."),
            months=LONGEST_MONTHS,
            days=LONGEST_DAYS,
        )
        return
    names = [rules.matrix.levels[level] for level in RISK_LEVELS]
    for lower in range(len(months) - 1):
        if months[lower] < months[lower + 1]:
            yield Sentence(
                N_("“%(higher)s” risk is audited less often than “%(lower)s” risk. It has to be as often, or more."),
                higher=names[lower + 1],
                lower=names[lower],
            )
    if rules.audit_notice_days > min(*months, rules.first_audit_months) * DAYS_IN_SHORTEST_MONTH:
        yield Sentence(N_("Auditors would be told of an audit before the one before it is due. Shorten the notice."))


def _outcomes(rules: PolicyRules) -> Iterator[Sentence]:
    for rule in rules.outcomes.values():
        name = Sentence(OUTCOMES[rule.outcome])
        if rule.decider not in DETERMINING_ROLES:
            yield Sentence(N_("Nobody who may determine is named for the outcome “%(outcome)s”."), outcome=name)
        if not rule.required:
            yield Sentence(N_("Nothing is required with the outcome “%(outcome)s”. Name at least one."), outcome=name)
        if rule.expires_months is not None and not within([rule.expires_months], LONGEST_MONTHS):
            yield Sentence(
                N_("The outcome “%(outcome)s” has to run out after 1 to %(months)s months, or never."),
                outcome=name,
                months=LONGEST_MONTHS,
            )


def _retention(rules: PolicyRules) -> Iterator[Sentence]:
    if not rules.retention:
        yield Sentence(N_("Nothing is said about how long records are kept. Name at least one kind of record."))
    yield from _named("retention", [(each.record, each.basis) for each in rules.retention])
    kinds = [each.kind for each in rules.retention if each.kind != OTHER]
    for kind in sorted({kind for kind in kinds if kinds.count(kind) > 1}):
        yield Sentence(N_("Two rows say how long “%(kind)s” are kept. Keep one of them."),
                       kind=Sentence(RECORD_KINDS.get(kind, kind)))  # fmt: skip
    for each in rules.retention:
        if each.years is not None and not within([each.years], LONGEST_YEARS):
            yield Sentence(N_("“%(record)s” has to be kept 1 to %(most)s years, or for good."), record=each.record,
                           most=LONGEST_YEARS)  # fmt: skip


def _grounds(rules: PolicyRules) -> Iterator[Sentence]:
    yield from _named("ground", [(each.name, each.text) for each in rules.withholding_grounds])
    named = {each.id for each in rules.withholding_grounds}
    for ground in DEFAULT_RULES["withholding_grounds"]:
        if ground["id"] in set(GROUNDS) - named:
            yield Sentence(
                N_("“%(name)s” is missing. Questions are withheld on this ground: it can be reworded, not removed."),
                name=ground["name"],
            )


def _controls(rules: PolicyRules) -> Iterator[Sentence]:
    yield from _named("control", [(each.name, each.text) for each in rules.controls])


_INCOMPLETE = {
    "principle": (N_("A principle has no name."), N_("The principle “%(name)s” says nothing yet.")),
    "authority": (N_("A law or rule has no name."), N_("“%(name)s” has no citation.")),
    "retention": (N_("A kind of record has no name."), N_("“%(name)s” gives no reason for how long it is kept.")),
    "ground": (N_("A ground for withholding has no name."), N_("The ground “%(name)s” is not explained.")),
    "control": (N_("A measure of the city’s own has no name."), N_("The measure “%(name)s” is not described.")),
}


def _named(kind: str, entries: list[tuple[str, str]]) -> Iterator[Sentence]:
    """Every entry has a name of its own and says something."""
    nameless, mute = _INCOMPLETE[kind]
    for name, text in entries:
        if not name.strip():
            yield Sentence(nameless)
        elif not text.strip():
            yield Sentence(mute, name=name)
    yield from _distinct([name for name, _ in entries if name.strip()])


def _distinct(words: Iterable[str]) -> Iterator[Sentence]:
    seen: set[str] = set()
    for word in words:
        if not word.strip():
            yield Sentence(N_("A word of the matrix is missing."))
        elif word.casefold() in seen:
            yield Sentence(N_("“%(word)s” stands here twice. Give each its own name."), word=word)
        seen.add(word.casefold())


_CHECKS: dict[str, Callable[[PolicyRules], Iterator[Sentence]]] = {
    "principles": _principles,
    "authorities": _authorities,
    "appetite": _appetite,
    "matrix": _matrix,
    "deciders": _deciders,
    "periods": _periods,
    "oversight": oversight_faults,
    "outcomes": _outcomes,
    "retention": _retention,
    "grounds": _grounds,
    "controls": _controls,
}
