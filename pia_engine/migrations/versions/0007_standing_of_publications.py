"""Know every file ever signed for a published document, and the editions that were withdrawn from the register."""

from __future__ import annotations

import uuid

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

CAUSES = "cause IN ('change', 'incident', 'complaint', 'expiry', 'review_date', 'spot_check', 'exception'"
CAUSES_BEFORE = {"ck_reconsideration_known_cause": f"{CAUSES})"}
CAUSES_AFTER = {"ck_reconsideration_known_cause": f"{CAUSES}, 'retraction')"}
OWNERS = ("publication", "annual_report", "annual_audit", "programme_audit")
BEFORE = {"ck_publication_current_iff_not_superseded": "(superseded_at IS NULL) = is_current"}
AFTER = {
    "ck_publication_current_iff_it_stands": "is_current = (superseded_at IS NULL AND retracted_at IS NULL)",
    "ck_publication_ends_one_way": "superseded_at IS NULL OR retracted_at IS NULL",
    "ck_publication_retracted_iff_reason": "(retracted_at IS NULL) = (retraction_reason = '')",
}
FIRST_FILES = {
    "publication": "SELECT id, pdf_digest, published_at FROM publication",
    "annual_report": "SELECT id, pdf_digest, published_at FROM annual_report WHERE pdf_digest != ''",
    "annual_audit": "SELECT id, report_digest, concluded_at FROM annual_audit WHERE report_digest != ''",
    "programme_audit": "SELECT id, report_digest, concluded_at FROM programme_audit WHERE report_digest != ''",
}
"""By table: which document, the digest of its file, and when it was made."""


NO_LONGER_CURRENT = """CREATE TRIGGER publication_search_supersede
    AFTER UPDATE OF is_current ON publication WHEN NOT new.is_current BEGIN
        DELETE FROM publication_search WHERE publication_id = new.id;
    END"""
NO_LONGER_FOUND = """CREATE TRIGGER publication_search_supersede
    AFTER UPDATE OF superseded_at ON publication WHEN new.superseded_at IS NOT NULL BEGIN
        DELETE FROM publication_search WHERE publication_id = new.id;
    END"""
"""What was withdrawn is still found by whoever asks for it; what a newer edition took the place of is not."""


def upgrade() -> None:
    op.add_column("publication", sa.Column("original_digest", sa.String(length=64), nullable=False, server_default=""))
    op.add_column("publication", sa.Column("retracted_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("publication", sa.Column("retraction_reason", sa.String(), nullable=False, server_default=""))
    _replace_checks("publication", BEFORE, AFTER)
    _replace_checks("reconsideration", CAUSES_BEFORE, CAUSES_AFTER)
    _replace_search_trigger(NO_LONGER_FOUND)
    copies = _create_published_copy()
    for owner in OWNERS:
        _record_first_files(copies, owner)


def downgrade() -> None:
    op.drop_table("published_copy")
    _replace_search_trigger(NO_LONGER_CURRENT)
    _replace_checks("reconsideration", CAUSES_AFTER, CAUSES_BEFORE)
    _replace_checks("publication", AFTER, BEFORE)
    for column in ("retraction_reason", "retracted_at", "original_digest"):
        op.drop_column("publication", column)


def _create_published_copy() -> sa.Table:
    of_one = " + ".join(f"CASE WHEN {owner}_id IS NULL THEN 0 ELSE 1 END" for owner in OWNERS)
    table = op.create_table(
        "published_copy",
        *(sa.Column(f"{owner}_id", sa.Uuid(), nullable=True) for owner in OWNERS),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("why", sa.String(length=20), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("renew_on", sa.Date(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(f"{of_one} = 1", name=op.f("ck_published_copy_of_one_document")),
        sa.CheckConstraint(
            "why IN ('signed', 'renewed', 'superseded', 'retracted')", name=op.f("ck_published_copy_known_reason")
        ),
        sa.CheckConstraint("(number = 1) = (why = 'signed')", name=op.f("ck_published_copy_first_is_signed")),
        *(
            sa.ForeignKeyConstraint(
                [f"{owner}_id"], [f"{owner}.id"], name=op.f(f"fk_published_copy_{owner}_id_{owner}")
            )
            for owner in OWNERS
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_published_copy")),
        *(
            sa.UniqueConstraint(f"{owner}_id", "number", name=op.f(f"uq_published_copy_{owner}_id_number"))
            for owner in OWNERS
        ),
        sa.UniqueConstraint("digest", name=op.f("uq_published_copy_digest")),
    )
    op.create_index(op.f("ix_published_copy_renew_on"), "published_copy", ["renew_on"], unique=False)
    return table


def _record_first_files(copies: sa.Table, owner: str) -> None:
    """A file that is there already is the first copy of its document, and its proofs are due to be renewed."""
    found = sa.text(FIRST_FILES[owner]).columns(sa.Uuid(), sa.String(), sa.DateTime(timezone=True))
    rows = op.get_bind().execute(found).all()
    copied = [
        {
            "id": uuid.uuid4(),
            f"{owner}_id": document,
            "number": 1,
            "digest": digest,
            "why": "signed",
            "made_at": made_at,
            "renew_on": made_at.date(),
        }
        for document, digest, made_at in rows
    ]
    if copied:
        op.get_bind().execute(copies.insert(), copied)


def _replace_search_trigger(trigger: str) -> None:
    """PostgreSQL searches by an index of the current editions; the few withdrawn ones are read without it."""
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TRIGGER publication_search_supersede")
        op.execute(trigger)


def _replace_checks(table: str, old: dict[str, str], new: dict[str, str]) -> None:
    """SQLite cannot alter a check; rewriting its text in the schema is what its documentation advises where the rows
    stay as they are (https://www.sqlite.org/lang_altertable.html, "Making Other Kinds Of Table Schema Changes").
    """
    connection = op.get_bind()
    if connection.dialect.name == "postgresql":
        for name in old:
            op.drop_constraint(op.f(name), table)
        for name, rule in new.items():
            op.create_check_constraint(op.f(name), table, rule)
        return
    found = connection.exec_driver_sql("SELECT sql FROM sqlite_schema WHERE name = ?", (table,)).scalar_one()
    first, *others = (f"CONSTRAINT {name} CHECK ({rule})" for name, rule in old.items())
    if first not in found:
        raise ValueError(f"the table {table} has another check than {first}")
    changed = found.replace(first, ", ".join(f"CONSTRAINT {name} CHECK ({rule})" for name, rule in new.items()))
    for each in others:
        changed = changed.replace(f", {each}", "")
    number = connection.exec_driver_sql("PRAGMA schema_version").scalar_one()
    connection.exec_driver_sql("PRAGMA writable_schema = ON")
    connection.exec_driver_sql("UPDATE sqlite_schema SET sql = ? WHERE name = ?", (changed, table))
    connection.exec_driver_sql(f"PRAGMA schema_version = {number + 1}")
    connection.exec_driver_sql("PRAGMA writable_schema = OFF")
