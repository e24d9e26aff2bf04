"""A city with tens of thousands of assessments: a few walked through the real services, the rest copied row by row.

Copies keep everything but their keys, references and days. They have no audit chain of their own yet.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

import uuid6
from sqlalchemy import Row, Table, insert, select
from sqlalchemy.orm import Session

from pia_engine.models import Assessment, Base, Commitment, Initiative
from tests.factories.walks import Walk

COPIED = (
    "initiative",
    "answer_sheet",
    "assessment",
    "determination",
    "annual_audit",
    "vendor_response",
    "publication",
    "commitment",
)
DAYS = {"due_on", "expires_on", "expires_at"}
UNIQUE = ("reference", "token_hash", "assessment_reference")
BATCH = 2000


def copy_many(session: Session, count: int, *, spread: int = 365) -> None:
    """Copy what is there until there are `count` assessments with a reference; their days lie over `spread` days."""
    prototypes = _prototypes(session)
    wanted = count - len(prototypes)
    rows = _copies(prototypes, wanted, spread)
    while batch := list(islice(rows, BATCH)):
        for name in COPIED:
            table = Base.metadata.tables[name]
            new = [row for each in batch for found, row in each if found is table]
            if new:
                session.execute(insert(table), new)
        session.commit()


def walk_prototypes(walk: Walk) -> None:
    """One published assessment with its audit and promises, one draft with a vendor's link: all due on one day."""
    audit = walk.audit()
    for promise in walk.session.scalars(select(Commitment)):
        promise.due_on = audit.due_on - dt.timedelta(days=30)
    response = walk.vendor(walk.full("draft", title="Sensors in the park"))
    response.expires_at = dt.datetime.combine(audit.due_on, dt.time(), dt.UTC) - dt.timedelta(days=30)


Prototype = list[tuple[Table, Row[Any]]]


def _prototypes(session: Session) -> list[Prototype]:
    """For each initiative its own rows, parents first."""
    found = []
    for initiative in session.scalars(select(Initiative).order_by(Initiative.reference)).all():
        known: set[uuid.UUID] = {initiative.id}
        known |= {sheet for (sheet,) in _sheets(session, initiative)}
        rows: Prototype = []
        for name in COPIED:
            table = Base.metadata.tables[name]
            keys = [column for column in table.columns if column.foreign_keys and _points_at(column)]
            for row in session.execute(select(table)):
                if row.id in known or any(row._mapping[key] in known for key in keys):
                    known.add(row.id)
                    rows.append((table, row))
        found.append(rows)
    return found


def _sheets(session: Session, initiative: Initiative) -> Iterable[Row[Any]]:
    sheets = []
    for name in ("assessment", "vendor_response"):
        table = Base.metadata.tables[name]
        sheets += session.execute(select(table.c.sheet_id).where(table.c.initiative_id == initiative.id)).all()
    audits = Base.metadata.tables["annual_audit"]
    query = select(audits.c.sheet_id).join(Assessment, Assessment.id == audits.c.assessment_id)
    return sheets + list(session.execute(query.where(Assessment.initiative_id == initiative.id)))


def _points_at(column: Any) -> bool:
    """Whether a foreign key leads to something copied; a sheet belongs to what points at it, not the other way."""
    return any(
        key.column.table.name in COPIED and key.column.table.name != "answer_sheet" for key in column.foreign_keys
    )


def _copies(prototypes: list[Prototype], count: int, spread: int) -> Iterator[list[tuple[Table, dict[str, Any]]]]:
    for number in range(count):
        rows = prototypes[number % len(prototypes)]
        keys = {row.id: uuid6.uuid7() for _table, row in rows}
        yield [(table, _copy(row, keys, number, spread)) for table, row in rows]


def _copy(row: Row[Any], keys: dict[uuid.UUID, uuid.UUID], number: int, spread: int) -> dict[str, Any]:
    copied = {
        name: keys.get(value, value) if isinstance(value, uuid.UUID) else value for name, value in row._mapping.items()
    }
    for name in UNIQUE:
        if name in copied:
            copied[name] = f"{copied[name][:30]}-{number}"
    for name in DAYS & copied.keys():
        if copied[name] is not None:
            copied[name] += dt.timedelta(days=number % spread)
    if "trail_length" in copied:
        copied |= {"trail_length": 0, "trail_head": ""}
    return copied
