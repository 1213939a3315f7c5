"""Proof and people's data: chains of evidence, daily digests, what is erased."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bot.database import Utc

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("evidence", sa.Column("person_id", sa.Integer(), nullable=True))
    op.add_column("evidence", sa.Column("chain", sa.String(length=32), nullable=True))
    op.add_column("evidence", sa.Column("place", sa.Integer(), nullable=True))
    op.add_column("evidence", sa.Column("prev", sa.String(length=64), nullable=True))
    op.add_column("evidence", sa.Column("hash", sa.String(length=64), nullable=True))
    op.create_index("uq_evidence_place", "evidence", ["chain", "place"], unique=True)
    op.create_table(
        "digest",
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.Column("upto", sa.Integer(), nullable=False),
        sa.Column("heads", sa.JSON(), nullable=False),
        sa.Column("prev", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("taken_at", Utc(), nullable=True),
        sa.Column("posted_at", Utc(), nullable=True),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_digest")),
    )
    op.add_column("person", sa.Column("hash", sa.String(length=64), nullable=True))
    erased = sa.column("hash").is_not(None)
    op.create_index(
        "ix_person_hash", "person", ["hash"], unique=False, sqlite_where=erased, postgresql_where=erased
    )
    op.add_column("send", sa.Column("erased_at", Utc(), nullable=True))
    op.create_index("ix_send_asked_at", "send", ["asked_at"], unique=False)
