"""Approval: who changed, approved, rejected; copies of a card; roles that were given in Slack."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bot.database import Utc

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("send") as send:
        send.add_column(sa.Column("edited_by", sa.String(length=32), nullable=True))
        send.add_column(sa.Column("needs_person", sa.Boolean(), nullable=False, server_default=sa.false()))
        send.add_column(sa.Column("asked_of", sa.Text(), nullable=True))
        send.add_column(sa.Column("remind_at", Utc(), nullable=True))
        send.add_column(sa.Column("approved_by", sa.String(length=32), nullable=True))
        send.add_column(sa.Column("approved_at", Utc(), nullable=True))
        send.add_column(sa.Column("approved_print", sa.String(length=64), nullable=True))
        send.add_column(sa.Column("approved_due", Utc(), nullable=True))
        send.add_column(sa.Column("rejected_by", sa.String(length=32), nullable=True))
    with op.batch_alter_table("note") as note:
        note.add_column(sa.Column("person", sa.String(length=32), nullable=True))
    op.create_table(
        "card_copy",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("send_id", sa.String(length=12), nullable=False),
        sa.Column("who", sa.String(length=32), nullable=False),
        sa.Column("channel", sa.String(length=32), nullable=True),
        sa.Column("ts", sa.String(length=32), nullable=True),
        sa.Column("wanted", sa.Integer(), nullable=False),
        sa.Column("shown", sa.Integer(), nullable=False),
        sa.Column("taken_at", Utc(), nullable=True),
        sa.ForeignKeyConstraint(["send_id"], ["send.id"], name=op.f("fk_card_copy_send_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_card_copy")),
        sa.UniqueConstraint("send_id", "who", name=op.f("uq_card_copy_send_id")),
    )
    behind = sa.column("shown") < sa.column("wanted")
    op.create_index(
        "ix_card_copy_behind", "card_copy", ["wanted"], sqlite_where=behind, postgresql_where=behind
    )
    op.create_table(
        "given_role",
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("who", sa.String(length=32), nullable=False),
        sa.Column("by", sa.String(length=32), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.PrimaryKeyConstraint("role", "who", name=op.f("pk_given_role")),
    )
