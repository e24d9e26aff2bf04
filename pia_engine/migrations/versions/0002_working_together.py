"""Keep what people write together: every text an answer had, drafts, attachments, comments, contributions."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

JsonDocument = sa.JSON().with_variant(JSONB(), "postgresql")


def upgrade() -> None:
    _create_answer_version()
    _create_draft()
    _create_attachment()
    _create_comment()
    _create_contribution()


def downgrade() -> None:
    op.drop_table("contribution")
    op.drop_table("comment")
    op.drop_table("attachment")
    op.drop_table("draft")
    op.drop_table("answer_version")


def _create_answer_version() -> None:
    op.create_table('answer_version',
    sa.Column('sheet_id', sa.Uuid(), nullable=False),
    sa.Column('question', sa.String(length=80), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('value', sa.JSON(), nullable=False),
    sa.Column('saved_in', sa.Integer(), nullable=False),
    sa.Column('origin', sa.String(length=16), nullable=False),
    sa.Column('origin_note', sa.String(length=300), nullable=False),
    sa.Column('answered_by', sa.Uuid(), nullable=True),
    sa.Column('answered_by_name', sa.String(length=200), nullable=False),
    sa.Column('answered_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['answered_by'], ['person.id'], name=op.f('fk_answer_version_answered_by_person')),
    sa.ForeignKeyConstraint(['sheet_id'], ['answer_sheet.id'], name=op.f('fk_answer_version_sheet_id_answer_sheet')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_answer_version')),
    sa.UniqueConstraint('sheet_id', 'question', 'number', name=op.f('uq_answer_version_sheet_id_question_number'))
    )
    op.create_index(op.f('ix_answer_version_sheet_id'), 'answer_version', ['sheet_id'], unique=False)


def _create_draft() -> None:
    op.create_table('draft',
    sa.Column('sheet_id', sa.Uuid(), nullable=False),
    sa.Column('section', sa.String(length=80), nullable=False),
    sa.Column('writer', sa.String(length=40), nullable=False),
    sa.Column('fields', JsonDocument, nullable=False),
    sa.Column('seen_version', sa.Integer(), nullable=False),
    sa.Column('kept_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['sheet_id'], ['answer_sheet.id'], name=op.f('fk_draft_sheet_id_answer_sheet')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_draft')),
    sa.UniqueConstraint('sheet_id', 'section', 'writer', name=op.f('uq_draft_sheet_id_section_writer'))
    )
    op.create_index(op.f('ix_draft_kept_at'), 'draft', ['kept_at'], unique=False)
    op.create_index(op.f('ix_draft_sheet_id'), 'draft', ['sheet_id'], unique=False)


def _create_attachment() -> None:
    op.create_table('attachment',
    sa.Column('assessment_id', sa.Uuid(), nullable=False),
    sa.Column('question', sa.String(length=80), nullable=False),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.Column('media_type', sa.String(length=100), nullable=False),
    sa.Column('size', sa.Integer(), nullable=False),
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.Column('scan', sa.String(length=20), nullable=False),
    sa.Column('uploaded_by', sa.Uuid(), nullable=False),
    sa.Column('uploaded_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('removed_by', sa.Uuid(), nullable=True),
    sa.Column('removed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.CheckConstraint("scan IN ('clean', 'not_scanned')", name=op.f('ck_attachment_known_scan')),
    sa.CheckConstraint('(removed_by IS NULL) = (removed_at IS NULL)', name=op.f('ck_attachment_removed_iff_dated')),
    sa.ForeignKeyConstraint(['assessment_id'], ['assessment.id'], name=op.f('fk_attachment_assessment_id_assessment')),
    sa.ForeignKeyConstraint(['removed_by'], ['person.id'], name=op.f('fk_attachment_removed_by_person')),
    sa.ForeignKeyConstraint(['uploaded_by'], ['person.id'], name=op.f('fk_attachment_uploaded_by_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_attachment'))
    )
    op.create_index(op.f('ix_attachment_assessment_id'), 'attachment', ['assessment_id'], unique=False)
    op.create_index(op.f('ix_attachment_digest'), 'attachment', ['digest'], unique=False)


def _create_comment() -> None:
    op.create_table('comment',
    sa.Column('assessment_id', sa.Uuid(), nullable=False),
    sa.Column('question', sa.String(length=80), nullable=False),
    sa.Column('thread_id', sa.Uuid(), nullable=True),
    sa.Column('text', sa.String(), nullable=False),
    sa.Column('written_by', sa.Uuid(), nullable=False),
    sa.Column('written_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('resolved_by', sa.Uuid(), nullable=True),
    sa.Column('resolved_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.CheckConstraint('(resolved_by IS NULL) = (resolved_at IS NULL)', name=op.f('ck_comment_resolved_iff_dated')),
    sa.CheckConstraint('thread_id IS NULL OR resolved_at IS NULL', name=op.f('ck_comment_only_threads_are_resolved')),
    sa.ForeignKeyConstraint(['assessment_id'], ['assessment.id'], name=op.f('fk_comment_assessment_id_assessment')),
    sa.ForeignKeyConstraint(['resolved_by'], ['person.id'], name=op.f('fk_comment_resolved_by_person')),
    sa.ForeignKeyConstraint(['thread_id'], ['comment.id'], name=op.f('fk_comment_thread_id_comment')),
    sa.ForeignKeyConstraint(['written_by'], ['person.id'], name=op.f('fk_comment_written_by_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_comment'))
    )
    op.create_index(op.f('ix_comment_assessment_id'), 'comment', ['assessment_id'], unique=False)
    op.create_index(op.f('ix_comment_thread_id'), 'comment', ['thread_id'], unique=False)


def _create_contribution() -> None:
    op.create_table('contribution',
    sa.Column('assessment_id', sa.Uuid(), nullable=False),
    sa.Column('topic', sa.String(length=20), nullable=False),
    sa.Column('sections', JsonDocument, nullable=False),
    sa.Column('person_id', sa.Uuid(), nullable=False),
    sa.Column('text', sa.String(), nullable=False),
    sa.Column('asked_by', sa.Uuid(), nullable=False),
    sa.Column('asked_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('due_on', sa.Date(), nullable=True),
    sa.Column('statement', sa.String(), nullable=False),
    sa.Column('signed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('covers', JsonDocument, nullable=False),
    sa.Column('voided_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('voided_by', sa.Uuid(), nullable=True),
    sa.Column('voided_sections', JsonDocument, nullable=False),
    sa.Column('withdrawn_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('follows_id', sa.Uuid(), nullable=True),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.CheckConstraint("(signed_at IS NULL) = (statement = '')", name=op.f('ck_contribution_signed_iff_stated')),
    sa.CheckConstraint("topic IN ('security', 'legal', 'records', 'equity', 'other')", name=op.f('ck_contribution_known_topic')),
    sa.CheckConstraint('signed_at IS NULL OR withdrawn_at IS NULL', name=op.f('ck_contribution_signed_or_withdrawn')),
    sa.ForeignKeyConstraint(['asked_by'], ['person.id'], name=op.f('fk_contribution_asked_by_person')),
    sa.ForeignKeyConstraint(['assessment_id'], ['assessment.id'], name=op.f('fk_contribution_assessment_id_assessment')),
    sa.ForeignKeyConstraint(['follows_id'], ['contribution.id'], name=op.f('fk_contribution_follows_id_contribution')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_contribution_person_id_person')),
    sa.ForeignKeyConstraint(['voided_by'], ['person.id'], name=op.f('fk_contribution_voided_by_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_contribution'))
    )
    op.create_index(op.f('ix_contribution_assessment_id'), 'contribution', ['assessment_id'], unique=False)
    op.create_index(op.f('ix_contribution_person_id'), 'contribution', ['person_id'], unique=False)

