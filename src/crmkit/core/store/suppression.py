"""Keyed hashes of addresses that must not be used again: they outlive the person, and name nobody.

The key lies in the table `setting` and is made by `crm db upgrade`, so that every backup has it.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Iterable, Sequence
from hashlib import sha256
from typing import Final

import sqlalchemy as sa
from attrs import asdict, frozen

from crmkit.core.store.setting import ensure_secret, secret_of

KEY_SETTING: Final = "suppression_key"
_KEY_BYTES: Final = 32
HASHED_KINDS: Final = ("email", "phone")
RENEWED: Final = "renewed"
_BLOCK: Final = 64


@frozen(kw_only=True)
class Listing:
    """A row of the list that is to be entered. An empty `purpose` is every purpose, no `until` for ever."""

    kind: str
    digest: str
    reason: str
    at: int
    actor: str
    purpose: str = ""
    scope: str = "marketing"
    until: int | None = None
    note: str = ""


def ensure_key(connection: sa.Connection) -> bytes:
    """The key of this database, made where there is none."""
    return ensure_secret(connection, KEY_SETTING, _KEY_BYTES)


def suppression_key(connection: sa.Connection) -> bytes | None:
    """The key of this database, None where none was made yet."""
    return secret_of(connection, KEY_SETTING)


def fingerprint(key: bytes) -> str:
    """What tells one key from another without giving it away."""
    return sha256(b"crmkit suppression key" + key).hexdigest()[:16]


def keyed_hash(key: bytes, kind: str, value: str) -> str:
    """The hash of a normalised value of `kind`: the same for the same key, of no use without it."""
    return hmac.digest(key, f"{kind}\0{value}".encode(), "sha256").hex()


def keyed_hasher(key: bytes) -> Callable[[str, str], str]:
    """`keyed_hash` for many values of one key, at half the cost: HMAC with both pads hashed beforehand."""
    block = (sha256(key).digest() if len(key) > _BLOCK else key).ljust(_BLOCK, b"\0")
    inner = sha256(bytes(byte ^ 0x36 for byte in block)).copy
    outer = sha256(bytes(byte ^ 0x5C for byte in block)).copy

    def hashed(kind: str, value: str) -> str:
        within, around = inner(), outer()
        within.update(f"{kind}\0{value}".encode())
        around.update(within.digest())
        return around.hexdigest()

    return hashed


def suppress(
    connection: sa.Connection,
    hashes: Iterable[tuple[str, str]],
    *,
    reason: str,
    at: int,
    actor: str,
    renew: bool = False,
) -> int:
    """Keep marketing from (kind, hash) pairs, for every purpose; how many were not listed for this reason.

    With `renew` those that are listed count from `at` on, so that nothing agreed to before is heard.
    """
    pairs = sorted(set(hashes))
    if renew:
        renew_before(connection, [digest for _, digest in pairs], reason=reason, at=at, actor=actor)
    return sum(
        insert_suppression(connection, Listing(kind=kind, digest=digest, reason=reason, at=at, actor=actor))
        is not None
        for kind, digest in pairs
    )


def insert_suppression(connection: sa.Connection, listing: Listing) -> int | None:
    """Enter it in the list; its number, None where the same stands already."""
    statement = sa.text(
        "INSERT INTO suppression (kind, digest, purpose, reason, scope, at, until, note, actor) "
        "VALUES (:kind, :digest, :purpose, :reason, :scope, :at, :until, :note, :actor) "
        "ON CONFLICT (digest, purpose, reason) WHERE lifted_at IS NULL DO NOTHING RETURNING id"
    )
    number: int | None = connection.execute(statement, asdict(listing)).scalar()
    return number


def renew_before(
    connection: sa.Connection, digests: Sequence[str], *, reason: str, at: int, actor: str
) -> None:
    """End those that stand for `reason` and every purpose since before `at`: others take their place."""
    statement = sa.text(
        "UPDATE suppression SET lifted_at = :at, lifted_by = :actor, because = :because "
        "WHERE digest = :digest AND purpose = '' AND reason = :reason AND lifted_at IS NULL AND at < :at"
    )
    for digest in digests:
        given = {"at": at, "actor": actor, "because": RENEWED, "digest": digest, "reason": reason}
        connection.execute(statement, given)


def forget_notes(connection: sa.Connection, digests: Sequence[str]) -> None:
    """Empty what people wrote about these addresses, and forget how they were reached of late."""
    blank = sa.text("UPDATE suppression SET note = '', because = '' WHERE digest = :digest")
    forget = sa.text("DELETE FROM address_strike WHERE digest = :digest")
    for digest in digests:
        connection.execute(blank, {"digest": digest})
        connection.execute(forget, {"digest": digest})
