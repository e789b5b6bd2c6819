"""What a merge would do, what it did, and which merges there are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import field, frozen

from crmkit.core.model.customer import CustomerSummary


@frozen
class Pair:
    """One customer who goes into another: `number` is the row of the table `merge`, 0 in a preview.

    `step` counts the pairs of a merge from 1, in the order in which their rows and values take precedence.
    """

    loser: int
    survivor: int
    step: int
    number: int = 0


@frozen
class Fill:
    """A value that the survivor takes: `column` of the table `customer`, or a declared field's name."""

    customer_id: int
    column: str
    old: Any
    new: Any


@frozen
class Drop:
    """Rows of one table that are dropped: `rows` because the survivor has the same already, `ties` because
    they tie the two to one another.

    The columns `combined` live on in the row that stays, such as points that were added up.
    """

    table: str
    rows: int
    ties: int = 0
    combined: tuple[str, ...] = ()


@frozen
class Side:
    """One of those who are to be merged, as a person tells them apart."""

    customer: CustomerSummary
    is_organization: bool
    created_at: int
    interactions: int
    last_contact: int | None


@frozen(kw_only=True)
class MergePreview:
    """What a merge would do, and who is who. `moved` counts rows by table."""

    survivor: Side
    losers: tuple[Side, ...]
    moved: Mapping[str, int]
    dropped: tuple[Drop, ...]
    fills: tuple[Fill, ...]
    withdrawn: tuple[tuple[str, str], ...] = ()
    warnings: tuple[str, ...] = ()


@frozen(kw_only=True)
class MergeReceipt:
    """What a merge did. `ref` takes it back: `crm undo merge:7`.

    `pairs` are (survivor, loser) ids; `moved` and `dropped` count rows by table; `filled` counts values that
    the survivors took, `withdrawn` consents that were withdrawn because one of the two had withdrawn it.
    """

    ref: str
    number: int
    pairs: tuple[tuple[int, int], ...]
    moved: Mapping[str, int] = field(factory=dict)
    dropped: Mapping[str, int] = field(factory=dict)
    filled: int = 0
    withdrawn: int = 0


@frozen(kw_only=True)
class MergeRun:
    """A merge on record. `at` and `undone_at` are in microseconds UTC; `state` is `merged` or `undone`."""

    ref: str
    number: int
    at: int
    actor: str
    source: str
    pairs: int
    state: str
    undone_at: int | None
    survivor_id: int | None
    loser_id: int | None


@frozen
class Stay:
    """Something that an un-merge leaves as it is: whose (None: nobody's), what, and why."""

    customer_id: int | None
    what: str
    reason: str


@frozen(kw_only=True)
class UnmergeReceipt:
    """What an un-merge put back: customers, rows by table, and what it left where it is."""

    ref: str
    number: int
    pairs: tuple[tuple[int, int], ...]
    returned: Mapping[str, int]
    followed: int
    redone: tuple[str, ...] = ()
    left: tuple[Stay, ...] = ()
