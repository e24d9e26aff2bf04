"""What is withheld from a public record: the projection without it, and the proof, later, of what stood there.

A withheld part leaves its place, its ground and a salted digest, as in SD-JWT (RFC 9901): the base64url of the SHA-256
of the base64url of the JSON array [salt, path, value]. Nobody can guess the value from the digest; whoever is given
salt, path and value can check that it is what stood there. Reading withholdings is `services.withholdings`' business.
"""

from __future__ import annotations

import base64
import copy
import hashlib
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import rfc8785

from pia_engine.errors import N_, NotPossible
from pia_engine.questionnaires.hiding import Extent, Secret, hide_in, is_there, secrets_of, texts_in
from pia_engine.questionnaires.values import filled_rows
from pia_engine.questionnaires.wording import Sentence
from pia_engine.register.language import Language
from pia_engine.register.marks import is_mark

SALT_BYTES = 16  # 128 bits
WITHHELD = N_("Withheld: %(ground)s")
WITHHELD_WORDS = N_("[Withheld: %(ground)s]")
WITHHELD_CELL = N_("Withheld")
CHANGED = N_(
    "What is withheld is not there any more: the text was changed. Take the withholding back, and propose it anew."
)
DERIVED = {"name": "title", "summary": "summary", "next_review": "next_review_on"}
"""Answers that the record repeats in a place of its own."""

_TOLD_BY_FOUNDATION = {"risks": 1, "overall_residual_risk": 1}
"""Answers that a foundation tells in words of its own, where no search finds them: how many risks, and which level."""

_FIXED = frozenset(
    ("@context", "@id", "@type", "schema_version", "reference", "edition", "permalink", "language", "published_at",
     "approved_at", "city", "department", "initiative", "questionnaire", "policy", "revision", "sections", "withheld",
     "based_on", "next_audit_on", "next_review_on")
)  # fmt: skip
"""Places of a record that hold no text anybody wrote for this assessment, or are gone through by themselves."""

_CODES = frozenset(
    ("kind", "recommendation", "standing", "sha256", "sections", "asked_on", "replied_on", "filed_at", "given_at",
     "signed_at", "determined_at", "title", "standing_name", "role", "decision", "kind_name", "recommendation_name",
     "outcome", "rules_say")
)  # fmt: skip
"""Keys beside the answers under which stands a code, a day, a hash or fixed wording."""

_OF_MARKS = frozenset(("digest",))
"""The key of a mark that stays as it is: two withheld letters may well be part of a digest."""


@dataclass(frozen=True, slots=True)
class WithheldPart:
    """One withheld place. `value` is what is stored there; `texts` are the texts that may be repeated elsewhere.

    `row` counts the rows of the stored answer from 1; of words it is which of several in one withholding they are.
    """

    withholding: str
    question: str
    extent: Extent
    value: Any
    salt: str
    ground: str
    texts: tuple[str, ...]
    row: int = 0
    column: str = ""

    @property
    def path(self) -> str:
        """Where it stood: part of what the digest is made of."""
        steps = ["answers", self.question]
        if self.extent is Extent.WORDS:
            steps += ["words", str(self.row)]
        elif self.extent is not Extent.ANSWER:
            steps += ["rows", str(self.row)]
        return "/".join([*steps, self.column] if self.column else steps)

    @property
    def disclosure(self) -> str:
        return disclosure_text(self.salt, self.path, self.value)

    @property
    def digest(self) -> str:
        return digest_of(self.disclosure)


def new_salt() -> str:
    return _base64url(secrets.token_bytes(SALT_BYTES))


def disclosure_text(salt: str, path: str, value: Any) -> str:
    """Salt, path and value in the one spelling (RFC 8785) that the digest is made of."""
    return _base64url(rfc8785.dumps([salt, path, value]))


def digest_of(disclosure: str) -> str:
    return _base64url(hashlib.sha256(disclosure.encode("ascii")).digest())


def verify_disclosure(record: Mapping[str, Any], disclosure: Mapping[str, Any]) -> bool:
    """Whether a disclosure document tells what stood in these very places of this published record."""
    if (record.get("reference"), record.get("edition")) != (disclosure.get("reference"), disclosure.get("edition")):
        return False
    try:
        withheld = {(each["path"], each["digest"]) for each in record.get("withheld", ())}
        digests = {
            (each["path"], digest_of(disclosure_text(each["salt"], each["path"], each["value"])))
            for each in disclosure.get("disclosures") or ()
        }
    except (KeyError, TypeError, ValueError):
        return False  # whatever they are, they are no record and no disclosure
    return bool(digests) and digests <= withheld


def project(record: Mapping[str, Any], parts: Sequence[WithheldPart], *, language: Language) -> dict[str, Any]:
    """The public record without its withheld parts, wherever it says them. Raises NotPossible when one is not there."""
    projected = copy.deepcopy(dict(record))
    if not parts:
        return projected
    if missing_parts(record, parts):
        raise NotPossible(CHANGED)
    for part in sorted(parts, key=lambda part: _INNER_FIRST.index(part.extent)):
        _take_out(projected, part, language)
    projected = without_texts(projected, hidden_texts(parts, language))
    # A bare hash of a text with a part left out lets anybody try what the part may have been.
    projected["revision"] = {**projected["revision"], "sha256": None}
    projected["withheld"] = [_line(record, part, language) for part in parts]
    return projected


