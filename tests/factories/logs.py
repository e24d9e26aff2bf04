"""A log of another city on a web server of our own, which can be made to lie."""

from __future__ import annotations

import datetime as dt
import http.server
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from pia_engine.register.merkle import MerkleTree, leaf_hash
from pia_engine.register.signed_notes import Checkpoint, sign, verifier_of
from pia_engine.register.tiles import bundle_bytes, tile_bytes, tiles_of

NAME = "elsewhere.example/log"
RECORDED_AT = dt.datetime(2026, 3, 2, 9, tzinfo=dt.UTC)
"""What every entry says of its time."""
DRIP = object()
"""An answer that never ends, one byte at a time."""


def entry_of(number: int, **facts: str) -> bytes:
    """An entry as a city writes it."""
    content = {
        "digest": f"{number:064x}",
        "facts": {"reference": f"PIA-2026-{number:04d}", "edition": "1", **facts},
        "kind": "publication",
        "recorded_at": RECORDED_AT.isoformat(),
        "schema": 1,
    }
    return json.dumps(content, sort_keys=True, separators=(",", ":")).encode()


@dataclass
class ForeignLog:
    """Its entries and the files it hands out. `publish` makes the files anew; afterwards each can be replaced."""

    entries: list[bytes] = field(default_factory=list)
    key: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)
    name: str = NAME
    files: dict[str, object] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)
    url: str = ""

    @classmethod
    def of(cls, size: int) -> ForeignLog:
        log = cls([entry_of(number) for number in range(size)])
        log.publish()
        return log

    @property
    def vkey(self) -> str:
        return verifier_of(self.name, self.key).text()

    @property
    def tree(self) -> MerkleTree:
        return MerkleTree.of_leaves(map(leaf_hash, self.entries))

    def add(self, count: int, **facts: str) -> None:
        size = len(self.entries)
        self.entries += [entry_of(number, **facts) for number in range(size, size + count)]
        self.publish()

    def publish(self) -> None:
        """All pieces of the log as it is now, and a checkpoint over it."""
        tree = self.tree
        self.files = {
            tile.address: bundle_bytes(self.entries[tile.start : tile.end])
            if tile.level is None
            else tile_bytes(tile, tree)
            for tile in tiles_of(tree.size)
        }
        self.files["key"] = f"{self.vkey}\n".encode()
        self.sign(tree.size, tree.root())

    def sign(self, size: int, root: bytes) -> None:
        self.files["checkpoint"] = sign(Checkpoint(self.name, size, root), name=self.name, key=self.key).document()


@contextmanager
def served(log: ForeignLog) -> Iterator[ForeignLog]:
    """The log on a real web server, below /log."""

    class Answering(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = self.path.removeprefix("/log/")
            log.asked.append(path)
            found = log.files.get(path)
            if found is DRIP:
                self._drip()
                return
            self.send_response(200 if isinstance(found, bytes) else 404)
            body = found if isinstance(found, bytes) else b"nothing"
            for name, value in ({"Content-Length": str(len(body))} | log.headers).items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def _drip(self) -> None:
            try:
                while True:
                    self.wfile.write(b"H")
                    time.sleep(0.05)
            except OSError:
                return

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answering)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    log.url = f"http://127.0.0.1:{server.server_port}/log"
    try:
        yield log
    finally:
        server.shutdown()
        server.server_close()
