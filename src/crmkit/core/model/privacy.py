"""People's rights over their data: requests, holds, and what erasing and handing out leave behind."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, Final

from attrs import field, frozen

from crmkit.core.language import N_

REQUEST_KINDS: Final = (
    N_("access"), N_("erasure"), N_("restriction"), N_("objection"), N_("portability"),
)  # fmt: skip
# Why somebody is erased; a fixed word, because free text about a person would outlive them.
ERASE_REASONS: Final = ("request", "withdrawn", "objection", "unneeded", "unlawful", "retention")

# In place of who somebody else is, and of the person whom an export is about.
OTHER: Final = "another customer"
SELF: Final = "this person"


@frozen(kw_only=True)
class PrivacyRequest:
    """What a person asked about their data. `due_on` is the last day on which to answer.

    `state` is `open`, `done` or `refused`; `outcome` says what came of it, or why it was refused.
    `customer_id` is None once the person was erased; `uid` stays, and names nobody.
    """

    id: int
    customer_id: int | None
    uid: str
    kind: str
    received_at: int
    due_on: date
    state: str = "open"
    channel: str = ""
    note: str = ""
    actor: str = ""
    settled_at: int | None = None
    outcome: str = ""


@frozen(kw_only=True)
class LegalHold:
    """Why a customer must not be erased yet: from `since` until the day `until` or until it is lifted."""

    id: int
    customer_id: int
    reason: str
    since: int
    until: date | None = None
    lifted_at: int | None = None
    actor: str = ""


@frozen(kw_only=True)
class TableCount:
    """What an erasure does to one table: rows deleted, blanked and kept, and for the kept why."""

    table: str
    plugin: str
    deleted: int = 0
    blanked: int = 0
    kept: int = 0
    reasons: tuple[str, ...] = ()

    @property
    def rows(self) -> int:
        """How many rows are theirs."""
        return self.deleted + self.blanked + self.kept


@frozen
class Elsewhere:
    """Personal data outside the database that a plugin will erase with the customer at `index`.

    `what` says how much of what, without a value (`3 messages in the mail folder`). `erase()` does it: called
    once every plugin has agreed and all rows are erased, just before the unit of work is committed. It must
    bear being called again, because a commit can fail.
    """

    index: int
    what: str
    erase: Callable[[], None]


@frozen
class PrivacyPart:
    """Personal data that a plugin keeps outside the database: a title, and records of plain values."""

    title: str
    records: tuple[Mapping[str, Any], ...]


@frozen(kw_only=True)
class ErasurePreview:
    """What erasing a customer would do. `holds` forbid it while they stand."""

    customer_id: int
    uid: str
    tables: tuple[TableCount, ...]
    merged: int = 0
    elsewhere: tuple[str, ...] = ()
    holds: tuple[LegalHold, ...] = ()
    suppressed: int = 0


@frozen(kw_only=True)
class ErasureReceipt:
    """What an erasure did. `number` names it in the register.

    `scrubbed` is True when no byte of the person is left in the database's files, False while a reader still
    holds an older state (`crm worker` goes on trying), None on PostgreSQL, where `rewrite` names the tables
    whose files still hold what was erased until they are rewritten.
    """

    number: int
    uid: str
    at: int
    reason: str
    tables: tuple[TableCount, ...]
    merged: int = 0
    elsewhere: tuple[str, ...] = ()
    suppressed: int = 0
    scrubbed: bool | None = None
    rewrite: tuple[str, ...] = ()


@frozen(kw_only=True)
class RetentionDue:
    """What a period of `[retention]` says is due: interactions of `key` (or `customers`) before `before`."""

    key: str
    period: str
    before: int
    count: int
    customer_ids: tuple[int, ...] = ()
    held: tuple[int, ...] = ()


@frozen(kw_only=True)
class RetentionReceipt:
    """What applying the periods did: interactions blanked by type, customers erased, and those left."""

    blanked: Mapping[str, int] = field(factory=dict)
    erased: int = 0
    left: tuple[str, ...] = ()
