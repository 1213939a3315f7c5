"""App Home: who opened it, and what it shows; an index for each filter of the history, in its order."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bot.database import Utc

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "home",
        sa.Column("who", sa.String(length=32), nullable=False),
        sa.Column("opened_at", Utc(), nullable=False),
        sa.Column("channel", sa.String(length=32), nullable=True),
        sa.Column("shown", sa.String(length=64), nullable=True),
        sa.Column("seen", sa.Integer(), nullable=False),
        sa.Column("looked_at", Utc(), nullable=True),
        sa.Column("taken_at", Utc(), nullable=True),
        sa.PrimaryKeyConstraint("who", name=op.f("pk_home")),
    )
    op.create_index("ix_send_due_id", "send", ["state", "due_at", "id"], unique=False)
    op.drop_index("ix_send_due", table_name="send")
    op.create_index("ix_send_asked", "send", ["asked_at", "id"], unique=False)
    op.drop_index("ix_send_asked_at", table_name="send")
    op.create_index("ix_send_asker", "send", ["asked_by", "asked_at", "id"], unique=False)
    for name, columns, where in (
        ("ix_send_kind", ["kind"], "kind != 'send'"),
        ("ix_send_stayed", ["state"], f"state IN ({STAYS})"),
        ("ix_send_to_group", ["audience"], "audience IS NOT NULL"),
        ("ix_send_hands", [], HANDS),
    ):
        few, in_order = sa.text(where), [*columns, "asked_at", "id"]
        op.create_index(
            name, "send", in_order, unique=False, sqlite_where=few, postgresql_where=few
        )


STAYS = "'cancelled', 'expired', 'held', 'maybe_sent', 'refused'"
HANDS = (
    "(CASE WHEN edited_by != asked_by OR confirmed_by != asked_by OR moved_by != asked_by"
    " OR settled_by != asked_by OR approved_by IS NOT NULL OR rejected_by IS NOT NULL"
    " OR oops_by IS NOT NULL THEN 1 ELSE 0 END) = 1"
)
