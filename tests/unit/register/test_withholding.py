"""The projection of a record: what is withheld is in no place of it, and can be proven later."""

from __future__ import annotations

import base64
import dataclasses
import hashlib
import json
import subprocess
import unicodedata
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from pia_engine.errors import NotPossible
from pia_engine.questionnaires.hiding import Extent, hide, secrets_of
from pia_engine.questionnaires.spelling import length
from pia_engine.register.entries import canonical_bytes, searchable_text
from pia_engine.register.language import language_of
from pia_engine.register.withholding import (
    WithheldPart,
    disclosure_text,
    missing_parts,
    new_salt,
    project,
    texts_of,
    verify_disclosure,
)

ENGLISH = language_of("en", "UTC")
SALT = "AAECAwQFBgcICQoLDA0ODw"
PLACE = "Pump house 7, Mill Road, behind the second gate"


def answer(question: str, value: Any, shown: Any = None, **more: Any) -> dict[str, Any]:
    entry = {"question": question, "text": f"What is {question}?", "type": "long_text", "value": value}
    return {**entry, "shown": value if shown is None else shown, "provenance": None, **more}


def record(*answers: dict[str, Any], **more: Any) -> dict[str, Any]:
    section = {"id": "s1", "number": 1, "title": "The project", "intro": "", "answers": list(answers)}
    return {
        "reference": "PIA-2026-0001",
        "edition": 1,
        "department": "Streets and Mobility",
        "title": "Traffic counters",
        "summary": "Counters measure.",
        "conditions": "",
        "revision": {"number": 2, "sha256": "0" * 64},
        "sections": [section],
        "advice": [],
        "sign_offs": [],
        "foundations": [],
        "next_review_on": "2027-03-01",
        "withheld": [],
        "based_on": None,
        **more,
    }


def part(found: dict[str, Any], question: str, extent: Extent, *, words: str = "", **place: Any) -> WithheldPart:
    """A part as a proposal makes it."""
    each = next(each for each in found["sections"][0]["answers"] if each["question"] == question)
    row, column = place.get("row", 0), place.get("column", "")
    if extent is Extent.WORDS:
        value = words
        texts: tuple[str, ...] = (words,)
    else:
        value = each["value"] if not row else each["value"][row - 1]
        value = value[column] if column else value
        texts = texts_of(each, extent, row=row, column=column)
    return WithheldPart("WTH-2026-0001", question, extent, value, SALT, "Security", texts, row, column)


def test_digest_is_the_one_anybody_works_out_with_sha256sum_and_base64() -> None:
    found = record(answer("where", PLACE))
    withheld = part(found, "where", Extent.ANSWER)
    told = json.dumps([SALT, "answers/where", PLACE], separators=(",", ":")).encode()
    by_hand = base64.urlsafe_b64encode(told).rstrip(b"=")
    digest = base64.urlsafe_b64encode(hashlib.sha256(by_hand).digest()).rstrip(b"=").decode()
    assert (withheld.disclosure, withheld.digest) == (by_hand.decode(), digest)
    # A vector nothing of ours made: printf %s '["AA","answers/q","x"]' | base64, then sha256sum.
    assert disclosure_text("AA", "answers/q", "x") == "WyJBQSIsImFuc3dlcnMvcSIsIngiXQ"
    command = "printf %s WyJBQSIsImFuc3dlcnMvcSIsIngiXQ | sha256sum | cut -c1-64"
    told_by_program = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=True).stdout.strip()
    assert hashlib.sha256(disclosure_text("AA", "answers/q", "x").encode()).hexdigest() == told_by_program


def test_salts_have_128_bits_and_never_repeat() -> None:
    salts = {new_salt() for _ in range(200)}
    assert len(salts) == 200
    assert {len(base64.urlsafe_b64decode(each + "==")) for each in salts} == {16}


def test_whole_answer_leaves_its_mark_and_nothing_else() -> None:
    found = record(answer("where", PLACE), answer("why", "To plan crossings."))
    public = project(found, [part(found, "where", Extent.ANSWER)], language=ENGLISH)
    first, second = public["sections"][0]["answers"]
    assert first["shown"] == "Withheld: Security"
    assert first["value"] == {"withheld": True, "ground": "Security", "digest": public["withheld"][0]["digest"]}
    assert second["value"] == "To plan crossings."
    assert PLACE not in canonical_bytes(public).decode()
    assert found["sections"][0]["answers"][0]["value"] == PLACE, "the full record was changed"


