"""Corrections of a wrong text, what may leave in a freeze, and Slack's alarms for what does not report."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bot.database import Utc

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("send", sa.Column("corrects", sa.String(length=12), nullable=True))
    op.add_column("send", sa.Column("oops_by", sa.String(length=32), nullable=True))
    op.add_column("send", sa.Column("oops_at", Utc(), nullable=True))
    op.add_column("send", sa.Column("through_freeze_by", sa.String(length=32), nullable=True))
    op.add_column("send", sa.Column("through_freeze_print", sa.String(length=64), nullable=True))
    some = sa.column("corrects").is_not(None)
    op.create_index(
        "ix_send_corrects", "send", ["corrects"], unique=False, sqlite_where=some, postgresql_where=some
    )
    to_watch = sa.text("kind IN ('campaign', 'everyone') AND state = 'scheduled'")
    op.create_index(
        "ix_send_watched", "send", ["kind", "state", "due_at"], unique=False, postgresql_where=to_watch
    )
    op.create_table(
        "watch",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("send_id", sa.String(length=12), nullable=False),
        sa.Column("due_at", Utc(), nullable=False),
        sa.Column("channel", sa.String(length=32), nullable=False),
        sa.Column("thread_ts", sa.String(length=32), nullable=False),
        sa.Column("taken_at", Utc(), nullable=True),
        sa.Column("booked", sa.String(length=32), nullable=True),
        sa.Column("why", sa.String(length=64), nullable=True),
        sa.Column("again_at", Utc(), nullable=True),
        sa.Column("closed_at", Utc(), nullable=True),
        sa.ForeignKeyConstraint(["send_id"], ["send.id"], name=op.f("fk_watch_send_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_watch")),
    )
    still = sa.column("closed_at").is_(None)
    place = ["send_id", "due_at", "channel", "thread_ts"]
    op.create_index(
        "ix_watch_open", "watch", place, unique=True, sqlite_where=still, postgresql_where=still
    )
