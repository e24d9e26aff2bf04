"""Search over the current publications, or the withdrawn: full text of SQLite or PostgreSQL behind one interface.

The index is kept by the database itself, by triggers or as an index of expressions, so no writer can forget it.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, Text, column, func, literal, literal_column, select, table
from sqlalchemy.dialects.postgresql import REGCONFIG
from sqlalchemy.orm import InstrumentedAttribute, Session

from pia_engine.models import Publication

PAGE_SIZE = 20
MOST_TOKENS = 8
MOST_CHARACTERS = 200
MOST_RANKED = 2000
"""With more hits than this, the newest come first: ranking them all costs much and tells little."""

OPEN, CLOSE = "\x02", "\x03"
SORTS = ("best", "newest", "title")
SHOWS = ("current", "withdrawn")
TOKEN = re.compile(r"\w+(?:[-'’.]\w+)*")

SQLITE_DDL = (
    """
    CREATE VIRTUAL TABLE publication_search USING fts5(
        publication_id UNINDEXED, reference, title, summary, search_text,
        tokenize = 'unicode61 remove_diacritics 2'
    )
    """,
    """
    CREATE TRIGGER publication_search_insert AFTER INSERT ON publication WHEN new.is_current BEGIN
        INSERT INTO publication_search (publication_id, reference, title, summary, search_text)
        VALUES (new.id, new.reference, new.title, new.summary, new.search_text);
    END
    """,
    """
    CREATE TRIGGER publication_search_supersede AFTER UPDATE OF superseded_at ON publication
    WHEN new.superseded_at IS NOT NULL BEGIN
        DELETE FROM publication_search WHERE publication_id = new.id;
    END
    """,
    """
    CREATE TRIGGER publication_search_delete AFTER DELETE ON publication BEGIN
        DELETE FROM publication_search WHERE publication_id = old.id;
    END
    """,
)
SQLITE_UNDO = (
    "DROP TRIGGER publication_search_delete",
    "DROP TRIGGER publication_search_supersede",
    "DROP TRIGGER publication_search_insert",
    "DROP TABLE publication_search",
)
POSTGRESQL_DOCUMENT = (
    "setweight(to_tsvector('simple'::regconfig, reference || ' ' || title), 'A') || "
    "setweight(to_tsvector('simple'::regconfig, summary), 'B') || "
    "setweight(to_tsvector('simple'::regconfig, search_text), 'C')"
)
POSTGRESQL_DDL = (
    f"CREATE INDEX publication_search ON publication USING gin (({POSTGRESQL_DOCUMENT})) WHERE is_current",
)
POSTGRESQL_UNDO = ("DROP INDEX publication_search",)


@dataclass(frozen=True, slots=True)
class Query:
    """What a reader asks for."""

    text: str = ""
    department: str = ""
    sort: str = "best"
    page: int = 1
    show: str = "current"


@dataclass(frozen=True, slots=True)
class Hit:
    """One publication found; `excerpt` is text in pieces, each with whether it is one of the words looked for."""

    reference: str
    edition: int
    title: str
    department: str
    published_at: Any
    retracted_at: Any
    excerpt: tuple[tuple[str, bool], ...]

    @property
    def href(self) -> str:
        """Its page; one that was withdrawn is read under the address of its version."""
        base = f"/register/{self.reference}"
        return f"{base}/v{self.edition}" if self.retracted_at else base


@dataclass(frozen=True, slots=True)
class Results:
    """One page of what was found."""

    hits: tuple[Hit, ...]
    count: int
    page: int
    pages: int


def search_publications(session: Session, query: Query) -> Results:
    """What is found for a query: never an error, whatever was typed."""
    words = tokens(query.text)
    if query.text.strip() and not words:
        return Results((), 0, 1, 1)
    backend = _backend(session)
    found = backend.matching(words) if words else select(Publication.id)
    found = found.where(_shown(query.show))
    if query.department:
        found = found.where(Publication.department == query.department)
    count = session.scalar(select(func.count()).select_from(found.subquery())) or 0
    pages = max(1, math.ceil(count / PAGE_SIZE))
    page = min(max(1, query.page), pages)
    listed = backend.listed(found, words).order_by(*_order(query, words, count, backend))
    rows = session.execute(listed.limit(PAGE_SIZE).offset((page - 1) * PAGE_SIZE)).all()
    return Results(tuple(_hit(row) for row in rows), count, page, pages)


def list_departments(session: Session) -> list[str]:
    """The departments that have something in the register, by name."""
    names = session.scalars(
        select(Publication.department).where(Publication.is_current).distinct().order_by(Publication.department)
    )
    return list(names)


def count_withdrawn(session: Session) -> int:
    """How many editions were withdrawn from the register."""
    return session.scalar(select(func.count(Publication.id)).where(_shown("withdrawn"))) or 0


def tokens(text: str) -> list[str]:
    """The words looked for: at most eight, without anything a search language could take for an order."""
    cleaned = text.replace("\x00", " ")[:MOST_CHARACTERS]
    words = (word for word in TOKEN.findall(cleaned) if any(letter.isalnum() for letter in word))
    return [word.replace("_", " ").strip() for word in words][:MOST_TOKENS]


def _order(query: Query, words: Sequence[str], count: int, backend: Fts5 | TsVector) -> list[ColumnElement[Any]]:
    newest: list[ColumnElement[Any]] = [Publication.published_at.desc(), Publication.id.desc()]
    if query.sort == "title":
        return [func.lower(Publication.title), *newest]
    if query.sort == "newest" or not words or count > MOST_RANKED:
        return newest
    return [backend.rank(words), *newest]


def _columns() -> tuple[Any, ...]:
    return (
        Publication.reference,
        Publication.edition,
        Publication.title,
        Publication.department,
        Publication.published_at,
        Publication.retracted_at,
        Publication.summary,
    )


def _shown(show: str) -> ColumnElement[bool] | InstrumentedAttribute[bool]:
    """What is in force; or what was withdrawn, which is found only by whoever asks for it."""
    return Publication.retracted_at.is_not(None) if show == "withdrawn" else Publication.is_current


def _backend(session: Session) -> Fts5 | TsVector:
    return TsVector() if session.get_bind().dialect.name == "postgresql" else Fts5()


class Fts5:
    """SQLite's own full text search."""

    index = table(
        "publication_search",
        column("publication_id", Publication.id.type),
        column("publication_search", Text()),
    )

    def matching(self, words: Sequence[str]) -> Select[Any]:
        """The publications that have every word, or a word beginning with it."""
        return (
            select(Publication.id)
            .join(self.index, self.index.c.publication_id == Publication.id)
            .where(self.index.c.publication_search.op("MATCH")(self._expression(words)))
        )

    def listed(self, found: Select[Any], words: Sequence[str]) -> Select[Any]:
        """What is shown of each."""
        if not words:
            return found.with_only_columns(*_columns(), literal("").label("excerpt"))
        excerpt = func.snippet(self.index.c.publication_search, -1, OPEN, CLOSE, "…", 40)
        return found.with_only_columns(*_columns(), excerpt.label("excerpt"))

    def rank(self, words: Sequence[str]) -> ColumnElement[Any]:
        """The better, the smaller."""
        return func.bm25(self.index.c.publication_search, 0.0, 8.0, 10.0, 4.0, 1.0)

    @staticmethod
    def _expression(words: Sequence[str]) -> str:
        return " ".join(f'"{word.replace(chr(34), " ")}" *' for word in words)


