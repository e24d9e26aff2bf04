"""What a case file holds, file by file, in a fixed order: every row of the matter, its audit chains, and its files.

Beside them lie the policy and the questionnaires it was under. How that becomes an archive is `documents`.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

import rfc8785
from sqlalchemy import select
from sqlalchemy.orm import Session

from pia_engine.documents.case_archives import Member
from pia_engine.models import AuditEvent, Department, Initiative, Person, PolicyVersion
from pia_engine.models.catalogue import catalogue_of
from pia_engine.services.audit import as_chained
from pia_engine.services.case_index import render_index
from pia_engine.services.cities import get_city
from pia_engine.services.record_tables import MATTER, Bytes, RecordTable, list_chains, rows_of

PER_FETCH = 500
ENDINGS = {
    "digest": ".pdf",
    "json_digest": ".json",
    "original_digest": ".pdf",
    "pdf_digest": ".pdf",
    "report_digest": ".pdf",
}


@dataclass(slots=True)
class Contents:
    """The members of one case file, and what the manifest says of them once they were gone through."""

    session: Session
    initiative: Initiative
    reference: str
    instant: dt.datetime
    counts: dict[str, int] = field(default_factory=dict)
    people: set[uuid.UUID] = field(default_factory=set)
    departments: set[uuid.UUID] = field(default_factory=set)
    policies: set[uuid.UUID] = field(default_factory=set)
    sheets: set[tuple[str, int]] = field(default_factory=set)
    stored: dict[str, Member] = field(default_factory=dict)
    chains: list[dict[str, Any]] = field(default_factory=list)

    def members(self) -> Iterator[Member]:
        """Every file, each to be read before the next is asked for."""
        for row in sorted((each for each in MATTER if each.in_file), key=lambda each: each.name):
            yield Member(f"records/{row.name}.jsonl", self._lines(row))
        yield from self._trail()
        yield from (self.stored[path] for path in sorted(self.stored))
        yield from self._surroundings()
        yield Member("index.html", (self._index(),))

    def described(self) -> dict[str, Any]:
        """What the manifest says beside the list of files."""
        city = get_city(self.session)
        return {
            "reference": self.reference,
            "initiative": self.initiative.reference,
            "title": self.initiative.title,
            "classification": self.initiative.classification,
            "city": city.name,
            "installation": str(city.id),
            "instant": self.instant.astimezone(dt.UTC).isoformat(),
            "program": "PIA Engine",
            "chains": self.chains,
            "counts": self.counts,
        }

    def _lines(self, row: RecordTable) -> Iterator[bytes]:
        """One canonical JSON object a row, oldest first."""
        shown = [column.name for column in row.table.columns if column.name not in row.withheld]
        self.counts[row.name] = 0
        found = self.session.execute(rows_of(row, self.initiative).execution_options(yield_per=PER_FETCH))
        for values in found.mappings():
            self._note(row, values)
            yield rfc8785.dumps({name: plain(values[name]) for name in sorted(shown)}) + b"\n"

    def _note(self, row: RecordTable, values: Mapping[Any, Any]) -> None:
        """Remember what this row names: people, departments, policy, questionnaires, bytes."""
        self.counts[row.name] += 1
        for column in row.table.columns:
            value = values[column.name]
            for key in column.foreign_keys if value is not None else ():
                named = {"person": self.people, "department": self.departments, "policy_version": self.policies}
                named.get(key.column.table.name, set()).add(value)
        if row.name == "answer_sheet":
            self.sheets.add((values["questionnaire"], values["questionnaire_version"]))
        for each in row.bytes:
            if each.folder and values[each.column]:
                path = _path_of(each, values)
                self.stored[path] = Member(path, store=each.store, digest=values[each.column])

    def _trail(self) -> Iterator[Member]:
        for _table, key, reference, length, head in list_chains(self.session, self.initiative):
            path = f"trail/{key}.txt"
            self.chains.append({"record": str(key), "reference": reference, "length": length, "head": head,
                                "path": path, "kind": self._kind_of(key)})  # fmt: skip
            yield Member(path, self._events(key))

    def _kind_of(self, key: uuid.UUID) -> str:
        first = select(AuditEvent.aggregate_kind).where(AuditEvent.aggregate_id == key).limit(1)
        return self.session.scalars(first).first() or ""

    def _events(self, key: uuid.UUID) -> Iterator[bytes]:
        """One event a line: its hash, a blank, and the very text that was hashed."""
        query = select(AuditEvent).where(AuditEvent.aggregate_id == key).order_by(AuditEvent.sequence)
        for row in self.session.scalars(query.execution_options(yield_per=PER_FETCH)):
            if row.actor_id is not None:
                self.people.add(row.actor_id)
            yield row.hash.encode() + b" " + as_chained(row).body + b"\n"
            self.session.expunge(row)

    def _surroundings(self) -> Iterator[Member]:
        """Whom and what the records name, as far as it is not of the matter itself."""
        people = self.session.scalars(select(Person).where(Person.id.in_(self.people)).order_by(Person.id))
        yield _list("people", [{"id": str(each.id), "name": each.name} for each in people])
        departments = self.session.scalars(
            select(Department).where(Department.id.in_(self.departments)).order_by(Department.id)
        )
        yield _list("departments", [{"id": str(each.id), "name": each.name} for each in departments])
        for policy in self.session.scalars(
            select(PolicyVersion).where(PolicyVersion.id.in_(self.policies)).order_by(PolicyVersion.number)
        ):
            columns = {column.name: plain(getattr(policy, column.name)) for column in PolicyVersion.__table__.columns}
            yield Member(f"policy/version-{policy.number}.json", (rfc8785.dumps(columns),))
        for name, version in sorted(self.sheets):
            questionnaire = catalogue_of(self.session).get(name, version)
            yield Member(f"questionnaires/{name}.v{version}.json", (rfc8785.dumps(plain(questionnaire)),))

    def _index(self) -> bytes:
        return render_index(
            self.session,
            self.initiative,
            reference=self.reference,
            instant=self.instant,
            counts=self.counts,
            files=sorted(self.stored.values(), key=lambda each: each.path),
        )


def plain(value: Any) -> Any:
    """A value as canonical JSON can hold it."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        named = (each for each in dataclasses.fields(value) if not each.name.startswith("_"))
        return {each.name: plain(getattr(value, each.name)) for each in named}
    if isinstance(value, Enum):
        return plain(value.value)
    if isinstance(value, Mapping):
        return {str(name): plain(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [plain(each) for each in value]
    if isinstance(value, set | frozenset):
        return sorted((plain(each) for each in value), key=json.dumps)
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).isoformat()
    if isinstance(value, bytes):
        return value.hex()
    return value if value is None or isinstance(value, str | int | float | bool) else str(value)


def _list(name: str, entries: list[dict[str, Any]]) -> Member:
    return Member(f"context/{name}.jsonl", [rfc8785.dumps(entry) + b"\n" for entry in entries])


def _path_of(each: Bytes, values: Mapping[Any, Any]) -> str:
    if each.folder == "attachments":
        return f"attachments/{values[each.column]}"
    if each.folder == "copies":
        return f"copies/{values[each.column]}{ENDINGS[each.column]}"
    edition = f"-v{values['edition']}" if "edition" in values else ""
    return f"{each.folder}/{values['reference']}{edition}{ENDINGS[each.column]}"
