"""Small things readers see: shortened texts, sizes, colours, the words of a search."""

from __future__ import annotations

import datetime as dt

import pytest

from pia_engine.models import City
from pia_engine.register.entry_page import file_size, shortened
from pia_engine.register.language import language_of
from pia_engine.register.search import MOST_TOKENS, tokens
from pia_engine.register.stylesheet import city_css, contrast, text_on

ENGLISH = language_of("en", "Europe/Berlin")


def test_long_text_is_cut_at_the_end_of_a_sentence() -> None:
    text = "The first sentence says enough to stand alone. The second one is too long to fit."
    assert shortened(text, 60) == "The first sentence says enough to stand alone. …"
    assert shortened(text, 500) == text
    listed = "1. Find out what happened.\n2. Find a missing person somewhere."
    assert shortened(listed, 33) == "1. Find out what happened. …"
    assert shortened("word " * 40, 30).endswith("word …")


def test_sizes_read_like_sizes() -> None:
    assert file_size(200, ENGLISH) == "1 kB"
    assert file_size(224_300, ENGLISH) == "224 kB"
    assert file_size(1_440_000, ENGLISH) == "1.4 MB"


def test_days_belong_to_the_city() -> None:
    late = dt.datetime(2026, 3, 2, 23, 30, tzinfo=dt.UTC)
    assert ENGLISH.day_of(late) == "3 March 2026"
    assert ENGLISH.moment("2026-03-02T23:30:00Z") == "3 March 2026, 00:30"
    assert language_of("ar", "UTC").direction == "rtl"
    assert language_of("xx-nowhere", "UTC").day("2026-03-02")


@pytest.mark.parametrize("colour", ["#0b4f5c", "#ffcf5c", "#ffffff", "#000000", "#777777"])
def test_text_on_a_city_colour_can_be_read(colour: str) -> None:
    assert contrast(colour, text_on(colour)) >= 4.4


def test_city_colours_cannot_smuggle_in_other_styles() -> None:
    city = City(brand_colour="#0b4f5c", link_colour="red;}body{display:none")
    css = city_css(city)
    assert "--govuk-brand-colour: #0b4f5c;" in css
    assert "display" not in css
    assert city_css(City(brand_colour="", link_colour="")) == ""


def test_words_of_a_search_carry_no_orders() -> None:
    assert (
        tokens('camera* OR "school route" NEAR(x) -y title:z \x00')
        == [
            "camera",
            "OR",
            "school",
            "route",
            "NEAR",
            "x",
            "y",
            "title",
            "z",
        ][:MOST_TOKENS]
    )
    assert tokens("PIA-2026-0042") == ["PIA-2026-0042"]
    assert tokens("  \"'*()^:  ___ ") == []
    assert len(tokens("word " * 100)) == MOST_TOKENS
