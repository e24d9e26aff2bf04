"""Built files under their hashed names, and the rewriting that makes one style sheet serve both directions."""

from __future__ import annotations

import hashlib
import importlib.util
import json
from pathlib import Path

import pytest

from pia_engine import assets

FRONTEND = Path(__file__).resolve().parents[2] / "frontend"


@pytest.mark.parametrize("name", ["app.css", "app.js", "icon.svg"])
def test_every_asset_is_there_under_the_hash_of_its_content(name):
    path = assets.asset_path(name)
    assert hashlib.sha256(path.read_bytes()).hexdigest()[:12] in path.name
    assert assets.asset_url(name) == f"/static/dist/{path.name}"


def test_nothing_but_what_the_manifest_names_is_shipped():
    manifest = json.loads((assets.DIST / "manifest.json").read_text())
    expected = {*manifest.values(), "manifest.json", "THIRD_PARTY_LICENSES.txt"}
    assert {path.name for path in assets.DIST.iterdir()} == expected


def test_an_unknown_name_says_what_to_do():
    with pytest.raises(assets.AssetMissing, match=r"no entry “map.css”.*frontend/build.py"):
        assets.asset_url("map.css")


def test_a_missing_manifest_says_what_to_do(tmp_path, monkeypatch):
    monkeypatch.setattr(assets, "DIST", tmp_path)
    with pytest.raises(assets.AssetMissing, match=r"missing. Run .*frontend/build.py"):
        assets.asset_url("app.css")


def test_the_style_sheet_carries_no_protected_marks():
    css = assets.asset_path("app.css").read_text().lower()
    assert not any(mark in css for mark in ("gds transport", "crest", "crown", "@font-face", "url("))


def test_the_style_sheet_knows_no_left_or_right():
    css = assets.asset_path("app.css").read_text()
    for physical in ("margin-left:", "padding-right:", "border-left:", "float:left", "text-align:right"):
        assert physical not in css


@pytest.mark.parametrize(
    ("physical", "logical"),
    [
        ("a{margin-left:1px}", "a{margin-inline-start:1px}"),
        ("a{left:0;right:1px}", "a{inset-inline-start:0;inset-inline-end:1px}"),
        ("a{text-align:left!important}", "a{text-align:start!important}"),
        ("a{float:right}", "a{float:inline-end}"),
        ("a{border-left:5px solid red}", "a{border-inline-start:5px solid red}"),
        ("a{border-top-left-radius:4px}", "a{border-start-start-radius:4px}"),
        ("a{padding:1px 2px 3px 4px}", "a{padding-block:1px 3px;padding-inline:4px 2px}"),
        ("a{margin:0 auto 0 calc(1px + (2px))}", "a{margin-block:0 0;margin-inline:calc(1px + (2px)) auto}"),
        ("a{padding:1px 2px 3px 2px}", "a{padding:1px 2px 3px 2px}"),
        ('a{content:"x;left:1px"}', 'a{content:"x;left:1px"}'),
        ("@media (min-width:1px){a{left:0}}", "@media (min-width:1px){a{inset-inline-start:0}}"),
    ],
)
def test_directions_follow_the_text(physical, logical):
    assert _logical(physical) == logical


def _logical(css: str) -> str:
    spec = importlib.util.spec_from_file_location("logical", FRONTEND / "logical.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.logical(css)
