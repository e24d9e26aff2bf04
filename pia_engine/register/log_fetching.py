"""Ask another city's log for its files over HTTP: whole, small and soon, or not at all.

What answers may be broken or hostile: nothing is unpacked or followed elsewhere, and there is an end to all of it.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import requests
from urllib3.exceptions import HTTPError

from pia_engine.errors import N_, PiaError

PATIENCE = 10.0
"""Seconds between two bytes."""
LONGEST_ANSWER, LONGEST_RUN = 60.0, 3600.0
MOST_BYTES = 2 * 1024**3
PIECE = 64 * 1024
USER_AGENT = "PIA Engine log monitor"


class NotThere(PiaError):
    """The log has no such file."""

    status = 404


class NotAnswered(PiaError):
    """Nothing that could be read came back. It says nothing about the log: try again later."""

    status = 503


@dataclass(slots=True)
class LogSite:
    """Where a log lies. `url` is its address, as `https://city.example/log`."""

    url: str
    longest_answer: float = field(default_factory=lambda: LONGEST_ANSWER)
    bytes_left: int = MOST_BYTES
    ends_at: float = field(default_factory=lambda: time.monotonic() + LONGEST_RUN)
    http: requests.Session = field(default_factory=requests.Session)

    def __post_init__(self) -> None:
        parts = urlsplit(self.url)
        if parts.scheme not in ("http", "https") or not parts.netloc:
            raise PiaError(N_("Give the address of the log with https:// before it, as https://city.example/log."))
        self.url = self.url.rstrip("/")
        self.http.trust_env = False  # no password or proxy of this computer's goes along
        self.http.headers.update({"Accept-Encoding": "identity", "User-Agent": USER_AGENT})

    def get(self, path: str, *, most: int) -> bytes:
        """The bytes of one file. Raises NotThere, or NotAnswered for everything that is no plain, whole answer."""
        address = f"{self.url}/{path}"
        asking = _Asking(self.http, address, min(most, self.bytes_left))
        asking.start()
        asking.join(min(self.longest_answer, max(0.0, self.ends_at - time.monotonic())))
        if asking.is_alive():
            raise NotAnswered(N_("%(address)s comes too slowly."), address=address)
        if asking.problem is not None:
            raise asking.problem
        self.bytes_left -= len(asking.content)
        return asking.content


class _Asking(threading.Thread):
    """One question in a thread of its own: a server that drips its answer byte by byte cannot hold us."""

    def __init__(self, http: requests.Session, address: str, most: int) -> None:
        super().__init__(daemon=True)
        self.http, self.address, self.most = http, address, most
        self.content = b""
        self.problem: PiaError | None = self._silence("nothing")

    def run(self) -> None:
        try:
            with self.http.get(self.address, stream=True, timeout=PATIENCE, allow_redirects=False) as answer:
                self._check(answer)
                self.content = self._read(answer)
            self.problem = None
        except PiaError as problem:
            self.problem = problem
        except (requests.RequestException, HTTPError, OSError, ValueError) as error:
            self.problem = self._silence(type(error).__name__)

    def _silence(self, why: str) -> NotAnswered:
        return NotAnswered(N_("%(address)s does not answer (%(why)s)."), address=self.address, why=why)

    def _check(self, answer: requests.Response) -> None:
        code = answer.status_code
        if code in (404, 410):
            raise NotThere(N_("%(address)s is not there."), address=self.address)
        if answer.is_redirect:
            raise NotAnswered(
                N_("%(address)s sends you elsewhere. Give the address it really has."), address=self.address
            )
        if code != 200 or answer.headers.get("Content-Encoding", "identity") != "identity":
            raise NotAnswered(N_("%(address)s gives no plain answer (code %(code)s)."), address=self.address, code=code)

    def _read(self, answer: requests.Response) -> bytes:
        content = bytearray()
        while piece := answer.raw.read(PIECE, decode_content=False):
            content += piece
            if len(content) > self.most:
                raise NotAnswered(N_("%(address)s is larger than such a file can be."), address=self.address)
        return bytes(content)
