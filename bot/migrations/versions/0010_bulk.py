"""Bulk runs and the rows of their files; on PostgreSQL the tables of procrastinate, which carries them.

Those are of procrastinate 3.10 (the library's own sql/schema.sql, whose newest migration is 03.04.00). When a
later version of the library brings migrations, a step here applies them; tests/test_migrations.py notices it.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bot.database import Utc

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "bulk_run",
        sa.Column("send_id", sa.String(length=12), nullable=False),
        sa.Column("action", sa.String(length=16), nullable=False),
        sa.Column("file_id", sa.String(length=32), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("reading", sa.String(length=32), nullable=True),
        sa.Column("reading_by", sa.Integer(), nullable=True),
        sa.Column("read_at", Utc(), nullable=True),
        sa.Column("lines", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("valid", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("duplicates", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("stopped", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("invalid", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("found_in", sa.Text(), nullable=True),
        sa.Column("examples", sa.JSON(), nullable=False),
        sa.Column("area_codes", sa.JSON(), nullable=False),
        sa.Column("print", sa.String(length=64), nullable=True),
        sa.Column("state", sa.String(length=16), nullable=False, server_default="waiting"),
        sa.Column("state_at", Utc(), nullable=True),
        sa.Column("paused_by", sa.String(length=16), nullable=True),
        sa.Column("paused_who", sa.String(length=32), nullable=True),
        sa.Column("why", sa.Text(), nullable=True),
        sa.Column("next_at", Utc(), nullable=True),
        sa.Column("carried_by", sa.Integer(), nullable=True),
        sa.Column("kept_to", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("begun_at", Utc(), nullable=True),
        sa.Column("ended_at", Utc(), nullable=True),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("counted_at", Utc(), nullable=True),
        sa.Column("pace", sa.Float(), nullable=False, server_default="0"),
        sa.Column("report_by", sa.String(length=32), nullable=True),
        sa.Column("report_taken_at", Utc(), nullable=True),
        sa.Column("report_at", Utc(), nullable=True),
        sa.ForeignKeyConstraint(["send_id"], ["send.id"], name=op.f("fk_bulk_run_send_id")),
        sa.PrimaryKeyConstraint("send_id", name=op.f("pk_bulk_run")),
    )
    op.create_table(
        "bulk_row",
        sa.Column("send_id", sa.String(length=12), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("why", sa.Text(), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("claimed_by", sa.Integer(), nullable=True),
        sa.Column("claim", sa.String(length=32), nullable=True),
        sa.Column("claimed_at", Utc(), nullable=True),
        sa.Column("answered_at", Utc(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_bulk_row_person_id")),
        sa.ForeignKeyConstraint(["send_id"], ["send.id"], name=op.f("fk_bulk_row_send_id")),
        sa.PrimaryKeyConstraint("send_id", "line", name=op.f("pk_bulk_row")),
    )
    op.create_index("ix_bulk_row_next", "bulk_row", ["send_id", "state", "tries", "line"], unique=False)
    op.create_index("ix_bulk_row_person_id", "bulk_row", ["person_id", "send_id"], unique=False)
    once = sa.text("person_id IS NOT NULL AND state != 'skipped'")
    op.create_index(
        "uq_bulk_row_person", "bulk_row", ["send_id", "person_id"], unique=True, sqlite_where=once,
        postgresql_where=once,
    )  # fmt: skip
    under_way = sa.text("state = 'sending'")
    op.create_index(
        "ix_bulk_row_sending", "bulk_row", ["claimed_by"], unique=False, sqlite_where=under_way,
        postgresql_where=under_way,
    )  # fmt: skip
    if op.get_bind().dialect.name == "postgresql":
        _make_jobs()


def _make_jobs() -> None:
    """The library's own SQL, statement by statement as it lies there: it has no values to fill in."""
    from procrastinate.schema import SchemaManager

    driver = op.get_bind().connection.cursor()
    driver.execute(SchemaManager.get_schema())
