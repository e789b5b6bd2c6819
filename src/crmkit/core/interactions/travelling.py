"""How an interaction that has no reference is told from others elsewhere: by its number and when it was
recorded, which no two installations have in common. It comes back as itself.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Final

import sqlalchemy as sa

from crmkit.core.customers.sets import rows_among
from crmkit.core.interactions.repeats import Key, on_record

# The source of what was written down in crmkit itself.
SOURCE: Final = "crm"
_OWN: Final = re.compile(r"([1-9][0-9]{0,17})-([0-9]{1,17})")


def travelling_key(seq: int, recorded_at: int, source: str | None, source_ref: str | None) -> Key:
    """The `(source, source_ref)` of an interaction in a file; its own where it has both."""
    return source or SOURCE, source_ref if source_ref is not None else f"{seq}-{recorded_at}"


def at_home(connection: sa.Connection, keys: Collection[Key]) -> dict[Key, int]:
    """Those of `keys` that are of this very log: the interaction's number there."""
    told: dict[int, list[tuple[Key, int]]] = {}
    for key in keys:
        if (found := _OWN.fullmatch(key[1])) is not None:
            told.setdefault(int(found[1]), []).append((key, int(found[2])))
    select = "SELECT seq, recorded_at, source FROM interaction WHERE source_ref IS NULL AND seq"
    return {
        key: seq
        for seq, recorded_at, source in rows_among(connection, select, sorted(told))
        for key, at in told[seq]
        if at == recorded_at and key[0] == (source or SOURCE)
    }


def known_interactions(connection: sa.Connection, keys: Collection[Key]) -> dict[Key, int]:
    """The number of each of `keys` that is on record, here or as what came from elsewhere."""
    return on_record(connection, keys) | at_home(connection, keys) if keys else {}
