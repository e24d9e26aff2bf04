"""The declarative base and the column types and mixins that every mapped class shares."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import TYPE_CHECKING, Any, ClassVar

import uuid6
from sqlalchemy import JSON, DateTime, MetaData, String
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase, Mapped, declared_attr, mapped_column
from sqlalchemy.types import TypeDecorator


class UtcDateTime(TypeDecorator[dt.datetime]):
    """An aware instant in UTC; naive values are refused, so nobody's local time slips in."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: dt.datetime | None, dialect: Dialect) -> dt.datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs a time zone")
        return value.astimezone(dt.UTC)

    def process_result_value(self, value: dt.datetime | None, dialect: Dialect) -> dt.datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=dt.UTC) if value.tzinfo is None else value.astimezone(dt.UTC)


JsonDocument = JSON().with_variant(JSONB(), "postgresql")


class Base(DeclarativeBase):
    """Plain declarative base: classes are mapped here without knowing Flask."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_label)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        dt.datetime: UtcDateTime(),
        dict[str, Any]: JsonDocument,
        list[Any]: JsonDocument,
    }


class Identified:
    """A UUIDv7 key: unique without a counter, ordered by creation."""

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid6.uuid7)


class Traced(Identified):
    """A record with an audit chain of its own: a lock version, and the length and head of the chain.

    `author_id` is the person who answers for it and so may never review or decide it; `department_id` is where
    department-wide roles reach.
    """

    if TYPE_CHECKING:  # each class maps these with its own foreign keys, or says that it has none
        department_id: Mapped[uuid.UUID]
        author_id: Mapped[uuid.UUID]

    version: Mapped[int] = mapped_column(default=1)
    trail_length: Mapped[int] = mapped_column(default=0)
    trail_head: Mapped[str] = mapped_column(String(64), default="")
    created_at: Mapped[dt.datetime]
    updated_at: Mapped[dt.datetime]

    @property
    def workflow_name(self) -> str:
        """What its chain is called in the audit trail."""
        raise NotImplementedError

    @declared_attr.directive
    def __mapper_args__(cls) -> dict[str, Any]:
        return {"version_id_col": cls.__table__.c.version}  # type: ignore[attr-defined]


class WorkflowRecord(Traced):
    """A record with a life: a status that only `services.workflow` writes."""

    WORKFLOW: ClassVar[str]

    reference: Mapped[str] = mapped_column(String(40))
    status: Mapped[str] = mapped_column(String(40))

    @property
    def workflow_name(self) -> str:
        """Which table in `workflows` this record lives by."""
        return self.WORKFLOW
