"""Repeating campaigns: the rule of one, and of each of its times which rule and which local day it is."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bot.database import Utc

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("send", sa.Column("repeats", sa.JSON(none_as_null=True), nullable=True))
    op.add_column("send", sa.Column("next_day", sa.Date(), nullable=True))
    op.add_column("send", sa.Column("make_day", sa.Date(), nullable=True))
    op.add_column("send", sa.Column("make_at", Utc(), nullable=True))
    op.add_column("send", sa.Column("series", sa.String(length=12), nullable=True))
    op.add_column("send", sa.Column("on_day", sa.Date(), nullable=True))
    one_time = sa.column("series").is_not(None)
    op.create_index(
        "ix_send_series", "send", ["series", "on_day"], unique=True, sqlite_where=one_time,
        postgresql_where=one_time,
    )  # fmt: skip
    runs = sa.column("make_at").is_not(None)
    op.create_index(
        "ix_send_make_at", "send", ["make_at"], unique=False, sqlite_where=runs, postgresql_where=runs
    )
