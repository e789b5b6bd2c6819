"""The key of the tokens that stand in links.

It lies in the table `setting`, so that a backup that is restored still knows the links that were sent.
"""

from __future__ import annotations

import secrets
from typing import Final

import sqlalchemy as sa

from crmkit.core.store.bulk import driver_rows

KEY_SETTING: Final = "token_key"
_KEY_BYTES: Final = 64


def ensure_token_key(connection: sa.Connection) -> bytes:
    """The key of this database, made where there is none."""
    statement = sa.text("INSERT INTO setting (key, value) VALUES (:key, :value) ON CONFLICT (key) DO NOTHING")
    connection.execute(statement, {"key": KEY_SETTING, "value": secrets.token_hex(_KEY_BYTES)})
    key = kept_token_key(connection)
    assert key is not None
    return key


def kept_token_key(connection: sa.Connection) -> bytes | None:
    """The key of this database, None where none was made yet."""
    rows = driver_rows(connection, f"SELECT value FROM setting WHERE key = '{KEY_SETTING}'")
    return bytes.fromhex(rows[0][0]) if rows else None