def test_nothing_withheld_changes_nothing() -> None:
    found = record(answer("where", PLACE))
    assert project(found, [], language=ENGLISH) == found


@pytest.mark.parametrize(
    ("place", "text"),
    [
        ("title", f"Counters at {PLACE}"),
        ("summary", PLACE),
        ("conditions", f"No picture is kept of {PLACE}."),
        ("advice", [{"text": f"Guard {PLACE}!", "given_at": "2026-01-01T00:00:00Z"}]),
        ("sign_offs", [{"reason": PLACE, "overrules": "", "signed_at": "2026-01-01T00:00:00Z"}]),
        ("determination", {"reason": PLACE, "fired": [{"rule": "r1", "because": PLACE}]}),
        ("consultations", [{"kind": "official", "asked": PLACE, "reply": PLACE, "effect": PLACE}]),
        ("observations", [{"text": PLACE, "sha256": "1" * 64, "filed_at": "2026-01-01T00:00:00Z"}]),
        ("foundations", [{"explanation": PLACE, "standing": "met", "sections": ["s1"]}]),
    ],
)
def test_every_other_place_that_repeats_it_is_withheld_too(place: str, text: Any) -> None:
    found = record(answer("where", PLACE), answer("why", f"See {PLACE}."), **{place: text})
    public = project(found, [part(found, "where", Extent.ANSWER)], language=ENGLISH)
    assert PLACE in json.dumps(found[place])
    assert PLACE not in canonical_bytes(public).decode()
    assert "[Withheld: Security]" in json.dumps(public[place])
    assert PLACE not in searchable_text(public)


def test_hashes_that_would_let_anybody_try_the_secret_are_gone() -> None:
    statement = {"text": f"I saw {PLACE}.", "sha256": "1" * 64, "filed_at": "2026-01-01T00:00:00Z"}
    other = {"text": "I saw nothing.", "sha256": "2" * 64, "filed_at": "2026-01-01T00:00:00Z"}
    found = record(answer("where", PLACE), observations=[statement, other])
    public = project(found, [part(found, "where", Extent.ANSWER)], language=ENGLISH)
    assert public["revision"] == {"number": 2, "sha256": None}
    assert [each["sha256"] for each in public["observations"]] == [None, "2" * 64]


@pytest.mark.parametrize(("question", "place"), [("name", "title"), ("summary", "summary")])
def test_title_and_summary_follow_their_questions(question: str, place: str) -> None:
    found = record(answer(question, "Low"), **{place: "Low"})
    public = project(found, [part(found, question, Extent.ANSWER)], language=ENGLISH)
    assert public[place] == "Withheld: Security"


def test_next_review_follows_its_question() -> None:
    found = record(answer("next_review", "2027-03-01", "1 March 2027"))
    public = project(found, [part(found, "next_review", Extent.ANSWER)], language=ENGLISH)
    assert public["next_review_on"] is None
    assert "2027-03" not in canonical_bytes(public).decode()


@pytest.mark.parametrize(("question", "value", "shown"), [("overall_residual_risk", "high", "High"), ("risks", [], [])])
def test_foundation_that_tells_of_risks_in_its_own_words_follows_their_questions(
    question: str, value: Any, shown: Any
) -> None:
    foundations = [
        {"number": 1, "explanation": "3 risks are described, and what is left over is rated high.", "sections": ["s1"]},
        {"number": 2, "explanation": "A determination was made.", "sections": []},
    ]
    found = record(answer(question, value, shown), foundations=foundations)
    public = project(found, [part(found, question, Extent.ANSWER)], language=ENGLISH)
    assert [each["explanation"] for each in public["foundations"]] == [
        "Withheld: Security",
        "A determination was made.",
    ]