class TsVector:
    """PostgreSQL's own full text search, without stemming: a city may write in any language."""

    config = literal("simple", REGCONFIG)

    def matching(self, words: Sequence[str]) -> Select[Any]:
        """The publications that have every word, or a word beginning with it."""
        return select(Publication.id).where(self._document().op("@@")(self._expression(words)))

    def listed(self, found: Select[Any], words: Sequence[str]) -> Select[Any]:
        """What is shown of each."""
        if not words:
            return found.with_only_columns(*_columns(), literal("").label("excerpt"))
        options = f"StartSel={OPEN}, StopSel={CLOSE}, MaxWords=40, MinWords=15, MaxFragments=1"
        whole = Publication.summary + literal("\n") + Publication.search_text
        excerpt = func.ts_headline(self.config, whole, self._expression(words), options)
        return found.with_only_columns(*_columns(), excerpt.label("excerpt"))

    def rank(self, words: Sequence[str]) -> ColumnElement[Any]:
        """The better, the smaller."""
        return -func.ts_rank(self._document(), self._expression(words))

    @staticmethod
    def _document() -> ColumnElement[Any]:
        """The indexed expression, spelt exactly as in the index, so that PostgreSQL uses it."""
        return literal_column(f"({POSTGRESQL_DOCUMENT})")

    def _expression(self, words: Sequence[str]) -> ColumnElement[Any]:
        quoted = (word.replace("\\", " ").replace("'", "''") for word in words)
        return func.to_tsquery(self.config, " & ".join(f"'{word}':*" for word in quoted))


def _hit(row: Row[Any]) -> Hit:
    pieces = tuple(_pieces(row.excerpt)) if row.excerpt else ((first_sentences(row.summary), False),)
    return Hit(row.reference, row.edition, row.title, row.department, row.published_at, row.retracted_at, pieces)


def first_sentences(text: str, limit: int = 280) -> str:
    """The beginning of a summary, cut between words."""
    text = " ".join(text.split())
    return text if len(text) <= limit else f"{text[:limit].rsplit(' ', 1)[0]} …"


def _pieces(excerpt: str) -> Iterator[tuple[str, bool]]:
    for part in re.split(f"({OPEN}[^{CLOSE}]*{CLOSE})", excerpt):
        if part.startswith(OPEN):
            yield part.strip(OPEN + CLOSE), True
        elif part:
            yield part.replace(OPEN, "").replace(CLOSE, ""), False
