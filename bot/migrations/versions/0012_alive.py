"""What needs somebody, told once; when each process last looked at the sends; of whom it is recorded."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bot.database import Utc

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "alarm",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("matter", sa.String(length=64), nullable=False),
        sa.Column("what", sa.String(length=16), nullable=False),
        sa.Column("said", sa.Text(), nullable=False),
        sa.Column("opened_at", Utc(), nullable=False),
        sa.Column("taken_at", Utc(), nullable=True),
        sa.Column("told_at", Utc(), nullable=True),
        sa.Column("closed_at", Utc(), nullable=True),
        sa.Column("closing_told_at", Utc(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alarm")),
    )
    still = sa.column("closed_at").is_(None)
    op.create_index(
        "ix_alarm_open", "alarm", ["matter"], unique=True, sqlite_where=still, postgresql_where=still
    )
    op.create_index("ix_alarm_closed_at", "alarm", ["closed_at"], unique=False)
    op.create_table(
        "beat",
        sa.Column("process", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("tick_at", Utc(), nullable=False),
        sa.Column("is_chief", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("process", name=op.f("pk_beat")),
    )
    somebody = sa.column("person_id").is_not(None)
    op.create_index(
        "ix_evidence_person_id", "evidence", ["person_id"], unique=False, sqlite_where=somebody,
        postgresql_where=somebody,
    )  # fmt: skip
