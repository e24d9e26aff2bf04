"""The guide and its pictures belong together: none missing, none left over, each light, each described."""

from __future__ import annotations

import re
from pathlib import Path

from PIL import Image

GUIDE = Path(__file__).resolve().parents[2] / "docs" / "how-to" / "first-assessment.md"
PICTURES = GUIDE.parent / "pictures"
LIFECYCLE = Path(__file__).parent / "test_lifecycle.py"
SHOWN = re.compile(r"!\[([^\]]*)\]\(pictures/([a-z0-9-]+\.png)\)")


def test_every_picture_of_the_guide_exists_and_every_picture_is_used() -> None:
    shown = {name for _described, name in SHOWN.findall(GUIDE.read_text(encoding="utf-8"))}
    assert shown == {path.name for path in PICTURES.iterdir()}


def test_every_picture_is_taken_by_the_browser_test() -> None:
    lifecycle = LIFECYCLE.read_text(encoding="utf-8")
    taken = set(re.findall(r'picture\(\s*page, "([a-z0-9-]+)"|picture_name="([a-z0-9-]+)"', lifecycle))
    assert {f"{one or other}.png" for one, other in taken} == {path.name for path in PICTURES.iterdir()}


def test_every_picture_says_in_words_what_it_shows() -> None:
    short = [name for described, name in SHOWN.findall(GUIDE.read_text(encoding="utf-8")) if len(described) < 25]
    assert short == []


def test_every_picture_is_light_and_as_wide_as_a_desk() -> None:
    for path in PICTURES.iterdir():
        assert path.stat().st_size < 150_000, path.name
        with Image.open(path) as opened:
            assert opened.width == 1280, path.name
