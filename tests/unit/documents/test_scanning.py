"""The scanner's verdict, and that no verdict is never a good one."""

from __future__ import annotations

import io
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from pia_engine.documents.scanning import Infected, Scanner, ScannerUnavailable, open_scanner
from tests.fixtures.scanner import EICAR, Daemon


@pytest.mark.parametrize("way", ["local", "tcp"])
def test_daemon_lets_clean_files_pass_and_names_what_is_in_the_others(clamd: Daemon, way: str) -> None:
    scanner = Scanner(getattr(clamd, way), 20)
    assert scanner.answers()
    scanner.scan(io.BytesIO(b"minutes of the meeting" * 100_000))
    with pytest.raises(Infected, match="Eicar-Test-Signature") as found:
        scanner.scan(io.BytesIO(EICAR))
    assert found.value.status == 422


def test_file_larger_than_the_daemon_looks_at_is_refused(clamd: Daemon) -> None:
    with pytest.raises(ScannerUnavailable):
        Scanner(clamd.local, 20).scan(io.BytesIO(bytes(101 * 1024 * 1024)))


@contextmanager
def listening(serve: Callable[[socket.socket], None]) -> Iterator[str]:
    """A server that takes one caller and does with them what `serve` says."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def take_one() -> None:
            caller, _address = server.accept()
            with caller:
                serve(caller)

        thread = threading.Thread(target=take_one)
        thread.start()
        yield f"tcp://127.0.0.1:{server.getsockname()[1]}"
        thread.join(timeout=10)


def read_file(caller: socket.socket) -> bytes:
    """One INSTREAM conversation, up to the empty piece that ends it."""
    with caller.makefile("rb") as line:
        assert line.read(len(b"zINSTREAM\0")) == b"zINSTREAM\0"
        content = b""
        while length := int.from_bytes(line.read(4), "big"):
            content += line.read(length)
        return content


def test_the_whole_file_is_sent_from_its_beginning() -> None:
    sent = []

    def serve(caller: socket.socket) -> None:
        sent.append(read_file(caller))
        caller.sendall(b"stream: OK\0")

    file = io.BytesIO(b"abc" * 300_000)
    file.seek(17)
    with listening(serve) as address:
        Scanner(address, 10).scan(file)
    assert sent == [file.getvalue()]


@pytest.mark.parametrize("said", [b"", b"ERROR\0", b"INSTREAM size limit exceeded. ERROR\0", b"OK", b"\xff\xfe\0"])
def test_any_other_answer_is_no_verdict(said: bytes) -> None:
    def serve(caller: socket.socket) -> None:
        read_file(caller)
        caller.sendall(said)

    with listening(serve) as address, pytest.raises(ScannerUnavailable):
        Scanner(address, 10).scan(io.BytesIO(b"abc"))


def test_a_daemon_that_hangs_is_given_up_in_time() -> None:
    done = threading.Event()

    def serve(_caller: socket.socket) -> None:
        done.wait(10)

    with listening(serve) as address:
        with pytest.raises(ScannerUnavailable):
            Scanner(address, 0.2).scan(io.BytesIO(b"abc"))
        done.set()


def test_a_daemon_that_talks_without_end_is_given_up() -> None:
    def serve(caller: socket.socket) -> None:
        read_file(caller)
        caller.sendall(b"stream: O" * 10_000)

    with listening(serve) as address, pytest.raises(ScannerUnavailable):
        Scanner(address, 10).scan(io.BytesIO(b"abc"))


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:1", "unix:///nowhere/clamd.ctl", "tcp://127.0.0.1:99999"])
def test_an_absent_daemon_is_no_verdict_and_says_who_can_help(address: str) -> None:
    scanner = Scanner(address, 2)
    assert not scanner.answers()
    with pytest.raises(ScannerUnavailable) as absent:
        scanner.scan(io.BytesIO(b"abc"))
    assert absent.value.status == 503
    assert "administrator" in absent.value.who_can_help


def test_without_an_address_there_is_no_scanner() -> None:
    assert open_scanner("", seconds=5) is None
