"""Keys for other systems: made by administrators for a year at most, kept as hashes, revoked for good."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from pia_engine.errors import Invalid, NotAllowed, NotPossible
from pia_engine.models import ApiKey, AuditEvent
from pia_engine.services.api_keys import find_valid_key, list_keys, make_key, revoke_key
from tests.factories.walks import Walk

LAST = dt.date(2027, 3, 2)


def make(walk: Walk, name: str = "Purchasing", expires_on: dt.date = LAST, first: str = "adam") -> tuple[ApiKey, str]:
    return make_key(walk.session, name=name, expires_on=expires_on, actor=walk.who(first), now=walk.now)


def test_only_the_hash_of_a_key_is_kept(session: Session, walk: Walk) -> None:
    key, token = make(walk)
    assert token.startswith("pia_")
    assert len(token) > 40
    assert find_valid_key(session, token, now=walk.now) is key
    stored = {str(getattr(key, column.name)) for column in ApiKey.__table__.columns}
    assert token not in stored
    events = session.scalars(select(AuditEvent).where(AuditEvent.event.startswith("api-key:")))
    assert all(token.encode() not in bytes(each.body) for each in events)


@pytest.mark.parametrize("day", [dt.date(2026, 3, 1), dt.date(2027, 3, 3), dt.date(9999, 1, 1)])
def test_a_key_ends_within_a_year(walk: Walk, day: dt.date) -> None:
    with pytest.raises(Invalid, match="a year at most"):
        make(walk, expires_on=day)


@pytest.mark.parametrize("name", ["", "  ", "x" * 201])
def test_a_key_says_whose_it_is(walk: Walk, name: str) -> None:
    with pytest.raises(Invalid):
        make(walk, name)


def test_one_system_has_one_valid_key(session: Session, walk: Walk) -> None:
    key, _token = make(walk)
    with pytest.raises(Invalid, match="valid already"):
        make(walk, " PURCHASING ")
    revoke_key(session, key, actor=walk.who("adam"), now=walk.now)
    make(walk)
    assert [each.revoked_at is None for each in list_keys(session)] == [True, False]


def test_a_key_past_its_last_day_makes_room(session: Session, walk: Walk) -> None:
    _key, token = make(walk, expires_on=walk.now.date())
    walk.now += dt.timedelta(days=1)
    assert find_valid_key(session, token, now=walk.now) is None
    make(walk)


def test_a_revoked_key_stays_revoked(session: Session, walk: Walk) -> None:
    key, token = make(walk)
    revoke_key(session, key, actor=walk.who("adam"), now=walk.now)
    assert find_valid_key(session, token, now=walk.now) is None
    with pytest.raises(NotPossible):
        revoke_key(session, key, actor=walk.who("adam"), now=walk.now)


@pytest.mark.parametrize("first", ["amara", "petra", "helen", "victor", "ingrid", "otto"])
def test_only_administrators_make_and_revoke_keys(session: Session, walk: Walk, first: str) -> None:
    with pytest.raises(NotAllowed):
        make(walk, first=first)
    key, _token = make(walk)
    with pytest.raises(NotAllowed):
        revoke_key(session, key, actor=walk.who(first), now=walk.now)
