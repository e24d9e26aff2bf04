"""Keep what somebody typed when it cannot be saved yet: an expired session, an old form.

The posted fields wait in the server-side session; the page they came from shows them again, unsaved and
marked.
"""

from __future__ import annotations

import hashlib
from urllib.parse import urlsplit

from flask import current_app, request, session
from werkzeug.datastructures import MultiDict

_KEY = "parked"
_NEVER_KEPT = frozenset({"csrf_token", "password", "password_confirm", "new_password", "new_password_confirm"})
_LARGEST = 400_000
_ELSEWHERE = "/work"


def park_post() -> str:
    """Remember the fields of this POST; returns the path that will show them again."""
    path = _page_of_post()
    fields = [(name, value) for name, value in request.form.items(multi=True) if name not in _NEVER_KEPT]
    size = sum(len(name) + len(value) for name, value in fields)
    if path == request.path and fields and size <= _LARGEST:
        session[_KEY] = {"page": _digest(path), "fields": fields}
    return path


def take_parked() -> MultiDict[str, str] | None:
    """What was parked from this very page, once."""
    parked = session.get(_KEY)
    if not parked or parked["page"] != _digest(request.path):
        return None
    session.pop(_KEY)
    return MultiDict([(name, value) for name, value in parked["fields"]])


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
