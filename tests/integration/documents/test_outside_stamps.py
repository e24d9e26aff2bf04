"""Time stamps, OCSP answers and lists from outside authorities, over real HTTP; and servers that answer badly."""

from __future__ import annotations

import hashlib
import subprocess
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization

from pia_engine import clock
from pia_engine.documents.apart import run_apart
from pia_engine.documents.asking import NoAnswer, ask
from pia_engine.documents.outside_evidence import Evidence, outside_evidence
from pia_engine.documents.outside_stamps import OutsideStamper
from pia_engine.errors import PiaError
from tests.fixtures.outside_authorities import OutsideAuthorities

CONTENT = b"what existed at that moment"
DIGEST = hashlib.sha256(CONTENT).digest()
NOBODY = "http://127.0.0.1:9"

Answer = tuple[int, bytes]


@pytest.fixture
def server() -> Iterator[Callable[[int, bytes], str]]:
    """Start a server that answers everything alike; what it was asked lies in `asked`."""
    running: list[HTTPServer] = []

    def start(status: int, body: bytes) -> str:
        class Same(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                self.rfile.read(int(self.headers["Content-Length"]))
                self.do_GET()

            def do_GET(self) -> None:
                self.send_response(status)
                self.send_header("Location", "/elsewhere")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        listening = HTTPServer(("127.0.0.1", 0), Same)
        running.append(listening)
        threading.Thread(target=listening.serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{listening.server_port}"

    yield start
    for each in running:
        each.shutdown()
        each.server_close()


def trusted(outside: OutsideAuthorities) -> list[x509.Certificate]:
    return [outside.certificates["root"], outside.certificates["issuing"]]


def stamp(*urls: str, by: list[x509.Certificate]) -> bytes:
    return bytes(run_apart(OutsideStamper(urls, trusted=by).async_timestamp(DIGEST, "sha256")).dump())


def evidence(outside: OutsideAuthorities, name: str, since: datetime) -> Evidence:
    return outside_evidence([outside.certificates[name]], authorities=trusted(outside), since=since)


def test_outside_stamp_is_one_openssl_verifies(outside_authorities: OutsideAuthorities, tmp_path: Path) -> None:
    token = stamp(outside_authorities.stamp_url, by=trusted(outside_authorities))
    (tmp_path / "token").write_bytes(token)
    (tmp_path / "content").write_bytes(CONTENT)
    for name in ("root", "issuing"):
        pem = outside_authorities.certificates[name].public_bytes(serialization.Encoding.PEM)
        (tmp_path / f"{name}.pem").write_bytes(pem)
    words = ["openssl", "ts", "-verify", "-token_in", "-in", "token", "-data", "content",
             "-CAfile", "root.pem", "-untrusted", "issuing.pem"]  # fmt: skip
    said = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)
    assert "Verification: OK" in said.stdout


def test_next_address_is_asked_when_one_is_down_or_answers_nonsense(
    outside_authorities: OutsideAuthorities, server: Callable[[int, bytes], str]
) -> None:
    urls = [NOBODY, server(500, b""), server(200, b"<html>please sign in</html>"), outside_authorities.stamp_url]
    assert stamp(*urls, by=trusted(outside_authorities))


def test_nobody_answering_is_a_sentence_that_names_the_machines_and_no_password(
    outside_authorities: OutsideAuthorities,
) -> None:
    with pytest.raises(NoAnswer, match=r"None of the outside time-stamp authorities \(127\.0\.0\.1\) gave") as told:
        stamp("http://city:secret@127.0.0.1:9", by=trusted(outside_authorities))
    assert "secret" not in str(told.value)


def test_stamp_over_something_else_is_refused(
    outside_authorities: OutsideAuthorities, server: Callable[[int, bytes], str]
) -> None:
    """A recorded answer of the true authority, played again: right signature, other nonce."""
    _, request = OutsideStamper((), trusted=()).request_cms(DIGEST, "sha256")
    recorded = ask(
        outside_authorities.stamp_url, question=request.dump(), kind="application/timestamp-query", most_bytes=100_000
    )
    with pytest.raises(NoAnswer):
        stamp(server(200, recorded), by=trusted(outside_authorities))


def test_stamp_of_an_authority_nobody_adopted_is_refused(outside_authorities: OutsideAuthorities) -> None:
    with pytest.raises(NoAnswer):
        stamp(outside_authorities.stamp_url, by=[])


def test_stamp_whose_clock_is_minutes_apart_is_refused_because_certificates_are_short(
    outside_authorities: OutsideAuthorities, caplog: pytest.LogCaptureFixture
) -> None:
    with clock.frozen(datetime.now(UTC) + timedelta(minutes=6)), pytest.raises(NoAnswer):
        stamp(outside_authorities.stamp_url, by=trusted(outside_authorities))
    assert "differ by minutes" in caplog.text


def test_answer_that_trickles_in_is_not_waited_for(
    server: Callable[[int, bytes], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pia_engine.documents.asking.ALTOGETHER_SECONDS", -1.0)
    with pytest.raises(NoAnswer, match="takes too long"):
        ask(server(200, b"x" * 100), most_bytes=1000)


def test_answers_that_are_too_long_or_point_elsewhere_are_not_followed(server: Callable[[int, bytes], str]) -> None:
    with pytest.raises(NoAnswer, match="too long"):
        ask(server(200, b"x" * 5000), most_bytes=4999)
    with pytest.raises(NoAnswer, match="HTTP 302"):
        ask(server(302, b""), most_bytes=100)
    assert ask(server(200, b"x" * 5000), most_bytes=5000) == b"x" * 5000


def test_evidence_issued_after_the_signature_comes_by_ocsp(outside_authorities: OutsideAuthorities) -> None:
    since = datetime.now(UTC) - timedelta(seconds=5)
    found = evidence(outside_authorities, "seal", since)
    assert len(found.ocsps) == 1
    assert len(found.crls) == 1  # of the root, about the issuing authority
    assert found.old == ("Trust Services issuing",)  # this root makes a list every thirty days


def test_older_list_is_taken_when_nothing_newer_is_on_offer_and_named(outside_authorities: OutsideAuthorities) -> None:
    found = evidence(outside_authorities, "seal", datetime.now(UTC) + timedelta(days=1))
    assert found.old == ("City of Testwell Seal", "Trust Services issuing")
    assert found.ocsps or found.crls


def test_revoked_seal_stops_the_publication(outside_authorities: OutsideAuthorities) -> None:
    with pytest.raises(PiaError, match="was revoked by its authority on 2026-01-01"):
        evidence(outside_authorities, "revoked", datetime.now(UTC) - timedelta(seconds=5))


def test_silent_authority_makes_the_job_wait(
    outside_authorities: OutsideAuthorities, monkeypatch: pytest.MonkeyPatch
) -> None:
    def silent(url: str, **_: object) -> bytes:
        raise NoAnswer("%(host)s", host=url)

    monkeypatch.setattr("pia_engine.documents.outside_evidence.ask", silent)
    with pytest.raises(NoAnswer, match="“City of Testwell Seal” does not say"):
        evidence(outside_authorities, "seal", datetime.now(UTC))


def test_forged_answer_is_not_kept(outside_authorities: OutsideAuthorities, monkeypatch: pytest.MonkeyPatch) -> None:
    """A stranger between us and the authority changes one byte of every answer."""

    def forged(url: str, **about: object) -> bytes:
        answer = bytearray(ask(url, **about))  # type: ignore[arg-type]
        answer[-10] ^= 1
        return bytes(answer)

    monkeypatch.setattr("pia_engine.documents.outside_evidence.ask", forged)
    with pytest.raises(NoAnswer):
        evidence(outside_authorities, "seal", datetime.now(UTC))
