"""How Alembic reaches the database: through the application's own engine, in one transaction."""

from __future__ import annotations

from typing import Any, Literal

from alembic import context
from sqlalchemy import Connection

from pia_engine.extensions import db, writing_engine
from pia_engine.models import Base
from pia_engine.models.base import UtcDateTime

NOT_MAPPED = "publication_search"


def _include(_item: object, name: str | None, kind: str, reflected: bool, _compare_to: object) -> bool:
    """Leave out the search index: it is not mapped, and is a table on one database and an index on the other."""
    return not (kind in ("table", "index") and reflected and (name or "").startswith(NOT_MAPPED))


def _render(kind: str, item: Any, autogen_context: Any) -> str | Literal[False]:
    """Write our column types by the plain types they stand on, so that a migration outlives a rename."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    return False


def run_migrations(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=connection.dialect.name == "sqlite",
        include_object=_include,
        render_item=_render,
        compare_type=True,
    )
    with context.begin_transaction():
        context.run_migrations()


with writing_engine(db.engine).connect() as open_connection:
    run_migrations(open_connection)
    open_connection.commit()
