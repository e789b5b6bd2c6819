"""The tables of the e-mail plugin."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa

from crmkit.plugin import (
    Instant,
    Tables,
    Text,
    customer_column,
    impersonal,
    key_column,
    owned,
    plugin_metadata,
)

FOLDER: Final = "email_folder"
PARKED: Final = "email_parked"
LINK: Final = "email_link"
HIT: Final = "email_hit"
PREFLIGHT: Final = "email_preflight"


def build(tables: Tables) -> sa.MetaData:
    """The plugin's MetaData, referring to the core's `tables`."""
    metadata = plugin_metadata()
    _folder_table(metadata)
    _parked_table(metadata)
    _link_table(metadata)
    _hit_table(metadata, tables)
    _preflight_table(metadata)
    return metadata


def _folder_table(metadata: sa.MetaData) -> None:
    """How far each folder of the mail server has been read."""
    sa.Table(
        FOLDER,
        metadata,
        key_column(),
        # user@host:port
        sa.Column("account", Text, nullable=False),
        sa.Column("folder", Text, nullable=False),
        # Numbers of messages mean something together with this one only.
        sa.Column("uid_validity", sa.BigInteger, nullable=False, server_default="0"),
        sa.Column("last_uid", sa.BigInteger, nullable=False, server_default="0"),
        sa.Column("read_at", Instant),
        # Since when it cannot be read, and why.
        sa.Column("failed_at", Instant),
        sa.Column("error", Text),
        sa.UniqueConstraint("account", "folder"),
        info=impersonal("how far each folder of the mail server has been read"),
        sqlite_autoincrement=True,
    )


def _parked_table(metadata: sa.MetaData) -> None:
    """Messages that could not be read."""
    sa.Table(
        PARKED,
        metadata,
        key_column(),
        # In which mailbox the message lies, and under which key: the message itself is not kept here.
        sa.Column("place", Text, nullable=False),
        sa.Column("key", Text, nullable=False),
        sa.Column("reason", Text, nullable=False),
        sa.Column("at", Instant, nullable=False, index=True),
        sa.Column("tries", sa.Integer, nullable=False, server_default="1"),
        sa.UniqueConstraint("place", "key"),
        info=impersonal("where messages lie that could not be read; nothing that is in them"),
        sqlite_autoincrement=True,
    )


def _link_table(metadata: sa.MetaData) -> None:
    """The pages that tracked links lead to."""
    sa.Table(
        LINK,
        metadata,
        key_column(),
        sa.Column("url", Text, nullable=False),
        # SHA-256: addresses may be longer than an index takes.
        sa.Column("digest", Text, nullable=False, unique=True),
        info=impersonal("Addresses that templates have for everybody alike"),
        sqlite_autoincrement=True,
    )


def _hit_table(metadata: sa.MetaData, tables: Tables) -> None:
    """Requests for tracked links and for the image that tells of opens, until they are on the timeline, and
    after that to know a repetition."""
    sa.Table(
        HIT,
        metadata,
        key_column(),
        customer_column("customer_id", tables.customer, erase="delete", nullable=False, index=True),
        # The number of the message's effect in the ledger.
        sa.Column("effect", sa.BigInteger, nullable=False, index=True),
        # None for the image.
        sa.Column("link_id", sa.BigInteger, sa.ForeignKey(metadata.tables[LINK].c.id)),
        sa.Column("at", Instant, nullable=False),
        # Why it was a machine's, as far as the request itself told; empty if it did not.
        sa.Column("machine", Text, nullable=False),
        sa.Column("noted_at", Instant, index=True),
        info=owned(),
        sqlite_autoincrement=True,
    )


def _preflight_table(metadata: sa.MetaData) -> None:
    """What `crm mail preflight` has found."""
    sa.Table(
        PREFLIGHT,
        metadata,
        key_column(),
        sa.Column("at", Instant, nullable=False),
        sa.Column("domain", Text, nullable=False),
        sa.Column("errors", sa.Integer, nullable=False),
        sa.Column("warnings", sa.Integer, nullable=False),
        sa.Column("unknown", sa.Integer, nullable=False),
        sa.Column("names", Text, nullable=False),
        info=impersonal("The business's own domain and settings"),
        sqlite_autoincrement=True,
    )
