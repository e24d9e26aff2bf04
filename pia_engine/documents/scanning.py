"""Asking a ClamAV daemon whether a file is infected, by its own INSTREAM protocol over TCP or a local socket."""

from __future__ import annotations

import socket
import struct
import time
from dataclasses import dataclass
from typing import BinaryIO
from urllib.parse import urlsplit

from pia_engine.documents.sniffing import chunks
from pia_engine.errors import N_, Invalid, PiaError

ANSWER_LIMIT = 4096
DEFAULT_PORT = 3310
WHO_CAN_HELP = N_("The administrator of this installation")


class Infected(Invalid):
    """The scanner knows what is in the file; `signature` is its name for it."""

    def __init__(self, signature: str) -> None:
        super().__init__(
            N_("The virus scanner found “%(signature)s” in it. It was not stored; tell whoever gave it to you."),
            signature=signature,
        )
        self.signature = signature


class ScannerUnavailable(PiaError):
    """No verdict: the file is refused, for nobody looked at it."""

    status = 503

    def __init__(self) -> None:
        super().__init__(
            N_("The virus scanner gave no verdict on it, so it was not stored. Try again in some minutes."),
            who_can_help=WHO_CAN_HELP,
        )


@dataclass(frozen=True, slots=True)
class Scanner:
    """A daemon by its address, with the seconds one conversation may take in all."""

    address: str
    seconds: float

    def scan(self, file: BinaryIO) -> None:
        """Return when the daemon calls the file clean. Raises Infected or ScannerUnavailable."""
        answer = self._converse(b"zINSTREAM\0", file)
        if answer.endswith(" FOUND"):
            raise Infected(answer.removeprefix("stream: ").removesuffix(" FOUND"))
        if answer != "stream: OK":
            raise ScannerUnavailable

    def answers(self) -> bool:
        """Whether the daemon is there at all."""
        try:
            return self._converse(b"zPING\0", None) == "PONG"
        except ScannerUnavailable:
            return False

    def _converse(self, command: bytes, file: BinaryIO | None) -> str:
        ends = time.monotonic() + self.seconds
        try:
            with self._connect() as line:
                line.sendall(command)
                if file is not None:
                    _send(line, file, ends)
                return _answer(line, ends)
        except (OSError, ValueError) as error:
            raise ScannerUnavailable from error

    def _connect(self) -> socket.socket:
        parts = urlsplit(self.address)
        if parts.scheme == "tcp":
            return socket.create_connection((parts.hostname or "", parts.port or DEFAULT_PORT), timeout=self.seconds)
        line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            line.settimeout(self.seconds)
            line.connect(parts.path)
        except OSError:
            line.close()
            raise
        return line


def open_scanner(address: str, *, seconds: float) -> Scanner | None:
    """The scanner of the settings; None when the city has none."""
    return Scanner(address, seconds) if address else None


def _send(line: socket.socket, file: BinaryIO, ends: float) -> None:
    """The file in pieces, each after its length. A daemon that has had enough says so, and then hangs up."""
    try:
        for piece in chunks(file):
            _keep_time(line, ends)
            line.sendall(struct.pack("!L", len(piece)) + piece)
        line.sendall(struct.pack("!L", 0))
    except (BrokenPipeError, ConnectionResetError):
        return


def _answer(line: socket.socket, ends: float) -> str:
    said = b""
    while not said.endswith(b"\0") and len(said) < ANSWER_LIMIT:
        _keep_time(line, ends)
        piece = line.recv(ANSWER_LIMIT)
        if not piece:
            break
        said += piece
    return said.rstrip(b"\0\n").decode("utf-8", "replace")


def _keep_time(line: socket.socket, ends: float) -> None:
    left = ends - time.monotonic()
    if left <= 0:
        raise TimeoutError
    line.settimeout(left)
