"""Every table of the database has its place in the list that case files and disposals work by."""

from __future__ import annotations

from pia_engine.models import Base
from pia_engine.services.record_tables import MATTER, OUTSIDE

TABLES = {row.name: row for row in MATTER}


def foreign_keys(name: str) -> set[tuple[str, str]]:
    """(column, table it names) of every foreign key of a table."""
    table = Base.metadata.tables[name]
    return {(key.parent.name, key.column.table.name) for key in table.foreign_keys}


def test_every_table_has_exactly_one_row() -> None:
    assert len(TABLES) == len(MATTER)
    assert sorted([*TABLES, *OUTSIDE]) == sorted(Base.metadata.tables)


def test_every_table_that_names_a_matter_belongs_to_it() -> None:
    for name in OUTSIDE:
        assert {table for _, table in foreign_keys(name)} & set(TABLES) <= {"answer_sheet"}, name
    assert foreign_keys("programme_audit") >= {("sheet_id", "answer_sheet")}


def test_what_names_others_is_deleted_before_them() -> None:
    order = [row.name for row in MATTER]
    for name in order:
        if TABLES[name].is_disposed:
            later = {table for _, table in foreign_keys(name) if table in TABLES and table != name}
            assert all(order.index(table) > order.index(name) for table in later), (name, later)


def test_every_way_to_belong_is_a_column_that_is_there() -> None:
    for row in MATTER:
        assert row.name == "initiative" or row.by
        for link in row.by:
            assert link.column in row.table.c, row.name
            assert link.named in TABLES[link.parent].table.c, row.name
        assert {each.column for each in row.bytes} <= set(row.table.c.keys())
        assert set(row.withheld) <= set(row.table.c.keys())


OF_TEXTS = {("withholding", "disclosure_digest")}


def test_every_column_that_names_bytes_is_known() -> None:
    """By its name; digests of texts that lie in the same row are no files."""
    texts = {("revision", "digest"), ("sign_off", "revision_digest"), ("case_file", "manifest_digest"), *OF_TEXTS}
    for row in MATTER:
        named = {column.name for column in row.table.columns if column.name.endswith("digest")}
        known = {each.column for each in row.bytes} | {column for table, column in texts if table == row.name}
        assert named <= known, row.name


def test_nothing_secret_goes_into_a_case_file() -> None:
    for row in MATTER:
        names = {column.name for column in row.table.columns}
        secret = {name for name in names if "token" in name or name.endswith(("_code", "_hash"))}
        assert not row.in_file or secret <= set(row.withheld), row.name
