"""The city's PIA policy: read the version in force, draft the next one, adopt it or withdraw it.

An assessment keeps the version it began under; what is adopted holds for those begun afterwards.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from pia_engine import clock
from pia_engine.errors import N_, Invalid, NotFound, NotPossible, Stale
from pia_engine.models import PolicyVersion
from pia_engine.models.default_rules import DEFAULT_RULES
from pia_engine.models.policy_rules import PolicyRules, read_rules
from pia_engine.permissions.people import check_may, may
from pia_engine.permissions.roles import SYSTEM, Actor
from pia_engine.permissions.vocabulary import Permission
from pia_engine.services.audit import append_event
from pia_engine.services.cities import get_city
from pia_engine.services.log_calls import log_policy
from pia_engine.services.policy_reviews import next_review_on
from pia_engine.services.policy_sections import check_fits, policy_digest, section_content, section_digest, with_ids
from pia_engine.services.workflow import apply_action, begin_life, check_action
from pia_engine.workflows.policy import IN_FORCE, Action, Status

BODY_LIMIT, INSTRUMENT_LIMIT, CHANGES_LIMIT = 200, 300, 4000
LARGEST_NUMBER = 999_999
_DRAFTED_ALREADY = N_("A version is being drafted already. Go on with that one, or withdraw it first.")
_DRAFTED = frozenset({Status.DRAFT, Status.WITHDRAWN})


def current_policy(session: Session) -> PolicyVersion:
    """The adopted policy version with the highest number."""
    policy = session.scalars(
        select(PolicyVersion).where(PolicyVersion.status.in_(IN_FORCE)).order_by(PolicyVersion.number.desc()).limit(1)
    ).first()
    if policy is None:
        raise NotFound(N_("No PIA policy is in force. The senior privacy official adopts one."))
    return policy


def current_rules(session: Session) -> PolicyRules:
    return read_rules(current_policy(session))


def find_draft(session: Session) -> PolicyVersion | None:
    """The version being drafted, if one is; there is never more than one."""
    return session.scalars(select(PolicyVersion).where(PolicyVersion.status == Status.DRAFT)).one_or_none()


def get_draft(session: Session, *, actor: Actor) -> PolicyVersion:
    """The draft, for those who may see it."""
    check_may(actor, Permission.POLICY_VIEW_DRAFT)
    draft = find_draft(session)
    if draft is None:
        raise NotFound(N_("No version of the policy is being drafted. Begin one from the policy's page."))
    return draft


def get_policy(session: Session, number: int, *, actor: Actor) -> PolicyVersion:
    """One version by its number. Raises NotAllowed for a draft this actor may not see."""
    query = select(PolicyVersion).where(PolicyVersion.number == number)
    policy = session.scalars(query).one_or_none() if number <= LARGEST_NUMBER else None
    if policy is None:
        raise NotFound(N_("The policy has no version with this number."))
    check_may(actor, Permission.POLICY_VIEW_DRAFT if policy.status in _DRAFTED else Permission.POLICY_VIEW)
    return policy


def list_policies(session: Session, *, actor: Actor) -> list[PolicyVersion]:
    """Every version this actor may see, newest first."""
    check_may(actor, Permission.POLICY_VIEW)
    query = select(PolicyVersion).order_by(PolicyVersion.number.desc())
    if not may(actor, Permission.POLICY_VIEW_DRAFT):
        query = query.where(PolicyVersion.status.not_in([str(status) for status in _DRAFTED]))
    return list(session.scalars(query))


def find_before(session: Session, policy: PolicyVersion) -> PolicyVersion | None:
    """The version that was, or would be, replaced by this one."""
    return session.scalars(
        select(PolicyVersion)
        .where(PolicyVersion.number < policy.number, PolicyVersion.status.not_in([str(each) for each in _DRAFTED]))
        .order_by(PolicyVersion.number.desc())
        .limit(1)
    ).first()


def begin_draft(session: Session, *, actor: Actor, now: dt.datetime) -> PolicyVersion:
    """The next version, begun as a copy of the one in force. Raises NotPossible while another is being drafted."""
    check_may(actor, Permission.POLICY_DRAFT)
    if find_draft(session) is not None:
        raise NotPossible(_DRAFTED_ALREADY)
    present = current_policy(session)
    number = (session.scalar(select(func.max(PolicyVersion.number))) or 0) + 1
    draft = PolicyVersion(
        number=number,
        reference=f"POL-{number}",
        title=present.title,
        author_id=actor.person_id,
        instrument="",
        changes="",
        rules={**DEFAULT_RULES, **present.rules},
    )
    try:
        begin_life(session, draft, "policy:drafted", actor=actor, now=now)
    except IntegrityError:  # somebody began one at the very same moment
        raise NotPossible(_DRAFTED_ALREADY) from None
    return draft


def save_section(
    session: Session,
    draft: PolicyVersion,
    section: str,
    content: Mapping[str, Any],
    *,
    seen: str,
    actor: Actor,
    now: dt.datetime,
) -> bool:
    """Save one section of the draft; False when nothing in it changed.

    `seen` is the section's digest as the page showed it. Raises Stale when somebody saved it since, NotPossible once
    the version is no draft any more, Invalid for what cannot be stored. Then nothing is saved.
    """
    check_may(actor, Permission.POLICY_DRAFT)
    if draft.status != Status.DRAFT:
        raise NotPossible(N_("This version is no draft any more, so it cannot be changed. Begin a new draft."))
    check_fits(draft, section, content)
    present = section_content(draft, section)
    given = with_ids(session, section, content, present)
    if given == present:
        return False
    if seen != section_digest(draft, section):
        raise Stale(N_("Somebody else saved this section while you had it open. Nothing of yours was saved yet."))
    draft.rules = {**draft.rules, **given}
    append_event(session, draft, "policy:changed", actor=actor, now=now, details={"section": section})
    session.flush()
    return True


def adopt_policy(
    session: Session,
    draft: PolicyVersion,
    *,
    adopted_by: str,
    instrument: str,
    adopted_on: dt.date,
    changes: str,
    seen: str,
    actor: Actor,
    now: dt.datetime,
) -> None:
    """Put the draft in force; the version before it is superseded. Raises before anything changed.

    `seen` is the draft's digest as the page showed it. Raises Stale when its text has changed since.
    """
    check_action(session, draft, Action.ADOPT, actor=actor)
    if seen != policy_digest(draft):
        raise Stale(N_("This draft has changed since you opened the page. Nothing was adopted."))
    before = current_policy(session)
    _check_adoption(adopted_by, instrument, changes)
    _check_day(session, before, adopted_on, now)
    apply_action(session, before, Action.SUPERSEDE, actor=SYSTEM, now=now, reason=draft.reference)
    with session.no_autoflush:
        draft.adopted_by, draft.instrument, draft.changes = adopted_by.strip(), instrument.strip(), changes.strip()
        draft.adopted_on = adopted_on
        draft.review_due_on = next_review_on(draft)
        apply_action(
            session,
            draft,
            Action.ADOPT,
            actor=actor,
            now=now,
            details={"adopted_on": adopted_on.isoformat(), "instrument": draft.instrument, "supersedes": before.number},
        )
    for version in (before, draft):  # the first one came with the installation, and is entered with the second
        log_policy(session, version, now=now)


def withdraw_draft(session: Session, draft: PolicyVersion, *, actor: Actor, now: dt.datetime, reason: str) -> None:
    """Give a draft up. Its text is kept, its number is not used again."""
    apply_action(session, draft, Action.WITHDRAW, actor=actor, now=now, reason=reason)


def _check_adoption(adopted_by: str, instrument: str, changes: str) -> None:
    asked = (
        (adopted_by, BODY_LIMIT, N_("Say who adopted this version.")),
        (instrument, INSTRUMENT_LIMIT, N_("Name the decision that adopts this version, for example a resolution.")),
        (changes, CHANGES_LIMIT, N_("Say in a few words what has changed, and why.")),
    )
    for text, limit, sentence in asked:
        if not text.strip():
            raise Invalid(sentence)
        if len(text) > limit:
            raise Invalid(N_("One text is longer than %(most)s characters. Shorten it."), most=limit)


def _check_day(session: Session, before: PolicyVersion, adopted_on: dt.date, now: dt.datetime) -> None:
    """It is in force from the moment it is recorded, so its day is neither to come nor before the last version's."""
    if adopted_on > clock.day_of(now, get_city(session).time_zone):
        raise Invalid(N_("The day of the decision lies ahead. Record it here when it has been taken."))
    if before.adopted_on is not None and adopted_on < before.adopted_on:
        raise Invalid(N_("The day lies before the day the present version was adopted."))
