"""Who leads a team, who is away, and who stands in for them; an index by which each sees their customers.

Revision ID: 0006
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.add_column("team_member", sa.Column("is_lead", sa.BigInteger(), nullable=False, server_default="0"))
    op.create_table(
        "cover",
        sa.Column("id", KEY, nullable=False),
        sa.Column("employee_id", sa.BigInteger(), nullable=False),
        sa.Column("stand_in_id", sa.BigInteger()),
        sa.Column("first_day", TEXT, nullable=False),
        sa.Column("last_day", TEXT, nullable=False),
        sa.Column("is_away", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_cover"),
        sa.ForeignKeyConstraint(["employee_id"], ["employee.id"], name="fk_cover_employee_id"),
        sa.ForeignKeyConstraint(["stand_in_id"], ["employee.id"], name="fk_cover_stand_in_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_cover_employee_id", "cover", ["employee_id"])
    op.create_index("ix_cover_stand_in_id", "cover", ["stand_in_id"])
    # Whoever sees only some customers asks for those of an owner, or of several, who are not archived.
    op.drop_index("ix_customer_owner_id", "customer")
    op.create_index("ix_customer_owner_id_archived_at", "customer", ["owner_id", "archived_at"])
