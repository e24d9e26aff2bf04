"""Characters that no shipped font can print are found before typesetting, and named with their place."""

from dataclasses import fields, is_dataclass, replace

import pytest

from pia_engine.documents.glyphs import missing_glyphs, report_texts, require_glyphs
from pia_engine.documents.report import Entry, Table
from pia_engine.errors import Invalid
from tests.factories.reports import school_route_report
from tests.factories.reports_arabic import arabic_report

NOT_TYPED = {"language", "direction", "id", "section_ids", "verification_address", "sha256"}
"""Made by the program, of letters it knows."""


@pytest.mark.parametrize(
    "text",
    [
        *(
            "Plain words – “quoted”, 5 €",
            "Žluťoučký kůň",
            "cafe\u0301",
            "Ελληνικά, Русский",
            "كاميرات",
            "a\n\tb\u200b",
            "",
        ),
        *("髙橋 𠮷田 加古川市 ①㈱㎡〒→「」", "ｱｲｳ・ー〜", "😀 👨\u200d👩\u200d👧 ☎\ufe0f"),
    ],
)
def test_texts_in_the_shipped_scripts_can_be_printed(text: str) -> None:
    assert missing_glyphs(text) == ()


def test_missing_characters_are_named_once_in_order() -> None:
    assert missing_glyphs("བོད and བ ไทย") == ("བ", "ོ", "ད", "ไ", "ท", "ย")


@pytest.mark.parametrize("char", ["\x07", "\ue000", "\ufdd0"])
def test_characters_without_a_meaning_in_print_are_missing(char: str) -> None:
    assert missing_glyphs(f"a{char}b") == (char,)


def test_sample_report_can_be_printed() -> None:
    require_glyphs(school_route_report())


def test_publisher_reads_which_characters_cannot_be_printed_and_where() -> None:
    report = school_route_report()
    table = Table("Data", ("Element", "Why"), (("Tag", "Signal ไ"),))
    section = replace(report.sections[0], entries=(Entry("Which data is collected?", table),))
    with pytest.raises(Invalid) as refused:
        require_glyphs(replace(report, sections=(section,)))
    assert "“ไ” (U+0E44) (in: 1 Purpose and benefit – Which data is collected?)" in str(refused.value)


def test_invisible_character_is_named_by_its_number() -> None:
    with pytest.raises(Invalid, match=r"has U\+0007 \(in: Title\)"):
        require_glyphs(replace(school_route_report(), title="Cameras\x07"))


def test_long_list_of_characters_is_cut() -> None:
    with pytest.raises(Invalid, match="…"):
        require_glyphs(replace(school_route_report(), summary="กล้องบนทางไปโรงเรียน"))


def test_nothing_that_is_printed_escapes_the_look() -> None:
    """Each text of a whole report, made unprintable in turn, is found."""
    walked = "\n".join(text for _place, text in report_texts(arabic_report()))
    missed = {text for text in printed_texts(arabic_report()) if text not in walked}
    assert missed == set()


def printed_texts(part: object) -> set[str]:
    if isinstance(part, str):
        return {part}
    if isinstance(part, tuple):
        return set().union(*map(printed_texts, part))
    if not is_dataclass(part):
        return set()
    shown = (field.name for field in fields(part) if field.name not in NOT_TYPED)
    return set().union(*(printed_texts(getattr(part, name)) for name in shown))
