"""`pia verify`: by certificates, by a bundle with and without the city's site, and by the installation."""

from __future__ import annotations

import datetime as dt
import re
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.x509 import load_pem_x509_certificate
from flask import Flask
from werkzeug.serving import make_server

from pia_engine import clock
from pia_engine.cli import run
from pia_engine.documents.checking import LARGEST_FILE
from pia_engine.jobs.worker import drain
from pia_engine.models.transparency import Kind
from pia_engine.register.live import PublicFolder
from pia_engine.services.log_calls import log_disposal
from pia_engine.services.transparency_log import append_entry
from pia_engine.settings import Settings
from tests.factories.hostile import HOSTILE
from tests.factories.tampered import TAMPERS, updated
from tests.fixtures.published import REFERENCE, Edition, SignedHere

Verify = Callable[..., tuple[int, str]]
HEAD = "0" * 64


@pytest.fixture
def verify(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Verify:
    """Type the command with no installation anywhere near."""
    monkeypatch.setenv("PIA_INSTANCE", str(tmp_path / "nowhere"))
    monkeypatch.setenv("COLUMNS", "300")

    def typed(data: bytes, *options: str) -> tuple[int, str]:
        (tmp_path / "file.pdf").write_bytes(data)
        code = run(["verify", str(tmp_path / "file.pdf"), *options])
        said = capsys.readouterr()
        return code, said.out + said.err

    return typed


@pytest.fixture
def keys(app: Flask) -> str:
    settings: Settings = app.extensions["pia-settings"]
    return str(settings.keys_folder)


def publish_the_log(app: Flask, edition: Edition) -> None:
    """Let the worker sign the log and put it before the public."""
    at = edition.publication.published_at + dt.timedelta(days=1)
    edition.session.commit()
    drain(app, now=at)


@pytest.fixture
def bundle(app: Flask, edition: Edition, tmp_path: Path) -> Path:
    """The bundle as anybody gets it from the public site."""
    publish_the_log(app, edition)
    return fetched(edition, tmp_path / "bundle.zip")


def fetched(edition: Edition, path: Path) -> Path:
    public = PublicFolder(edition.settings.public_folder)
    path.write_bytes((public.store / public.read_map()["/verify/bundle.zip"].file).read_bytes())
    return path


@pytest.mark.parametrize("name", TAMPERS)
def test_each_tampered_file_is_named(name: str, signed_here: SignedHere, keys: str, verify: Verify) -> None:
    code, out = verify(TAMPERS[name].make(signed_here.pdf), "--trust", keys)
    assert code == 1
    assert TAMPERS[name].said in out
    assert TAMPERS[name].headline in out


@pytest.mark.parametrize("name", ["a bomb as a page", "a table that leads to itself", "noise"])
def test_hostile_file_gets_a_sentence(name: str, signed_here: SignedHere, keys: str, verify: Verify) -> None:
    code, out = verify(HOSTILE[name](signed_here.pdf), "--trust", keys)
    assert code == 1
    assert "This file is" in out
    assert "Traceback" not in out


def bytes_read() -> int:
    """How many bytes this process has read from anywhere so far."""
    return int(Path("/proc/self/io").read_text().split()[1])


def test_file_of_500_megabytes_is_refused_by_its_size(
    tmp_path: Path, keys: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with (tmp_path / "file.pdf").open("wb") as file:
        file.truncate(500 * 1024**2)
    before = bytes_read()
    assert run(["verify", str(tmp_path / "file.pdf"), "--trust", keys]) == 1
    assert bytes_read() - before < LARGEST_FILE
    assert "The file is larger than any document this program makes" in capsys.readouterr().out


def test_genuine_file_by_certificates_alone(signed_here: SignedHere, keys: str, verify: Verify) -> None:
    code, out = verify(signed_here.pdf, "--trust", keys)
    assert code == 0, out
    assert "This file is genuine. Not one byte was changed since it was signed." in out
    assert "Whether it still stands, only the city's register or its log can say." in out


def test_what_the_file_says_of_itself_is_read_out(signed_here: SignedHere, keys: str, verify: Verify) -> None:
    code, out = verify(signed_here.superseded, "--trust", keys)
    assert code == 0, out
    assert "The file says of itself:" in out
    assert "Superseded by version 2" in out


def test_bundle_alone_says_that_it_is_current(edition: Edition, bundle: Path, verify: Verify) -> None:
    code, out = verify(edition.files.pdf, "--trust", str(bundle), "--offline")
    assert code == 0, out
    assert "This file is genuine and current." in out
    assert f"exactly this file as {REFERENCE}, edition 1" in out
    assert "As of 2026-" in out


def later_edition(app: Flask, edition: Edition) -> None:
    facts: dict[str, str | int] = {"reference": REFERENCE, "edition": 2}
    append_entry(
        edition.session,
        Kind.CORRECTION,
        key="later",
        digest="1" * 64,
        facts=facts,
        now=edition.publication.published_at,
    )
    edition.session.commit()
    publish_the_log(app, edition)


def withdrawn(app: Flask, edition: Edition) -> None:
    facts: dict[str, str | int] = {"reference": REFERENCE, "edition": 1}
    digest, now = edition.files.digest, edition.publication.published_at
    append_entry(edition.session, Kind.RETRACTION, key="gone", digest=digest, facts=facts, now=now)
    edition.session.commit()
    publish_the_log(app, edition)


def disposed(app: Flask, edition: Edition) -> None:
    log_disposal(edition.session, edition.publication, now=edition.publication.published_at)
    edition.session.commit()
    publish_the_log(app, edition)


@pytest.fixture
def site(app: Flask, edition: Edition) -> Iterator[str]:
    """The city's public site over HTTP, at the address its documents name."""
    server = make_server("127.0.0.1", 0, app.wsgi_app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (later_edition, "it was superseded on"),
        (withdrawn, "the city withdrew it on"),
        (disposed, "The city's records of it were disposed of on 2026-0"),
    ],
)
def test_city_is_asked_what_became_of_it_since(
    change: Callable[[Flask, Edition], None],
    said: str,
    app: Flask,
    edition: Edition,
    bundle: Path,
    site: str,
    verify: Verify,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    change(app, edition)
    monkeypatch.setattr("pia_engine.register.log_fetching.LogSite", _at(site))
    assert "genuine and current" in verify(edition.files.pdf, "--trust", str(bundle), "--offline")[1]
    code, out = verify(edition.files.pdf, "--trust", str(bundle))
    assert (code, said in out) == (0, True), out


def test_bundle_says_that_the_records_were_disposed_of(
    app: Flask, edition: Edition, verify: Verify, tmp_path: Path
) -> None:
    later_edition(app, edition)
    disposed(app, edition)
    code, out = verify(edition.files.pdf, "--trust", str(fetched(edition, tmp_path / "b.zip")), "--offline")
    assert code == 0, out
    assert "This file is genuine, but the city's records of it have been disposed of since." in out
    assert "This edition was superseded on 2026-0" in out
    assert "The city's records of it were disposed of on 2026-0" in out
    assert "genuine and current" not in out


def test_site_without_the_citys_time_stamp_is_not_believed(
    app: Flask, edition: Edition, bundle: Path, site: str, verify: Verify, monkeypatch: pytest.MonkeyPatch
) -> None:
    later_edition(app, edition)
    public = PublicFolder(edition.settings.public_folder)
    monkeypatch.setattr("pia_engine.register.log_fetching.LogSite", _at(site))
    public.change({"/log/checkpoint.tsr": public.keep(b"another stamp", "tsr")})
    for change in (lambda: None, lambda: public.withdraw(["/log/checkpoint.tsr"])):
        change()
        code, out = verify(edition.files.pdf, "--trust", str(bundle))
        assert (code, "no time stamp of the city's own authority" in out) == (1, True), out


def _at(site: str) -> Callable[[str], object]:
    from pia_engine.register.log_fetching import LogSite

    return lambda url: LogSite(f"{site}/log")


def test_silent_site_leaves_the_word_of_the_bundle(
    edition: Edition, bundle: Path, verify: Verify, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pia_engine.register.log_fetching.LogSite", _at("http://127.0.0.1:9"))
    code, out = verify(edition.files.pdf, "--trust", str(bundle))
    assert code == 0
    assert "genuine and current" in out
    assert "asked in vain" in out


def test_offline_asks_nobody(edition: Edition, bundle: Path, verify: Verify, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("socket.socket.connect", lambda *_: pytest.fail("somebody was asked"))
    assert verify(edition.files.pdf, "--trust", str(bundle), "--offline")[0] == 0


def test_tampered_file_is_not_in_the_bundle(edition: Edition, bundle: Path, verify: Verify) -> None:
    code, out = verify(edition.files.pdf + b"\n", "--trust", str(bundle), "--offline")
    assert (code, "Bytes were added after the end" in out) == (1, True)


def test_installation_is_asked_without_a_bundle(
    edition: Edition, verify: Verify, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIA_INSTANCE", str(edition.settings.instance))
    code, out = verify(edition.files.pdf)
    assert code == 0, out
    assert "genuine and current" in out
    assert re.search(r"Entry \d+ of the city's transparency log.", out)
    code, out = verify(edition.files.pdf + b"\n")
    assert (code, "Bytes were added after the end" in out) == (1, True)


def test_offline_without_a_bundle_is_wrong_use(signed_here: SignedHere, verify: Verify) -> None:
    code, out = verify(signed_here.pdf, "--offline")
    assert (code, "--offline goes with --trust" in out) == (2, True)


def test_answer_says_which_root_was_believed(edition: Edition, bundle: Path, keys: str, verify: Verify) -> None:
    root = load_pem_x509_certificate(Path(keys, "root.crt").read_bytes())
    fingerprint = root.fingerprint(SHA256()).hex()
    for trust in (keys, str(bundle)):
        code, out = verify(edition.files.pdf, "--trust", trust, "--offline", "--root", fingerprint)
        assert (code, f"SHA-256 fingerprint {fingerprint}. Compare it" in out) == (0, True), out
        code, out = verify(edition.files.pdf, "--trust", trust, "--offline", "--root", "0" * 64)
        assert (code, "not the one you named" in out, "genuine" in out) == (1, True, False), out


def test_lists_that_ran_out_are_not_believed_silently(signed_here: SignedHere, keys: str, verify: Verify) -> None:
    with clock.frozen(clock.now() + dt.timedelta(days=900)):
        code, out = verify(signed_here.pdf, "--trust", keys)
    assert (code, "what was revoked since is not known" in out) == (0, True), out


def test_root_without_a_bundle_is_wrong_use(signed_here: SignedHere, verify: Verify) -> None:
    code, out = verify(signed_here.pdf, "--root", "0" * 64)
    assert (code, "--root goes with --trust" in out) == (2, True)


def test_full_check_tells_of_every_signature(signed_here: SignedHere, keys: str, verify: Verify) -> None:
    code, out = verify(signed_here.pdf, "--trust", keys, "--full")
    assert code == 0
    assert "Seal: only signatures and what belongs to them were added after it." in out


def test_names_in_a_file_do_not_steer_the_terminal(
    signed_here: SignedHere, keys: str, verify: Verify, tmp_path: Path
) -> None:
    code, out = verify(updated(signed_here.pdf, lambda writer: None) + b"\x1b[31m", "--trust", keys)
    assert code == 1
    assert "\x1b" not in out
