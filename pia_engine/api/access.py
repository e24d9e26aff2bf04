"""Who may ask: every endpoint of the API says so with one of these, as every page does with those of `web.access`."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import TypeVar, cast

from flask import g, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_limiter.util import get_remote_address
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from pia_engine import clock
from pia_engine.api.problems import problem
from pia_engine.extensions import db, limiter, writing_engine
from pia_engine.models import ApiKey
from pia_engine.services.api_keys import find_valid_key, note_use
from pia_engine.services.cities import get_city

View = TypeVar("View", bound=Callable[..., ResponseReturnValue])

KEY, OPEN = "key", "public"
_SCHEME = "bearer "
_WRONG_KEYS = "20 per minute"


def open_to_all(view: View) -> View:
    """Anybody: it says nothing about any record."""
    view.pia_access = OPEN  # type: ignore[attr-defined]
    view.pia_reads_only = True  # type: ignore[attr-defined]
    return view


def by_key(view: View) -> View:
    """A system of the city that shows a valid key. The key is never read from the address, which ends up in logs."""

    @functools.wraps(view)
    def guarded(*args: object, **kwargs: object) -> ResponseReturnValue:
        key = find_valid_key(db.session, _shown_key(), now=clock.now())
        if key is None:
            return _refuse()
        g.api_key_id = key.id
        _note_use(key)
        return view(*args, **kwargs)

    guarded.pia_access = KEY  # type: ignore[attr-defined]
    return cast(View, guarded)


def who_asks() -> str:
    """Whose requests are counted together: those of one key."""
    return f"key:{g.api_key_id}"


def _shown_key() -> str:
    shown = request.headers.get("Authorization", "")
    return shown[len(_SCHEME) :].strip() if shown.lower().startswith(_SCHEME) else ""


def _refuse() -> ResponseReturnValue:
    """Not without a valid key; and whoever tries many has to wait."""
    with limiter.limit(_WRONG_KEYS, key_func=lambda: f"wrong-key:{get_remote_address()}"):
        detail = _("Show a valid key in the header “Authorization: Bearer …”. An administrator of the city makes keys.")
        return problem(401, detail, headers={"WWW-Authenticate": 'Bearer realm="PIA Engine"'})


def _note_use(key: ApiKey) -> None:
    """The day of the last use, once a day, in a transaction of its own; an answer never waits for it."""
    if key.last_used_on == clock.day_of(clock.now(), get_city(db.session).time_zone):
        return
    try:
        with Session(writing_engine(db.engine)) as own, own.begin():
            note_use(own, key.id, now=clock.now())
    except OperationalError:  # the database is busy: the next request notes it
        return
