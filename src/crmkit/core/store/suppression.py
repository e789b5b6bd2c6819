"""Keyed hashes of addresses that must not be used again: they outlive the person, and name nobody.

The key lies in the table `setting` and is made by `crm db upgrade`, so that every backup has it.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Iterable
from hashlib import sha256
from typing import Final

import sqlalchemy as sa

from crmkit.core.store.bulk import driver_rows

KEY_SETTING: Final = "suppression_key"
HASHED_KINDS: Final = ("email", "phone")


def ensure_key(connection: sa.Connection) -> bytes:
    """The key of this database, made where there is none."""
    statement = sa.text("INSERT INTO setting (key, value) VALUES (:key, :value) ON CONFLICT (key) DO NOTHING")
    key = suppression_key(connection)
    if key is None:
        connection.execute(statement, {"key": KEY_SETTING, "value": secrets.token_hex(32)})
        key = suppression_key(connection)
    assert key is not None
    return key


def suppression_key(connection: sa.Connection) -> bytes | None:
    """The key of this database, None where none was made yet."""
    rows = driver_rows(connection, f"SELECT value FROM setting WHERE key = '{KEY_SETTING}'")
    return bytes.fromhex(rows[0][0]) if rows else None


def fingerprint(key: bytes) -> str:
    """What tells one key from another without giving it away."""
    return sha256(b"crmkit suppression key" + key).hexdigest()[:16]


def keyed_hash(key: bytes, kind: str, value: str) -> str:
    """The hash of a normalised value of `kind`: the same for the same key, of no use without it."""
    return hmac.digest(key, f"{kind}\0{value}".encode(), "sha256").hex()


def suppress(connection: sa.Connection, hashes: Iterable[tuple[str, str]], *, reason: str, at: int) -> int:
    """Remember (kind, hash) pairs; how many were not known."""
    statement = sa.text(
        "INSERT INTO suppression (kind, digest, purpose, reason, at) "
        "VALUES (:kind, :digest, '', :reason, :at) ON CONFLICT (kind, digest, purpose) DO NOTHING"
    )
    added = 0
    for kind, digest in sorted(set(hashes)):
        given = {"kind": kind, "digest": digest, "reason": reason, "at": at}
        added += connection.execute(statement, given).rowcount
    return added
