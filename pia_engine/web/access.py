"""The only access decorators. Every endpoint declares who may reach it; one that does not stops the start.

A declared permission is checked here without a record (does anybody with these roles hold it at all?) and again with
the record, by the service or by `reach`.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import TypeVar, cast

from flask import Flask, abort, g, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from pia_engine import clock
from pia_engine.extensions import db, start_writing
from pia_engine.models import Person
from pia_engine.permissions.people import Subject, check_may
from pia_engine.permissions.roles import NOBODY, Actor
from pia_engine.permissions.vocabulary import Permission
from pia_engine.services.people import actor_for

View = TypeVar("View", bound=Callable[..., ResponseReturnValue])

PUBLIC = "public"
SIGNED_IN = "signed-in"
LINK = "link"
_OF_LIBRARIES = {
    "static": PUBLIC,
    "security.static": PUBLIC,
    "security.login": PUBLIC,
    "security.logout": SIGNED_IN,
    "security.change_password": SIGNED_IN,
    "security.forgot_password": PUBLIC,
    "security.reset_password": PUBLIC,
    "security.verify": SIGNED_IN,
}
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


def public(view: View) -> View:
    """Anybody, without a session."""
    view.pia_access = PUBLIC  # type: ignore[attr-defined]
    return view


def by_link(view: View) -> View:
    """Whoever holds the secret link; the view finds out what it opens."""
    view.pia_access = LINK  # type: ignore[attr-defined]
    return view


def signed_in(view: View) -> View:
    """Anybody with an account."""
    return _guarded(view, None)


def needs(permission: Permission) -> Callable[[View], View]:
    """Somebody who holds a permission at all; for which records is checked with the record."""
    return lambda view: _guarded(view, permission)


def reads_only(view: View) -> View:
    """Mark a view that is posted to and changes nothing, so that it need not wait for those that write."""
    view.pia_reads_only = True  # type: ignore[attr-defined]
    return view


def _guarded(view: View, permission: Permission | None) -> View:
    @functools.wraps(view)
    def guarded(*args: object, **kwargs: object) -> ResponseReturnValue:
        if not current_user.is_authenticated:
            abort(401)
        if permission is not None:
            check_may(actor(), permission)
        return view(*args, **kwargs)

    guarded.pia_access = str(permission) if permission else SIGNED_IN  # type: ignore[attr-defined]
    return cast(View, guarded)


def reach(permission: Permission, record: Subject) -> None:
    """Refuse a record that is out of this person's reach. From here on an error page can lead back to it."""
    check_may(actor(), permission, record)
    g.at_hand = record


def person() -> Person:
    """The signed-in person's record."""
    return cast(Person, current_user.person)


def actor() -> Actor:
    """Who acts in this request, with the roles designated for today."""
    if "actor" not in g:
        g.actor = actor_for(db.session, person(), now=clock.now()) if current_user.is_authenticated else NOBODY
    return cast(Actor, g.actor)


def actor_anew() -> Actor:
    """Who acts, with the rights of this moment: for a view that was busy since it first asked for them."""
    g.pop("actor", None)
    return actor()


def declared_access(app: Flask) -> dict[str, str]:
    """Endpoint to access, for the start-up check and the route tests. A missing declaration is an empty text."""
    return {
        endpoint: str(_OF_LIBRARIES.get(endpoint) or getattr(view, "pia_access", ""))
        for endpoint, view in app.view_functions.items()
    }


def register_access(app: Flask) -> None:
    """Refuse to start with an undeclared endpoint; give each request its transaction mode."""
    undeclared = sorted(endpoint for endpoint, access in declared_access(app).items() if not access)
    if undeclared:
        raise RuntimeError(f"endpoints without declared access: {', '.join(undeclared)}")

    @app.before_request
    def _choose_transaction_mode() -> None:
        view = app.view_functions.get(request.endpoint or "")
        if request.method not in SAFE_METHODS and not getattr(view, "pia_reads_only", False):
            start_writing()
