"""Many sends, several processes: an index for each question of a tick, the slots of the shared throttle."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_send_looked", "send", ["state", "looked_at"], unique=False)
    op.create_index("ix_send_card_frozen", "send", ["state", "card_frozen"], unique=False)
    few = {
        "ix_send_behind": ("state_at", sa.and_(sa.column("card_revision") < sa.column("revision"), _lost())),
        "ix_send_card_by": ("card_by", sa.column("card_by").is_not(None)),
    }
    for name, (column, where) in few.items():
        op.create_index(name, "send", [column], unique=False, sqlite_where=where, postgresql_where=where)
    op.create_table(
        "slot",
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("free_at", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_slot")),
    )


def _lost() -> sa.ColumnElement[bool]:
    return ~sa.column("card_lost", sa.Boolean)
