"""The threshold rules of a policy version: read them, and change them rule by rule while the version is a draft.

A version that holds none of its own uses those of the questionnaire; the first change copies them into the draft.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import rfc8785
from sqlalchemy.orm import Session

from pia_engine.errors import N_, Invalid, NotPossible, Stale
from pia_engine.models import PolicyVersion
from pia_engine.models.catalogue import catalogue_of
from pia_engine.models.policy_rules import read_rules
from pia_engine.permissions.people import check_may
from pia_engine.permissions.roles import Actor
from pia_engine.permissions.vocabulary import Permission
from pia_engine.questionnaires.checking import threshold_problems
from pia_engine.questionnaires.definition import Questionnaire, Thresholds
from pia_engine.questionnaires.parsing import parse_thresholds
from pia_engine.questionnaires.threshold_documents import (
    new_rule_id,
    thresholds_document,
    with_default,
    with_outcomes,
    with_rule,
    with_rule_moved,
    without_rule,
)
from pia_engine.services.audit import append_event
from pia_engine.workflows.outcomes import OUTCOMES
from pia_engine.workflows.policy import Status

QUESTIONNAIRE = "initial-assessment"


class UnsoundRules(Invalid):
    """Rules that could not work, with everything that is wrong with them."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__(N_("The rules were not changed: %(problem)s"), problem=problems[0])
        self.problems = tuple(problems)


@dataclass(frozen=True, slots=True)
class RuleBook:
    """The threshold rules of one policy version. `is_own` is False while it uses the questionnaire's.

    `problems` keep the version from being adopted; `digest` tells whether somebody changed the rules since.
    """

    questionnaire: Questionnaire
    document: Mapping[str, Any]
    is_own: bool
    problems: tuple[str, ...]
    digest: str

    @property
    def thresholds(self) -> Thresholds:
        return parse_thresholds(self.document)


def get_rule_book(session: Session, policy: PolicyVersion) -> RuleBook:
    """The rules as this version has them, for the newest version of the initial questionnaire."""
    questionnaire = catalogue_of(session).newest(QUESTIONNAIRE)
    own = read_rules(policy).thresholds.get(QUESTIONNAIRE)
    document = with_outcomes(own or _shipped(questionnaire), tuple(OUTCOMES))
    return RuleBook(
        questionnaire=questionnaire,
        document=document,
        is_own=own is not None,
        problems=tuple(threshold_problems(document, questionnaire)),
        digest=hashlib.sha256(rfc8785.dumps([own is not None, document])).hexdigest(),
    )


def _shipped(questionnaire: Questionnaire) -> dict[str, Any]:
    if questionnaire.thresholds is None:
        return {"outcomes": list(OUTCOMES), "default": next(iter(OUTCOMES)), "rules": []}
    return thresholds_document(questionnaire.thresholds)


def save_rule(
    session: Session,
    draft: PolicyVersion,
    rule: Mapping[str, Any],
    *,
    seen: str,
    actor: Actor,
    now: dt.datetime,
) -> None:
    """Put a rule in the place of the one of the same id; one without an id is new and goes to the end."""
    book = _open_book(session, draft, seen, actor)
    named = {**rule, "id": rule["id"] or new_rule_id(book.document, str(rule["because"]))}
    _keep(session, draft, with_rule(book.document, named), book, rule=named["id"], actor=actor, now=now)


def remove_rule(
    session: Session, draft: PolicyVersion, rule_id: str, *, seen: str, actor: Actor, now: dt.datetime
) -> None:
    book = _open_book(session, draft, seen, actor)
    _keep(session, draft, without_rule(book.document, rule_id), book, rule=rule_id, actor=actor, now=now)


def move_rule(
    session: Session, draft: PolicyVersion, rule_id: str, *, by: int, seen: str, actor: Actor, now: dt.datetime
) -> None:
    """Further up (-1) or down (1). The order is how people read the rules; the outcome does not depend on it."""
    book = _open_book(session, draft, seen, actor)
    _keep(session, draft, with_rule_moved(book.document, rule_id, by=by), book, rule=rule_id, actor=actor, now=now)


def change_default(
    session: Session, draft: PolicyVersion, outcome: str, *, seen: str, actor: Actor, now: dt.datetime
) -> None:
    """Which outcome stands when no rule fires."""
    book = _open_book(session, draft, seen, actor)
    _keep(session, draft, with_default(book.document, outcome), book, rule="default", actor=actor, now=now)


def restore_shipped(session: Session, draft: PolicyVersion, *, seen: str, actor: Actor, now: dt.datetime) -> None:
    """Give the draft's own rules up: it uses the questionnaire's again."""
    _open_book(session, draft, seen, actor)
    own = {name: document for name, document in read_rules(draft).thresholds.items() if name != QUESTIONNAIRE}
    _write(session, draft, own, details={"rule": "as shipped"}, actor=actor, now=now)


def _open_book(session: Session, draft: PolicyVersion, seen: str, actor: Actor) -> RuleBook:
    check_may(actor, Permission.POLICY_DRAFT)
    if draft.status != Status.DRAFT:
        raise NotPossible(N_("This version is no draft any more, so its rules cannot be changed. Begin a new draft."))
    book = get_rule_book(session, draft)
    if book.digest != seen:
        raise Stale(N_("Somebody else changed the rules while you had them open. Nothing of yours was saved yet."))
    return book


def _keep(
    session: Session,
    draft: PolicyVersion,
    document: Mapping[str, Any],
    book: RuleBook,
    *,
    rule: str,
    actor: Actor,
    now: dt.datetime,
) -> None:
    """Points need not add up yet: rules are written one after another, and the adoption checks them together."""
    problems = threshold_problems(document, book.questionnaire, counting=False)
    if problems:
        raise UnsoundRules(problems)
    own = {**read_rules(draft).thresholds, QUESTIONNAIRE: dict(document)}
    _write(session, draft, own, details={"rule": rule}, actor=actor, now=now)


def _write(
    session: Session,
    draft: PolicyVersion,
    own: Mapping[str, Any],
    *,
    details: Mapping[str, str],
    actor: Actor,
    now: dt.datetime,
) -> None:
    draft.rules = {**draft.rules, "thresholds": dict(own)}
    append_event(session, draft, "policy:changed", actor=actor, now=now, details={"section": "thresholds", **details})
    session.flush()
