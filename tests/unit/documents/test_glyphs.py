"""Characters that no shipped font can print are found before typesetting, and named with their place."""

from dataclasses import replace

import pytest

from pia_engine.documents.glyphs import missing_glyphs, require_glyphs
from pia_engine.documents.report import Entry, Table
from pia_engine.errors import Invalid
from tests.factories.reports import school_route_report


@pytest.mark.parametrize(
    "text",
    ["Plain words – “quoted”, 5 €", "Žluťoučký kůň", "cafe\u0301", "Ελληνικά, Русский", "كاميرات", "a\n\tb\u200b", ""],
)
def test_texts_in_the_shipped_scripts_can_be_printed(text: str) -> None:
    assert missing_glyphs(text) == ()


def test_missing_characters_are_named_once_in_order() -> None:
    assert missing_glyphs("加古川 and 加 😀") == ("加", "古", "川", "😀")


@pytest.mark.parametrize("char", ["\x07", "\ue000", "\ufdd0"])
def test_characters_without_a_meaning_in_print_are_missing(char: str) -> None:
    assert missing_glyphs(f"a{char}b") == (char,)


def test_sample_report_can_be_printed() -> None:
    require_glyphs(school_route_report())


def test_publisher_reads_which_characters_cannot_be_printed_and_where() -> None:
    report = school_route_report()
    table = Table("Data", ("Element", "Why"), (("Tag", "Signal 😀"),))
    section = replace(report.sections[0], entries=(Entry("Which data is collected?", table),))
    with pytest.raises(Invalid) as refused:
        require_glyphs(replace(report, sections=(section,)))
    assert "“😀” (U+1F600) (in: 1 Purpose and benefit – Which data is collected?)" in str(refused.value)


def test_invisible_character_is_named_by_its_number() -> None:
    with pytest.raises(Invalid, match=r"has U\+0007 \(in: Title\)"):
        require_glyphs(replace(school_route_report(), title="Cameras\x07"))


def test_long_list_of_characters_is_cut() -> None:
    with pytest.raises(Invalid, match="…"):
        require_glyphs(replace(school_route_report(), summary="学校の通り道のカメラ"))
