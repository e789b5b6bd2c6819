"""Plans, and the ledger of effects.

Revision ID: 0004
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    _plans()
    _ledger()


def _plans() -> None:
    op.create_table(
        "plan",
        sa.Column("id", KEY, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("actor", TEXT, nullable=False),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("digest", TEXT, nullable=False),
        sa.Column("content", TEXT, nullable=False),
        sa.Column("effective", TEXT, nullable=False),
        sa.Column("counts", TEXT, nullable=False),
        sa.Column("applied_at", sa.BigInteger()),
        sa.Column("undone_at", sa.BigInteger()),
        sa.PrimaryKeyConstraint("id", name="pk_plan"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "plan_act",
        sa.Column("id", KEY, nullable=False),
        sa.Column("plan_id", sa.BigInteger(), nullable=False),
        sa.Column("rule", TEXT, nullable=False),
        sa.Column("step", TEXT, nullable=False),
        sa.Column("occasion", TEXT, nullable=False),
        sa.Column("customer_id", sa.BigInteger(), nullable=False),
        sa.Column("action", TEXT, nullable=False),
        sa.Column("params", TEXT, nullable=False),
        sa.Column("says", TEXT, nullable=False),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("gate", TEXT),
        sa.Column("reason", TEXT),
        sa.Column("until", sa.BigInteger()),
        sa.Column("arm", TEXT),
        sa.PrimaryKeyConstraint("id", name="pk_plan_act"),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name="fk_plan_act_plan_id"),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name="fk_plan_act_customer_id"),
    )
    op.create_index("ix_plan_act_customer_id", "plan_act", ["customer_id"])
    op.create_index("ix_plan_act_plan_id_state", "plan_act", ["plan_id", "state"])
    op.create_table(
        "decision",
        sa.Column("id", KEY, nullable=False),
        sa.Column("origin", TEXT, nullable=False),
        sa.Column("step", TEXT, nullable=False),
        sa.Column("customer_id", sa.BigInteger(), nullable=False),
        sa.Column("gate", TEXT, nullable=False),
        sa.Column("reason", TEXT, nullable=False),
        sa.Column("plan_id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_decision"),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name="fk_decision_customer_id"),
        sa.UniqueConstraint("origin", "step", "customer_id", name="uq_decision_origin_step_customer_id"),
    )
    op.create_index("ix_decision_customer_id", "decision", ["customer_id"])


def _ledger() -> None:
    op.create_table(
        "effect",
        sa.Column("id", KEY, nullable=False),
        sa.Column("origin", TEXT, nullable=False),
        sa.Column("step", TEXT, nullable=False),
        sa.Column("occasion", TEXT, nullable=False),
        sa.Column("customer_id", sa.BigInteger()),
        sa.Column("plan_id", sa.BigInteger()),
        sa.Column("action", TEXT, nullable=False),
        sa.Column("params", TEXT, nullable=False),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("reason", TEXT),
        sa.Column("result", TEXT),
        sa.Column("actor", TEXT, nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("settled_at", sa.BigInteger()),
        sa.Column("undone_at", sa.BigInteger()),
        sa.Column("channel", TEXT),
        sa.Column("purpose", TEXT),
        sa.Column("contact_at", sa.BigInteger()),
        sa.Column("recipient", TEXT),
        sa.Column("due_at", sa.BigInteger()),
        sa.Column("attempts", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("give_up_at", sa.BigInteger()),
        sa.Column("lease_until", sa.BigInteger()),
        sa.Column("token", sa.BigInteger(), nullable=False, server_default="0"),
        sa.Column("rehearsed", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("arm", TEXT),
        sa.PrimaryKeyConstraint("id", name="pk_effect"),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name="fk_effect_customer_id"),
        sa.UniqueConstraint(
            "origin",
            "step",
            "occasion",
            "customer_id",
            "rehearsed",
            name="uq_effect_origin_step_occasion_customer_id_rehearsed",
        ),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_effect_customer_id_settled_at", "effect", ["customer_id", "settled_at"])
    op.create_index("ix_effect_plan_id", "effect", ["plan_id"])
    for columns in (["due_at"], ["lease_until"], ["customer_id", "contact_at"], ["recipient"]):
        there = sa.text(f"{columns[-1]} IS NOT NULL")
        name = f"ix_effect_{'_'.join(columns)}"
        op.create_index(name, "effect", columns, sqlite_where=there, postgresql_where=there)
    op.create_table(
        "message_template",
        sa.Column("id", KEY, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("digest", TEXT, nullable=False),
        sa.Column("content", TEXT, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_message_template"),
        sa.UniqueConstraint("name", "version", name="uq_message_template_name_version"),
        sa.UniqueConstraint("name", "digest", name="uq_message_template_name_digest"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "rule",
        sa.Column("name", TEXT, nullable=False),
        sa.Column("digest", TEXT),
        sa.Column("proven_at", sa.BigInteger()),
        sa.Column("planned_at", sa.BigInteger()),
        sa.Column("planned_seq", sa.BigInteger()),
        sa.Column("shares", TEXT),
        sa.Column("measured_since", sa.BigInteger()),
        sa.Column("decided_at", sa.Integer()),
        sa.PrimaryKeyConstraint("name", name="pk_rule"),
    )
