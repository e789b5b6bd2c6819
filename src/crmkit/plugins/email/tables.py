"""The tables of the e-mail plugin."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa

from crmkit.plugin import Instant, Tables, Text, impersonal, key_column, plugin_metadata

FOLDER: Final = "email_folder"
PARKED: Final = "email_parked"


def build(_tables: Tables) -> sa.MetaData:
    """The plugin's MetaData."""
    metadata = plugin_metadata()
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
    return metadata
