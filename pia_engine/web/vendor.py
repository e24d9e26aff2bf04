"""The vendor's part, as a table of routes: the officer's pages, and the pages the secret link opens."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint
from flask.typing import ResponseReturnValue

from pia_engine.extensions import limiter
from pia_engine.web import vendor_link, vendor_requests
from pia_engine.web.access import by_link

blueprint = Blueprint("vendor", __name__)

_Routes = tuple[tuple[str, str, Callable[..., ResponseReturnValue], list[str]], ...]

_STAFF: _Routes = (
    ("/assessments/<reference>/vendors/new", "issue", vendor_requests.issue, ["GET"]),
    ("/assessments/<reference>/vendors/new", "send", vendor_requests.send, ["POST"]),
    ("/vendor-responses/<reference>", "judge", vendor_requests.judge, ["GET"]),
    ("/vendor-responses/<reference>", "save_verdicts", vendor_requests.save_verdicts, ["POST"]),
    ("/vendor-responses/<reference>/actions/<action>", "act", vendor_requests.act, ["GET", "POST"]),
)
_LINK: _Routes = (
    ("/vendor/<token>", "start", vendor_link.start, ["GET"]),
    ("/vendor/<token>/sections/<section>", "section", vendor_link.section, ["GET"]),
    ("/vendor/<token>/sections/<section>", "save_section", vendor_link.save, ["POST"]),
    ("/vendor/<token>/sections/<section>/draft/throw-away", "drop", vendor_link.drop, ["GET", "POST"]),
    ("/vendor/<token>/check", "check", vendor_link.check, ["GET"]),
    ("/vendor/<token>/clarification", "clarify", vendor_link.clarify, ["GET"]),
    ("/vendor/<token>/clarification", "save_replies", vendor_link.save_replies, ["POST"]),
    ("/vendor/<token>/attest", "attest", vendor_link.attest_page, ["GET"]),
    ("/vendor/<token>/attest", "send_answers", vendor_link.send_answers, ["POST"]),
    ("/vendor/<token>/receipt", "receipt", vendor_link.receipt, ["GET"]),
)
_often_enough = limiter.shared_limit("60 per minute", scope="vendor-link")

# Typing is kept every few seconds; it must not use up what opening pages is allowed.
_as_often_as_typed = limiter.shared_limit("60 per minute", scope="vendor-drafts")

for _rule, _endpoint, _view, _methods in _STAFF:
    blueprint.add_url_rule(_rule, _endpoint, _view, methods=_methods)
for _rule, _endpoint, _view, _methods in _LINK:
    blueprint.add_url_rule(_rule, _endpoint, by_link(_often_enough(_view)), methods=_methods)
blueprint.add_url_rule(
    "/vendor/<token>/sections/<section>/draft", "keep", by_link(_as_often_as_typed(vendor_link.keep)), methods=["POST"]
)
