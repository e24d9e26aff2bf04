"""Migrations: one head, equal to the mapped classes, and no way down or up that leaves a different schema."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import flask_migrate
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from sqlalchemy import create_engine, inspect, text
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DatabaseError

import pia_engine
from pia_engine import create_app
from pia_engine.extensions import db
from pia_engine.models import Base
from pia_engine.settings import Settings

FOLDER = Path(pia_engine.__file__).parent / "migrations"
SEARCH_INDEX = "publication_search"

AppOn = Callable[[str], Flask]


@pytest.fixture
def app_on(tmp_path: Path) -> AppOn:
    """An application on an empty database."""

    def make(database_url: str) -> Flask:
        settings = Settings(instance=tmp_path, database_url=database_url)
        settings.keys_folder.mkdir(exist_ok=True)
        settings.secret_key_path.write_text("a secret for tests only")
        return create_app(settings)

    return make


def schema_of(connection: Connection) -> dict[str, object]:
    """Everything of the schema that can be compared as text."""
    if connection.dialect.name == "sqlite":
        rows = connection.execute(text("SELECT type, name, sql FROM sqlite_master ORDER BY type, name"))
        return {f"{kind} {name}": sql for kind, name, sql in rows if not name.startswith("sqlite_")}
    found: dict[str, object] = {}
    inspector = inspect(connection)
    for table in inspector.get_table_names():
        found[table] = (
            [(column["name"], str(column["type"]), column["nullable"]) for column in inspector.get_columns(table)],
            sorted(str(index) for index in inspector.get_indexes(table)),
            sorted(str(key) for key in inspector.get_foreign_keys(table)),
            sorted(str(rule) for rule in inspector.get_check_constraints(table)),
            sorted(str(rule) for rule in inspector.get_unique_constraints(table)),
        )
    triggers = connection.execute(text("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal ORDER BY tgname"))
    found["triggers"] = [name for (name,) in triggers]
    return found


def is_mapped(_item: object, name: str | None, kind: str, _reflected: bool, _compare_to: object) -> bool:
    return not (kind in ("table", "index") and (name or "").startswith(SEARCH_INDEX))


def differences(connection: Connection) -> list[object]:
    """What `alembic check` would report."""
    context = MigrationContext.configure(connection, opts={"compare_type": True, "include_object": is_mapped})
    return list(compare_metadata(context, Base.metadata))


def check_migrations(app: Flask) -> None:
    with app.app_context():
        flask_migrate.upgrade()
        with db.engine.connect() as connection:
            assert differences(connection) == []
            first = schema_of(connection)
        flask_migrate.downgrade(revision="base")
        with db.engine.connect() as connection:
            left = inspect(connection).get_table_names()
            assert set(left) <= {"alembic_version"}
        flask_migrate.upgrade()
        with db.engine.connect() as connection:
            assert schema_of(connection) == first
        db.engine.dispose()


def test_there_is_one_line_of_migrations() -> None:
    scripts = ScriptDirectory(str(FOLDER))
    assert len(scripts.get_heads()) == 1
    assert all(not script.is_branch_point for script in scripts.walk_revisions())


def test_migrations_go_up_down_and_up_on_sqlite(app_on: AppOn) -> None:
    check_migrations(app_on(""))


@pytest.mark.postgresql
def test_migrations_go_up_down_and_up_on_postgresql(app_on: AppOn, postgresql: str) -> None:
    check_migrations(app_on(postgresql))


@pytest.mark.postgresql
def test_postgresql_refuses_to_empty_the_audit_trail(app_on: AppOn, postgresql: str) -> None:
    app = app_on(postgresql)
    with app.app_context():
        flask_migrate.upgrade()
        db.engine.dispose()
    engine = create_engine(postgresql)
    with engine.connect() as connection, pytest.raises(DatabaseError, match="append-only"):
        connection.execute(text("TRUNCATE audit_event"))
    engine.dispose()
