"""Governance: exceptions, spot checks, commitments, reconsiderations, consultations, findings, reports, records."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

JsonDocument = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
STATUSES = ("draft", "adopted", "superseded", "withdrawn")
COLUMNS = (
    ("annual_audit", "report_digest", "VARCHAR(64) DEFAULT '' NOT NULL"),
    (
        "initiative",
        "classification",
        "VARCHAR(20) DEFAULT 'internal' NOT NULL CONSTRAINT ck_initiative_known_classification"
        " CHECK (classification IN ('public', 'internal', 'confidential', 'restricted'))",
    ),
    ("initiative", "gate_code", "VARCHAR(40)"),
    (
        "person",
        "reminders",
        "VARCHAR(10) DEFAULT 'daily' NOT NULL CONSTRAINT ck_person_known_reminders"
        " CHECK (reminders IN ('daily', 'weekly', 'overdue'))",
    ),
    ("person", "calendar_token_hash", "VARCHAR(64)"),
    ("policy_version", "review_due_on", "DATE"),
    (
        "review",
        "recommendation",
        "VARCHAR(30) DEFAULT '' NOT NULL CONSTRAINT ck_review_known_recommendation"
        " CHECK (recommendation IN ('', 'approve', 'approve_with_conditions', 'reject'))",
    ),
    ("sign_off", "overrules", "VARCHAR DEFAULT '' NOT NULL"),
)
UNIQUE = (("initiative", "gate_code"), ("person", "calendar_token_hash"))


def upgrade() -> None:
    _know_statuses((*STATUSES, "review_due"))
    for table, column, kind in COLUMNS:
        op.execute(f"ALTER TABLE {table} ADD COLUMN {column} {kind}")
    for table, column in UNIQUE:
        op.create_index(f"ix_{table}_{column}", table, [column], unique=True)
    op.create_index(
        "uq_policy_version_one_review_due",
        "policy_version",
        ["status"],
        unique=True,
        sqlite_where=sa.text("status = 'review_due'"),
        postgresql_where=sa.text("status = 'review_due'"),
    )
    for create in TABLES.values():
        create()


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
    op.drop_index("uq_policy_version_one_review_due", "policy_version")
    for table, column in UNIQUE:
        op.drop_index(f"ix_{table}_{column}", table)
    for table, column, _kind in reversed(COLUMNS):
        op.execute(f"ALTER TABLE {table} DROP COLUMN {column}")
    _know_statuses(STATUSES)


def _know_statuses(statuses: tuple[str, ...]) -> None:
    """Change which statuses a policy version may have.

    SQLite cannot alter a check; rewriting its text in the schema is what its documentation advises where the rows
    stay as they are (https://www.sqlite.org/lang_altertable.html, "Making Other Kinds Of Table Schema Changes").
    """
    rule = ", ".join(f"'{status}'" for status in statuses)
    if op.get_bind().dialect.name == "postgresql":
        op.drop_constraint(op.f("ck_policy_version_known_status"), "policy_version")
        op.create_check_constraint(op.f("ck_policy_version_known_status"), "policy_version", f"status IN ({rule})")
        return
    connection = op.get_bind()
    found = connection.exec_driver_sql("SELECT sql FROM sqlite_schema WHERE name = 'policy_version'").scalar_one()
    before = "ck_policy_version_known_status CHECK (status IN ("
    start = found.index(before) + len(before)
    changed = found[:start] + rule + found[found.index(")", start) :]
    number = connection.exec_driver_sql("PRAGMA schema_version").scalar_one()
    connection.exec_driver_sql("PRAGMA writable_schema = ON")
    connection.exec_driver_sql("UPDATE sqlite_schema SET sql = ? WHERE name = 'policy_version'", (changed,))
    connection.exec_driver_sql(f"PRAGMA schema_version = {number + 1}")
    connection.exec_driver_sql("PRAGMA writable_schema = OFF")


def _create_tombstone() -> None:
    op.create_table('tombstone',
    sa.Column('reference', sa.String(length=40), nullable=False),
    sa.Column('title', sa.String(length=200), nullable=False),
    sa.Column('department', sa.String(length=200), nullable=False),
    sa.Column('department_id', sa.Uuid(), nullable=False),
    sa.Column('was_public', sa.Boolean(), nullable=False),
    sa.Column('began_on', sa.Date(), nullable=False),
    sa.Column('ended_on', sa.Date(), nullable=False),
    sa.Column('decision', sa.String(), nullable=False),
    sa.Column('counts', JsonDocument, nullable=False),
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.Column('disposal', sa.String(length=40), nullable=False),
    sa.Column('disposed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['department_id'], ['department.id'], name=op.f('fk_tombstone_department_id_department')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_tombstone')),
    sa.UniqueConstraint('reference', name=op.f('uq_tombstone_reference'))
    )
    op.create_index(op.f('ix_tombstone_department_id'), 'tombstone', ['department_id'], unique=False)


def _create_case_file() -> None:
    op.create_table('case_file',
    sa.Column('initiative_id', sa.Uuid(), nullable=False),
    sa.Column('reference', sa.String(length=40), nullable=False),
    sa.Column('ordered_by', sa.Uuid(), nullable=False),
    sa.Column('ordered_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.Column('manifest_digest', sa.String(length=64), nullable=False),
    sa.Column('size', sa.BigInteger(), nullable=False),
    sa.Column('removed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.CheckConstraint("(made_at IS NULL) = (digest = '')", name=op.f('ck_case_file_made_iff_kept')),
    sa.CheckConstraint('removed_at IS NULL OR made_at IS NOT NULL', name=op.f('ck_case_file_removed_after_made')),
    sa.ForeignKeyConstraint(['initiative_id'], ['initiative.id'], name=op.f('fk_case_file_initiative_id_initiative')),
    sa.ForeignKeyConstraint(['ordered_by'], ['person.id'], name=op.f('fk_case_file_ordered_by_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_case_file'))
    )
    op.create_index(op.f('ix_case_file_digest'), 'case_file', ['digest'], unique=False)
    op.create_index(op.f('ix_case_file_initiative_id'), 'case_file', ['initiative_id'], unique=False)
    op.create_index(op.f('ix_case_file_made_at'), 'case_file', ['made_at'], unique=False)


def _create_annual_report() -> None:
    op.create_table('annual_report',
    sa.Column('reference', sa.String(length=40), nullable=False),
    sa.Column('year', sa.Integer(), nullable=False),
    sa.Column('author_id', sa.Uuid(), nullable=False),
    sa.Column('foreword', sa.String(), nullable=False),
    sa.Column('learned', sa.String(), nullable=False),
    sa.Column('figures', JsonDocument, nullable=False),
    sa.Column('pdf_digest', sa.String(length=64), nullable=False),
    sa.Column('json_digest', sa.String(length=64), nullable=False),
    sa.Column('ordered_by', sa.Uuid(), nullable=True),
    sa.Column('published_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('status', sa.String(length=40), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('trail_length', sa.Integer(), nullable=False),
    sa.Column('trail_head', sa.String(length=64), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.CheckConstraint("(published_at IS NULL) = (pdf_digest = '')", name=op.f('ck_annual_report_published_iff_dated')),
    sa.ForeignKeyConstraint(['author_id'], ['person.id'], name=op.f('fk_annual_report_author_id_person')),
    sa.ForeignKeyConstraint(['ordered_by'], ['person.id'], name=op.f('fk_annual_report_ordered_by_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_annual_report')),
    sa.UniqueConstraint('reference', name=op.f('uq_annual_report_reference'))
    )
    op.create_index(op.f('ix_annual_report_pdf_digest'), 'annual_report', ['pdf_digest'])
    op.create_index(
        'uq_annual_report_one_a_year',
        'annual_report',
        ['year'],
        unique=True,
        sqlite_where=sa.text("status != 'withdrawn'"),
        postgresql_where=sa.text("status != 'withdrawn'"),
    )


def _create_api_key() -> None:
    op.create_table('api_key',
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.Column('key_hash', sa.String(length=64), nullable=False),
    sa.Column('created_by', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expires_on', sa.Date(), nullable=False),
    sa.Column('revoked_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('last_used_on', sa.Date(), nullable=True),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['created_by'], ['person.id'], name=op.f('fk_api_key_created_by_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_api_key')),
    sa.UniqueConstraint('key_hash', name=op.f('uq_api_key_key_hash'))
    )


def _create_disposal() -> None:
    op.create_table('disposal',
    sa.Column('reference', sa.String(length=40), nullable=False),
    sa.Column('subject', sa.String(length=40), nullable=False),
    sa.Column('title', sa.String(length=200), nullable=False),
    sa.Column('author_id', sa.Uuid(), nullable=True),
    sa.Column('department_id', sa.Uuid(), nullable=False),
    sa.Column('basis', sa.String(), nullable=False),
    sa.Column('kept_until_on', sa.Date(), nullable=False),
    sa.Column('status', sa.String(length=40), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('trail_length', sa.Integer(), nullable=False),
    sa.Column('trail_head', sa.String(length=64), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['author_id'], ['person.id'], name=op.f('fk_disposal_author_id_person')),
    sa.ForeignKeyConstraint(['department_id'], ['department.id'], name=op.f('fk_disposal_department_id_department')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_disposal')),
    sa.UniqueConstraint('reference', name=op.f('uq_disposal_reference'))
    )
    op.create_index(op.f('ix_disposal_subject'), 'disposal', ['subject'], unique=False)


def _create_programme_audit() -> None:
    op.create_table('programme_audit',
    sa.Column('reference', sa.String(length=40), nullable=False),
    sa.Column('year', sa.Integer(), nullable=False),
    sa.Column('due_on', sa.Date(), nullable=False),
    sa.Column('author_id', sa.Uuid(), nullable=True),
    sa.Column('sheet_id', sa.Uuid(), nullable=False),
    sa.Column('auditor_id', sa.Uuid(), nullable=True),
    sa.Column('sample', JsonDocument, nullable=False),
    sa.Column('drawn_from', JsonDocument, nullable=False),
    sa.Column('from_on', sa.Date(), nullable=True),
    sa.Column('until_on', sa.Date(), nullable=True),
    sa.Column('seed', sa.String(length=120), nullable=False),
    sa.Column('concluded_by', sa.Uuid(), nullable=True),
    sa.Column('concluded_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('report_digest', sa.String(length=64), nullable=False),
    sa.Column('status', sa.String(length=40), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('trail_length', sa.Integer(), nullable=False),
    sa.Column('trail_head', sa.String(length=64), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['auditor_id'], ['person.id'], name=op.f('fk_programme_audit_auditor_id_person')),
    sa.ForeignKeyConstraint(['author_id'], ['person.id'], name=op.f('fk_programme_audit_author_id_person')),
    sa.ForeignKeyConstraint(['concluded_by'], ['person.id'], name=op.f('fk_programme_audit_concluded_by_person')),
    sa.ForeignKeyConstraint(['sheet_id'], ['answer_sheet.id'], name=op.f('fk_programme_audit_sheet_id_answer_sheet')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_programme_audit')),
    sa.UniqueConstraint('reference', name=op.f('uq_programme_audit_reference')),
    sa.UniqueConstraint('sheet_id', name=op.f('uq_programme_audit_sheet_id'))
    )


def _create_snooze() -> None:
    op.create_table('snooze',
    sa.Column('person_id', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.String(length=40), nullable=False),
    sa.Column('record', sa.String(length=80), nullable=False),
    sa.Column('until_on', sa.Date(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_snooze_person_id_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_snooze')),
    sa.UniqueConstraint('person_id', 'kind', 'record', name=op.f('uq_snooze_person_id_kind_record'))
    )
    op.create_index(op.f('ix_snooze_person_id'), 'snooze', ['person_id'], unique=False)


def _create_emergency_exception() -> None:
    op.create_table('emergency_exception',
    sa.Column('reference', sa.String(length=40), nullable=False),
    sa.Column('initiative_id', sa.Uuid(), nullable=False),
    sa.Column('department_id', sa.Uuid(), nullable=False),
    sa.Column('author_id', sa.Uuid(), nullable=False),
    sa.Column('responsible_id', sa.Uuid(), nullable=False),
    sa.Column('emergency', sa.String(), nullable=False),
    sa.Column('use', sa.String(), nullable=False),
    sa.Column('days', sa.Integer(), nullable=False),
    sa.Column('conditions', sa.String(), nullable=False),
    sa.Column('granted_by', sa.Uuid(), nullable=True),
    sa.Column('granted_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('until_on', sa.Date(), nullable=True),
    sa.Column('status', sa.String(length=40), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('trail_length', sa.Integer(), nullable=False),
    sa.Column('trail_head', sa.String(length=64), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.CheckConstraint('(granted_at IS NULL) = (until_on IS NULL)', name=op.f('ck_emergency_exception_granted_iff_ends')),
    sa.CheckConstraint('days > 0', name=op.f('ck_emergency_exception_lasts_a_day')),
    sa.ForeignKeyConstraint(['author_id'], ['person.id'], name=op.f('fk_emergency_exception_author_id_person')),
    sa.ForeignKeyConstraint(['department_id'], ['department.id'], name=op.f('fk_emergency_exception_department_id_department')),
    sa.ForeignKeyConstraint(['granted_by'], ['person.id'], name=op.f('fk_emergency_exception_granted_by_person')),
    sa.ForeignKeyConstraint(['initiative_id'], ['initiative.id'], name=op.f('fk_emergency_exception_initiative_id_initiative')),
    sa.ForeignKeyConstraint(['responsible_id'], ['person.id'], name=op.f('fk_emergency_exception_responsible_id_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_emergency_exception')),
    sa.UniqueConstraint('reference', name=op.f('uq_emergency_exception_reference'))
    )
    op.create_index(op.f('ix_emergency_exception_initiative_id'), 'emergency_exception', ['initiative_id'], unique=False)
    op.create_index('ix_emergency_exception_status_until_on', 'emergency_exception', ['status', 'until_on'], unique=False)
    op.create_index('uq_emergency_exception_one_open', 'emergency_exception', ['initiative_id'], unique=True,
        sqlite_where=sa.text("status IN ('requested', 'granted')"),
        postgresql_where=sa.text("status IN ('requested', 'granted')"))


def _create_legal_hold() -> None:
    op.create_table('legal_hold',
    sa.Column('initiative_id', sa.Uuid(), nullable=False),
    sa.Column('reason', sa.String(), nullable=False),
    sa.Column('placed_by', sa.Uuid(), nullable=False),
    sa.Column('placed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('lifted_by', sa.Uuid(), nullable=True),
    sa.Column('lifted_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('lift_reason', sa.String(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.CheckConstraint('(lifted_at IS NULL) = (lifted_by IS NULL)', name=op.f('ck_legal_hold_lifted_iff_dated')),
    sa.ForeignKeyConstraint(['initiative_id'], ['initiative.id'], name=op.f('fk_legal_hold_initiative_id_initiative')),
    sa.ForeignKeyConstraint(['lifted_by'], ['person.id'], name=op.f('fk_legal_hold_lifted_by_person')),
    sa.ForeignKeyConstraint(['placed_by'], ['person.id'], name=op.f('fk_legal_hold_placed_by_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_legal_hold'))
    )
    op.create_index(op.f('ix_legal_hold_initiative_id'), 'legal_hold', ['initiative_id'], unique=False)


def _create_observer() -> None:
    op.create_table('observer',
    sa.Column('initiative_id', sa.Uuid(), nullable=False),
    sa.Column('person_id', sa.Uuid(), nullable=False),
    sa.Column('organisation', sa.String(length=200), nullable=False),
    sa.Column('from_on', sa.Date(), nullable=False),
    sa.Column('until_on', sa.Date(), nullable=False),
    sa.Column('appointed_by', sa.Uuid(), nullable=False),
    sa.Column('appointed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('withdrawn_on', sa.Date(), nullable=True),
    sa.Column('statement', sa.String(), nullable=False),
    sa.Column('filed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.CheckConstraint("(statement = '') = (filed_at IS NULL)", name=op.f('ck_observer_filed_iff_dated')),
    sa.CheckConstraint('until_on >= from_on', name=op.f('ck_observer_ends_after_it_begins')),
    sa.ForeignKeyConstraint(['appointed_by'], ['person.id'], name=op.f('fk_observer_appointed_by_person')),
    sa.ForeignKeyConstraint(['initiative_id'], ['initiative.id'], name=op.f('fk_observer_initiative_id_initiative')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_observer_person_id_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_observer'))
    )
    op.create_index(op.f('ix_observer_initiative_id'), 'observer', ['initiative_id'], unique=False)
    op.create_index(op.f('ix_observer_person_id'), 'observer', ['person_id'], unique=False)


def _create_commitment() -> None:
    op.create_table('commitment',
    sa.Column('reference', sa.String(length=40), nullable=False),
    sa.Column('initiative_id', sa.Uuid(), nullable=True),
    sa.Column('assessment_id', sa.Uuid(), nullable=True),
    sa.Column('department_id', sa.Uuid(), nullable=True),
    sa.Column('author_id', sa.Uuid(), nullable=False),
    sa.Column('source', sa.String(length=20), nullable=False),
    sa.Column('source_id', sa.String(length=80), nullable=False),
    sa.Column('text', sa.String(), nullable=False),
    sa.Column('due_on', sa.Date(), nullable=False),
    sa.Column('evidence', sa.String(), nullable=False),
    sa.Column('is_public', sa.Boolean(), nullable=False),
    sa.Column('postponed', sa.Integer(), nullable=False),
    sa.Column('escalation', sa.Integer(), nullable=False),
    sa.Column('lapsed_on', sa.Date(), nullable=True),
    sa.Column('closed_by', sa.Uuid(), nullable=True),
    sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('status', sa.String(length=40), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('trail_length', sa.Integer(), nullable=False),
    sa.Column('trail_head', sa.String(length=64), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.CheckConstraint("(closed_at IS NULL) = (status IN ('open', 'reported'))", name=op.f('ck_commitment_closed_iff_dated')),
    sa.CheckConstraint("source IN ('risk', 'condition', 'delegated_review', 'audit', 'programme_audit', 'officer')", name=op.f('ck_commitment_known_source')),
    sa.CheckConstraint("status != 'kept' OR closed_by != author_id", name=op.f('ck_commitment_closed_by_another')),
    sa.CheckConstraint("status NOT IN ('reported', 'kept') OR evidence != ''", name=op.f('ck_commitment_reported_with_evidence')),
    sa.ForeignKeyConstraint(['assessment_id'], ['assessment.id'], name=op.f('fk_commitment_assessment_id_assessment')),
    sa.ForeignKeyConstraint(['author_id'], ['person.id'], name=op.f('fk_commitment_author_id_person')),
    sa.ForeignKeyConstraint(['closed_by'], ['person.id'], name=op.f('fk_commitment_closed_by_person')),
    sa.ForeignKeyConstraint(['department_id'], ['department.id'], name=op.f('fk_commitment_department_id_department')),
    sa.ForeignKeyConstraint(['initiative_id'], ['initiative.id'], name=op.f('fk_commitment_initiative_id_initiative')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_commitment')),
    sa.UniqueConstraint('reference', name=op.f('uq_commitment_reference'))
    )
    op.create_index(op.f('ix_commitment_assessment_id'), 'commitment', ['assessment_id'], unique=False)
    op.create_index(op.f('ix_commitment_author_id'), 'commitment', ['author_id'], unique=False)
    op.create_index(op.f('ix_commitment_initiative_id'), 'commitment', ['initiative_id'], unique=False)
    op.create_index('ix_commitment_status_due_on', 'commitment', ['status', 'due_on'], unique=False)


def _create_consultation() -> None:
    op.create_table('consultation',
    sa.Column('assessment_id', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.String(length=20), nullable=False),
    sa.Column('who', sa.String(length=200), nullable=False),
    sa.Column('capacity', sa.String(length=200), nullable=False),
    sa.Column('channel', sa.String(length=200), nullable=False),
    sa.Column('asked', sa.String(), nullable=False),
    sa.Column('asked_on', sa.Date(), nullable=False),
    sa.Column('reply', sa.String(), nullable=False),
    sa.Column('replied_on', sa.Date(), nullable=True),
    sa.Column('effect', sa.String(), nullable=False),
    sa.Column('is_public', sa.Boolean(), nullable=False),
    sa.Column('recorded_by', sa.Uuid(), nullable=False),
    sa.Column('recorded_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('removed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.CheckConstraint("(reply = '') = (replied_on IS NULL)", name=op.f('ck_consultation_replied_iff_dated')),
    sa.CheckConstraint("kind IN ('official', 'stakeholder', 'board', 'public')", name=op.f('ck_consultation_known_kind')),
    sa.ForeignKeyConstraint(['assessment_id'], ['assessment.id'], name=op.f('fk_consultation_assessment_id_assessment')),
    sa.ForeignKeyConstraint(['recorded_by'], ['person.id'], name=op.f('fk_consultation_recorded_by_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_consultation'))
    )
    op.create_index(op.f('ix_consultation_assessment_id'), 'consultation', ['assessment_id'], unique=False)


def _create_reconsideration() -> None:
    op.create_table('reconsideration',
    sa.Column('reference', sa.String(length=40), nullable=False),
    sa.Column('initiative_id', sa.Uuid(), nullable=False),
    sa.Column('assessment_id', sa.Uuid(), nullable=False),
    sa.Column('department_id', sa.Uuid(), nullable=False),
    sa.Column('author_id', sa.Uuid(), nullable=True),
    sa.Column('cause', sa.String(length=20), nullable=False),
    sa.Column('facts', JsonDocument, nullable=False),
    sa.Column('text', sa.String(), nullable=False),
    sa.Column('happened_on', sa.Date(), nullable=True),
    sa.Column('key', sa.String(length=120), nullable=True),
    sa.Column('decided_by', sa.Uuid(), nullable=True),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('begun_id', sa.Uuid(), nullable=True),
    sa.Column('status', sa.String(length=40), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('trail_length', sa.Integer(), nullable=False),
    sa.Column('trail_head', sa.String(length=64), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.CheckConstraint("cause IN ('change', 'incident', 'complaint', 'expiry', 'review_date', 'spot_check', 'exception')", name=op.f('ck_reconsideration_known_cause')),
    sa.ForeignKeyConstraint(['assessment_id'], ['assessment.id'], name=op.f('fk_reconsideration_assessment_id_assessment')),
    sa.ForeignKeyConstraint(['author_id'], ['person.id'], name=op.f('fk_reconsideration_author_id_person')),
    sa.ForeignKeyConstraint(['begun_id'], ['assessment.id'], name=op.f('fk_reconsideration_begun_id_assessment')),
    sa.ForeignKeyConstraint(['decided_by'], ['person.id'], name=op.f('fk_reconsideration_decided_by_person')),
    sa.ForeignKeyConstraint(['department_id'], ['department.id'], name=op.f('fk_reconsideration_department_id_department')),
    sa.ForeignKeyConstraint(['initiative_id'], ['initiative.id'], name=op.f('fk_reconsideration_initiative_id_initiative')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_reconsideration')),
    sa.UniqueConstraint('key', name=op.f('uq_reconsideration_key')),
    sa.UniqueConstraint('reference', name=op.f('uq_reconsideration_reference'))
    )
    op.create_index(op.f('ix_reconsideration_assessment_id'), 'reconsideration', ['assessment_id'], unique=False)
    op.create_index(op.f('ix_reconsideration_initiative_id'), 'reconsideration', ['initiative_id'], unique=False)
    op.create_index('ix_reconsideration_status', 'reconsideration', ['status'], unique=False)


def _create_finding() -> None:
    op.create_table('finding',
    sa.Column('annual_audit_id', sa.Uuid(), nullable=True),
    sa.Column('programme_audit_id', sa.Uuid(), nullable=True),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('text', sa.String(), nullable=False),
    sa.Column('recommendation', sa.String(), nullable=False),
    sa.Column('addressee', sa.String(length=300), nullable=False),
    sa.Column('severity', sa.String(length=10), nullable=False),
    sa.Column('response', sa.String(length=10), nullable=False),
    sa.Column('response_text', sa.String(), nullable=False),
    sa.Column('responded_by', sa.Uuid(), nullable=True),
    sa.Column('responded_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('commitment_id', sa.Uuid(), nullable=True),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.CheckConstraint("(response = '') = (responded_at IS NULL)", name=op.f('ck_finding_responded_iff_dated')),
    sa.CheckConstraint("response IN ('', 'accepted', 'disputed')", name=op.f('ck_finding_known_response')),
    sa.CheckConstraint("severity IN ('low', 'medium', 'high')", name=op.f('ck_finding_known_severity')),
    sa.CheckConstraint('(annual_audit_id IS NULL) != (programme_audit_id IS NULL)', name=op.f('ck_finding_of_one_audit')),
    sa.ForeignKeyConstraint(['annual_audit_id'], ['annual_audit.id'], name=op.f('fk_finding_annual_audit_id_annual_audit')),
    sa.ForeignKeyConstraint(['commitment_id'], ['commitment.id'], name=op.f('fk_finding_commitment_id_commitment')),
    sa.ForeignKeyConstraint(['programme_audit_id'], ['programme_audit.id'], name=op.f('fk_finding_programme_audit_id_programme_audit')),
    sa.ForeignKeyConstraint(['responded_by'], ['person.id'], name=op.f('fk_finding_responded_by_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_finding')),
    sa.UniqueConstraint('annual_audit_id', 'number', name=op.f('uq_finding_annual_audit_id_number')),
    sa.UniqueConstraint('programme_audit_id', 'number', name=op.f('uq_finding_programme_audit_id_number'))
    )
    op.create_index(op.f('ix_finding_annual_audit_id'), 'finding', ['annual_audit_id'], unique=False)
    op.create_index(op.f('ix_finding_programme_audit_id'), 'finding', ['programme_audit_id'], unique=False)


def _create_spot_check() -> None:
    op.create_table('spot_check',
    sa.Column('reference', sa.String(length=40), nullable=False),
    sa.Column('determination_id', sa.Uuid(), nullable=False),
    sa.Column('assessment_id', sa.Uuid(), nullable=False),
    sa.Column('department_id', sa.Uuid(), nullable=False),
    sa.Column('author_id', sa.Uuid(), nullable=False),
    sa.Column('draw', JsonDocument, nullable=False),
    sa.Column('checked_by', sa.Uuid(), nullable=True),
    sa.Column('checked_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('status', sa.String(length=40), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('trail_length', sa.Integer(), nullable=False),
    sa.Column('trail_head', sa.String(length=64), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['assessment_id'], ['assessment.id'], name=op.f('fk_spot_check_assessment_id_assessment')),
    sa.ForeignKeyConstraint(['author_id'], ['person.id'], name=op.f('fk_spot_check_author_id_person')),
    sa.ForeignKeyConstraint(['checked_by'], ['person.id'], name=op.f('fk_spot_check_checked_by_person')),
    sa.ForeignKeyConstraint(['department_id'], ['department.id'], name=op.f('fk_spot_check_department_id_department')),
    sa.ForeignKeyConstraint(['determination_id'], ['determination.id'], name=op.f('fk_spot_check_determination_id_determination')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_spot_check')),
    sa.UniqueConstraint('determination_id', name=op.f('uq_spot_check_determination_id')),
    sa.UniqueConstraint('reference', name=op.f('uq_spot_check_reference'))
    )
    op.create_index(op.f('ix_spot_check_assessment_id'), 'spot_check', ['assessment_id'], unique=False)


TABLES = {
    "tombstone": _create_tombstone,
    "annual_report": _create_annual_report,
    "api_key": _create_api_key,
    "disposal": _create_disposal,
    "programme_audit": _create_programme_audit,
    "snooze": _create_snooze,
    "emergency_exception": _create_emergency_exception,
    "legal_hold": _create_legal_hold,
    "case_file": _create_case_file,
    "observer": _create_observer,
    "commitment": _create_commitment,
    "consultation": _create_consultation,
    "reconsideration": _create_reconsideration,
    "finding": _create_finding,
    "spot_check": _create_spot_check,
}
