"""The layer that serves published bytes ahead of the application."""

from __future__ import annotations

import gzip
from pathlib import Path

import brotli  # type: ignore[import-untyped]
import pytest
from werkzeug.test import Client
from werkzeug.wrappers import Request, Response

from pia_engine.assets import asset_url
from pia_engine.register.live import PublicFolder
from pia_engine.register.serving import PublishedPages, choose_encoding, matches
from pia_engine.settings import Settings

PAGE = b"<!doctype html><title>A page</title><p>" + b"plain words " * 500


@Request.application
def behind(request: Request) -> Response:
    return Response(f"the application answers {request.path}", status=418)


@pytest.fixture
def public(tmp_path: Path) -> PublicFolder:
    return PublicFolder(tmp_path / "public")


@pytest.fixture
def client(tmp_path: Path, public: PublicFolder) -> Client:
    public.change({"/": public.keep(PAGE, "html"), "/a.pdf": public.keep(b"%PDF-1.7 x", "pdf", name="a.pdf")})
    return Client(PublishedPages(behind, Settings(instance=tmp_path)))


def test_reader_gets_the_page_with_a_strong_tag_and_no_cookie(client: Client) -> None:
    answer = client.get("/")
    assert answer.data == PAGE
    assert answer.headers["ETag"].startswith('"')
    assert "stale-if-error" in answer.headers["Cache-Control"]
    assert "script" not in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "Set-Cookie" not in answer.headers
    assert "Strict-Transport-Security" not in answer.headers


def test_https_installation_asks_for_https(tmp_path: Path, public: PublicFolder) -> None:
    public.change({"/": public.keep(PAGE, "html")})
    layer = PublishedPages(behind, Settings(instance=tmp_path, public_url="https://privacy.city.example"))
    assert "Strict-Transport-Security" in Client(layer).get("/").headers


@pytest.mark.parametrize(
    ("accepted", "encoding", "unpack"),
    [
        ("gzip", "gzip", gzip.decompress),
        ("gzip, br", "br", brotli.decompress),
        ("br;q=0, gzip", "gzip", gzip.decompress),
    ],
)
def test_reader_gets_the_page_compressed(client: Client, accepted: str, encoding: str, unpack: object) -> None:
    answer = client.get("/", headers={"Accept-Encoding": accepted})
    assert answer.headers["Content-Encoding"] == encoding
    assert answer.headers["Vary"] == "Accept-Encoding"
    assert unpack(answer.data) == PAGE  # type: ignore[operator]
    assert int(answer.headers["Content-Length"]) == len(answer.data)


def test_reader_who_has_the_page_gets_nothing_again(client: Client) -> None:
    for encoding in ("", "gzip", "br"):
        tag = client.get("/", headers={"Accept-Encoding": encoding}).headers["ETag"]
        again = client.get("/", headers={"Accept-Encoding": encoding, "If-None-Match": f'"other", W/{tag}'})
        assert (again.status_code, again.data) == (304, b"")
        assert again.headers["ETag"] == tag
    assert client.get("/", headers={"If-None-Match": '"other"'}).status_code == 200


def test_head_says_the_same_without_a_body(client: Client) -> None:
    head, get = client.head("/"), client.get("/")
    assert head.data == b""
    assert dict(head.headers) == dict(get.headers)


def test_document_is_named_and_not_compressed(client: Client) -> None:
    answer = client.get("/a.pdf", headers={"Accept-Encoding": "gzip, br"})
    assert answer.data == b"%PDF-1.7 x"
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["Content-Disposition"] == 'inline; filename="a.pdf"'
    assert "Content-Encoding" not in answer.headers


@pytest.mark.parametrize(
    "path", ["/work", "/register?q=x", "/live.json", "/static/dist/../assets.py", "/static/dist/no.css"]
)
def test_unknown_address_falls_through_to_the_application(client: Client, path: str) -> None:
    assert client.get(path).status_code == 418


def test_posting_falls_through_to_the_application(client: Client) -> None:
    assert client.post("/").status_code == 418


def test_new_publication_is_picked_up_without_a_restart(client: Client, public: PublicFolder) -> None:
    before = client.get("/").headers["ETag"]
    public.change({"/": public.keep(b"<p>new", "html"), "/more": public.keep(b"<p>more", "html")})
    assert client.get("/").data == b"<p>new"
    assert client.get("/").headers["ETag"] != before
    assert client.get("/more").status_code == 200


def test_pages_stay_up_when_the_map_is_damaged_or_gone(client: Client, public: PublicFolder) -> None:
    assert client.get("/").status_code == 200
    public.map_path.write_text('{"format": 1, "pag')
    assert client.get("/").status_code == 200
    public.map_path.unlink()
    assert client.get("/").status_code == 200


def test_missing_file_is_left_to_the_application(client: Client, public: PublicFolder) -> None:
    for file in public.store.glob("*.pdf"):
        file.unlink()
    assert client.get("/a.pdf").status_code == 418


def test_style_sheet_of_the_build_is_kept_forever(client: Client) -> None:
    answer = client.get(asset_url("app.css"), headers={"Accept-Encoding": "br"})
    assert "immutable" in answer.headers["Cache-Control"]
    assert answer.headers["Content-Type"] == "text/css; charset=utf-8"
    assert b"govuk" in brotli.decompress(answer.data)
    assert "immutable" not in client.get("/static/dist/manifest.json").headers["Cache-Control"]


def test_encoding_is_chosen_by_what_the_reader_takes() -> None:
    assert choose_encoding("", ("br", "gzip")) == ""
    assert choose_encoding("*", ("br", "gzip")) == "br"
    assert choose_encoding("identity;q=1, gzip;q=nonsense", ("br", "gzip")) == ""


def test_star_matches_any_tag() -> None:
    assert matches("*", '"x"')
    assert not matches("", '"x"')
