"""Where answers over many customers were read, for `--json`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from crmkit.core.model.bulk import BulkRead


def read_record(reads: Sequence[BulkRead]) -> dict[str, Any]:
    """`read_from`: a copy's name where all of it was read there, else the database; and why, if for a reason."""
    here = next((each for each in reads if each.why or each.read_from == "database"), None)
    told = here or (reads[0] if reads else None)
    return {
        "read_from": told.read_from if told else "database",
        "read_why": (told.why if told else "") or None,
    }
