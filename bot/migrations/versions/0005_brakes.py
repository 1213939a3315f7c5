"""The brakes: what was confirmed all the same, how much left lately, how many failed in a row."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("send", sa.Column("accepted", sa.JSON(), nullable=True))
    op.add_column("freeze", sa.Column("failures", sa.Integer(), nullable=False, server_default="0"))
    op.create_index("ix_send_claimed_at", "send", ["claimed_at"], unique=False)
    op.create_index("ix_send_asked_by", "send", ["asked_by", "claimed_at"], unique=False)
