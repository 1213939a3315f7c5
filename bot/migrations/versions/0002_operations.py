"""Every operation: contacts, several requests in one send, opt-outs, the registry, what a live test found."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bot.database import Utc

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("person") as person:
        person.alter_column("phone", existing_type=sa.String(length=16), nullable=True)
        person.add_column(sa.Column("email", sa.String(length=254), nullable=True))
        person.add_column(sa.Column("first_name", sa.String(length=100), nullable=True))
        person.add_column(sa.Column("customer_key", sa.String(length=100), nullable=True))
    with op.batch_alter_table("send") as send:
        send.add_column(sa.Column("contact_id", sa.Integer(), nullable=True))
        send.add_column(sa.Column("country", sa.String(length=2), nullable=True))
        send.add_column(sa.Column("legs", sa.JSON(none_as_null=True), nullable=True))
        send.add_column(sa.Column("label", sa.Text(), nullable=True))
        send.create_foreign_key(op.f("fk_send_contact_id"), "person", ["contact_id"], ["id"])
    op.create_index("ix_send_card_ts", "send", ["card_ts"], unique=False)
    op.create_table(
        "optout",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("sender", sa.String(length=64), nullable=False),
        sa.Column("send_id", sa.String(length=12), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_optout_person_id")),
        sa.ForeignKeyConstraint(["send_id"], ["send.id"], name=op.f("fk_optout_send_id")),
        sa.PrimaryKeyConstraint("person_id", "sender", "send_id", name=op.f("pk_optout")),
    )
    op.create_index("ix_optout_send_id", "optout", ["send_id"], unique=False)
    op.create_table(
        "registered",
        sa.Column("what", sa.String(length=8), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("label", sa.String(length=80), nullable=True),
        sa.Column("zone", sa.String(length=64), nullable=True),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.Column("removed_at", Utc(), nullable=True),
        sa.PrimaryKeyConstraint("what", "name", name=op.f("pk_registered")),
    )
    op.create_table(
        "finding",
        sa.Column("what", sa.String(length=32), nullable=False),
        sa.Column("found", sa.JSON(), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.PrimaryKeyConstraint("what", name=op.f("pk_finding")),
    )
