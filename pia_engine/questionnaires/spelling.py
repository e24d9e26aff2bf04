"""How a text may be spelled: what readers take for the same text is read as the same letters.

It does not matter whether it is in capital letters, full width or half width, broken into lines, written with other
quotes and dashes, mixed with characters nobody sees, composed in another Unicode form, or escaped for HTML or an
address. Each letter of a reading knows where it stands in the text, so that what is found can be replaced there.
"""

from __future__ import annotations

import functools
import html
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from urllib.parse import unquote

Step = tuple[re.Pattern[str], Callable[[re.Match[str]], str]]
"""What is changed in a text, and into what."""

HAN = "\u3005-\u3007\u3400-\u9fff\U00020000-\U0003ffff"
HANGUL = "\uac00-\ud7a3"
KANA = "\u3041-\u30ff\u31f0-\u31ff"
UNSPACED = f"\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3100-\u312f{KANA}{HAN}"
"""Scripts that put no space between words (Thai, Lao, Burmese, Khmer, Japanese, Chinese): a line may break anywhere."""

_QUOTES = (
    '"`\u00ab\u00b4\u00bb\u02b9\u02ba\u02bb\u02bc\u02bd\u02c8\u2018\u2019\u201a\u201b\u201c\u201d\u201e\u201f'
    "\u2032\u2033\u2035\u2036\u2039\u203a\u301d\u301e\u301f"
)
_ALIKE = {**dict.fromkeys(_QUOTES, "'"), "\u2212": "-", "\u301c": "~", "\u0131": "i"}
"""What people type for one another: quotes; minus and dash; the two wave dashes of Japanese; the Turkish i."""

_UNSEEN = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f"
    "\ufeff\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff\u0307\u0640\u064b-\u0652]"
)
"""Characters that Unicode lets programs ignore, such as a soft hyphen or a space of no width. Besides, the dot that the
Turkish capital has and its small letter has not, and the vowel signs and the lengthening stroke of Arabic."""

_ESCAPES = re.compile(
    "%[0-7][0-9a-f]|%[cd][0-9a-f]%[89ab][0-9a-f]|%e[0-9a-f](?:%[89ab][0-9a-f]){2}|%f[0-7](?:%[89ab][0-9a-f]){3}"
    "|&(?:#[0-9]{1,7}|#x[0-9a-f]{1,6}|[a-z][a-z0-9]{1,30});",
    re.IGNORECASE,
)
_SYLLABLES = re.compile(
    "[\u1100-\u1112][\u1161-\u1175][\u11a8-\u11c2]?|[\uac00-\ud7a3][\u11a8-\u11c2]"
    "|[\u3041-\u30ff][\u3099\u309a]|[\uff66-\uff9d][\uff9e\uff9f]"
)
_ONE_SYLLABLE = re.compile("[\u3041-\u30ff\uac00-\ud7a3\uff66-\uff9d]")
_UNUSUAL = re.compile("[^ !#-@\\[-_a-~\u4e00-\u9fff\uac00-\ud7a3]")
_MARKS = re.compile("[\u0300-\u036f\u0591-\u05c7]{2,}")
_LETTER, _MARK = f"[^\\W{UNSPACED}]", "[\u0300-\u036f]"
_IDLE_SPACE = re.compile(f" (?!{_LETTER}|{_MARK})|(?<!{_LETTER})(?<!{_MARK}) ")


@functools.lru_cache(maxsize=4096)  # a record is searched again for each withholding under its initiative
def readings(text: str) -> Mapping[str, tuple[Step, ...]]:
    """The letters of a text as it is, as it is meant when it is escaped, and as part of an address; with the way."""
    letters = _read(text, _AS_IT_IS)
    found = {letters: _AS_IT_IS}
    if "&" in text or "%" in text or _MARKS.search(letters):
        found.setdefault(_read(text, _AS_MEANT), _AS_MEANT)
    if "+" in text:
        found.setdefault(_read(text, _OF_ADDRESS), _OF_ADDRESS)
    return found