def test_short_words_change_neither_digests_nor_fixed_wording() -> None:
    words = "Af"
    found = record(answer("where", f"{words} {PLACE}"), table(), foundations=[{"number": 3, "title": "Af: tools"}])
    parts = [part(found, "data", Extent.ROWS, row=1), part(found, "where", Extent.WORDS, words=words, row=1)]
    for number in range(40):  # digests of which some have the two letters in them
        salted = [dataclasses.replace(parts[0], salt=f"{SALT}{number}"), parts[1]]
        public = project(found, salted, language=ENGLISH)
        assert public["sections"][0]["answers"][1]["value"][0]["digest"] == salted[0].digest
    assert public["foundations"][0]["title"] == "Af: tools"


def table() -> dict[str, Any]:
    rows = [
        {"element": "Faces of passers-by", "level": "high"},
        {"element": "", "level": ""},
        {"element": "Number plates", "level": "low"},
    ]
    shown = [{"element": "Faces of passers-by", "level": "High"}, {"element": "Number plates", "level": "Low"}]
    return answer("data", rows, shown, columns=[{"id": "element", "label": "Element"}, {"id": "level", "label": "L"}])


def test_a_row_is_withheld_in_its_place_also_behind_an_empty_one() -> None:
    found = record(table(), answer("why", "high and Number plates"))
    public = project(found, [part(found, "data", Extent.ROWS, row=3)], language=ENGLISH)
    first, second = public["sections"][0]["answers"]
    assert first["value"][0] == {"element": "Faces of passers-by", "level": "high"}
    assert first["value"][2]["withheld"] is True
    assert first["shown"][1] == {"element": "Withheld: Security", "level": "Withheld"}
    assert second["value"] == "high and [Withheld: Security]"
    assert public["withheld"][0] | {"digest": ""} == {
        "withholding": "WTH-2026-0001",
        "question": "data",
        "where": "What is data?",
        "what": "Row 3 of the table",
        "path": "answers/data/rows/3",
        "ground": "Security",
        "digest": "",
    }


def test_a_field_is_withheld_without_its_row() -> None:
    found = record(table())
    public = project(found, [part(found, "data", Extent.CELLS, row=1, column="element")], language=ENGLISH)
    data = public["sections"][0]["answers"][0]
    assert data["shown"][0] == {"element": "Withheld: Security", "level": "High"}
    assert data["value"][0]["level"] == "high"
    assert data["value"][0]["element"]["withheld"] is True
    assert "passers-by" not in canonical_bytes(public).decode()


def test_words_are_withheld_wherever_they_stand() -> None:
    found = record(answer("where", f"First {PLACE}, then PUMP HOUSE 7,\n Mill   Road, behind the second gate."))
    public = project(found, [part(found, "where", Extent.WORDS, words=PLACE, row=1)], language=ENGLISH)
    assert public["sections"][0]["answers"][0]["shown"] == "First [Withheld: Security], then [Withheld: Security]."


def test_a_part_within_a_withheld_answer_keeps_its_own_digest() -> None:
    found = record(table())
    both = [part(found, "data", Extent.ANSWER), part(found, "data", Extent.ROWS, row=1)]
    for order in (both, both[::-1]):
        public = project(found, order, language=ENGLISH)
        assert public["sections"][0]["answers"][0]["shown"] == "Withheld: Security"
        assert {each["digest"] for each in public["withheld"]} == {each.digest for each in both}


@pytest.mark.parametrize(
    "change",
    [
        lambda found: found["sections"][0].update(answers=[]),
        lambda found: found["sections"][0]["answers"][0].update(value=[]),
        lambda found: found["sections"][0]["answers"][0]["value"][0].update(element="Voices"),
    ],
)
def test_text_that_was_changed_is_never_published_without_a_word(change: Any) -> None:
    found = record(table())
    withheld = part(found, "data", Extent.ROWS, row=1)
    copied = json.loads(json.dumps(found))
    change(copied)
    assert missing_parts(copied, [withheld]) == [withheld]
    with pytest.raises(NotPossible, match="changed"):
        project(copied, [withheld], language=ENGLISH)


SPELLINGS = ["Müller & Söhne, <Halle 4>", "北三条通り 駐輪場地下二階の制御室", "غرفة التحكم تحت موقف الدراجات"]


