"""What stewardship and privacy keep: merges, duplicates, mass edits, requests, holds, erasures.

Revision ID: 0002
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.add_column("customer", sa.Column("restricted_at", sa.BigInteger()))
    op.add_column("import_run", sa.Column("undone_at", sa.BigInteger()))
    _merges()
    _edits()
    _privacy()


def _merges() -> None:
    op.create_table(
        "customer_alias",
        sa.Column("id", KEY, nullable=False),
        sa.Column("uid", TEXT, nullable=False),
        sa.Column("customer_id", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_customer_alias"),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name="fk_customer_alias_customer_id"),
        sa.UniqueConstraint("uid", name="uq_customer_alias_uid"),
    )
    op.create_index("ix_customer_alias_customer_id", "customer_alias", ["customer_id"])
    op.create_table(
        "merge_run",
        sa.Column("id", KEY, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("actor", TEXT, nullable=False),
        sa.Column("source", TEXT, nullable=False),
        sa.Column("pairs", sa.BigInteger(), nullable=False),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("undone_at", sa.BigInteger()),
        sa.PrimaryKeyConstraint("id", name="pk_merge_run"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "merge",
        sa.Column("id", KEY, nullable=False),
        sa.Column("run_id", sa.BigInteger(), nullable=False),
        sa.Column("loser_id", sa.BigInteger(), nullable=False),
        sa.Column("loser_uid", TEXT, nullable=False),
        sa.Column("survivor_id", sa.BigInteger(), nullable=False),
        sa.Column("survivor_uid", TEXT, nullable=False),
        sa.Column("state", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_merge"),
        sa.ForeignKeyConstraint(["run_id"], ["merge_run.id"], name="fk_merge_run_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_merge_loser_id", "merge", ["loser_id"])
    op.create_index("ix_merge_run_id", "merge", ["run_id"])
    op.create_index("ix_merge_survivor_id", "merge", ["survivor_id"])
    op.create_table(
        "merge_moved",
        sa.Column("id", KEY, nullable=False),
        sa.Column("merge_id", sa.BigInteger(), nullable=False),
        sa.Column("table_name", TEXT, nullable=False),
        sa.Column("column_name", TEXT, nullable=False),
        sa.Column("row_id", sa.BigInteger(), nullable=False),
        sa.Column("old_id", sa.BigInteger(), nullable=False),
        sa.Column("new_id", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_merge_moved"),
        sa.ForeignKeyConstraint(["merge_id"], ["merge.id"], name="fk_merge_moved_merge_id"),
    )
    op.create_index("ix_merge_moved_merge_id", "merge_moved", ["merge_id"])
    op.create_table(
        "merge_removed",
        sa.Column("id", KEY, nullable=False),
        sa.Column("merge_id", sa.BigInteger(), nullable=False),
        sa.Column("table_name", TEXT, nullable=False),
        sa.Column("row_id", sa.BigInteger(), nullable=False),
        sa.Column("winner_id", sa.BigInteger()),
        sa.Column("image", TEXT),
        sa.PrimaryKeyConstraint("id", name="pk_merge_removed"),
        sa.ForeignKeyConstraint(["merge_id"], ["merge.id"], name="fk_merge_removed_merge_id"),
    )
    op.create_index("ix_merge_removed_merge_id", "merge_removed", ["merge_id"])
    op.create_table(
        "merge_value",
        sa.Column("id", KEY, nullable=False),
        sa.Column("merge_id", sa.BigInteger(), nullable=False),
        sa.Column("table_name", TEXT, nullable=False),
        sa.Column("column_name", TEXT, nullable=False),
        sa.Column("row_id", sa.BigInteger(), nullable=False),
        sa.Column("how", TEXT, nullable=False),
        sa.Column("old", TEXT),
        sa.Column("new", TEXT),
        sa.PrimaryKeyConstraint("id", name="pk_merge_value"),
        sa.ForeignKeyConstraint(["merge_id"], ["merge.id"], name="fk_merge_value_merge_id"),
    )
    op.create_index("ix_merge_value_merge_id", "merge_value", ["merge_id"])
    op.create_table(
        "duplicate",
        sa.Column("id", KEY, nullable=False),
        sa.Column("customer_id", sa.BigInteger(), nullable=False),
        sa.Column("other_id", sa.BigInteger(), nullable=False),
        sa.Column("score", sa.BigInteger(), nullable=False),
        sa.Column("reasons", TEXT, nullable=False),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("found_at", sa.BigInteger(), nullable=False),
        sa.Column("settled_at", sa.BigInteger()),
        sa.Column("actor", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_duplicate"),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name="fk_duplicate_customer_id"),
        sa.ForeignKeyConstraint(["other_id"], ["customer.id"], name="fk_duplicate_other_id"),
        sa.UniqueConstraint("customer_id", "other_id", name="uq_duplicate_customer_id_other_id"),
    )
    op.create_index("ix_duplicate_other_id", "duplicate", ["other_id"])
    op.create_index("ix_duplicate_state_score", "duplicate", ["state", "score"])


def _edits() -> None:
    op.create_table(
        "edit_run",
        sa.Column("id", KEY, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("actor", TEXT, nullable=False),
        sa.Column("what", TEXT, nullable=False),
        sa.Column("customers", sa.BigInteger(), nullable=False),
        sa.Column("log_position", sa.BigInteger(), nullable=False),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("undone_at", sa.BigInteger()),
        sa.PrimaryKeyConstraint("id", name="pk_edit_run"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "import_batch",
        sa.Column("id", KEY, nullable=False),
        sa.Column("run_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("first_seq", sa.BigInteger()),
        sa.Column("last_seq", sa.BigInteger()),
        sa.Column("first_change", sa.BigInteger()),
        sa.Column("last_change", sa.BigInteger()),
        sa.PrimaryKeyConstraint("id", name="pk_import_batch"),
        sa.ForeignKeyConstraint(["run_id"], ["import_run.id"], name="fk_import_batch_run_id"),
    )
    op.create_index("ix_import_batch_run_id", "import_batch", ["run_id"])
    op.create_table(
        "access",
        sa.Column("id", KEY, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("actor", TEXT, nullable=False),
        sa.Column("action", TEXT, nullable=False),
        sa.Column("what", TEXT, nullable=False),
        sa.Column("customer_id", sa.BigInteger()),
        sa.Column("customers", sa.BigInteger(), nullable=False),
        sa.Column("detail", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_access"),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name="fk_access_customer_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_access_customer_id", "access", ["customer_id"])


def _privacy() -> None:
    op.create_table(
        "privacy_request",
        sa.Column("id", KEY, nullable=False),
        sa.Column("customer_id", sa.BigInteger()),
        sa.Column("uid", TEXT, nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.Column("due_on", TEXT, nullable=False),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("channel", TEXT, nullable=False),
        sa.Column("note", TEXT, nullable=False),
        sa.Column("actor", TEXT, nullable=False),
        sa.Column("settled_at", sa.BigInteger()),
        sa.Column("outcome", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_privacy_request"),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name="fk_privacy_request_customer_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_privacy_request_customer_id", "privacy_request", ["customer_id"])
    op.create_index("ix_privacy_request_state_due_on", "privacy_request", ["state", "due_on"])
    op.create_table(
        "legal_hold",
        sa.Column("id", KEY, nullable=False),
        sa.Column("customer_id", sa.BigInteger(), nullable=False),
        sa.Column("reason", TEXT, nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("until", TEXT),
        sa.Column("lifted_at", sa.BigInteger()),
        sa.Column("actor", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_legal_hold"),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name="fk_legal_hold_customer_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_legal_hold_customer_id", "legal_hold", ["customer_id"])
    op.create_table(
        "erasure",
        sa.Column("id", KEY, nullable=False),
        sa.Column("uid", TEXT, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("actor", TEXT, nullable=False),
        sa.Column("request_id", sa.BigInteger()),
        sa.Column("counts", TEXT, nullable=False),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("scrubbed_at", sa.BigInteger()),
        sa.PrimaryKeyConstraint("id", name="pk_erasure"),
        sa.UniqueConstraint("uid", name="uq_erasure_uid"),
        sqlite_autoincrement=True,
    )
    _suppressions()


def _suppressions() -> None:
    op.create_table(
        "suppression",
        sa.Column("id", KEY, nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("digest", TEXT, nullable=False),
        sa.Column("purpose", TEXT, nullable=False),
        sa.Column("reason", TEXT, nullable=False),
        sa.Column("scope", TEXT, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("until", sa.BigInteger()),
        sa.Column("note", TEXT, nullable=False),
        sa.Column("actor", TEXT, nullable=False),
        sa.Column("lifted_at", sa.BigInteger()),
        sa.Column("lifted_by", TEXT, nullable=False, server_default=""),
        sa.Column("because", TEXT, nullable=False, server_default=""),
        sa.PrimaryKeyConstraint("id", name="pk_suppression"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_suppression_digest", "suppression", ["digest"])
    standing = sa.text("lifted_at IS NULL")
    op.create_index(
        "uq_suppression_digest_purpose_reason",
        "suppression",
        ["digest", "purpose", "reason"],
        unique=True,
        sqlite_where=standing,
        postgresql_where=standing,
    )
    op.create_table(
        "address_strike",
        sa.Column("id", KEY, nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("digest", TEXT, nullable=False),
        sa.Column("score", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_address_strike"),
        sa.UniqueConstraint("digest", name="uq_address_strike_digest"),
    )
