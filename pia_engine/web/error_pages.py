"""Errors as pages: what happened, what to do, who can help. Nothing typed is lost on the way."""

from __future__ import annotations

import logging
import secrets
import traceback
from collections.abc import Sequence
from types import TracebackType

from flask import Flask, g, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import OperationalError, TimeoutError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException, InternalServerError, MethodNotAllowed

from pia_engine.errors import PiaError
from pia_engine.extensions import db
from pia_engine.models import WorkflowRecord
from pia_engine.questionnaires.wording import Sentence
from pia_engine.services.places import path_of
from pia_engine.web.context import is_signed_in
from pia_engine.web.parking import park_post
from pia_engine.web.salvage import typed_to_copy
from pia_engine.web.signposts import Signpost, signpost

log = logging.getLogger(__name__)

_WAIT_SECONDS = "60"
_SIGN_IN_PAGES = frozenset({"security.login", "security.forgot_password", "security.reset_password"})


def say(error: PiaError) -> str:
    """The error's sentence in the reader's language."""
    values = {
        name: value.translated(_) if isinstance(value, Sentence) else value for name, value in error.values.items()
    }
    sentence: str = _(error.sentence)
    return sentence % values if values else sentence


def headings(status: int) -> tuple[str, str]:
    """What a page for this status is called, and what is usually to be done."""
    known = {
        400: (_("Something is wrong with this request"), _("Go back and try again.")),
        404: (_("Page not found"), _("Check the address, or start from one of the pages below.")),
        403: (_("You cannot do this"), _("Your roles do not include it.")),
        405: (_("This page does not take what was sent"), _("Go back and try again from the form.")),
        409: (_("Not possible now"), ""),
        410: (_("This is no longer here"), ""),
        413: (_("Too much was sent at once"), _("Shorten the text or send it in parts, and save again.")),
        422: (_("This does not fit yet"), ""),
        429: (_("Too many tries"), _("Wait a minute and try again.")),
        503: (
            _("Not available at the moment"),
            _("Nothing was saved. Wait a minute and try again; go back to find what you typed."),
        ),
    }
    unexpected = (
        _("Something went wrong on our side"),
        _("Nothing was saved. Try again; if it happens again, write to us."),
    )
    return known.get(status, unexpected)


def error_page(
    status: int,
    *sentences: str,
    who_can_help: str = "",
    typed: Sequence[str] = (),
    ways: Sequence[Signpost] = (),
) -> ResponseReturnValue:
    """One page for every error. Without sentences of its own it says what is usual for the status. `typed` is what
    was written and is not saved, to be copied; `ways` lead on from here.

    From here on the request only reads: a page that says the database is busy must not wait for its write lock.
    """
    db.session.rollback()
    db.session.info.pop("writes", None)
    heading, usual = headings(status)
    page = render_template(
        "errors/error.html",
        error_layout=_layout(),
        heading=heading,
        sentences=[text for text in (sentences or (usual,)) if text],
        who_can_help=who_can_help,
        typed=typed,
        has_way=bool(ways),
        links=[*({"text": way.text, "href": way.url} for way in ways), *_links()],
    )
    headers = {"Retry-After": _WAIT_SECONDS} if status in (429, 503) else {}
    return page, status, headers


def _layout() -> str:
    if request.path.startswith("/vendor/"):
        return "layouts/vendor.html"
    return "layouts/staff.html" if is_signed_in() else "layouts/public.html"


def _links() -> list[dict[str, str]]:
    register = {"text": _("Public register"), "href": "/"}
    if request.path.startswith("/vendor/"):
        return [register]
    if is_signed_in():
        return [{"text": _("My work"), "href": "/work"}, register]
    return [register, {"text": _("Sign in"), "href": "/sign-in"}]


def on_pia_error(error: PiaError) -> ResponseReturnValue:
    who = _(error.who_can_help) if error.who_can_help else ""
    return error_page(error.status, say(error), who_can_help=who, typed=typed_to_copy(), ways=_ways_on(error))


def _ways_on(error: PiaError) -> list[Signpost]:
    """Where the refusal leads, and back to the record it is about, as long as the reader may see that."""
    record = g.get("at_hand")
    record = record if isinstance(record, WorkflowRecord) else None
    found = signpost(error, record) if is_signed_in() else None
    back = Signpost(_("Back to %(reference)s", reference=record.reference), path_of(record)) if record else None
    return [way for way in (found, back) if way is not None]


def _on_http_error(error: HTTPException) -> ResponseReturnValue:
    if error.code is not None and 300 <= error.code < 400:
        return error.get_response()
    return error_page(error.code or 500)


def _on_method_not_allowed(error: MethodNotAllowed) -> ResponseReturnValue:
    answer = make_response(error_page(405))
    answer.headers["Allow"] = ", ".join(sorted(error.valid_methods or ()))
    return answer


def _on_unauthorised(_error: HTTPException) -> ResponseReturnValue:
    """Sign in first; what was typed is kept until then."""
    path = park_post() if request.method == "POST" else request.full_path.rstrip("?")
    return redirect(url_for("security.login", next=path), 303)


def _on_csrf_error(_error: CSRFError) -> ResponseReturnValue:
    """The form is older than the session. What was typed is kept and shown again."""
    if request.endpoint in _SIGN_IN_PAGES:
        sentence = _("This page was open for too long, or your browser does not keep our cookie.")
        return error_page(400, sentence, _("Open it again. If this comes back, allow cookies for this site."))
    path = park_post()
    if is_signed_in() or path.startswith("/vendor/"):
        return redirect(path, 303)
    return redirect(url_for("security.login", next=path), 303)


def _on_stale(_error: StaleDataError) -> ResponseReturnValue:
    return error_page(
        409,
        _("Somebody else changed this at the same moment. Open it again to see how it stands now."),
        typed=typed_to_copy(),
    )


def _on_unavailable(error: OperationalError | TimeoutError) -> ResponseReturnValue:
    log.error("database unavailable: %s", type(error).__name__)
    return error_page(503)


def _on_unexpected(error: InternalServerError) -> ResponseReturnValue:
    if isinstance(error.original_exception, (OperationalError, TimeoutError)):
        return _on_unavailable(error.original_exception)
    reference = str(g.get("error_reference", ""))
    if not reference:
        return error_page(500)
    return error_page(500, headings(500)[1], _("Give them this number: %(reference)s.", reference=reference))


def log_without_personal_data(
    exc_info: tuple[type[BaseException], BaseException, TracebackType] | tuple[None, None, None],
) -> None:
    """Log where it went wrong under a reference, without message and address: both may hold personal data."""
    kind, _error, place = exc_info
    g.error_reference = f"E-{secrets.token_hex(4).upper()}"
    name = kind.__name__ if kind else "?"
    steps = "".join(traceback.format_tb(place))
    log.error("unexpected %s at %s, reference %s\n%s", name, request.endpoint, g.error_reference, steps)


def init_app(app: Flask) -> None:
    app.log_exception = log_without_personal_data  # type: ignore[method-assign]
    app.register_error_handler(PiaError, on_pia_error)
    app.register_error_handler(CSRFError, _on_csrf_error)
    app.register_error_handler(StaleDataError, _on_stale)
    app.register_error_handler(OperationalError, _on_unavailable)
    app.register_error_handler(TimeoutError, _on_unavailable)
    app.register_error_handler(401, _on_unauthorised)
    app.register_error_handler(405, _on_method_not_allowed)
    app.register_error_handler(500, _on_unexpected)
    app.register_error_handler(HTTPException, _on_http_error)
