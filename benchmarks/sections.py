"""W4 and W6: opening and saving a section of a 200-question assessment."""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Iterator
from pathlib import Path
from xml.etree.ElementTree import Element

import html5lib
from flask import Flask, render_template_string, request
from flask.testing import FlaskClient
from flask_login import current_user
from werkzeug.datastructures import MultiDict

from benchmarks.measuring import Result, compare
from pia_engine.extensions import db
from tests.factories.large_city import found_large_city, signed_in

BARE = """{% extends 'layouts/staff.html' %}{% block title %}Bare{% endblock %}
{% block content %}{{ body | safe }}{% endblock %}"""
ROUNDS, TIMES = 9, 5


def opening_and_saving() -> Iterator[Result]:
    """Against a bare page of the same size through the same application, and against the database alone."""
    with tempfile.TemporaryDirectory() as folder:
        app, reference = found_large_city(Path(folder), before_first_request=add_bare_pages)
        client = signed_in(app)
        address = f"/assessments/{reference}/full/sections/part1"
        page = client.get(address)
        assert page.status_code == 200, page.text
        app.extensions["bare"] = page.text
        opened, bare = compare(lambda: client.get(address), lambda: client.get("/bare"), rounds=ROUNDS, times=TIMES)
        yield Result("W6", "open a section of 200 questions, to a bare page", opened, bare, to_reach=OPEN)
        raw = raw_select(Path(folder) / "pia.db")
        opened, selected = compare(lambda: client.get(address), raw, rounds=ROUNDS, times=TIMES)
        yield Result("W6", "the same, to a SELECT of its rows", opened, selected, to_reach=12)
        yield from saving(client, address)
        yield from long_tables(client, reference)


OPEN, SAVE, LONG = 6.0, 6.0, 40.0


def saving(client: FlaskClient, address: str) -> Iterator[Result]:
    """Each save changes one answer; the bare one updates one row and commits."""
    fields = fields_of(client.get(address).text)
    count = iter(range(1_000_000))

    def save() -> None:
        fields["q_part1_q1"] = f"A changed answer, number {next(count)}"
        answer = client.post(address, data=fields)
        assert answer.status_code == 303, answer.text
        fields["seen_version"] = str(int(fields["seen_version"]) + 1)

    token = {"csrf_token": fields["csrf_token"]}
    saved, bare = compare(save, lambda: client.post("/bare", data=token), rounds=ROUNDS, times=TIMES)
    yield Result("W4", "save a section, to a bare durable UPDATE", saved, bare, to_reach=SAVE)


def long_tables(client: FlaskClient, reference: str) -> Iterator[Result]:
    """A table of 500 rows is one page."""
    address = f"/assessments/{reference}/full/sections/tables"
    opened, bare = compare(lambda: client.get(address), lambda: client.get("/bare"), rounds=3, times=1)
    yield Result("W6", "open a section with a table of 500 rows", opened, bare, to_reach=LONG)


def add_bare_pages(app: Flask) -> None:
    """The same session, layout and headers around a text that is there already."""

    def bare() -> str:
        assert current_user.is_authenticated
        if request.method == "POST":
            db.session.execute(db.text("UPDATE city SET contact_name = contact_name"))
            db.session.commit()
        return render_template_string(BARE, body=app.extensions.get("bare", ""))

    app.add_url_rule("/bare", "bare", bare, methods=["GET", "POST"])


def raw_select(database: Path) -> object:
    connection = sqlite3.connect(database)
    query = (
        "SELECT a.question, a.value FROM answer a JOIN assessment s ON a.sheet_id = s.sheet_id WHERE s.stage = 'full'"
    )
    return lambda: connection.execute(query).fetchall()


def fields_of(page: str) -> MultiDict[str, str]:
    """What a browser would send back of the section's form."""
    root = html5lib.parse(page, namespaceHTMLElements=False)
    form = next(each for each in root.iter("form") if "app-form" in each.get("class", ""))
    return MultiDict([(control.get("name"), _value(control)) for control in form.iter() if _is_sent(control)])


def _is_sent(control: Element) -> bool:
    if control.tag not in ("input", "textarea", "select") or not control.get("name"):
        return False
    return control.get("type") not in ("checkbox", "radio") or control.get("checked") is not None


def _value(control: Element) -> str:
    if control.tag == "select":
        chosen = [option for option in control.iter("option") if option.get("selected") is not None]
        return chosen[0].get("value", "") if chosen else ""
    return control.get("value", "") if control.tag == "input" else (control.text or "")
