"""Withheld texts in other texts: found however they are spelled, when they are long enough to say something."""

from __future__ import annotations

import html
import unicodedata
from urllib.parse import quote, quote_plus

import pytest

from pia_engine.questionnaires.hiding import hide, holds, secrets_of, texts_in, written_in

SPELLINGS = [
    pytest.param("Camera 12 at depot", "\uff23\uff41\uff4d\uff45\uff52\uff41\u300012 at depot", id="full width"),
    pytest.param("カメラ管理室の鍵", "\uff76\uff92\uff97管理室の鍵", id="half-width kana"),
    pytest.param("バスの車庫の鍵", "\uff8a\uff9e\uff7dの車庫の鍵", id="half-width kana with a voicing mark"),
    pytest.param("深夜は鍵を山田が預かる", "深夜は鍵を\n山田が預かる", id="line break without a space between words"),
    pytest.param("深夜は「鍵」を山田が預かる", "深夜は「鍵」\n  を山田が預かる", id="line break behind a quotation"),
    pytest.param("カメラ12台の位置", "カメラ 12 台の位置", id="spaces around a number"),
    pytest.param("山田太郎", "山田\u3000太郎", id="space within a name"),
    pytest.param("กุญแจอยู่ใต้พรม", "กุญแจ\nอยู่ใต้พรม", id="Thai, broken into lines"),
    pytest.param("the key is under the mat", "the key is un\u00adder the mat", id="soft hyphen"),
    pytest.param("the key is under the mat", "the k\u2060ey is under\u200b the mat", id="space of no width"),
    pytest.param("the key is under the mat", "\ufeffthe  key is\r\n\tunder the\u2003mat", id="other white space"),
    pytest.param("the key is under the mat", "THE KEY is Under The Mat", id="capital letters"),
    pytest.param("O'Brien's “old” depot", 'O’Brien‘s "old" depot', id="quotes"),
    pytest.param("gate 7-9, the depot", "gate 7\u20139, the depot", id="dashes"),
    pytest.param("10\u301c12時の見回り", "10\uff5e12時の見回り", id="wave dashes"),
    pytest.param("Straße 12, Depot", "STRASSE 12, DEPOT", id="sharp s"),
    pytest.param("İstanbul depot", "istanbul depot", id="Turkish capital i"),
    pytest.param("ışıklı depo", "IŞIKLI DEPO", id="Turkish small i without a dot"),
    pytest.param("the office file", "the o\ufb03ce \ufb01le", id="ligatures"),
    pytest.param("Café Müller", unicodedata.normalize("NFD", "Café Müller"), id="decomposed"),
    pytest.param("김철수의 사무실", unicodedata.normalize("NFD", "김철수의 사무실"), id="decomposed Korean"),
    pytest.param("cậu bé ở cổng", "ca\u0302\u0323u bé ở cổng", id="marks in another order"),
    pytest.param("غرفة التحكم", "غُرْفَةُ التَّحكّـــم", id="Arabic with vowel signs, lengthened"),
    pytest.param("Müller & Söhne", html.escape("Müller & Söhne"), id="escaped for HTML"),
    pytest.param("O'Brien's depot", html.escape("O'Brien's depot"), id="quotes escaped for HTML"),
    pytest.param("Müller & Söhne", "M&uuml;ller&nbsp;&#38; S&#xF6;hne", id="entities"),
    pytest.param("Müller & Söhne", quote("Müller & Söhne"), id="address"),
    pytest.param("Müller & Söhne", quote("müller & söhne", safe="").lower(), id="address in small letters"),
    pytest.param("Müller & Söhne", quote_plus("Müller & Söhne"), id="search in an address"),
    pytest.param("Müller & Söhne", quote(html.escape("Müller & Söhne")), id="escaped twice"),
    pytest.param("100 % of A + B", "100 % of A + B", id="signs that escape nothing"),
]


@pytest.mark.parametrize(("one", "other"), SPELLINGS)
def test_withheld_text_is_found_in_either_spelling(one: str, other: str) -> None:
    for secret, text in ((one, other), (other, one), (one, one), (other, other)):
        assert hide(f"Nr. 5: {text}!", secrets_of([(secret, "[W]")])).removeprefix("Nr. 5: ").strip("\ufeff") == "[W]!"
        assert holds({"a": ["x", text]}, secrets_of([(secret, "")]))


@pytest.mark.parametrize(
    ("secret", "text"),
    [
        ("no way", "noway, anyway"),
        ("the depot", "he depots; the  spot"),
        ("ばす", "はす"),
        ("각", "가"),
        ("Zürich", "Zurich"),
        ("10%", "10"),
        ("C++ Lab", "C Lab"),
        ("\u200b\u00ad", "any text"),
        (" \n", "any text"),
    ],
)
def test_other_texts_stay_as_they_are(secret: str, text: str) -> None:
    assert hide(text, secrets_of([(secret, "[W]")])) == text
    assert not holds(text, secrets_of([(secret, "[W]")]))


def test_what_stands_around_stays_as_it_is_spelled() -> None:
    text = "ＡＢＣ\u3000(\uff76\uff92\uff97 管理室) ﬁn; M%C3%BCller &amp; S\u00adöhne\r\n+1"
    hidden = hide(text, secrets_of([("カメラ管理室", "[A]"), ("Müller & Söhne", "[B]")]))
    assert hidden == "ＡＢＣ\u3000([A]) ﬁn; [B]\r\n+1"


def test_a_character_that_is_half_of_it_goes_as_a_whole() -> None:
    assert hide("See ㍿山田!", secrets_of([("会社山田", "[W]")])) == "See [W]!"


@pytest.mark.parametrize(
    ("text", "is_sought"),
    [
        ("山田", True),
        ("北三条", True),
        ("東", False),
        ("A棟", True),
        ("김철", True),
        ("やまだ", True),
        ("\uff94\uff8f\uff80\uff9e", True),
        ("なし", False),
        ("Smith", False),
        ("Smiths", True),
        ("Élodé", False),
        ("S\u00adm\u00adith", False),
        ("1 day", False),
    ],
)
def test_short_texts_are_looked_for_when_their_script_says_much_with_few(text: str, is_sought: bool) -> None:
    assert bool(texts_in(text, text)) is is_sought


def test_single_sentences_of_an_answer_are_looked_for_too() -> None:
    answer = "鍵は山田が預かる。月曜。It is under the mat. Not now."
    assert texts_in(answer, answer) == (answer, "鍵は山田が預かる。", "It is under the mat.")


def test_codes_of_choices_are_no_texts() -> None:
    rows = [{"id": "r1", "who": "山田太郎", "level": "high"}]
    assert written_in(rows, [{"id": "r1", "who": "山田太郎", "level": "High"}]) == ("山田太郎",)
    assert written_in("medium", "Medium") == ()
