"""Reads a page's form the way a browser would, so that tests post what a person would have sent."""

from __future__ import annotations

import re
from html.parser import HTMLParser

from flask.testing import FlaskClient
from werkzeug.test import TestResponse


class _Fields(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.fields: list[tuple[str, str]] = []
        self._text: str | None = None
        self._select: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {key: value or "" for key, value in attrs}
        name = found.get("name", "")
        if tag == "input" and name and self._counts(found):
            self.fields.append((name, found.get("value", "")))
        elif tag == "textarea":
            self.fields.append((name, ""))
            self._text = name
        elif tag == "select":
            self._select = name
        elif tag == "option" and self._select and "selected" in found:
            self.fields.append((self._select, found.get("value", "")))

    def _counts(self, found: dict[str, str]) -> bool:
        return found.get("type") not in ("radio", "checkbox") or "checked" in found

    def handle_data(self, data: str) -> None:
        if self._text is not None:
            name, text = self.fields[-1]
            self.fields[-1] = (name, text + data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            name, text = self.fields[-1]
            self.fields[-1] = (name, text.removeprefix("\n"))
            self._text = None
        elif tag == "select":
            self._select = None


def fields_of(page: str) -> dict[str, object]:
    """What the main form of a page would send, by name; several values of one name as a list."""
    main = page[page.index("<main") :]
    form = re.search(r"<form.*?</form>", main, re.DOTALL)
    assert form, main[:2000]
    reader = _Fields()
    reader.feed(form[0])
    sent: dict[str, object] = {}
    for name, value in reader.fields:
        known = sent.get(name)
        sent[name] = value if known is None else [*(known if isinstance(known, list) else [known]), value]
    return sent


def send(client: FlaskClient, path: str, /, **changes: object) -> TestResponse:
    """Open a page, change some fields of its form and send it."""
    page = client.get(path)
    assert page.status_code == 200, page.text
    return client.post(path, data={**fields_of(page.text), **changes})


def text_of(page: str) -> str:
    """The words of a page's main part on one line, for finding sentences."""
    main = page[page.index("<main") : page.index("</main>")]
    words = re.sub(r"<[^>]+>", " ", main)
    return " ".join(words.replace("&#39;", "'").replace("&amp;", "&").replace("&#34;", '"').split())
