"""The chain over the change log: an entry that was altered, removed or moved breaks it.

Each entry's digest covers its salted values, its hash covers the hash before it, the origin's uid and the
digest. When a person is erased, values and salts are blanked and the chain still verifies, because it holds
the digest and not the values.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from hashlib import sha256
from typing import Any, Final

from crmkit.core.store.bulk import Row

# Left out of the digest: a merge moves entries to another customer; the origin's uid says whose they were.
_CUSTOMER: Final = 5
_SALT: Final = 8


def chained(
    previous: str, entries: Sequence[Row], numbers: Iterable[int], random: Callable[[int], bytes]
) -> list[Row]:
    """Rows of the change log for `entries` of (at, actor, action, …, source, origin), after the hash
    `previous`.
    """
    rows = []
    # One request for all: asking the system for each entry would cost more than hashing it.
    salts = random(_SALT * len(entries)).hex()
    for place, (seq, entry) in enumerate(zip(numbers, entries, strict=True)):
        salt = salts[2 * _SALT * place : 2 * _SALT * (place + 1)]
        digest = digest_of(salt, entry[:_CUSTOMER] + entry[_CUSTOMER + 1 : -1])
        previous = hash_of(previous, entry[-1], digest)
        rows.append((seq, *entry, salt, digest, previous))
    return rows


def digest_of(salt: str, values: Sequence[Any]) -> str:
    """SHA-256 over the salt and the entry's values, each with its length, so that none can borrow from the
    next.
    """
    text = f"{len(salt)}:{salt}"
    for value in values:
        part = "" if value is None else str(value)
        text += f"{len(part)}:{part}"
    return sha256(text.encode()).hexdigest()


def hash_of(previous: str, origin: str, digest: str) -> str:
    """SHA-256 over the hash before, the origin's uid and the entry's digest."""
    return sha256(f"{previous}{origin}{digest}".encode()).hexdigest()