def without_texts(record: Mapping[str, Any], hidden: Sequence[Secret]) -> dict[str, Any]:
    """The record with a mark for every such text, wherever somebody may have written it."""
    cleared = copy.deepcopy(dict(record))
    for section in cleared["sections"]:
        for answer in section["answers"]:
            answer.update(
                {key: hide_in(answer[key], hidden, but_for=_OF_MARKS) for key in ("value", "shown", "provenance")}
            )
    return cleared | {
        key: hide_in(value, hidden, but_for=_CODES) for key, value in cleared.items() if key not in _FIXED
    }


def hidden_texts(parts: Sequence[WithheldPart], language: Language) -> tuple[Secret, ...]:
    """What `hiding.hide` needs to keep the parts out of other texts about the same assessment."""
    marks = [language.say(Sentence(WITHHELD_WORDS, ground=language.say(part.ground))) for part in parts]
    return secrets_of((text, mark) for part, mark in zip(parts, marks, strict=True) for text in part.texts)


def missing_parts(record: Mapping[str, Any], parts: Sequence[WithheldPart]) -> list[WithheldPart]:
    """The parts that a record does not say in their place, or says otherwise."""
    return [part for part in parts if not _is_there(answers_of(record).get(part.question), part)]


def answers_of(record: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """The public answers of a record by question."""
    return {answer["question"]: answer for section in record["sections"] for answer in section["answers"]}


def texts_of(answer: Mapping[str, Any], extent: Extent, *, row: int = 0, column: str = "") -> tuple[str, ...]:
    """The free texts of a place in an answer: those which are shown as they are stored. Codes of choices are none."""
    if extent is Extent.ANSWER:
        return texts_in(answer["value"], answer["shown"])
    shown_at = _shown_row(answer, row)
    value, shown = answer["value"][row - 1], answer["shown"][shown_at] if shown_at is not None else {}
    if column:
        return texts_in(value.get(column, ""), shown.get(column, ""))
    return texts_in([value], [shown])


def is_free_text(answer: Mapping[str, Any], row: int, column: str) -> bool:
    """Whether a field of a table is text somebody wrote: only then it can be withheld without its row."""
    shown_at = _shown_row(answer, row)
    found = answer["value"][row - 1].get(column)
    return shown_at is not None and bool(found) and answer["shown"][shown_at].get(column) == found


def _is_there(answer: Mapping[str, Any] | None, part: WithheldPart) -> bool:
    return answer is not None and is_there(answer["value"], part.extent, part.value, row=part.row, column=part.column)


def _take_out(projected: dict[str, Any], part: WithheldPart, language: Language) -> None:
    answer = answers_of(projected)[part.question]
    ground = language.say(part.ground)
    words = language.say(Sentence(WITHHELD, ground=ground))
    mark = {"withheld": True, "ground": ground, "digest": part.digest}
    if part.extent is Extent.ANSWER:
        answer.update(value=mark, shown=words, provenance=None)
        _take_out_of_repetitions(projected, part.question, words)
    elif part.extent is not Extent.WORDS:
        _take_out_of_row(answer, part, mark, words=words, cell=language.say(WITHHELD_CELL))


def _take_out_of_repetitions(projected: dict[str, Any], question: str, words: str) -> None:
    if question in DERIVED:
        projected[DERIVED[question]] = None if question == "next_review" else words
    number = _TOLD_BY_FOUNDATION.get(question)
    for foundation in projected["foundations"] if number else ():
        if foundation["number"] == number:
            foundation["explanation"] = words


def _take_out_of_row(
    answer: dict[str, Any], part: WithheldPart, mark: dict[str, Any], *, words: str, cell: str
) -> None:
    rows, shown_at = answer["value"], _shown_row(answer, part.row)
    shown = answer["shown"][shown_at] if shown_at is not None else None
    if part.column:
        rows[part.row - 1][part.column] = mark
        if shown is not None:
            shown[part.column] = words
        return
    rows[part.row - 1] = mark
    if shown is not None:
        columns = [column for column in shown if column != "id"]
        shown.update({column: cell for column in columns} | {column: words for column in columns[:1]})


def _shown_row(answer: Mapping[str, Any], row: int) -> int | None:
    """Where a stored row is shown: rows without a word are not."""
    rows = answer["value"]
    if not (is_mark(rows[row - 1]) or filled_rows([rows[row - 1]])):
        return None
    return sum(1 for each in rows[: row - 1] if is_mark(each) or filled_rows([each]))


def _line(record: Mapping[str, Any], part: WithheldPart, language: Language) -> dict[str, Any]:
    """One entry of the list of withheld places."""
    return {
        "withholding": part.withholding,
        "question": part.question,
        "where": answers_of(record)[part.question]["text"],
        "what": language.say(Sentence(EXTENTS[part.extent], row=part.row)),
        "path": part.path,
        "ground": language.say(part.ground),
        "digest": part.digest,
    }


EXTENTS = {
    Extent.ANSWER: N_("The whole answer"),
    Extent.ROWS: N_("Row %(row)s of the table"),
    Extent.CELLS: N_("A field of row %(row)s of the table"),
    Extent.WORDS: N_("Words of the text"),
}
"""What is withheld, in words."""

_INNER_FIRST = (Extent.WORDS, Extent.CELLS, Extent.ROWS, Extent.ANSWER)


def _base64url(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode("ascii")
