"""Let people be stood in for, and keep what happens to people and settings in the city's own audit chain."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

ACTS = ("determination", "review", "sign_off")


def upgrade() -> None:
    _create_deputy()
    _give_the_city_a_chain()
    for table in ACTS:
        _add_represents(table)
    op.add_column('audit_event', sa.Column('role', sa.String(length=40), nullable=False, server_default=""))
    op.add_column('audit_event', sa.Column('represented_id', sa.Uuid(), nullable=True))


def downgrade() -> None:
    op.drop_column('audit_event', 'represented_id')
    op.drop_column('audit_event', 'role')
    for table in reversed(ACTS):
        op.drop_column(table, 'represents_id')
    for column in ('updated_at', 'trail_head', 'trail_length', 'version'):
        op.drop_column('city', column)
    op.drop_table('deputy')


def _create_deputy() -> None:
    op.create_table('deputy',
    sa.Column('designation_id', sa.Uuid(), nullable=False),
    sa.Column('person_id', sa.Uuid(), nullable=False),
    sa.Column('from_on', sa.Date(), nullable=False),
    sa.Column('until_on', sa.Date(), nullable=False),
    sa.Column('reason', sa.String(length=300), nullable=False),
    sa.Column('named_by', sa.Uuid(), nullable=True),
    sa.Column('named_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('withdrawn_on', sa.Date(), nullable=True),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.CheckConstraint('until_on >= from_on', name=op.f('ck_deputy_ends_after_it_begins')),
    sa.ForeignKeyConstraint(['designation_id'], ['designation.id'], name=op.f('fk_deputy_designation_id_designation')),
    sa.ForeignKeyConstraint(['named_by'], ['person.id'], name=op.f('fk_deputy_named_by_person')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_deputy_person_id_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_deputy'))
    )
    op.create_index(op.f('ix_deputy_designation_id'), 'deputy', ['designation_id'], unique=False)
    op.create_index(op.f('ix_deputy_person_id'), 'deputy', ['person_id'], unique=False)


def _give_the_city_a_chain() -> None:
    """A city that is there already begins its chain with the next thing that happens."""
    op.add_column('city', sa.Column('version', sa.Integer(), nullable=False, server_default="1"))
    op.add_column('city', sa.Column('trail_length', sa.Integer(), nullable=False, server_default="0"))
    op.add_column('city', sa.Column('trail_head', sa.String(length=64), nullable=False, server_default=""))
    op.add_column('city', sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False,
                                    server_default="1970-01-01 00:00:00.000000"))
    op.execute("UPDATE city SET updated_at = created_at")


def _add_represents(table: str) -> None:
    """SQLite takes a foreign key with a new column only when it stands in the same statement."""
    name = f"fk_{table}_represents_id_person"
    kind = "UUID" if op.get_bind().dialect.name == "postgresql" else "CHAR(32)"
    op.execute(f"ALTER TABLE {table} ADD COLUMN represents_id {kind} CONSTRAINT {name} REFERENCES person (id)")
