"""Every table of the database, once: how its rows belong to a matter (one initiative with all that hangs on it), what
of them goes into the case file, and what a disposal deletes.

A table without a row here fails a test, so nothing new is forgotten by either.
"""

from __future__ import annotations

import functools
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, String, Table, false, func, or_, select, type_coerce
from sqlalchemy.orm import Session
from sqlalchemy.sql.elements import ColumnElement

from pia_engine.models import Base, Initiative, OutboxJob, Traced


@dataclass(frozen=True, slots=True)
class Belongs:
    """Rows belong whose `column` holds what a row of `parent` that belongs has in `named`."""

    column: str
    parent: str
    named: str = "id"


@dataclass(frozen=True, slots=True)
class Bytes:
    """A column that names bytes by their SHA-256: in which store they lie, and in which folder of the case file."""

    column: str
    store: str
    folder: str


@dataclass(frozen=True, slots=True)
class RecordTable:
    """One table of a matter. `withheld` columns never leave the database: they open something to whoever holds them."""

    name: str
    by: tuple[Belongs, ...]
    withheld: tuple[str, ...] = ()
    bytes: tuple[Bytes, ...] = ()
    in_file: bool = True
    is_disposed: bool = True

    @property
    def table(self) -> Table:
        return Base.metadata.tables[self.name]


_ASSESSMENT = (Belongs("assessment_id", "assessment"),)
_INITIATIVE = (Belongs("initiative_id", "initiative"),)
_SHEETS = tuple(Belongs("id", owner, "sheet_id") for owner in ("assessment", "vendor_response", "annual_audit"))
_SHEET = (Belongs("sheet_id", "answer_sheet"),)
_WITH_REFERENCE = ("initiative", "assessment", "vendor_response", "annual_audit", "commitment", "reconsideration",
                   "spot_check", "emergency_exception", "withholding")  # fmt: skip

MATTER: tuple[RecordTable, ...] = (
    RecordTable("answer", _SHEET),
    RecordTable("answer_version", _SHEET),
    RecordTable("draft", _SHEET, in_file=False),
    RecordTable("snooze", tuple(Belongs("record", each, "reference") for each in _WITH_REFERENCE), in_file=False),
    RecordTable("attachment", _ASSESSMENT, bytes=(Bytes("digest", "attachments", "attachments"),)),
    RecordTable("comment", _ASSESSMENT),
    RecordTable("contribution", _ASSESSMENT),
    RecordTable("consultation", _ASSESSMENT),
    RecordTable("observer", _INITIATIVE),
    RecordTable("requested_change", (Belongs("review_id", "review"),)),
    RecordTable("review", _ASSESSMENT),
    RecordTable("sign_off", _ASSESSMENT),
    RecordTable("spot_check", _ASSESSMENT),
    RecordTable("withholding", _ASSESSMENT),
    RecordTable("determination", _ASSESSMENT),
    RecordTable(
        "published_copy",
        (Belongs("publication_id", "publication"), Belongs("annual_audit_id", "annual_audit")),
        bytes=(Bytes("digest", "documents", "copies"),),
    ),
    RecordTable(
        "publication",
        _ASSESSMENT,
        bytes=(
            Bytes("pdf_digest", "documents", "publications"),
            Bytes("json_digest", "documents", "publications"),
            Bytes("original_digest", "documents", "originals"),
        ),
    ),
    RecordTable("finding", (Belongs("annual_audit_id", "annual_audit"),)),
    RecordTable("annual_audit", _ASSESSMENT, bytes=(Bytes("report_digest", "documents", "reports"),)),
    RecordTable("commitment", (*_INITIATIVE, *_ASSESSMENT)),
    RecordTable("reconsideration", _INITIATIVE),
    RecordTable("emergency_exception", _INITIATIVE),
    RecordTable("answer_evaluation", (Belongs("vendor_response_id", "vendor_response"),)),
    RecordTable("vendor_response", _INITIATIVE, withheld=("token_hash",)),
    RecordTable("revision", _ASSESSMENT),
    RecordTable("assessment", _INITIATIVE),
    RecordTable("answer_sheet", _SHEETS),
    RecordTable("legal_hold", _INITIATIVE),
    RecordTable("case_file", _INITIATIVE, bytes=(Bytes("digest", "documents", ""),)),
    RecordTable("disposal", (Belongs("subject", "initiative", "reference"),), is_disposed=False),
    RecordTable("initiative", (), withheld=("gate_code",)),
)
"""The tables of a matter, those that name others before the ones they name: the order they are deleted in."""

