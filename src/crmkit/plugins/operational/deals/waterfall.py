"""What changed since a day: from what the open deals were worth then to what they are worth now."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from attrs import frozen

from crmkit import Invalid, Money
from crmkit.plugin import N_
from crmkit.plugins.operational.deals.forecast import is_within
from crmkit.plugins.operational.deals.past import DealAt, deals_at, deals_now
from crmkit.plugins.operational.deals.settings import LOST, WON

if TYPE_CHECKING:
    from crmkit import Crm
    from crmkit.plugin import Period

STEPS: Final = (
    N_("new"), N_("reopened"), N_("restored"), N_("moved in"), N_("value up"), N_("value down"),
    N_("moved out"), N_("won"), N_("lost"), N_("archived"),
)  # fmt: skip


@frozen(kw_only=True)
class Step:
    """One kind of change: how many deals, and by how much the sum rose (or, below zero, fell)."""

    name: str
    deals: int
    value: Money


@frozen(kw_only=True)
class Waterfall:
    """`before` and the values of all `steps` add up to `after`; `closed` deals that came and went within the
    time are in none."""

    before: Money
    after: Money
    steps: tuple[Step, ...]


def waterfall(crm: Crm, since: int, period: Period | None, until: int | None) -> Waterfall:
    """What became of the open deals that close in `period`, from `since` to `until` (now, when None)."""
    crm.require("records.read")
    if since >= (crm.clock.now() if until is None else until):
        raise Invalid("There is nothing between a day and one before it", hint="Begin earlier: --since")
    with crm.reading() as execute:
        now = deals_now(crm, execute)
        later = now if until is None else deals_at(crm, execute, until, now)
        earlier = deals_at(crm, execute, since, now)
    counts: Counter[str] = Counter()
    sums: Counter[str] = Counter()
    for id_ in earlier.keys() | later.keys():
        name, by = _step(earlier.get(id_), later.get(id_), period)
        if name:
            counts[name] += 1
            sums[name] += by
    own = crm.config.crs.currency
    return Waterfall(
        before=Money(_total(earlier.values(), period), own),
        after=Money(_total(later.values(), period), own),
        steps=tuple(
            Step(name=name, deals=counts[name], value=Money(sums[name], own))
            for name in STEPS
            if counts[name]
        ),
    )


def _step(was: DealAt | None, is_: DealAt | None, period: Period | None) -> tuple[str, int]:
    """What became of one deal, and by how much the sum changed."""
    before, after = _worth(was, period), _worth(is_, period)
    if before is None and after is None:
        return "", 0
    if before is None:
        return _why_in(was), after or 0
    if after is None:
        return _why_out(is_), -before
    return "value up" if after > before else "value down" if after < before else "", after - before


def _why_in(was: DealAt | None) -> str:
    if was is None:
        return "new"
    if was.archived_at is not None:
        return "restored"
    return "reopened" if was.state in (WON, LOST) else "moved in"


def _why_out(is_: DealAt | None) -> str:
    if is_ is None or is_.archived_at is not None:
        return "archived"
    return is_.state if is_.state in (WON, LOST) else "moved out"


def _worth(deal: DealAt | None, period: Period | None) -> int | None:
    """What a deal adds to the sum; None where it is not in it."""
    return (deal.value or 0) if deal and deal.is_open and is_within(deal, period) else None


def _total(deals: Iterable[DealAt], period: Period | None) -> int:
    return sum(_worth(each, period) or 0 for each in deals)
