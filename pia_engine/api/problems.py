"""Errors as problem details (RFC 9457): every answer of the API that is not good has this shape."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus

from flask import Blueprint, Response, make_response
from flask_babel import gettext as _
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.exc import OperationalError, TimeoutError
from werkzeug.exceptions import HTTPException

from pia_engine.errors import PiaError
from pia_engine.extensions import db

MEDIA_TYPE = "application/problem+json"
WAIT_SECONDS = "60"


class Problem(BaseModel):
    """What went wrong, for the program (`type`, `status`) and for whoever reads its log (`title`, `detail`)."""

    model_config = ConfigDict(frozen=True, extra="allow")

    type: str = Field(description="`about:blank`, or an URN that names this kind of problem.")
    title: str
    status: int
    detail: str


def problem(
    status: int,
    detail: str = "",
    *,
    kind: str = "about:blank",
    headers: Mapping[str, str] | None = None,
    **more: object,
) -> Response:
    """One answer. `more` are members of this kind of problem."""
    title = HTTPStatus(status).phrase
    found = Problem.model_validate({"type": kind, "title": title, "status": status, "detail": detail or title, **more})
    answer = make_response(found.model_dump_json(), status, headers or {})
    answer.content_type = MEDIA_TYPE
    return answer


def _on_pia_error(error: PiaError) -> Response:
    sentence: str = _(error.sentence)
    return problem(error.status, sentence % error.values if error.values else sentence)


def _on_http_error(error: HTTPException) -> Response:
    status = error.code or 500
    headers = {"Retry-After": WAIT_SECONDS} if status in (429, 503) else {}
    return problem(status, headers=headers)


def _on_unavailable(_error: Exception) -> Response:
    db.session.rollback()
    return problem(503, headers={"Retry-After": WAIT_SECONDS})


def answer_with_problems(blueprint: Blueprint) -> None:
    """Everything that goes wrong in these views is told in this shape."""
    blueprint.register_error_handler(PiaError, _on_pia_error)
    blueprint.register_error_handler(HTTPException, _on_http_error)
    for status in (401, 405, 500):  # a handler of the whole application for a status would come before the one above
        blueprint.register_error_handler(status, _on_http_error)
    blueprint.register_error_handler(OperationalError, _on_unavailable)
    blueprint.register_error_handler(TimeoutError, _on_unavailable)
