"""The manifest: which parts make up the replica, and how far in the logs they reach."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

from attrs import asdict, field, frozen

from crmkit.plugin import phrase
from crmkit.plugins.analytical.replica.columns import COLUMNS

# A replica of another format, or with other columns, is made anew.
FORMAT: Final = 1
NAME: Final = "manifest.json"


@frozen(kw_only=True)
class Part:
    """One Parquet file: interactions `first` to `last` of the log, as many as there are `rows`."""

    file: str
    first: int
    last: int
    rows: int
    bytes: int
    changed_at: int
    digest: str


@frozen(kw_only=True)
class Retired:
    """A file that is no part any more, kept until whoever reads it has finished."""

    file: str
    at: int


@frozen(kw_only=True)
class Position:
    """How far in the two logs, and by which marks to tell that they are the same logs still."""

    interaction: int = 0
    known_at: int = 0
    change: int = 0
    hash: str = ""


@frozen(kw_only=True)
class Manifest:
    """What `manifest.json` says. `generation` grows with each refresh that changed anything."""

    generation: int
    refreshed_at: int
    position: Position
    parts: tuple[Part, ...] = ()
    # Who there is: nothing but their numbers.
    customers: tuple[Part, ...] = ()
    retired: tuple[Retired, ...] = ()
    format: int = FORMAT
    columns: tuple[str, ...] = field(default=COLUMNS)

    @property
    def rows(self) -> int:
        """How many interactions there are in it."""
        return sum(part.rows for part in self.parts)

    @property
    def files(self) -> tuple[Part, ...]:
        """All that is read."""
        return (*self.parts, *self.customers)

    @property
    def last_customer(self) -> int:
        """The highest number of a customer."""
        return self.customers[-1].last if self.customers else 0

    def text(self) -> str:
        """As it is written."""
        return json.dumps(asdict(self), indent=1)


@frozen
class Unreadable:
    """Why there is no manifest to go by; `missing` where there simply is none."""

    reason: str
    missing: bool = False


def read_manifest(path: Path) -> Manifest | Unreadable:
    """The manifest in the file."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return Unreadable(phrase("there is none yet"), missing=True)
    except (OSError, ValueError):
        return Unreadable(phrase("its manifest cannot be read"))
    if not isinstance(found, dict) or found.get("format") != FORMAT:
        return Unreadable(phrase("it is of another version of crmkit"))
    if found.get("columns") != list(COLUMNS):
        return Unreadable(phrase("it has other columns, of another version of crmkit"))
    try:
        return _manifest(found)
    except (KeyError, TypeError):
        return Unreadable(phrase("its manifest is damaged"))


def _manifest(found: dict[str, Any]) -> Manifest:
    return Manifest(
        generation=int(found["generation"]),
        refreshed_at=int(found["refreshed_at"]),
        position=Position(**found["position"]),
        parts=tuple(Part(**each) for each in found["parts"]),
        customers=tuple(Part(**each) for each in found["customers"]),
        retired=tuple(Retired(**each) for each in found["retired"]),
    )
