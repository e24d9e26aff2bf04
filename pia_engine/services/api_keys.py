"""Keys by which other systems of the city ask the API. A key is shown once; only its hash is kept."""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
import uuid

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, joinedload

from pia_engine import clock
from pia_engine.errors import N_, Invalid, NotFound, NotPossible
from pia_engine.models import ApiKey
from pia_engine.permissions.people import check_may
from pia_engine.permissions.roles import Actor
from pia_engine.permissions.vocabulary import Permission
from pia_engine.services.audit import append_event
from pia_engine.services.cities import get_city
from pia_engine.services.periods import months_after

PREFIX = "pia_"  # so that a key is recognised where it does not belong: in a file, a log, a repository
LONGEST_MONTHS = 12
LONGEST_NAME = 200


def make_key(session: Session, *, name: str, expires_on: dt.date, actor: Actor, now: dt.datetime) -> tuple[ApiKey, str]:
    """A new key for one system, with its last day. Returns the record, and the key itself for this one time."""
    check_may(actor, Permission.CITY_ADMINISTER)
    name = " ".join(name.split())
    _check_name(session, name, now)
    _check_last_day(session, expires_on, now)
    token = PREFIX + secrets.token_urlsafe(32)
    key = ApiKey(name=name, key_hash=hash_key(token), created_by=actor.person_id, created_at=now, expires_on=expires_on)
    session.add(key)
    session.flush()
    details = {"key": str(key.id), "system": name, "until": expires_on.isoformat()}
    append_event(session, get_city(session), "api-key:made", actor=actor, now=now, details=details)
    session.flush()
    return key, token


def _check_name(session: Session, name: str, now: dt.datetime) -> None:
    if not name or len(name) > LONGEST_NAME:
        raise Invalid(N_("Say which system uses the key."))
    taken = select(func.count(ApiKey.id)).where(
        func.lower(ApiKey.name) == name.lower(), ApiKey.revoked_at.is_(None), ApiKey.expires_on >= _today(session, now)
    )
    if session.scalar(taken):
        raise Invalid(N_("A key for “%(name)s” is valid already. Revoke it first, or choose another name."), name=name)


def _check_last_day(session: Session, expires_on: dt.date, now: dt.datetime) -> None:
    today = _today(session, now)
    if not today <= expires_on <= last_day_possible(today):
        raise Invalid(N_("A key is valid for a year at most, and at least until today."))


def last_day_possible(today: dt.date) -> dt.date:
    """The last day a key made today may have."""
    return months_after(today, LONGEST_MONTHS)


def revoke_key(session: Session, key: ApiKey, *, actor: Actor, now: dt.datetime) -> None:
    """From this moment the key opens nothing."""
    check_may(actor, Permission.CITY_ADMINISTER)
    if key.revoked_at is not None:
        raise NotPossible(N_("This key is revoked already."))
    key.revoked_at = now
    details = {"key": str(key.id), "system": key.name}
    append_event(session, get_city(session), "api-key:revoked", actor=actor, now=now, details=details)
    session.flush()


def get_key(session: Session, key_id: uuid.UUID) -> ApiKey:
    key = session.get(ApiKey, key_id)
    if key is None:
        raise NotFound(N_("There is no such key."))
    return key


def list_keys(session: Session) -> list[ApiKey]:
    """Every key that was ever made, newest first."""
    query = select(ApiKey).options(joinedload(ApiKey.creator)).order_by(ApiKey.created_at.desc(), ApiKey.id.desc())
    return list(session.scalars(query))


def find_valid_key(session: Session, token: str, *, now: dt.datetime) -> ApiKey | None:
    """The key somebody shows, unless it is unknown, revoked or past its last day."""
    if not token.startswith(PREFIX):
        return None
    key = session.scalars(select(ApiKey).where(ApiKey.key_hash == hash_key(token))).one_or_none()
    return key if key is not None and is_valid(key, on=_today(session, now)) else None


def is_valid(key: ApiKey, *, on: dt.date) -> bool:
    return key.revoked_at is None and key.expires_on >= on


def note_use(session: Session, key_id: uuid.UUID, *, now: dt.datetime) -> None:
    """Remember the day a key was used last, so that one nobody uses can be found and revoked."""
    today = _today(session, now)
    never_or_earlier = or_(ApiKey.last_used_on.is_(None), ApiKey.last_used_on < today)
    key = session.scalars(select(ApiKey).where(ApiKey.id == key_id, never_or_earlier)).one_or_none()
    if key is not None:
        key.last_used_on = today
        session.flush()


def hash_key(token: str) -> str:
    """A key has 256 random bits, so a plain hash keeps it as safe as a slow one."""
    return hashlib.sha256(token.encode()).hexdigest()


def _today(session: Session, now: dt.datetime) -> dt.date:
    return clock.day_of(now, get_city(session).time_zone)
