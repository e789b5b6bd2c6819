"""What stewardship keeps: merges and their journal, suspected duplicates, mass edits, who read what."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa

from crmkit.core.store.ownership import customer_column, impersonal, on_conflict, owned
from crmkit.core.store.tables.columns import Instant, Text, key_column

_JOURNAL: Final = "the journal of merges, which an erasure empties by a rule of its own"


def customer_alias_table(metadata: sa.MetaData) -> None:
    """Numbers and uids of customers who were merged: each leads to who they are now."""
    sa.Table(
        "customer_alias",
        metadata,
        key_column(),
        sa.Column("uid", Text, nullable=False, unique=True),
        customer_column(
            "customer_id", metadata.tables["customer"], erase="delete", nullable=False, index=True
        ),
        info=owned(),
    )


def merge_run_table(metadata: sa.MetaData) -> None:
    """Merges, of one pair or of thousands: `merge:7` is a row of this table."""
    sa.Table(
        "merge_run",
        metadata,
        key_column(),
        sa.Column("at", Instant, nullable=False),
        sa.Column("actor", Text, nullable=False),
        sa.Column("source", Text, nullable=False),
        sa.Column("pairs", sa.BigInteger, nullable=False),
        sa.Column("state", Text, nullable=False),
        sa.Column("undone_at", Instant),
        info=impersonal(_JOURNAL),
        sqlite_autoincrement=True,
    )


def merge_table(metadata: sa.MetaData) -> None:
    """Each pair of a merge: who went into whom. Neither refers to the customer, who may be gone."""
    sa.Table(
        "merge",
        metadata,
        key_column(),
        sa.Column("run_id", sa.BigInteger, sa.ForeignKey("merge_run.id"), nullable=False, index=True),
        sa.Column("loser_id", sa.BigInteger, nullable=False, index=True),
        sa.Column("loser_uid", Text, nullable=False),
        sa.Column("survivor_id", sa.BigInteger, nullable=False, index=True),
        sa.Column("survivor_uid", Text, nullable=False),
        sa.Column("state", Text, nullable=False),
        info=impersonal(_JOURNAL),
        sqlite_autoincrement=True,
    )


def merge_moved_table(metadata: sa.MetaData) -> None:
    """Rows that a merge gave to another: which column of which row, from which id to which."""
    sa.Table(
        "merge_moved",
        metadata,
        key_column(),
        _merge(),
        sa.Column("table_name", Text, nullable=False),
        sa.Column("column_name", Text, nullable=False),
        sa.Column("row_id", sa.BigInteger, nullable=False),
        sa.Column("old_id", sa.BigInteger, nullable=False),
        sa.Column("new_id", sa.BigInteger, nullable=False),
        info=impersonal(_JOURNAL),
    )


def merge_removed_table(metadata: sa.MetaData) -> None:
    """Rows that a merge dropped for another (`winner_id`), each with its image as JSON."""
    sa.Table(
        "merge_removed",
        metadata,
        key_column(),
        _merge(),
        sa.Column("table_name", Text, nullable=False),
        sa.Column("row_id", sa.BigInteger, nullable=False),
        sa.Column("winner_id", sa.BigInteger),
        sa.Column("image", Text),
        info=impersonal(_JOURNAL),
    )


def merge_value_table(metadata: sa.MetaData) -> None:
    """Values that a merge replaced, filled or added up (`how`), as JSON before and after."""
    sa.Table(
        "merge_value",
        metadata,
        key_column(),
        _merge(),
        sa.Column("table_name", Text, nullable=False),
        sa.Column("column_name", Text, nullable=False),
        sa.Column("row_id", sa.BigInteger, nullable=False),
        sa.Column("how", Text, nullable=False),
        sa.Column("old", Text),
        sa.Column("new", Text),
        info=impersonal(_JOURNAL),
    )


def duplicate_table(metadata: sa.MetaData) -> None:
    """Pairs of customers who may be the same, and those of whom a person said that they are not."""
    customer = metadata.tables["customer"]
    sa.Table(
        "duplicate",
        metadata,
        key_column(),
        customer_column("customer_id", customer, erase="delete", nullable=False),
        customer_column("other_id", customer, erase="delete", nullable=False, index=True),
        # In thousandths, and why as names of rules: no value of anybody's.
        sa.Column("score", sa.BigInteger, nullable=False),
        sa.Column("reasons", Text, nullable=False),
        sa.Column("state", Text, nullable=False),
        sa.Column("found_at", Instant, nullable=False),
        sa.Column("settled_at", Instant),
        sa.Column("actor", Text, nullable=False),
        sa.UniqueConstraint("customer_id", "other_id"),
        sa.Index("ix_duplicate_state_score", "state", "score"),
        # Who was settled stays so: a "no" is newer than a suggestion that nobody looked at.
        info=owned(conflict=on_conflict(keep="newest:settled_at"), self_link="drop"),
    )


def edit_run_table(metadata: sa.MetaData) -> None:
    """Mass edits: `edit:4` is a row here. What was changed stands in the change log, by its source."""
    sa.Table(
        "edit_run",
        metadata,
        key_column(),
        sa.Column("at", Instant, nullable=False),
        sa.Column("actor", Text, nullable=False),
        # What was done, in words and without any value that could be a person's.
        sa.Column("what", Text, nullable=False),
        sa.Column("customers", sa.BigInteger, nullable=False),
        # The newest entry of the change log before it: what the edit changed comes after.
        sa.Column("log_position", sa.BigInteger, nullable=False),
        sa.Column("state", Text, nullable=False),
        sa.Column("undone_at", Instant),
        info=impersonal("what was edited in bulk, without values"),
        sqlite_autoincrement=True,
    )


def import_batch_table(metadata: sa.MetaData) -> None:
    """Which entries of both logs each batch of an import wrote, for its undo."""
    sa.Table(
        "import_batch",
        metadata,
        key_column(),
        sa.Column("run_id", sa.BigInteger, sa.ForeignKey("import_run.id"), nullable=False, index=True),
        sa.Column("position", sa.BigInteger, nullable=False),
        sa.Column("first_seq", sa.BigInteger),
        sa.Column("last_seq", sa.BigInteger),
        sa.Column("first_change", sa.BigInteger),
        sa.Column("last_change", sa.BigInteger),
        info=impersonal("crmkit's own bookkeeping"),
    )


def access_table(metadata: sa.MetaData) -> None:
    """Who read or took out customers' data, and when; entries are added, never changed."""
    sa.Table(
        "access",
        metadata,
        key_column(),
        sa.Column("at", Instant, nullable=False),
        sa.Column("actor", Text, nullable=False),
        sa.Column("action", Text, nullable=False),
        sa.Column("what", Text, nullable=False),
        customer_column("customer_id", metadata.tables["customer"], erase="blank", index=True),
        sa.Column("customers", sa.BigInteger, nullable=False),
        sa.Column("detail", Text, nullable=False),
        info=owned(),
        sqlite_autoincrement=True,
    )


def _merge() -> sa.Column[int]:
    return sa.Column("merge_id", sa.BigInteger, sa.ForeignKey("merge.id"), nullable=False, index=True)
