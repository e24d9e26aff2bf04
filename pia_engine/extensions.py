"""Flask extensions, unbound, and the session with two transaction modes.

SQLite loses updates when a transaction that read first writes later, and stalls every writer when readers take the
write lock; so a session says beforehand which it is: reads begin plainly, writes begin with BEGIN IMMEDIATE.
PostgreSQL does not care.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import current_app
from flask_babel import Babel
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_migrate import Migrate
from flask_security import Security
from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.session import Session as FlaskSession
from flask_wtf import CSRFProtect
from sqlalchemy import Engine, event
from sqlalchemy.engine import Connection

from pia_engine.models import Base

_WRITING = {"sqlite_begin": "BEGIN IMMEDIATE"}


class ModalSession(FlaskSession):
    """A session that reads, until `start_writing` says otherwise. It carries the questionnaire catalogue."""

    def __init__(self, db: SQLAlchemy, **options: Any) -> None:
        super().__init__(db, **options)
        self.info["catalogue"] = current_app.extensions["pia-catalogue"]
        self._writing: dict[Engine, Engine] = {}  # one bind each, or a transaction would fall into several connections

    def get_bind(self, *args: Any, **kwargs: Any) -> Engine | Connection:
        engine = super().get_bind(*args, **kwargs)
        if self.info.get("writes") and isinstance(engine, Engine):
            if engine not in self._writing:
                self._writing[engine] = writing_engine(engine)
            return self._writing[engine]
        return engine


class Database(SQLAlchemy):
    """Flask-SQLAlchemy, with `session` typed as what it stands for: the session of the request or command."""

    if TYPE_CHECKING:

        class CurrentSession(ModalSession):
            def __call__(self) -> ModalSession: ...
            def remove(self) -> None: ...

        session: CurrentSession  # type: ignore[assignment]


db = Database(metadata=Base.metadata, session_options={"class_": ModalSession})
migrate = Migrate()
babel = Babel()
csrf = CSRFProtect()
limiter = Limiter(key_func=get_remote_address, default_limits=[])
security = Security()


def writing_engine(engine: Engine) -> Engine:
    """The same pool, whose transactions take the write lock at once."""
    return engine.execution_options(**_WRITING)


def start_writing() -> None:
    """Make the request's (or command's) session one that writes. To be called before its first query."""
    session = db.session()
    if session.in_transaction():
        session.rollback()
    session.info["writes"] = True


def prepare_engine(engine: Engine) -> None:
    """Durable, enforced and explicit SQLite: WAL, synchronous=FULL, foreign keys, BEGIN under our control."""
    if engine.dialect.name != "sqlite":
        return

    @event.listens_for(engine, "connect")
    def _on_connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _on_begin(connection: Connection) -> None:
        connection.exec_driver_sql(connection.get_execution_options().get("sqlite_begin", "BEGIN"))
