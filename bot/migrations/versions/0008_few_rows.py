"""Indexes of few rows, for what the brakes ask of texts to many beside all those to one phone."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    to_many = sa.text("kind IN ('campaign', 'everyone')")
    op.create_index(
        "ix_send_to_many", "send", ["sender", "state_at"], unique=False, sqlite_where=to_many,
        postgresql_where=to_many,
    )  # fmt: skip
    to_watch = sa.text("kind IN ('campaign', 'everyone') AND state = 'scheduled'")
    op.drop_index("ix_send_watched", table_name="send")
    op.create_index(
        "ix_send_watched", "send", ["kind", "state", "due_at"], unique=False, sqlite_where=to_watch,
        postgresql_where=to_watch,
    )  # fmt: skip
