"""Asking another machine over HTTP: a short question, an answer of limited size, within limited time.

What is asked, and what the answer means, is known by whoever asks: `outside_stamps`, `outside_evidence`.
"""

from __future__ import annotations

import time
from urllib.parse import urlsplit

import requests

from pia_engine.errors import N_, PiaError

CONNECT_SECONDS, READ_SECONDS, ALTOGETHER_SECONDS = 5.0, 10.0, 30.0
PIECE = 16 * 1024
OK = 200


class NoAnswer(PiaError):
    """The other machine gave no usable answer; trying again later may help."""


def ask(url: str, *, question: bytes | None = None, kind: str = "", most_bytes: int) -> bytes:
    """Send `question` (or just look, when there is none) and return the answer. Redirects are not followed."""
    headers = {"User-Agent": "pia-engine", "Accept": "*/*", "Accept-Encoding": "identity"}
    if kind:
        headers["Content-Type"] = kind
    try:
        with requests.request(
            "GET" if question is None else "POST",
            url,
            data=question,
            headers=headers,
            timeout=(CONNECT_SECONDS, READ_SECONDS),
            allow_redirects=False,
            stream=True,
        ) as answer:
            return _read(answer, most_bytes)
    except (requests.RequestException, OSError, ValueError) as error:
        raise _no_answer(url, type(error).__name__) from error


def host_of(url: str) -> str:
    """The machine's name: what may be shown of an address that could hold a password."""
    return urlsplit(url).hostname or "?"


def _read(answer: requests.Response, most_bytes: int) -> bytes:
    if answer.status_code != OK:
        raise _no_answer(answer.url, f"HTTP {answer.status_code}")
    until, read = time.monotonic() + ALTOGETHER_SECONDS, bytearray()
    for piece in answer.iter_content(PIECE):
        read += piece
        if len(read) > most_bytes:
            raise _no_answer(answer.url, "the answer is too long")
        if time.monotonic() > until:
            raise _no_answer(answer.url, "the answer takes too long")
    return bytes(read)


def _no_answer(url: str, why: str) -> NoAnswer:
    return NoAnswer(N_("%(host)s did not answer as it should (%(why)s)."), host=host_of(url), why=why)
