"""Serves published bytes ahead of the application: no database, no template, no session, no cookie.

An address that is not in the live map falls through to the application behind.
"""

from __future__ import annotations

import functools
import gzip
import hashlib
import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import brotli  # type: ignore[import-untyped]

from pia_engine.assets import DIST, URL_PREFIX
from pia_engine.register.live import GZIP_LEVEL, TYPES, LiveFile, PublicFolder
from pia_engine.settings import Settings

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

log = logging.getLogger(__name__)

PAGE_CACHE = "public, max-age=60, stale-while-revalidate=600, stale-if-error=86400"
FOREVER = "public, max-age=31536000, immutable"
POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; font-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
# A reader's own PDF viewer brings scripts and styles, which the strict policy would forbid it to use.
DOCUMENT_POLICY = "frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
STRICT_TRANSPORT = "max-age=31536000; includeSubDomains"
STATIC_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".json": "application/json",
    ".txt": "text/plain; charset=utf-8",
}


@dataclass(frozen=True, slots=True)
class Served:
    """One file ready to go out: how to get its bytes in an encoding, and what its headers say."""

    tag: str
    content_type: str
    cache: str
    body: Callable[[str], bytes]
    encodings: tuple[str, ...]
    name: str = ""


class PublishedPages:
    """The layer in front of the application. A new publication is noticed by the map's file stamp."""

    def __init__(self, app: WSGIApplication, settings: Settings) -> None:
        self.app = app
        self.public = PublicFolder(settings.public_folder)
        self.uses_https = settings.uses_https
        self._stamp: tuple[int, int, int] | None = None
        self._pages: dict[str, LiveFile] = {}

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] in ("GET", "HEAD"):
            served = self._find(environ.get("PATH_INFO", "") or "/")
            if served is not None:
                return self._respond(served, environ, start_response)
        return self.app(environ, start_response)

    def _find(self, path: str) -> Served | None:
        if path.startswith(URL_PREFIX):
            return _static_file(path.removeprefix(URL_PREFIX))
        live = self._live_map().get(path)
        if live is None:
            return None
        return Served(
            tag=live.sha256,
            content_type=TYPES.get(live.kind, "application/octet-stream"),
            cache=PAGE_CACHE,
            body=functools.partial(self._stored, live),
            encodings=("br", "gzip") if live.is_compressed else (),
            name=live.name,
        )

    def _live_map(self) -> dict[str, LiveFile]:
        try:
            status = self.public.map_path.stat()
        except OSError:
            return self._pages
        stamp = (status.st_mtime_ns, status.st_size, status.st_ino)
        if stamp != self._stamp:
            try:
                self._pages = self.public.read_map()
            except (OSError, ValueError, KeyError, TypeError):
                log.exception("The map of published pages cannot be read; the pages known so far are served.")
            self._stamp = stamp
        return self._pages

    def _stored(self, live: LiveFile, encoding: str) -> bytes:
        suffix = {"br": ".br", "gzip": ".gz"}.get(encoding, "")
        path = self.public.store / f"{live.file}{suffix}"
        return _small_file(path) if live.is_compressed else path.read_bytes()

    def _respond(self, served: Served, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        encoding = choose_encoding(environ.get("HTTP_ACCEPT_ENCODING", ""), served.encodings)
        tag = f'"{served.tag}-{encoding}"' if encoding else f'"{served.tag}"'
        headers = self._headers(served, tag, encoding)
        if matches(environ.get("HTTP_IF_NONE_MATCH", ""), tag):
            start_response("304 Not Modified", headers)
            return []
        try:
            body = served.body(encoding)
        except OSError:
            log.exception("A published file is missing: %s", served.tag)
            return self.app(environ, start_response)
        headers += [("Content-Type", served.content_type), ("Content-Length", str(len(body)))]
        if encoding:
            headers.append(("Content-Encoding", encoding))
        start_response("200 OK", headers)
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]

    def _headers(self, served: Served, tag: str, encoding: str) -> list[tuple[str, str]]:
        is_document = served.content_type == TYPES["pdf"]
        headers = [
            ("ETag", tag),
            ("Cache-Control", served.cache),
            ("Vary", "Accept-Encoding"),
            ("Content-Security-Policy", DOCUMENT_POLICY if is_document else POLICY),
            ("X-Content-Type-Options", "nosniff"),
            ("Referrer-Policy", "strict-origin-when-cross-origin"),
            ("Permissions-Policy", "camera=(), geolocation=(), microphone=()"),
            ("Cross-Origin-Opener-Policy", "same-origin"),
        ]
        if served.name:
            headers.append(("Content-Disposition", f'inline; filename="{served.name}"'))
        if served.content_type == TYPES["json"]:
            headers.append(("Access-Control-Allow-Origin", "*"))
        if self.uses_https:
            headers.append(("Strict-Transport-Security", STRICT_TRANSPORT))
        return headers


def choose_encoding(accepted: str, offered: tuple[str, ...]) -> str:
    """The first encoding we offer that the reader takes; empty for none."""
    weights: dict[str, float] = {}
    for part in accepted.split(","):
        name, _semicolon, weight = part.partition(";")
        weights[name.strip().lower()] = _weight(weight)
    for encoding in offered:
        if weights.get(encoding, weights.get("*", 0.0)) > 0:
            return encoding
    return ""


def _weight(parameter: str) -> float:
    name, _equals, value = parameter.partition("=")
    if name.strip().lower() != "q":
        return 1.0
    try:
        return float(value)
    except ValueError:
        return 0.0


def matches(if_none_match: str, tag: str) -> bool:
    """Whether the reader already has this very content."""
    known = {each.strip().removeprefix("W/") for each in if_none_match.split(",")}
    return tag in known or "*" in known


@functools.lru_cache(maxsize=512)
def _small_file(path: Path) -> bytes:
    """Files of the store never change, so what was read once is still right."""
    return path.read_bytes()


@functools.lru_cache(maxsize=64)
def _static_file(name: str) -> Served | None:
    """A built file under its hashed name; None for anything else, which the application may know."""
    path = DIST / name
    if "/" in name or name.startswith(".") or path.suffix not in STATIC_TYPES or not path.is_file():
        return None
    content = path.read_bytes()
    bodies = {
        "": content,
        "gzip": gzip.compress(content, GZIP_LEVEL, mtime=0),
        "br": brotli.compress(content),
    }
    return Served(
        tag=hashlib.sha256(content).hexdigest(),
        content_type=STATIC_TYPES[path.suffix],
        cache=FOREVER if _is_hashed(path) else PAGE_CACHE,
        body=bodies.__getitem__,
        encodings=("br", "gzip"),
    )


def _is_hashed(path: Path) -> bool:
    """`app.1a2b3c4d.css` never changes; `manifest.json` does."""
    return path.name.count(".") == 2
