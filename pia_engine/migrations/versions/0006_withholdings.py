"""Withhold parts of answers from the public, on a ground and with an approver, and disclose them later."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

JsonDocument = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    op.create_table(
        "withholding",
        sa.Column("reference", sa.String(length=40), nullable=False),
        sa.Column("assessment_id", sa.Uuid(), nullable=False),
        sa.Column("department_id", sa.Uuid(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("question", sa.String(length=80), nullable=False),
        sa.Column("extent", sa.String(length=10), nullable=False),
        sa.Column("parts", JsonDocument, nullable=False),
        sa.Column("ground", sa.String(length=80), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("disclosed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("disclosure", sa.String(), nullable=False),
        sa.Column("disclosure_digest", sa.String(length=64), nullable=False),
        sa.Column("status", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("trail_length", sa.Integer(), nullable=False),
        sa.Column("trail_head", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("extent IN ('answer', 'rows', 'cells', 'words')", name=op.f("ck_withholding_known_extent")),
        sa.CheckConstraint(
            "(decided_at IS NULL) = (decided_by IS NULL)", name=op.f("ck_withholding_decided_by_somebody")
        ),
        sa.CheckConstraint(
            "(disclosed_at IS NULL) = (disclosure_digest = '')", name=op.f("ck_withholding_disclosed_iff_published")
        ),
        sa.CheckConstraint(
            "(disclosure = '') = (disclosure_digest = '')", name=op.f("ck_withholding_disclosure_has_digest")
        ),
        sa.ForeignKeyConstraint(
            ["assessment_id"], ["assessment.id"], name=op.f("fk_withholding_assessment_id_assessment")
        ),
        sa.ForeignKeyConstraint(["author_id"], ["person.id"], name=op.f("fk_withholding_author_id_person")),
        sa.ForeignKeyConstraint(["decided_by"], ["person.id"], name=op.f("fk_withholding_decided_by_person")),
        sa.ForeignKeyConstraint(
            ["department_id"], ["department.id"], name=op.f("fk_withholding_department_id_department")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_withholding")),
        sa.UniqueConstraint("reference", name=op.f("uq_withholding_reference")),
    )
    op.create_index(op.f("ix_withholding_assessment_id"), "withholding", ["assessment_id"], unique=False)


def downgrade() -> None:
    op.drop_table("withholding")
