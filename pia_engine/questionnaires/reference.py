"""The reference of the questionnaire language as a document, made from the schema and the checker's own tables."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pia_engine.questionnaires.answers import FILE_LIMIT
from pia_engine.questionnaires.checking_conditions import FITTING
from pia_engine.questionnaires.checking_questions import NEEDED_BY, ONLY_FOR
from pia_engine.questionnaires.definition import OUTCOMES, Operator, QuestionType
from pia_engine.questionnaires.schema import schema_text
from pia_engine.questionnaires.source import MAX_BYTES, MAX_DEPTH, MAX_NODES
from pia_engine.questionnaires.values import LONG_TEXT_LIMIT, ROW_LIMIT, SHORT_TEXT_LIMIT

INTRODUCTION = """\
# The questionnaire language

Printed by `pia questionnaire reference` from the JSON Schema and the checker; do not edit by hand. \
How to write a questionnaire of your own stands in [own-questionnaire.md](../how-to/own-questionnaire.md).

One file is one version of one questionnaire, in YAML, named `ID.vVERSION.yaml`. `pia questionnaire check` reports \
everything that is wrong with file and line; `pia questionnaire schema` prints the JSON Schema for your editor. \
A file is data: nothing in it is ever run. `yes` and `no` are words here, not truth values; \
`true` and `false` are.
"""

SHAPES = (
    ("", "The file"),
    ("section", "A section"),
    ("question", "A question"),
    ("option", "An option"),
    ("column", "A column of a table"),
    ("thresholds", "Thresholds"),
    ("rule", "A threshold rule"),
    ("mapping", "A mapping"),
    ("mapped_answer", "A mapped answer"),
    ("translation", "A translation"),
    ("translated_section", "A translated section"),
    ("translated_question", "A translated question"),
    ("translated_option", "A translated option"),
    ("translated_column", "A translated column"),
    ("translated_rule", "A translated rule"),
)

TYPES: Mapping[QuestionType, tuple[str, str]] = {
    QuestionType.SHORT_TEXT: ("one line of text", f"text, at most {SHORT_TEXT_LIMIT} characters unless stated"),
    QuestionType.LONG_TEXT: ("several lines of text", f"text, at most {LONG_TEXT_LIMIT:,} characters unless stated"),
    QuestionType.YES_NO: ("yes or no", "`yes` or `no`"),
    QuestionType.YES_NO_UNSURE: ("yes, no or not sure", "`yes`, `no` or `unsure`"),
    QuestionType.ONE_OF: ("one of the options", "the value of the option"),
    QuestionType.ANY_OF: ("any of the options", "a list of values; in a table, with a space between them"),
    QuestionType.NUMBER: ("a number", "a number; in a table, as text"),
    QuestionType.DATE: ("a day", "`2026-03-31`"),
    QuestionType.PERSON: ("somebody from the city's directory", "the name as it was chosen"),
    QuestionType.DEPARTMENT: ("one of the city's departments", "the name as it was chosen"),
    QuestionType.FILE: ("attached files, never published", f"at most {FILE_LIMIT} files: id, name, type and size"),
    QuestionType.ROWS: ("a table that grows row by row", f"at most {ROW_LIMIT} rows of texts, by the id of the column"),
    QuestionType.RISKS: ("the register of risks, on pages of its own", "the risks with their ratings and measures"),
    QuestionType.PRINCIPLES: ("a finding on each principle of the policy", "the findings with the laws they rest on"),
}

MEANINGS: Mapping[Operator, str] = {
    Operator.EQUALS: "the answer is this value",
    Operator.NOT_EQUALS: "the question is answered, with something else",
    Operator.INCLUDES_ANY: "at least one of these values is chosen",
    Operator.INCLUDES_ALL: "all of these values are chosen",
    Operator.ANSWERED: "`true`: anything was answered; `false`: nothing was",
    Operator.AT_LEAST: "the number, or the number of entries, is this or more",
    Operator.LESS_THAN: "the number, or the number of entries, is below this",
}

CONDITIONS = """\
`shown_when` says when a question is asked, `required_when` when it has to be answered, `when` when a threshold rule \
fires. A condition is one comparison, `{question: pictures, equals: "yes"}`, or several in `all: [...]`, \
`any: [...]` or `not: {...}`. Conditions of questions look back only: at questions asked earlier in the file. \
A comparison with a question nobody answered does not hold; only `answered: false` does. An answer to a question that \
is no longer shown is kept but decides nothing.
"""

LIMITS = f"""\
A file has at most {MAX_BYTES:,} bytes, {MAX_NODES:,} values and {MAX_DEPTH} levels. Tags and several documents in one \
file are refused. A part may be written once with `&name` and repeated with `*name`; repeats count in full.

Control ids are those of the privacy baseline of NIST SP 800-53 revision 5. Terms are those of the Data Privacy \
Vocabulary 2.3 (`dpv:`, `pd:`, `risk:`). Both lists come with the program.
"""


def reference_document() -> str:
    """The whole reference as Markdown."""
    schema = json.loads(schema_text())
    return "\n".join(
        [
            INTRODUCTION,
            *(line for name, title in SHAPES for line in _shape(name, title, schema)),
            "## Types\n",
            *_table(("Type", "Asks for", "Kept as", "Takes", "In a table"), _types(schema)),
            "## Conditions\n",
            CONDITIONS,
            *_table(("Comparison", "Holds when", "Works with"), _operators()),
            "## Outcomes\n",
            f"From the weakest to the strongest: {_listed(OUTCOMES)}. Thresholds name those they use, in this order.\n",
            "## Limits and lists\n",
            LIMITS,
        ]
    )


def _shape(name: str, title: str, schema: Mapping[str, Any]) -> Iterator[str]:
    shape = schema["$defs"][name] if name else schema
    needed = shape.get("required", ())
    yield f"## {title}\n"
    yield from _table(
        ("Name", "Needed", "Expected"),
        [
            (f"`{field}`", "yes" if field in needed else "", _said(part, schema))
            for field, part in shape["properties"].items()
        ],
    )


def _said(part: Mapping[str, Any], schema: Mapping[str, Any]) -> str:
    """The description of the place, else that of the shape it refers to, as the checker says it."""
    if "description" in part:
        return str(part["description"])
    return str(schema["$defs"][part["$ref"].rpartition("/")[2]]["description"])


def _types(schema: Mapping[str, Any]) -> list[tuple[str, ...]]:
    columns = schema["$defs"]["column"]["properties"]["type"]["enum"]
    return [
        (f"`{kind}`", *TYPES[kind], _listed(_fields_of(kind)), "yes" if kind in columns else "")
        for kind in QuestionType
    ]


def _fields_of(kind: QuestionType) -> list[str]:
    taken = [field for field, kinds in ONLY_FOR.items() if kind in kinds]
    return [f"{field} (needed)" if NEEDED_BY.get(kind) == field else field for field in taken]


def _operators() -> list[tuple[str, ...]]:
    return [
        (f"`{operator}`", MEANINGS[operator], _listed([kind for kind in QuestionType if kind in FITTING[operator]]))
        for operator in Operator
    ]


def _listed(names: Sequence[str]) -> str:
    marked = (name.partition(" ") for name in names)
    return ", ".join(f"`{name}`{space}{rest}" for name, space, rest in marked)


def _table(heading: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    yield _row(heading)
    yield "|" + "---|" * len(heading)
    yield from map(_row, rows)
    yield ""


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"
