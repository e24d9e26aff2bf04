"""The answer about a file somebody sends to be checked: no account, no session, no cookie, and nothing is kept.

The form stands on the published page `/verify`. The file is hashed while it is read; only one that nobody knows is
examined, by `documents.examining`, of which few run at once.
"""

from __future__ import annotations

import hashlib
from typing import IO, Any

from flask import Blueprint, current_app, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.exceptions import BadRequest, RequestEntityTooLarge, TooManyRequests

from pia_engine import clock
from pia_engine.documents.archives import is_archive
from pia_engine.documents.checking import LARGEST_FILE
from pia_engine.documents.examining import examine, examine_case_file
from pia_engine.documents.storage import open_storage
from pia_engine.documents.tampering import names_itself_ours
from pia_engine.documents.trust import read_trust
from pia_engine.documents.turns import Turns
from pia_engine.errors import N_, Invalid, PiaError, TooLarge
from pia_engine.extensions import csrf, db, limiter
from pia_engine.register.language import Language, language_of
from pia_engine.register.pages import places
from pia_engine.register.verification import (
    Verdict,
    at_home,
    verdict_on_case_file,
    verdict_on_examined,
    verdict_on_known,
)
from pia_engine.services.cities import get_city
from pia_engine.services.known_documents import find_document, find_published_original
from pia_engine.settings import Settings
from pia_engine.web.access import public, reads_only
from pia_engine.web.error_pages import say

blueprint = Blueprint("verification", __name__)
csrf.exempt(blueprint)  # it changes nothing and reads no cookie, so there is nothing to forge

MEGABYTE = 1024 * 1024
FORM_OVERHEAD = 64 * 1024
MOST_PARTS = 4
HEADER_WITHIN = 1024
WAIT_SECONDS = "60"

NO_FILE = N_("Choose the file you want to have checked, then send it.")
EMPTY = N_("The file is empty. Check that it was saved whole, and choose it again.")
WRONG_KIND = N_("This is neither a PDF nor a ZIP archive. The city gives out PDF documents, and case files as ZIP.")
TOO_LARGE = N_("The file is larger than %(limit)s MB. No document of the city is, so this is none of them.")
TOO_OFTEN = N_("Too many files were sent from your address. Wait a minute, then send it again.")


@blueprint.url_value_preprocessor
def _make_room(_endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """What is longer is refused by what it says of its length, before it is read."""
    request.max_content_length = LARGEST_FILE + FORM_OVERHEAD
    request.max_form_memory_size = MEGABYTE
    request.max_form_parts = MOST_PARTS


@blueprint.get("/verify/answer")
@public
def form() -> ResponseReturnValue:
    """The answer has no address of its own: whoever comes back to it is led to the form."""
    return redirect("/verify", 303)


@blueprint.post("/verify/answer")
@public
@reads_only
@limiter.limit("30 per minute")
def answer() -> ResponseReturnValue:
    """Say what the file is."""
    language = _language()
    verdict = _judge(_sent_file(), language)
    page = render_template(
        "verification/answer.html",
        verdict=verdict,
        checked_at=language.moment(clock.now()),
        **_public_page(language),
    )
    return page, 200, {"Cache-Control": "no-store"}


def _sent_file() -> IO[bytes]:
    sent = request.files.get("file")
    if sent is None or not sent.filename:
        raise Invalid(NO_FILE)
    return sent.stream


def _judge(file: IO[bytes], language: Language) -> Verdict:
    sha256, size = _fingerprint(file)
    if not size:
        raise Invalid(EMPTY)
    if size > LARGEST_FILE:
        raise TooLarge(TOO_LARGE, limit=LARGEST_FILE // MEGABYTE)
    storage = open_storage(_settings().documents_folder)
    known = find_document(db.session(), sha256, storage=storage)
    if known is not None:
        return verdict_on_known(known, sha256, language.say)
    with Turns(_settings().instance / "examining").take():
        return _examined(file.read(), sha256, language)


def _fingerprint(file: IO[bytes]) -> tuple[str, int]:
    """The SHA-256 of a file, read a piece at a time, and its size."""
    sha256 = hashlib.file_digest(file, "sha256").hexdigest()  # type: ignore[arg-type]
    size = file.tell()
    file.seek(0)
    return sha256, size


def _examined(data: bytes, sha256: str, language: Language) -> Verdict:
    """Examine a file nobody knows. The database is let go of before that: it takes a while."""
    trust = read_trust(_settings().keys_folder)
    if is_archive(data[:4]):
        db.session.rollback()
        found = examine_case_file(data, trust=trust, language=language.code)
        return verdict_on_case_file(found, sha256, language.say)
    if b"%PDF-" not in data[:HEADER_WITHIN] and not names_itself_ours(data):
        raise Invalid(WRONG_KIND)
    original = find_published_original(db.session(), data, storage=open_storage(_settings().documents_folder))
    db.session.rollback()
    examination = at_home(examine(data, trust=trust, original=original))
    return verdict_on_examined(examination, sha256, has_register=True, translate=language.say)


def _settings() -> Settings:
    settings: Settings = current_app.extensions["pia-settings"]
    return settings


def _language() -> Language:
    city = get_city(db.session())
    return language_of(city.language, city.time_zone)


def _public_page(language: Language) -> dict[str, object]:
    """What a public page needs; the same for everybody, signed in or not."""
    return {
        "navigation": places(language, "/verify"),
        "current_person": None,
        "megabytes": LARGEST_FILE // MEGABYTE,
    }


def _again(status: int, sentence: str) -> ResponseReturnValue:
    """The form once more, with what was wrong above it."""
    page = render_template("verification/again.html", problem=sentence, **_public_page(_language()))
    headers = {"Cache-Control": "no-store"}
    return page, status, headers | ({"Retry-After": WAIT_SECONDS} if status in (429, 503) else {})


@blueprint.errorhandler(PiaError)
def _on_refused(error: PiaError) -> ResponseReturnValue:
    return _again(error.status, say(error))


@blueprint.errorhandler(RequestEntityTooLarge)
def _on_too_large(_error: RequestEntityTooLarge) -> ResponseReturnValue:
    return _again(413, _(TOO_LARGE) % {"limit": LARGEST_FILE // MEGABYTE})


@blueprint.errorhandler(TooManyRequests)
def _on_too_often(_error: TooManyRequests) -> ResponseReturnValue:
    return _again(429, _(TOO_OFTEN))


@blueprint.errorhandler(BadRequest)
def _on_garbled(_error: BadRequest) -> ResponseReturnValue:
    return _again(400, _(NO_FILE))
