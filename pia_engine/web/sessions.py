"""Server-side sessions: signing out or closing an account ends one for good, on every copy of the cookie.

The cookie holds a random token, the table its hash. A session is written only when its content changed, in a
transaction of its own, after whatever the view left uncommitted is dropped.
"""

from __future__ import annotations

import datetime as dt
import logging
import secrets
import uuid
from collections.abc import MutableMapping
from typing import Any

from flask import Flask, Request, Response, abort, request, session
from flask.sessions import SessionInterface, SessionMixin
from sqlalchemy import delete, update
from sqlalchemy.exc import DBAPIError, TimeoutError
from sqlalchemy.orm import Session
from werkzeug.datastructures import CallbackDict

from pia_engine import clock
from pia_engine.extensions import db, writing_engine
from pia_engine.models import BrowserSession
from pia_engine.services.sessions import hash_token

WITHOUT_SESSION = ("/static/", "/register", "/city.css", "/healthz", "/readyz", "/calendar/", "/gate/", "/api/")
_REFRESH_AFTER = dt.timedelta(minutes=10)
_RENEW = "_renew"

log = logging.getLogger(__name__)


class ServerSession(CallbackDict[str, Any], SessionMixin):
    """The content of one session, remembering whether it changed."""

    def __init__(self, content: MutableMapping[str, Any] | None = None, token: str = "") -> None:
        self.modified = False
        self.token = token
        self.is_renewed = False
        self.is_unreadable = False
        self.accessed = False
        super().__init__(content or {}, _note_change)


def _note_change(content: CallbackDict[str, Any]) -> None:
    content.modified = True  # type: ignore[attr-defined]


def renew_token() -> None:
    """Give this session a new token when it is saved, so that the one known before opens nothing."""
    session[_RENEW] = True


def current_token() -> str:
    """The token of this request's session; empty when it has none yet."""
    return str(getattr(session, "token", ""))


class DatabaseSessions(SessionInterface):
    """Reads and writes sessions in `browser_session`."""

    def open_session(self, app: Flask, request: Request) -> ServerSession:
        token = request.cookies.get(app.config["SESSION_COOKIE_NAME"], "")
        if not token or request.path.startswith(WITHOUT_SESSION):
            return ServerSession()
        try:
            return self._read(token, app.permanent_session_lifetime)
        except (DBAPIError, TimeoutError) as unavailable:
            log.error("sessions unavailable: %s", type(unavailable).__name__)
            unread = ServerSession()
            unread.is_unreadable = True
            return unread

    def _read(self, token: str, lifetime: dt.timedelta) -> ServerSession:
        with Session(db.engine) as own:
            row = own.get(BrowserSession, hash_token(token))
            if row is None or row.expires_at <= clock.now():
                return ServerSession()
            opened = ServerSession(dict(row.content), token)
            opened.is_renewed = row.expires_at - clock.now() < lifetime - _REFRESH_AFTER
            return opened

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        assert isinstance(session, ServerSession)
        if session.is_unreadable or not (session.modified or session.is_renewed):
            return
        db.session.rollback()
        if not session:
            self._forget(app, session, response)
            return
        expires_at = clock.now() + app.permanent_session_lifetime
        if session.pop(_RENEW, False) or not session.token:
            self._begin(session, expires_at)
        elif not self._keep(session, expires_at):
            self._delete_cookie(app, response)
            return
        self._set_cookie(app, response, session.token)

    def _begin(self, session: ServerSession, expires_at: dt.datetime) -> None:
        """A new row under a new token; the row of the old one goes."""
        before, session.token = session.token, secrets.token_urlsafe(32)
        with Session(writing_engine(db.engine)) as own, own.begin():
            if before:
                own.execute(delete(BrowserSession).where(BrowserSession.token_hash == hash_token(before)))
            own.add(BrowserSession(token_hash=hash_token(session.token), **_columns(session, expires_at)))

    def _keep(self, session: ServerSession, expires_at: dt.datetime) -> bool:
        """Update the row. False when it was ended meanwhile: an ended session never comes back."""
        with Session(writing_engine(db.engine)) as own, own.begin():
            kept = own.execute(
                update(BrowserSession)
                .where(BrowserSession.token_hash == hash_token(session.token))
                .values(**_columns(session, expires_at))
                .returning(BrowserSession.token_hash)
            )
            return kept.first() is not None

    def _forget(self, app: Flask, session: ServerSession, response: Response) -> None:
        if session.token:
            with Session(writing_engine(db.engine)) as own, own.begin():
                own.execute(delete(BrowserSession).where(BrowserSession.token_hash == hash_token(session.token)))
        self._delete_cookie(app, response)

    def _delete_cookie(self, app: Flask, response: Response) -> None:
        response.delete_cookie(
            app.config["SESSION_COOKIE_NAME"],
            secure=app.config["SESSION_COOKIE_SECURE"],
            httponly=True,
            samesite="Lax",
        )
        response.vary.add("Cookie")

    def _set_cookie(self, app: Flask, response: Response, token: str) -> None:
        response.set_cookie(
            app.config["SESSION_COOKIE_NAME"],
            token,
            secure=app.config["SESSION_COOKIE_SECURE"],
            httponly=True,
            samesite="Lax",
        )
        response.vary.add("Cookie")


def _columns(session: ServerSession, expires_at: dt.datetime) -> dict[str, Any]:
    named = session.get("person_id")
    return {
        "person_id": uuid.UUID(named) if named else None,
        "content": dict(session),
        "expires_at": expires_at,
    }


def _refuse_unreadable() -> None:
    """Without its session a request looks like a stranger's, and what was typed would be lost: refuse."""
    if getattr(session, "is_unreadable", False) and request.endpoint != "static":
        abort(503)


def init_app(app: Flask) -> None:
    app.session_interface = DatabaseSessions()
    app.before_request_funcs.setdefault(None, []).insert(0, _refuse_unreadable)