def spellings_sought(text: str) -> tuple[str, ...]:
    """The letters to look for: those of the text as it is, and as it is meant when it is itself escaped.

    A plus stands for a space only where other signs are escaped too: “C++ Lab” does not look for “C Lab”.
    """
    found = readings(text)
    is_escaped = _AS_MEANT in found.values()
    return tuple(letters for letters, way in found.items() if letters and (is_escaped or way is not _OF_ADDRESS))


def length(text: str) -> int:
    """How many letters a text has, whatever it is made of."""
    return sum(not unicodedata.combining(letter) for letter in _read(text, _AS_IT_IS))


def places(text: str, sought: str) -> Iterator[tuple[int, int]]:
    """Where some letters stand in a text, from the first character to behind the last; also where they overlap."""
    for letters, way in readings(text).items():
        at = letters.find(sought)
        if at < 0:
            continue
        origins = _origins(text, way)
        while at >= 0:
            yield origins[at][0], origins[at + len(sought) - 1][1]
            at = letters.find(sought, at + 1)


def _read(text: str, way: tuple[Step, ...]) -> str:
    for pattern, change in way:
        text = pattern.sub(change, text)
    return text


@functools.lru_cache(maxsize=8)  # many secrets may stand in one text
def _origins(text: str, way: tuple[Step, ...]) -> Sequence[tuple[int, int]]:
    """For each letter of a reading, the first and the last place of the characters it is made of."""
    origins = [(at, at + 1) for at in range(len(text))]
    for pattern, change in way:
        pieces, moved, end = [], [], 0
        for found in pattern.finditer(text):
            start, stop = found.span()
            new = change(found)
            pieces += [text[end:start], new]
            moved += [*origins[end:start], *[(origins[start][0], origins[stop - 1][1])] * len(new)]
            end = stop
        text, origins = "".join([*pieces, text[end:]]), [*moved, *origins[end:]]
    return origins


def _unescaped(found: re.Match[str]) -> str:
    return html.unescape(found[0]) if found[0].startswith("&") else unquote(found[0])


def _composed(found: re.Match[str]) -> str:
    return unicodedata.normalize("NFKC", found[0])


def _in_order(found: re.Match[str]) -> str:
    return unicodedata.normalize("NFD", found[0])


def _plain(found: re.Match[str]) -> str:
    return _plain_character(found[0])


@functools.lru_cache(maxsize=2**16)
def _plain_character(character: str) -> str:
    if character in _ALIKE:
        return _ALIKE[character]
    if _ONE_SYLLABLE.match(character):
        return unicodedata.normalize("NFKC", character)
    small = unicodedata.normalize("NFKD", character.casefold()).casefold()
    return "".join(map(_plain_part, unicodedata.normalize("NFKD", small)))


def _plain_part(character: str) -> str:
    if _UNSEEN.match(character):
        return ""
    if character.isspace():
        return " "
    return _ALIKE.get(character, "-" if unicodedata.category(character) == "Pd" else character)


_AS_IT_IS: tuple[Step, ...] = (
    (_UNSEEN, lambda _found: ""),
    (_SYLLABLES, _composed),
    (_UNUSUAL, _plain),
    (re.compile(" {2,}"), lambda _found: " "),
    (_IDLE_SPACE, lambda _found: ""),
)
"""A space counts only between letters of scripts that put one between words."""

_AS_MEANT: tuple[Step, ...] = ((_ESCAPES, _unescaped), (_ESCAPES, _unescaped), *_AS_IT_IS, (_MARKS, _in_order))
"""Without its escapes, and with several marks on one letter in the order Unicode gives them."""

_OF_ADDRESS: tuple[Step, ...] = ((re.compile(r"\+"), lambda _found: " "), *_AS_MEANT)
