"""What privacy keeps: requests, holds, and what outlives a person who was erased."""

from __future__ import annotations

import sqlalchemy as sa

from crmkit.core.store.ownership import customer_column, impersonal, owned, personal
from crmkit.core.store.tables.columns import Instant, Text, key_column, partial_index


def privacy_request_table(metadata: sa.MetaData) -> None:
    """What people asked about their data, until when it is due, and what came of it."""
    sa.Table(
        "privacy_request",
        metadata,
        key_column(),
        customer_column("customer_id", metadata.tables["customer"], erase="blank", index=True),
        # Stays when the person is erased: the evidence that it was done, and it names nobody.
        sa.Column("uid", Text, nullable=False),
        sa.Column("kind", Text, nullable=False),
        sa.Column("received_at", Instant, nullable=False),
        sa.Column("due_on", Text, nullable=False),
        sa.Column("state", Text, nullable=False),
        sa.Column("channel", Text, nullable=False),
        personal("note", Text, nullable=False, blank=""),
        sa.Column("actor", Text, nullable=False),
        sa.Column("settled_at", Instant),
        personal("outcome", Text, nullable=False, blank=""),
        sa.Index("ix_privacy_request_state_due_on", "state", "due_on"),
        info=owned(),
        sqlite_autoincrement=True,
    )


def legal_hold_table(metadata: sa.MetaData) -> None:
    """Reasons for which a customer must not be erased yet."""
    sa.Table(
        "legal_hold",
        metadata,
        key_column(),
        customer_column(
            "customer_id", metadata.tables["customer"], erase="delete", nullable=False, index=True
        ),
        sa.Column("reason", Text, nullable=False),
        sa.Column("since", Instant, nullable=False),
        # A date; None until somebody lifts it.
        sa.Column("until", Text),
        sa.Column("lifted_at", Instant),
        sa.Column("actor", Text, nullable=False),
        info=owned(),
        sqlite_autoincrement=True,
    )


def erasure_table(metadata: sa.MetaData) -> None:
    """Who was erased, by uid; `scrubbing` until no byte of theirs is left in the database's files."""
    sa.Table(
        "erasure",
        metadata,
        key_column(),
        sa.Column("uid", Text, nullable=False, unique=True),
        sa.Column("at", Instant, nullable=False),
        sa.Column("actor", Text, nullable=False),
        sa.Column("request_id", sa.BigInteger),
        # How many rows of which table were deleted, blanked or kept, as JSON.
        sa.Column("counts", Text, nullable=False),
        sa.Column("state", Text, nullable=False),
        sa.Column("scrubbed_at", Instant),
        info=impersonal("uids of erased customers, which name nobody"),
        sqlite_autoincrement=True,
    )


def suppression_table(metadata: sa.MetaData) -> None:
    """Keyed hashes of addresses that must not be used again, also when the person is long erased.

    A row is never altered but to say when it was lifted, by whom and why; what takes its place is another.
    """
    sa.Table(
        "suppression",
        metadata,
        key_column(),
        # A kind of contact point; the hash is of it and of the normalised value.
        sa.Column("kind", Text, nullable=False),
        sa.Column("digest", Text, nullable=False),
        # Empty for every purpose.
        sa.Column("purpose", Text, nullable=False),
        sa.Column("reason", Text, nullable=False),
        # `all` where nothing at all goes there, else `marketing`.
        sa.Column("scope", Text, nullable=False),
        sa.Column("at", Instant, nullable=False),
        # None for ever.
        sa.Column("until", Instant),
        # Without addresses; emptied when the person is erased.
        sa.Column("note", Text, nullable=False),
        sa.Column("actor", Text, nullable=False),
        sa.Column("lifted_at", Instant),
        sa.Column("lifted_by", Text, nullable=False, server_default=""),
        sa.Column("because", Text, nullable=False, server_default=""),
        sa.Index("ix_suppression_digest", "digest"),
        partial_index(
            "uq_suppression_digest_purpose_reason", "digest", "purpose", "reason", unique=True,
            where="lifted_at IS NULL",
        ),
        info=impersonal("keyed hashes, from which no address can be read"),
        sqlite_autoincrement=True,
    )  # fmt: skip


def address_strike_table(metadata: sa.MetaData) -> None:
    """How badly messages to an address went of late: a score that halves with time."""
    sa.Table(
        "address_strike",
        metadata,
        key_column(),
        sa.Column("kind", Text, nullable=False),
        sa.Column("digest", Text, nullable=False, unique=True),
        # In thousandths, as of the instant `at`.
        sa.Column("score", sa.BigInteger, nullable=False),
        sa.Column("at", Instant, nullable=False),
        info=impersonal("keyed hashes, from which no address can be read"),
    )
