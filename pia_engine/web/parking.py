"""Keep what somebody typed when it cannot be saved yet: an expired session, an old form.

The posted fields wait in the server-side session; the page they came from shows them again, unsaved and
marked.
"""

from __future__ import annotations

import hashlib
from urllib.parse import urlsplit

from flask import current_app, flash, request, session
from flask_babel import gettext as _
from flask_limiter.util import get_remote_address
from limits import RateLimitItemPerMinute
from werkzeug.datastructures import MultiDict

from pia_engine.extensions import limiter
from pia_engine.services.drafts import LARGEST

_KEY = "parked"
_NEVER_KEPT = frozenset({"csrf_token", "password", "password_confirm", "new_password", "new_password_confirm"})
_ELSEWHERE = "/work"
_FLOOD = RateLimitItemPerMinute(20)


def park_post() -> str:
    """Remember the fields of this POST; returns the path that will show them again."""
    path = _page_of_post()
    if not _may_park():
        return path
    fields = [(name, value) for name, value in request.form.items(multi=True) if name not in _NEVER_KEPT]
    size = sum(len(name) + len(value) for name, value in fields)
    if path != request.path or not fields:
        return path
    if size > LARGEST:
        flash(
            _("What you typed was too long to be kept. Go back in your browser, and save it in smaller parts."), "error"
        )
    else:
        session[_KEY] = {"page": _digest(path), "fields": fields}
    return path


def take_parked() -> MultiDict[str, str] | None:
    """What was parked from this very page, once."""
    parked = session.get(_KEY)
    if not parked or parked["page"] != _digest(request.path):
        return None
    session.pop(_KEY)
    return MultiDict([(name, value) for name, value in parked["fields"]])


def _may_park() -> bool:
    """Only what our own page sent, from a browser that has been here, and not in floods."""
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        return False
    origin = urlsplit(request.headers.get("Origin", "")).netloc
    if origin not in ("", request.host) or current_app.config["SESSION_COOKIE_NAME"] not in request.cookies:
        return False
    return limiter.limiter.hit(_FLOOD, "parking", get_remote_address())


def _digest(path: str) -> str:
    """The page by its hash: the address of a vendor's page is a secret, and sessions are stored."""
    return hashlib.sha256(path.encode()).hexdigest()


def _page_of_post() -> str:
    """The page that shows the form: the address posted to, else where the browser says it came from."""
    adapter = current_app.create_url_adapter(request)
    if adapter is not None and adapter.test(request.path, "GET"):
        return request.path
    came_from = urlsplit(request.referrer or "")
    if came_from.netloc == request.host and came_from.path.startswith("/"):
        return "/" + came_from.path.lstrip("/")
    return _ELSEWHERE
