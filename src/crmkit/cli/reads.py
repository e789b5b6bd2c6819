"""Where answers over many customers were read, for `--json`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from crmkit.core.model.bulk import BulkRead


def read_record(reads: Sequence[BulkRead]) -> dict[str, Any]:
    """`read_from`: the copy where all of it was read, else the database; `read_why` not in a copy, if so."""
    from crmkit.core.model.bulk import DATABASE, BulkRead

    here = next((each for each in reads if each.read_from == DATABASE), None)
    told = here or (reads[0] if reads else BulkRead())
    return {"read_from": told.read_from, "read_why": told.why or None}