@pytest.mark.parametrize("secret", SPELLINGS)
@pytest.mark.parametrize(
    "spell",
    [
        lambda text: text,
        lambda text: text.upper(),
        quote,
        lambda text: quote(text, safe="").lower(),
        lambda text: text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"),
        lambda text: unicodedata.normalize("NFD", text),
        lambda text: text.replace(" ", "\u00a0"),
        lambda text: text.replace(" ", "\n"),
    ],
)
def test_secrets_are_found_however_they_are_spelled(secret: str, spell: Any) -> None:
    assert hide(f"See {spell(secret)}!", secrets_of([(secret, "[W]")])) == "See [W]!"


def test_of_secrets_that_overlap_nothing_is_left() -> None:
    assert hide("one two three four", secrets_of([("one two three", "[A]"), ("two three four", "[B]")])) == "[A]"
    assert hide("aXaXa", secrets_of([("aXa", "[A]")])) == "[A]"


def test_disclosure_is_proven_against_the_record_and_no_other() -> None:
    found = record(answer("where", PLACE), table())
    parts = [part(found, "where", Extent.ANSWER), part(found, "data", Extent.ROWS, row=1)]
    public = project(found, parts, language=ENGLISH)
    told = [{"path": each.path, "salt": each.salt, "value": each.value} for each in parts]
    disclosure = {"reference": "PIA-2026-0001", "edition": 1, "disclosures": told}
    assert verify_disclosure(public, disclosure)
    assert not verify_disclosure({**public, "edition": 2}, disclosure)
    assert not verify_disclosure(found, disclosure)
    assert not verify_disclosure(public, {**disclosure, "disclosures": []})
    for change in ({"value": "Pump house 8"}, {"salt": SALT[::-1]}, {"path": "answers/why"}):
        assert not verify_disclosure(public, {**disclosure, "disclosures": [told[1], {**told[0], **change}]})


@pytest.mark.parametrize("withheld", [[{}], [1], [None], 1, "x", [{"path": [], "digest": {}}], None])
def test_damaged_record_proves_nothing(withheld: Any) -> None:
    found = record(answer("where", PLACE))
    told = part(found, "where", Extent.ANSWER)
    line = {"path": told.path, "salt": told.salt, "value": told.value}
    disclosure = {"reference": "PIA-2026-0001", "edition": 1, "disclosures": [line]}
    assert not verify_disclosure({**found, "withheld": withheld}, disclosure)
    assert not verify_disclosure({**found, "withheld": []}, {**disclosure, "disclosures": withheld})


TEXT = st.text(alphabet=st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), min_size=6, max_size=60)
STRUCTURE = json.dumps(record(table(), answer("why", ""))) + "Withheld: Security [Withheld: Security] Row Words whole"
STRUCTURE += "withholding question where what path ground digest"


@given(st.data(), st.lists(TEXT, min_size=1, max_size=4), TEXT, TEXT)
def test_no_withheld_text_of_six_letters_survives(
    data: st.DataObject, others: list[str], secret: str, around: str
) -> None:
    assume(secret.strip() == secret and length(secret) >= 6)
    assume(secret.casefold() not in STRUCTURE.casefold() and "withheld" not in secret.casefold())
    extent = data.draw(st.sampled_from(list(Extent)))
    said = f"{around}{secret}{around}"
    rows = [{"element": secret, "level": "high"}, *({"element": each, "level": "low"} for each in [*others, said])]
    held = answer("data", rows, columns=[{"id": "element", "label": "Element"}])
    if extent in (Extent.ANSWER, Extent.WORDS):
        held = answer("data", secret if extent is Extent.ANSWER else said)
    found = record(held, answer("why", said), title=said, conditions=secret, advice=[{"text": said}])
    place: dict[str, Any] = {"row": 1} if extent is not Extent.ANSWER else {}
    place |= {"column": "element"} if extent is Extent.CELLS else {}
    public = project(found, [part(found, "data", extent, words=secret, **place)], language=ENGLISH)
    left = [text for text in _texts(public) if secret.casefold() in text.casefold()]
    assert left == []
    assert json.dumps(secret, ensure_ascii=False)[1:-1] not in canonical_bytes(public).decode()


def _texts(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    entries = value.values() if isinstance(value, dict) else value if isinstance(value, list) else []
    return [text for each in entries for text in _texts(each)]