OUTSIDE: dict[str, str] = {
    "annual_report": "about the whole programme",
    "api_key": "of another system, about no matter",
    "audit_event": "goes into the case file as chains; is never deleted",
    "browser_session": "somebody's sign-in",
    "city": "of the installation; its name stands in the manifest",
    "department": "those named go into the case file beside the records",
    "deputy": "of an office, about no matter",
    "designation": "of an office, about no matter",
    "known_questionnaire": "the questionnaires used go into the case file whole",
    "log_checkpoint": "of the city's public log, about no matter",
    "log_entry": "public and append-only; says nothing of any person",
    "outbox_job": "work of the program; what is about a matter is deleted with it",
    "person": "those named go into the case file by name alone",
    "policy_version": "those it was under go into the case file beside the records",
    "programme_audit": "about the whole programme",
    "reference_counter": "numbers given out, which are not given again",
    "tombstone": "what a disposal leaves",
}
"""Tables that are of no matter, and why."""

JOB_NAMES = ("record", "assessment", "vendor_response", "initiative", "case_file")
"""The fields by which a job of the outbox names a record."""


@functools.cache
def matter_table(name: str) -> RecordTable:
    return next(each for each in MATTER if each.name == name)


def rows_of(row: RecordTable, initiative: Initiative) -> Select[Any]:
    """Every row of one table that belongs to the matter, oldest first."""
    return select(row.table).where(_belongs(row, initiative.id)).order_by(row.table.c.id)


def count_rows(session: Session, initiative: Initiative) -> dict[str, int]:
    """How many rows of each table belong to the matter; one query a table, however many there are."""
    return {
        row.name: session.scalar(select(func.count()).select_from(row.table).where(_belongs(row, initiative.id))) or 0
        for row in MATTER
    }


def list_keys(session: Session, row: RecordTable, initiative: Initiative) -> list[uuid.UUID]:
    return list(session.scalars(select(row.table.c.id).where(_belongs(row, initiative.id))))


def list_chains(session: Session, initiative: Initiative) -> Iterator[tuple[str, uuid.UUID, str, int, str]]:
    """Each record of the matter that has an audit chain: table, id, reference, length of the chain, its last hash."""
    for row in MATTER:
        if row.name in traced_tables():
            columns = row.table.c
            wanted = select(columns.id, columns.reference, columns.trail_length, columns.trail_head)
            found = session.execute(wanted.where(_belongs(row, initiative.id)).order_by(columns.id))
            for key, reference, length, head in found:
                yield row.name, key, reference, length, head


@functools.cache
def traced_tables() -> frozenset[str]:
    return frozenset(
        str(mapper.local_table.name)  # type: ignore[attr-defined]
        for mapper in Base.registry.mappers
        if issubclass(mapper.class_, Traced)
    )


def jobs_about(keys: list[uuid.UUID], references: list[str]) -> ColumnElement[bool]:
    """Jobs that name one of these records, by its id or its reference."""
    named = [str(key) for key in keys] + references
    fields = [OutboxJob.payload[name].as_string() for name in (*JOB_NAMES, "reference")]
    return or_(*(type_coerce(field, String).in_(named) for field in fields))


def _belongs(row: RecordTable, initiative_id: uuid.UUID) -> ColumnElement[bool]:
    if row.name == "initiative":
        return row.table.c.id == initiative_id
    conditions = [_names(row, link, initiative_id) for link in row.by]
    return or_(false(), *conditions)


def _names(row: RecordTable, link: Belongs, initiative_id: uuid.UUID) -> ColumnElement[bool]:
    parent = matter_table(link.parent)
    named = select(parent.table.c[link.named].label("named")).where(_belongs(parent, initiative_id))
    return row.table.c[link.column].in_(named)
