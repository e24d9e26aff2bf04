"""What was withheld of a published edition and told later: the document for everybody, and as its page shows it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from pia_engine.models import Publication, Withholding
from pia_engine.register.language import Language
from pia_engine.workflows.withholding import Status


@dataclass(frozen=True, slots=True)
class Disclosed:
    """One disclosure: the document that is published, and the day it was made."""

    withholding: str
    content: bytes
    day: str

    @property
    def parts(self) -> dict[str, Any]:
        """By path, what stood there."""
        return {each["path"]: each["value"] for each in json.loads(self.content)["disclosures"]}


def disclosed_of(session: Session, publication: Publication, language: Language) -> list[Disclosed]:
    """Everything disclosed of one edition, in the order it was withheld."""
    found = session.scalars(
        select(Withholding)
        .where(Withholding.assessment_id == publication.assessment_id, Withholding.status == str(Status.DISCLOSED))
        .order_by(Withholding.reference)
    )
    return [
        Disclosed(each.reference, each.disclosure.encode(), language.day_of(each.disclosed_at))
        for each in found
        if each.disclosed_at
    ]


def withheld_lines(record: Mapping[str, Any], disclosed: Sequence[Disclosed], *, base: str) -> list[dict[str, Any]]:
    """The list of withheld places of a published record, each with what stood there once that is disclosed."""
    told = {each.withholding: each for each in disclosed}
    columns = {
        answer["question"]: {column["id"]: column["label"] for column in answer.get("columns", ())}
        for section in record["sections"]
        for answer in section["answers"]
    }
    lines = []
    for line in record.get("withheld", ()):
        found = told.get(line["withholding"])
        lines.append(
            {
                **line,
                "disclosed_on": found.day if found else "",
                "href": f"{base}/disclosures/{line['withholding']}.json" if found else "",
                "said": said(found.parts[line["path"]], columns[line["question"]]) if found else [],
            }
        )
    return lines


def said(value: Any, columns: Mapping[str, str]) -> list[str]:
    """A stored value as lines of text; the fields of a row under the names of their columns."""
    if isinstance(value, list):
        return [line for each in value for line in said(each, columns)]
    if isinstance(value, dict):
        named = ((columns.get(key, key), cell) for key, cell in value.items() if cell and key != "id")
        return ["; ".join(f"{name}: {cell}" for name, cell in named)]
    return [str(value)]
