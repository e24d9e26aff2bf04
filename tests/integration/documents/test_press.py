"""The press reaches nothing but our own files, and is stopped when it takes too much."""

import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from pia_engine.documents.press import OwnFilesOnly
from pia_engine.documents.rendering import Limits, press_page, render_page, render_pdf
from pia_engine.errors import PiaError
from tests.factories.reports import CREATED_AT, school_route_report

TEMPTING = """
<link rel="stylesheet" href="{address}/style.css"><style>@import "{address}/more.css";
@font-face {{ font-family: Far; src: url({address}/far.ttf) }} p {{ background: url({address}/paper.png) }}</style>
<img alt="A picture" src="{address}/picture.png"><object data="{address}/object.svg">x</object>
<svg xmlns="http://www.w3.org/2000/svg"><title>Drawing</title>
<image href="{address}/inner.png" width="9" height="9"/></svg>
<link rel="attachment" href="{address}/attached.txt"><a rel="attachment" href="{address}/linked.txt">x</a>
"""
OUR_OWN = "pia-document:report.css"


@pytest.fixture
def visited() -> Iterator[tuple[str, list[str]]]:
    """A server on this machine, and every path somebody asked it for."""
    asked: list[str] = []

    class Listening(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_words: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Listening)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", asked
    server.shutdown()
    server.server_close()
    thread.join()


def page_with(markup: str) -> str:
    """The sample page as it would be if somebody got markup into it, which the template prevents."""
    return render_page(school_route_report(), record=b"{}").replace("</h1>", f"</h1>{markup}", 1)


def test_page_full_of_addresses_makes_no_request(visited: tuple[str, list[str]]) -> None:
    address, asked = visited
    page = page_with(TEMPTING.format(address=address))
    assert address in page
    pdf = press_page(page, reference="PIA-2026-0042", created_at=CREATED_AT, record=b"{}")
    assert pdf.startswith(b"%PDF-")
    assert asked == []


def test_files_of_the_server_do_not_get_into_the_document() -> None:
    markup = TEMPTING.replace("{{", "{").replace("}}", "}").replace("{address}", "file:///etc/passwd#")
    tempted, plain = (
        press_page(page, reference="PIA-2026-0042", created_at=CREATED_AT, record=b"{}")
        for page in (page_with(markup), page_with(""))
    )
    assert b"root:" not in tempted
    assert len(tempted) < len(plain) + 4096


@pytest.mark.parametrize(
    "address",
    [
        "file:///etc/passwd",
        "http://127.0.0.1/",
        "https://example.org/x.css",
        "pia-document:../report.css",
        "ftp://h/x",
    ],
)
def test_press_refuses_every_address_but_our_own_files(address: str) -> None:
    with pytest.raises(ValueError, match="disallowed protocol"):
        OwnFilesOnly().fetch(address)


def test_press_hands_out_our_fonts_and_style_sheet() -> None:
    fetcher = OwnFilesOnly()
    assert fetcher.fetch(OUR_OWN).content_type == "text/css"
    assert fetcher.fetch("pia-document:NotoSansJP-Regular.ttf").read(4) == b"\x00\x01\x00\x00"


@pytest.mark.parametrize(
    ("limits", "sentence"),
    [
        (Limits(memory=80 * 1024**2), "could not be typeset"),
        (Limits(largest_page=1000), "too large"),
        (Limits(seconds=0), "took too long"),
    ],
)
def test_publisher_reads_a_sentence_when_a_limit_is_met(limits: Limits, sentence: str, record: bytes) -> None:
    with pytest.raises(PiaError, match=sentence):
        render_pdf(school_route_report(), record=record, limits=limits)


def test_endless_document_is_stopped_in_time() -> None:
    report = school_route_report()
    endless = replace(report, conditions=("A condition that goes on and on. " * 40,) * 5000)
    begun = time.monotonic()
    with pytest.raises(PiaError, match=r"took too long|could not be typeset"):
        render_pdf(endless, record=b"{}", limits=Limits(seconds=4))
    assert time.monotonic() - begun < 30
