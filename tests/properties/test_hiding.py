"""Whatever spelling a withheld text is repeated in, and whatever stands around it, the projection does not say it."""

from __future__ import annotations

import html
import unicodedata
from collections.abc import Callable
from typing import Any
from urllib.parse import quote, quote_plus

from hypothesis import given
from hypothesis import strategies as st

from pia_engine.questionnaires.hiding import Extent
from pia_engine.register.language import language_of
from pia_engine.register.withholding import WithheldPart, project, texts_of

ENGLISH = language_of("en", "UTC")
Spelling = Callable[[str], str]

SECRETS = (
    "Müller's “Depot” – Gate 12",
    "the key is under the mat",
    "Straße 7, Ağrı İşhanı",
    "山田太郎",
    "北三条駐輪場のカメラ12台、バス車庫",
    "غرفة التحكم تحت الموقف",
    "김철수의 사무실 열쇠",
    "กุญแจอยู่ใต้พรม",
    "A & B <halle> 100 % + 'x'",
)
WIDE = str.maketrans({chr(code): chr(code + 0xFEE0) for code in range(0x21, 0x7F)} | {" ": "\u3000"})
QUOTES = str.maketrans({"'": "’", "“": '"', "”": "„", "–": "-"})


def between(sign: str, *, every: int) -> Spelling:
    """The text with a sign nobody sees before every so many letters, but for the first."""
    return lambda text: "".join(sign * (at > 0 and at % every == 0) + each for at, each in enumerate(text))


SPELLINGS: tuple[Spelling, ...] = (
    str.upper,
    str.lower,
    str.casefold,
    lambda text: text.translate(WIDE),
    lambda text: text.translate(QUOTES),
    lambda text: text.replace(" ", "\n"),
    lambda text: text.replace(" ", " \u00a0\t"),
    between("\u00ad", every=3),
    between("\u200b", every=2),
    lambda text: unicodedata.normalize("NFD", text),
    lambda text: unicodedata.normalize("NFKC", text),
    lambda text: unicodedata.normalize("NFKD", text),
)
ESCAPES: tuple[Spelling, ...] = (str, html.escape, quote, quote_plus, lambda text: quote(text, safe="").lower())

AROUND = st.text(st.sampled_from("aZ9 ,.“'é山の가ق\n\u200b\u00ad"), max_size=12)


@given(
    st.sampled_from(SECRETS),
    st.lists(st.sampled_from(SPELLINGS), max_size=4),
    st.sampled_from(ESCAPES),
    st.lists(st.sampled_from(SPELLINGS), max_size=2),
    AROUND,
    AROUND,
)
def test_no_spelling_of_a_withheld_text_is_published(
    plain: str, turns: list[Spelling], escape: Spelling, own: list[Spelling], before: str, after: str
) -> None:
    secret, repeated = _turned(plain, own), escape(_turned(plain, turns))
    said = f"<{before}>{repeated}<{after}>"
    answers = [_answer("where", secret), _answer("why", said)]
    found = {
        "revision": {"number": 1, "sha256": "0" * 64},
        "sections": [{"answers": answers}],
        "foundations": [],
        "title": said,
    }
    texts = texts_of(answers[0], Extent.ANSWER)
    part = WithheldPart("WTH-2026-0001", "where", Extent.ANSWER, secret, "salt", "Security", texts)
    public = project(found, [part], language=ENGLISH)
    expected = f"<{before}>[Withheld: Security]<{after}>"
    assert [public["sections"][0]["answers"][1]["value"], public["title"]] == [expected] * 2


def _turned(text: str, turns: list[Spelling]) -> str:
    for turn in turns:
        text = turn(text)
    return text


def _answer(question: str, text: str) -> dict[str, Any]:
    return {"question": question, "text": "Which?", "value": text, "shown": text, "provenance": None}
