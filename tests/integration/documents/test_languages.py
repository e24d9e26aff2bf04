"""English, Japanese and Arabic documents: what a reader copies out of them is what stands in them."""

import dataclasses
import re
import subprocess
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest

from pia_engine.documents.report import Report
from tests.factories.reports import school_route_report
from tests.factories.reports_arabic import arabic_report
from tests.factories.reports_japanese import japanese_report

REPORTS = {"english": school_route_report, "japanese": japanese_report, "arabic": arabic_report}
NOT_PRINTED = {"language", "direction", "id", "section_ids"}
NEEDLES = {
    "english": (
        "Nobody watches the pictures live. They have no sound",
        "Street pictures without sound",
        "A later update adds face recognition unnoticed",
        "Almost certain",
    ),
    "japanese": (
        "通学路見守りカメラの設置",
        "音声は記録せず、顔認識も行わず、映像は約14日で上書きされます。",
        "2026年11月3日にSightline Systems GmbHが回答し、",
        "𠮷田 誠",
        "極めて重大",
    ),
    "arabic": (
        "كاميرات مراقبة الطرق المؤدية إلى المدارس",
        "تضع المدينة كاميرات على الطرق المؤدية إلى المدارس لكشف الجرائم",
        "ما البدائل التي",
        "استخدام الصور لتتبع حياة شخص اليومية",
        "مرتفع",
    ),
}


@pytest.fixture(scope="module")
def texts(in_three_languages: dict[str, bytes], tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The text of each document, as `pdftotext` copies it."""
    folder = tmp_path_factory.mktemp("languages")
    copied = {}
    for name, content in in_three_languages.items():
        (folder / name).write_bytes(content)
        order = ["-raw"] if name == "japanese" else []  # line by line, cells of one row would run into each other
        command = ["pdftotext", *order, str(folder / name), "-"]
        copied[name] = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return copied


@pytest.mark.parametrize("language", REPORTS)
def test_sentences_are_copied_as_they_were_written(language: str, texts: dict[str, str]) -> None:
    flat = _flat(texts[language], "" if language == "japanese" else " ")
    for needle in NEEDLES[language]:
        assert _flat(needle, "" if language == "japanese" else " ") in flat


@pytest.mark.parametrize("language", REPORTS)
def test_every_word_of_the_report_is_copied_letter_by_letter(language: str, texts: dict[str, str]) -> None:
    """Vowel signs and marks of direction are left out: they are printed, but `pdftotext` may put them elsewhere."""
    text = _letters(texts[language])
    words = {word for part in _printed(REPORTS[language]()) for word in _words(part, language)}
    assert len(words) > 100
    assert {word for word in words if word not in text} == set()


def _printed(part: object) -> Iterator[str]:
    if isinstance(part, str):
        yield part
    elif isinstance(part, tuple):
        for each in part:
            yield from _printed(each)
    elif dataclasses.is_dataclass(part):
        for field in dataclasses.fields(part):
            if field.name not in NOT_PRINTED:
                yield from _printed(getattr(part, field.name))


def _words(part: str, language: str) -> list[str]:
    split = r"[\n、。（）「」]" if language == "japanese" else r"[\s/.,:;،؛؟()@+·]+"
    return [_letters(word) for word in re.split(split, part) if _letters(word)]


def _letters(text: str) -> str:
    kept = (char for char in unicodedata.normalize("NFC", text) if unicodedata.category(char)[0] not in "MCZ")
    return "".join(kept)


def _flat(text: str, between: str) -> str:
    return between.join("".join(char for char in text if unicodedata.category(char) != "Cf").split())


def test_reports_hold_every_part(texts: dict[str, str]) -> None:
    """What the tests above look through is a whole report: no list and no chapter is empty."""
    for build in (japanese_report, arabic_report):
        report: Report = build()
        for part in ("sections", "foundations", "risks", "mitigations", "sign_offs", "heard", "statements", "withheld"):
            assert getattr(report, part), part


def test_right_to_left_pages_begin_at_the_right(in_three_languages: dict[str, bytes], tmp_path: Path) -> None:
    """The title's first word stands right of its second, and likelihood stands right of the matrix."""
    boxes = _word_boxes(in_three_languages["arabic"], tmp_path)
    assert boxes["كاميرات"][0] > boxes["مراقبة"][0]
    assert max(boxes["نادر"]) > max(boxes["طفيف"])
    left_to_right = _word_boxes(in_three_languages["english"], tmp_path)
    assert left_to_right["Rare"][0] < left_to_right["Slight"][0]


def _word_boxes(content: bytes, folder: Path) -> dict[str, list[float]]:
    (folder / "boxes.pdf").write_bytes(content)
    command = ["pdftotext", "-bbox", str(folder / "boxes.pdf"), "-"]
    page = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    found: dict[str, list[float]] = {}
    for left, word in re.findall(r'<word xMin="([\d.]+)"[^>]*>([^<]*)</word>', page):
        right_to_left = any(unicodedata.bidirectional(char) == "AL" for char in word)
        found.setdefault(_letters(word[::-1] if right_to_left else word), []).append(float(left))
    return found
