"""Of a list that goes, when somebody was last at work on it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bot.database import Utc

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("bulk_run", sa.Column("seen_at", Utc(), nullable=True))
