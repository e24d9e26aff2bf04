"""Searching the public register. The published pages themselves are bytes, served ahead of the application."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlencode

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from pia_engine.extensions import db
from pia_engine.register.language import language_of
from pia_engine.register.pages import places
from pia_engine.register.search import SHOWS, SORTS, Query, count_withdrawn, list_departments, search_publications
from pia_engine.services.cities import get_city
from pia_engine.web.access import public

blueprint = Blueprint("register", __name__)


@blueprint.get("/register")
@public
def search() -> ResponseReturnValue:
    """What is published, all of it or what fits the words; the same for everybody, signed in or not."""
    query = _query()
    city = get_city(db.session())
    language = language_of(city.language, city.time_zone)
    page = render_template(
        "register/search.html",
        query=query,
        results=search_publications(db.session(), query),
        departments=list_departments(db.session()),
        withdrawn=count_withdrawn(db.session()),
        sorts=SORTS,
        day_of=language.day_of,
        url_of=_url_of(query),
        navigation=places(language, "/register"),
        current_person=None,
    )
    return page, 200, {"Cache-Control": "public, max-age=60"}


def _query() -> Query:
    arguments = request.args
    sort, show = arguments.get("sort", "best"), arguments.get("show", "current")
    return Query(
        text=arguments.get("q", "").strip(),
        department=arguments.get("department", "").strip(),
        sort=sort if sort in SORTS else "best",
        page=arguments.get("page", 1, type=int),
        show=show if show in SHOWS else "current",
    )


def _url_of(query: Query) -> Callable[[int], str]:
    """The address of another page of the same results."""
    given = {
        "q": query.text,
        "department": query.department,
        "sort": query.sort if query.sort != "best" else "",
        "show": query.show if query.show != "current" else "",
    }
    kept = {name: value for name, value in given.items() if value}
    base = url_for("register.search")

    def url_of(page: int) -> str:
        return f"{base}?{urlencode({**kept, 'page': page})}" if kept or page > 1 else base

    return url_of
