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
    few("ix_send_kind", "kind", "kind != 'send'")
    few("ix_send_stayed", "state", f"state IN ({STAYS})")
    few("ix_send_to_group", "audience", "audience IS NOT NULL")
    for name in HANDS:
        hand = f"nullif({name}, asked_by)"  # who did this, where it is not who asked for the send
        few(f"ix_send_{name}", hand, f"{hand} IS NOT NULL")


def few(name: str, first: str, where: str) -> None:
    """An index of the few sends `where` this holds, in the history's order."""
    in_order = [sa.text(one) for one in (first, "asked_at", "id")]
    only = sa.text(where)
    op.create_index(name, "send", in_order, unique=False, sqlite_where=only, postgresql_where=only)


STAYS = "'cancelled', 'expired', 'held', 'maybe_sent', 'refused'"
HANDS = (
    "edited_by", "confirmed_by", "approved_by", "rejected_by", "moved_by", "settled_by", "oops_by",
)  # fmt: skip
