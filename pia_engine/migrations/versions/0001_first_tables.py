"""Lay the first tables.

The audit trail refuses UPDATE and DELETE by trigger; the search index is made per database.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

JsonDocument = sa.JSON().with_variant(JSONB(), "postgresql")

SQLITE_AUDIT_GUARD = (
    """CREATE TRIGGER audit_event_no_update BEFORE UPDATE ON audit_event
    BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END""",
    """CREATE TRIGGER audit_event_no_delete BEFORE DELETE ON audit_event
    BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END""",
)
POSTGRESQL_AUDIT_GUARD = (
    """CREATE FUNCTION refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION 'the audit trail is append-only'; END $$""",
    """CREATE TRIGGER audit_event_no_change BEFORE UPDATE OR DELETE ON audit_event
    FOR EACH ROW EXECUTE FUNCTION refuse_audit_change()""",
    """CREATE TRIGGER audit_event_no_truncate BEFORE TRUNCATE ON audit_event
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change()""",
)
SQLITE_SEARCH: tuple[str, ...] = (
    """CREATE VIRTUAL TABLE publication_search USING fts5(
        publication_id UNINDEXED, reference, title, summary, search_text,
        tokenize = 'unicode61 remove_diacritics 2'
    )""",
    """CREATE TRIGGER publication_search_insert AFTER INSERT ON publication WHEN new.is_current BEGIN
        INSERT INTO publication_search (publication_id, reference, title, summary, search_text)
        VALUES (new.id, new.reference, new.title, new.summary, new.search_text);
    END""",
    """CREATE TRIGGER publication_search_supersede AFTER UPDATE OF is_current ON publication WHEN NOT new.is_current BEGIN
        DELETE FROM publication_search WHERE publication_id = new.id;
    END""",
    """CREATE TRIGGER publication_search_delete AFTER DELETE ON publication BEGIN
        DELETE FROM publication_search WHERE publication_id = old.id;
    END""",
)
POSTGRESQL_SEARCH: tuple[str, ...] = (
    """CREATE INDEX publication_search ON publication USING gin ((setweight(to_tsvector('simple'::regconfig, reference || ' ' || title), 'A') || setweight(to_tsvector('simple'::regconfig, summary), 'B') || setweight(to_tsvector('simple'::regconfig, search_text), 'C'))) WHERE is_current""",
)


def upgrade() -> None:
    _create_tables()
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    guard = SQLITE_AUDIT_GUARD if is_sqlite else POSTGRESQL_AUDIT_GUARD
    search = SQLITE_SEARCH if is_sqlite else POSTGRESQL_SEARCH
    for statement in (*guard, *search):
        op.execute(statement)


def downgrade() -> None:
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    if is_sqlite:
        op.execute("DROP TABLE publication_search")
        op.execute("DROP TRIGGER audit_event_no_update")
        op.execute("DROP TRIGGER audit_event_no_delete")
    else:
        op.execute("DROP INDEX publication_search")
    _drop_tables()
    if not is_sqlite:
        op.execute("DROP FUNCTION refuse_audit_change")


def _create_tables() -> None:
    op.create_table(
        "answer_sheet",
        sa.Column("questionnaire", sa.String(length=80), nullable=False),
        sa.Column("questionnaire_version", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answer_sheet")),
    )
    op.create_table(
        "audit_event",
        sa.Column("aggregate_kind", sa.String(length=40), nullable=False),
        sa.Column("aggregate_id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("event", sa.String(length=80), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("actor_name", sa.String(length=200), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("previous_hash", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_event")),
        sa.UniqueConstraint("aggregate_id", "sequence", name=op.f("uq_audit_event_aggregate_id_sequence")),
        sa.UniqueConstraint("hash", name=op.f("uq_audit_event_hash")),
    )
    op.create_index(op.f("ix_audit_event_actor_id"), "audit_event", ["actor_id"], unique=False)
    op.create_index(op.f("ix_audit_event_at"), "audit_event", ["at"], unique=False)
    op.create_table(
        "city",
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("service_name", sa.String(length=200), nullable=False),
        sa.Column("introduction", sa.String(), nullable=False),
        sa.Column("contact_name", sa.String(length=200), nullable=False),
        sa.Column("contact_email", sa.String(length=254), nullable=False),
        sa.Column("time_zone", sa.String(length=64), nullable=False),
        sa.Column("language", sa.String(length=16), nullable=False),
        sa.Column("brand_colour", sa.String(length=7), nullable=False),
        sa.Column("link_colour", sa.String(length=7), nullable=False),
        sa.Column("is_demo", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_city")),
    )
    op.create_table(
        "department",
        sa.Column("slug", sa.String(length=80), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_department")),
        sa.UniqueConstraint("slug", name=op.f("uq_department_slug")),
    )
    op.create_table(
        "known_questionnaire",
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("first_used_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", "number", name=op.f("pk_known_questionnaire")),
    )
    op.create_table(
        "outbox_job",
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("payload", JsonDocument, nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("run_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("last_error", sa.String(), nullable=False),
        sa.Column("queued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("state IN ('waiting', 'done', 'dead')", name=op.f("ck_outbox_job_known_state")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox_job")),
        sa.UniqueConstraint("key", name=op.f("uq_outbox_job_key")),
    )
    op.create_index("ix_outbox_job_due", "outbox_job", ["state", "run_at"], unique=False)
    op.create_table(
        "person",
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("job_title", sa.String(length=200), nullable=False),
        sa.Column("password", sa.String(length=255), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("fs_uniquifier", sa.String(length=64), nullable=False),
        sa.Column("language", sa.String(length=16), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
        sa.UniqueConstraint("email", name=op.f("uq_person_email")),
        sa.UniqueConstraint("fs_uniquifier", name=op.f("uq_person_fs_uniquifier")),
    )
    op.create_table(
        "policy_version",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("status", sa.String(length=40), nullable=False),
        sa.Column("adopted_on", sa.Date(), nullable=True),
        sa.Column("adopted_by", sa.String(length=200), nullable=True),
        sa.Column("instrument", sa.String(length=300), nullable=False),
        sa.Column("changes", sa.String(), nullable=False),
        sa.Column("rules", JsonDocument, nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=True),
        sa.Column("reference", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("trail_length", sa.Integer(), nullable=False),
        sa.Column("trail_head", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(status IN ('draft', 'withdrawn')) = (adopted_on IS NULL)", name=op.f("ck_policy_version_adopted_iff_dated")
        ),
        sa.CheckConstraint(
            "status IN ('draft', 'adopted', 'superseded', 'withdrawn')", name=op.f("ck_policy_version_known_status")
        ),
        sa.ForeignKeyConstraint(
            ["author_id"], ["person.id"], name=op.f("fk_policy_version_author_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_policy_version")),
        sa.UniqueConstraint("number", name=op.f("uq_policy_version_number")),
    )
    for status in ("draft", "adopted"):
        op.create_index(
            f"uq_policy_version_one_{status}",
            "policy_version",
            ["status"],
            unique=True,
            sqlite_where=sa.text(f"status = '{status}'"),
            postgresql_where=sa.text(f"status = '{status}'"),
        )
    op.create_table(
        "reference_counter",
        sa.Column("prefix", sa.String(length=8), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("prefix", "year", name=op.f("pk_reference_counter")),
    )
    op.create_table(
        "answer",
        sa.Column("sheet_id", sa.Uuid(), nullable=False),
        sa.Column("question", sa.String(length=80), nullable=False),
        sa.Column("value", sa.JSON(), nullable=False),
        sa.Column("saved_in", sa.Integer(), nullable=False),
        sa.Column("answered_by", sa.Uuid(), nullable=True),
        sa.Column("answered_by_name", sa.String(length=200), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("origin", sa.String(length=16), nullable=False),
        sa.Column("origin_note", sa.String(length=300), nullable=False),
        sa.Column("is_confirmed", sa.Boolean(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "origin IN ('typed', 'initial', 'vendor', 'previous', 'template', 'restored')", name=op.f("ck_answer_known_origin")
        ),
        sa.ForeignKeyConstraint(["answered_by"], ["person.id"], name=op.f("fk_answer_answered_by_person")),
        sa.ForeignKeyConstraint(
            ["sheet_id"], ["answer_sheet.id"], name=op.f("fk_answer_sheet_id_answer_sheet")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answer")),
        sa.UniqueConstraint("sheet_id", "question", name=op.f("uq_answer_sheet_id_question")),
    )
    op.create_index(op.f("ix_answer_sheet_id"), "answer", ["sheet_id"], unique=False)
    op.create_table(
        "browser_session",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("content", JsonDocument, nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_browser_session_person_id_person")
        ),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_browser_session")),
    )
    op.create_index(op.f("ix_browser_session_expires_at"), "browser_session", ["expires_at"], unique=False)
    op.create_index(op.f("ix_browser_session_person_id"), "browser_session", ["person_id"], unique=False)
    op.create_table(
        "designation",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.String(length=40), nullable=False),
        sa.Column("department_id", sa.Uuid(), nullable=True),
        sa.Column("designated_by", sa.String(length=200), nullable=False),
        sa.Column("instrument", sa.String(length=300), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "until_on IS NULL OR until_on >= from_on", name=op.f("ck_designation_ends_after_it_begins")
        ),
        sa.ForeignKeyConstraint(
            ["department_id"], ["department.id"], name=op.f("fk_designation_department_id_department")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_designation_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_designation")),
    )
    op.create_index(op.f("ix_designation_person_id"), "designation", ["person_id"], unique=False)
    op.create_table(
        "initiative",
        sa.Column("reference", sa.String(length=40), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("summary", sa.String(), nullable=False),
        sa.Column("department_id", sa.Uuid(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("change_kind", sa.String(length=20), nullable=False),
        sa.Column("procurement", sa.String(length=80), nullable=False),
        sa.Column("target_on", sa.Date(), nullable=True),
        sa.Column("status", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("trail_length", sa.Integer(), nullable=False),
        sa.Column("trail_head", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["person.id"], name=op.f("fk_initiative_author_id_person")),
        sa.ForeignKeyConstraint(
            ["department_id"], ["department.id"], name=op.f("fk_initiative_department_id_department")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_initiative")),
        sa.UniqueConstraint("reference", name=op.f("uq_initiative_reference")),
    )
    op.create_index(op.f("ix_initiative_author_id"), "initiative", ["author_id"], unique=False)
    op.create_index(op.f("ix_initiative_department_id"), "initiative", ["department_id"], unique=False)
    op.create_table(
        "assessment",
        sa.Column("stage", sa.String(length=10), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("initiative_id", sa.Uuid(), nullable=False),
        sa.Column("department_id", sa.Uuid(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("policy_version_id", sa.Uuid(), nullable=False),
        sa.Column("sheet_id", sa.Uuid(), nullable=False),
        sa.Column("conditions", sa.String(), nullable=False),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reference", sa.String(length=40), nullable=False),
        sa.Column("status", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("trail_length", sa.Integer(), nullable=False),
        sa.Column("trail_head", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("stage IN ('initial', 'full')", name=op.f("ck_assessment_known_stage")),
        sa.ForeignKeyConstraint(["author_id"], ["person.id"], name=op.f("fk_assessment_author_id_person")),
        sa.ForeignKeyConstraint(
            ["department_id"], ["department.id"], name=op.f("fk_assessment_department_id_department")
        ),
        sa.ForeignKeyConstraint(
            ["initiative_id"], ["initiative.id"], name=op.f("fk_assessment_initiative_id_initiative")
        ),
        sa.ForeignKeyConstraint(
            ["policy_version_id"],
            ["policy_version.id"],
            name=op.f("fk_assessment_policy_version_id_policy_version"),
        ),
        sa.ForeignKeyConstraint(
            ["sheet_id"], ["answer_sheet.id"], name=op.f("fk_assessment_sheet_id_answer_sheet")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assessment")),
        sa.UniqueConstraint(
            "reference", "stage", "edition", name=op.f("uq_assessment_reference_stage_edition")
        ),
        sa.UniqueConstraint("sheet_id", name=op.f("uq_assessment_sheet_id")),
    )
    op.create_index(op.f("ix_assessment_author_id"), "assessment", ["author_id"], unique=False)
    op.create_index(op.f("ix_assessment_department_id"), "assessment", ["department_id"], unique=False)
    op.create_index(op.f("ix_assessment_initiative_id"), "assessment", ["initiative_id"], unique=False)
    op.create_table(
        "vendor_response",
        sa.Column("reference", sa.String(length=40), nullable=False),
        sa.Column("assessment_reference", sa.String(length=40), nullable=False),
        sa.Column("initiative_id", sa.Uuid(), nullable=False),
        sa.Column("department_id", sa.Uuid(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("company", sa.String(length=200), nullable=False),
        sa.Column("contact_name", sa.String(length=200), nullable=False),
        sa.Column("contact_email", sa.String(length=254), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sheet_id", sa.Uuid(), nullable=False),
        sa.Column("attested_name", sa.String(length=200), nullable=False),
        sa.Column("attested_title", sa.String(length=200), nullable=False),
        sa.Column("attested_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("status", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("trail_length", sa.Integer(), nullable=False),
        sa.Column("trail_head", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(attested_name = '') = (attested_at IS NULL)", name=op.f("ck_vendor_response_attested_iff_dated")
        ),
        sa.ForeignKeyConstraint(
            ["author_id"], ["person.id"], name=op.f("fk_vendor_response_author_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["department_id"], ["department.id"], name=op.f("fk_vendor_response_department_id_department")
        ),
        sa.ForeignKeyConstraint(
            ["initiative_id"], ["initiative.id"], name=op.f("fk_vendor_response_initiative_id_initiative")
        ),
        sa.ForeignKeyConstraint(
            ["sheet_id"], ["answer_sheet.id"], name=op.f("fk_vendor_response_sheet_id_answer_sheet")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vendor_response")),
        sa.UniqueConstraint("reference", name=op.f("uq_vendor_response_reference")),
        sa.UniqueConstraint("sheet_id", name=op.f("uq_vendor_response_sheet_id")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_vendor_response_token_hash")),
    )
    op.create_index(
        op.f("ix_vendor_response_assessment_reference"),
        "vendor_response",
        ["assessment_reference"],
        unique=False,
    )
    op.create_index(
        op.f("ix_vendor_response_initiative_id"), "vendor_response", ["initiative_id"], unique=False
    )
    op.create_table(
        "annual_audit",
        sa.Column("reference", sa.String(length=40), nullable=False),
        sa.Column("assessment_id", sa.Uuid(), nullable=False),
        sa.Column("department_id", sa.Uuid(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("sheet_id", sa.Uuid(), nullable=False),
        sa.Column("auditor_id", sa.Uuid(), nullable=True),
        sa.Column("conclusion", sa.String(length=20), nullable=False),
        sa.Column("concluded_by", sa.Uuid(), nullable=True),
        sa.Column("concluded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("status", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("trail_length", sa.Integer(), nullable=False),
        sa.Column("trail_head", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(conclusion = '') = (concluded_at IS NULL)", name=op.f("ck_annual_audit_concluded_iff_dated")
        ),
        sa.CheckConstraint(
            "conclusion IN ('', 'confirmed', 'new_version')", name=op.f("ck_annual_audit_known_conclusion")
        ),
        sa.ForeignKeyConstraint(
            ["assessment_id"], ["assessment.id"], name=op.f("fk_annual_audit_assessment_id_assessment")
        ),
        sa.ForeignKeyConstraint(
            ["auditor_id"], ["person.id"], name=op.f("fk_annual_audit_auditor_id_person")
        ),
        sa.ForeignKeyConstraint(["author_id"], ["person.id"], name=op.f("fk_annual_audit_author_id_person")),
        sa.ForeignKeyConstraint(
            ["concluded_by"], ["person.id"], name=op.f("fk_annual_audit_concluded_by_person")
        ),
        sa.ForeignKeyConstraint(
            ["department_id"], ["department.id"], name=op.f("fk_annual_audit_department_id_department")
        ),
        sa.ForeignKeyConstraint(
            ["sheet_id"], ["answer_sheet.id"], name=op.f("fk_annual_audit_sheet_id_answer_sheet")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_annual_audit")),
        sa.UniqueConstraint("reference", name=op.f("uq_annual_audit_reference")),
        sa.UniqueConstraint("sheet_id", name=op.f("uq_annual_audit_sheet_id")),
    )
    op.create_index(op.f("ix_annual_audit_assessment_id"), "annual_audit", ["assessment_id"], unique=False)
    op.create_index(op.f("ix_annual_audit_due_on"), "annual_audit", ["due_on"], unique=False)
    op.create_table(
        "answer_evaluation",
        sa.Column("vendor_response_id", sa.Uuid(), nullable=False),
        sa.Column("question", sa.String(length=80), nullable=False),
        sa.Column("verdict", sa.String(length=20), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("evaluated_by", sa.Uuid(), nullable=False),
        sa.Column("evaluated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reply", sa.String(), nullable=False),
        sa.Column("replied_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "verdict = 'accepted' OR length(note) > 0", name=op.f("ck_answer_evaluation_query_has_a_text")
        ),
        sa.CheckConstraint(
            "verdict IN ('accepted', 'queried')", name=op.f("ck_answer_evaluation_known_verdict")
        ),
        sa.ForeignKeyConstraint(
            ["evaluated_by"], ["person.id"], name=op.f("fk_answer_evaluation_evaluated_by_person")
        ),
        sa.ForeignKeyConstraint(
            ["vendor_response_id"],
            ["vendor_response.id"],
            name=op.f("fk_answer_evaluation_vendor_response_id_vendor_response"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answer_evaluation")),
        sa.UniqueConstraint(
            "vendor_response_id", "question", name=op.f("uq_answer_evaluation_vendor_response_id_question")
        ),
    )
    op.create_index(
        op.f("ix_answer_evaluation_vendor_response_id"),
        "answer_evaluation",
        ["vendor_response_id"],
        unique=False,
    )
    op.create_table(
        "determination",
        sa.Column("assessment_id", sa.Uuid(), nullable=False),
        sa.Column("outcome", sa.String(length=20), nullable=False),
        sa.Column("computed_outcome", sa.String(length=20), nullable=False),
        sa.Column("fired", JsonDocument, nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("determined_by", sa.Uuid(), nullable=False),
        sa.Column("determined_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.Column("required", JsonDocument, nullable=False),
        sa.Column("conditions", sa.String(), nullable=False),
        sa.Column("updates", sa.String(length=40), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("outcome IN ('no_pia', 'delegated_review', 'update', 'full_pia')", name=op.f("ck_determination_known_outcome")),
        sa.CheckConstraint(
            "outcome = computed_outcome OR length(reason) > 0",
            name=op.f("ck_determination_departure_has_a_reason"),
        ),
        sa.ForeignKeyConstraint(
            ["assessment_id"], ["assessment.id"], name=op.f("fk_determination_assessment_id_assessment")
        ),
        sa.ForeignKeyConstraint(
            ["determined_by"], ["person.id"], name=op.f("fk_determination_determined_by_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_determination")),
        sa.UniqueConstraint("assessment_id", name=op.f("uq_determination_assessment_id")),
    )
    op.create_table(
        "publication",
        sa.Column("assessment_id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.String(length=40), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("summary", sa.String(), nullable=False),
        sa.Column("department", sa.String(length=200), nullable=False),
        sa.Column("search_text", sa.String(), nullable=False),
        sa.Column("pdf_digest", sa.String(length=64), nullable=False),
        sa.Column("json_digest", sa.String(length=64), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("is_current", sa.Boolean(), nullable=False),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(superseded_at IS NULL) = is_current", name=op.f("ck_publication_current_iff_not_superseded")
        ),
        sa.ForeignKeyConstraint(
            ["assessment_id"], ["assessment.id"], name=op.f("fk_publication_assessment_id_assessment")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_publication")),
        sa.UniqueConstraint("assessment_id", name=op.f("uq_publication_assessment_id")),
        sa.UniqueConstraint("reference", "edition", name=op.f("uq_publication_reference_edition")),
    )
    op.create_index(op.f("ix_publication_pdf_digest"), "publication", ["pdf_digest"], unique=False)
    op.create_index(op.f("ix_publication_published_at"), "publication", ["published_at"], unique=False)
    op.create_index(op.f("ix_publication_reference"), "publication", ["reference"], unique=False)
    op.create_index(
        "uq_publication_one_current",
        "publication",
        ["reference"],
        unique=True,
        sqlite_where=sa.text("is_current"),
        postgresql_where=sa.text("is_current"),
    )
    op.create_table(
        "revision",
        sa.Column("assessment_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("answers", JsonDocument, nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("submitted_by", sa.Uuid(), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["assessment_id"], ["assessment.id"], name=op.f("fk_revision_assessment_id_assessment")
        ),
        sa.ForeignKeyConstraint(
            ["submitted_by"], ["person.id"], name=op.f("fk_revision_submitted_by_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_revision")),
        sa.UniqueConstraint("assessment_id", "number", name=op.f("uq_revision_assessment_id_number")),
    )
    op.create_index(op.f("ix_revision_assessment_id"), "revision", ["assessment_id"], unique=False)
    op.create_table(
        "review",
        sa.Column("assessment_id", sa.Uuid(), nullable=False),
        sa.Column("revision_id", sa.Uuid(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("reviewer_id", sa.Uuid(), nullable=False),
        sa.Column("result", sa.String(length=20), nullable=False),
        sa.Column("advice", sa.String(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(result = '') = (finished_at IS NULL)", name=op.f("ck_review_finished_iff_result")
        ),
        sa.CheckConstraint("result IN ('', 'changes', 'recommended')", name=op.f("ck_review_known_result")),
        sa.ForeignKeyConstraint(
            ["assessment_id"], ["assessment.id"], name=op.f("fk_review_assessment_id_assessment")
        ),
        sa.ForeignKeyConstraint(["reviewer_id"], ["person.id"], name=op.f("fk_review_reviewer_id_person")),
        sa.ForeignKeyConstraint(
            ["revision_id"], ["revision.id"], name=op.f("fk_review_revision_id_revision")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review")),
        sa.UniqueConstraint("assessment_id", "round", name=op.f("uq_review_assessment_id_round")),
    )
    op.create_index(op.f("ix_review_assessment_id"), "review", ["assessment_id"], unique=False)
    op.create_table(
        "sign_off",
        sa.Column("assessment_id", sa.Uuid(), nullable=False),
        sa.Column("revision_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=40), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("decision", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revision_digest", sa.String(length=64), nullable=False),
        sa.Column("covers", JsonDocument, nullable=False),
        sa.Column("voided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("voided_by", sa.Uuid(), nullable=True),
        sa.Column("voided_sections", JsonDocument, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "decision IN ('signed', 'declined', 'sent_back', 'rejected')",
            name=op.f("ck_sign_off_known_decision"),
        ),
        sa.CheckConstraint("position IN (1, 2)", name=op.f("ck_sign_off_known_position")),
        sa.ForeignKeyConstraint(
            ["assessment_id"], ["assessment.id"], name=op.f("fk_sign_off_assessment_id_assessment")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_sign_off_person_id_person")),
        sa.ForeignKeyConstraint(["voided_by"], ["person.id"], name=op.f("fk_sign_off_voided_by_person")),
        sa.ForeignKeyConstraint(
            ["revision_id"], ["revision.id"], name=op.f("fk_sign_off_revision_id_revision")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_off")),
    )
    op.create_index(op.f("ix_sign_off_assessment_id"), "sign_off", ["assessment_id"], unique=False)
    op.create_table(
        "requested_change",
        sa.Column("review_id", sa.Uuid(), nullable=False),
        sa.Column("question", sa.String(length=80), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reply", sa.String(), nullable=False),
        sa.Column("replied_by", sa.Uuid(), nullable=True),
        sa.Column("replied_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(reply = '') = (replied_at IS NULL)", name=op.f("ck_requested_change_replied_iff_dated")
        ),
        sa.ForeignKeyConstraint(
            ["replied_by"], ["person.id"], name=op.f("fk_requested_change_replied_by_person")
        ),
        sa.ForeignKeyConstraint(
            ["review_id"], ["review.id"], name=op.f("fk_requested_change_review_id_review")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_requested_change")),
    )
    op.create_index(op.f("ix_requested_change_review_id"), "requested_change", ["review_id"], unique=False)


def _drop_tables() -> None:
    op.drop_index(op.f("ix_requested_change_review_id"), table_name="requested_change")
    op.drop_table("requested_change")
    op.drop_index(op.f("ix_sign_off_assessment_id"), table_name="sign_off")
    op.drop_table("sign_off")
    op.drop_index(op.f("ix_review_assessment_id"), table_name="review")
    op.drop_table("review")
    op.drop_index(op.f("ix_revision_assessment_id"), table_name="revision")
    op.drop_table("revision")
    op.drop_index(
        "uq_publication_one_current",
        table_name="publication",
        sqlite_where=sa.text("is_current"),
        postgresql_where=sa.text("is_current"),
    )
    op.drop_index(op.f("ix_publication_reference"), table_name="publication")
    op.drop_index(op.f("ix_publication_published_at"), table_name="publication")
    op.drop_index(op.f("ix_publication_pdf_digest"), table_name="publication")
    op.drop_table("publication")
    op.drop_table("determination")
    op.drop_index(op.f("ix_answer_evaluation_vendor_response_id"), table_name="answer_evaluation")
    op.drop_table("answer_evaluation")
    op.drop_index(op.f("ix_annual_audit_due_on"), table_name="annual_audit")
    op.drop_index(op.f("ix_annual_audit_assessment_id"), table_name="annual_audit")
    op.drop_table("annual_audit")
    op.drop_index(op.f("ix_vendor_response_initiative_id"), table_name="vendor_response")
    op.drop_index(op.f("ix_vendor_response_assessment_reference"), table_name="vendor_response")
    op.drop_table("vendor_response")
    op.drop_index(op.f("ix_assessment_initiative_id"), table_name="assessment")
    op.drop_index(op.f("ix_assessment_department_id"), table_name="assessment")
    op.drop_index(op.f("ix_assessment_author_id"), table_name="assessment")
    op.drop_table("assessment")
    op.drop_index(op.f("ix_initiative_department_id"), table_name="initiative")
    op.drop_index(op.f("ix_initiative_author_id"), table_name="initiative")
    op.drop_table("initiative")
    op.drop_index(op.f("ix_designation_person_id"), table_name="designation")
    op.drop_table("designation")
    op.drop_index(op.f("ix_browser_session_person_id"), table_name="browser_session")
    op.drop_index(op.f("ix_browser_session_expires_at"), table_name="browser_session")
    op.drop_table("browser_session")
    op.drop_index(op.f("ix_answer_sheet_id"), table_name="answer")
    op.drop_table("answer")
    op.drop_table("reference_counter")
    op.drop_table("policy_version")
    op.drop_table("person")
    op.drop_index("ix_outbox_job_due", table_name="outbox_job")
    op.drop_table("outbox_job")
    op.drop_table("known_questionnaire")
    op.drop_table("department")
    op.drop_table("city")
    op.drop_index(op.f("ix_audit_event_at"), table_name="audit_event")
    op.drop_index(op.f("ix_audit_event_actor_id"), table_name="audit_event")
    op.drop_table("audit_event")
    op.drop_table("answer_sheet")
