"""What a database remembers of itself: a text for each key, in the table `setting`."""

from __future__ import annotations

import secrets
from typing import Final

import sqlalchemy as sa

from crmkit.core.store.bulk import driver_rows

# Since when the business is live, in microseconds; without it, it rehearses.
LIVE_AT: Final = "live_at"


def read_setting(connection: sa.Connection, key: str) -> str | None:
    """The text; None where there is none."""
    mark = "?" if connection.dialect.name == "sqlite" else "%s"
    rows = driver_rows(connection, f"SELECT value FROM setting WHERE key = {mark}", (key,))
    return str(rows[0][0]) if rows else None


def write_setting(connection: sa.Connection, key: str, value: str) -> None:
    """Write a text down, over the one that there was."""
    statement = sa.text(
        "INSERT INTO setting (key, value) VALUES (:key, :value) "
        "ON CONFLICT (key) DO UPDATE SET value = excluded.value"
    )
    connection.execute(statement, {"key": key, "value": value})


def secret_of(connection: sa.Connection, key: str) -> bytes | None:
    """The secret of this database under this key; None where none was made yet."""
    text = read_setting(connection, key)
    return None if text is None else bytes.fromhex(text)


def ensure_secret(connection: sa.Connection, key: str, size: int) -> bytes:
    """As `secret_of`, made of `size` random bytes where there is none."""
    if (found := secret_of(connection, key)) is not None:
        return found
    statement = sa.text("INSERT INTO setting (key, value) VALUES (:key, :value) ON CONFLICT (key) DO NOTHING")
    connection.execute(statement, {"key": key, "value": secrets.token_hex(size)})
    found = secret_of(connection, key)
    assert found is not None
    return found
