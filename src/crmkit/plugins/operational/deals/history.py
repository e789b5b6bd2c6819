"""How often deals of the last year were won, by the stage that they had reached and how old they were."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa
from attrs import define, field

from crmkit.plugins.operational.deals.reading import seen, table_of
from crmkit.plugins.operational.deals.record_type import DEAL
from crmkit.plugins.operational.deals.settings import LOST, WON

if TYPE_CHECKING:
    from crmkit import Crm

# Ages in days at which a deal comes into the next band.
BANDS: Final = (0, 30, 60, 90, 180)
# With fewer deals than these a share says little.
ENOUGH: Final = 20
_CLOSED: Final = ("id", "customer_id", "pipeline", "state", "opened_on", "close_on")
_YEAR: Final = timedelta(days=365)


@define
class WinRates:
    """The share that was won of deals that reached a stage, and were still open at an age.

    Of deals that came out of a file as closed nobody knows the stages: they count for their pipeline only.
    """

    _won: Counter[tuple[str, str, int]] = field(factory=Counter)
    _all: Counter[tuple[str, str, int]] = field(factory=Counter)

    def note(self, pipeline: str, stages: set[str], days: int | None, *, won: bool) -> None:
        """One closed deal: the open stages that it went through, and how old it became."""
        reached = [place for place, least in enumerate(BANDS) if least <= (days or 0)]
        keys = [(pipeline, "", 0), *((pipeline, stage, band) for stage in stages for band in reached)]
        self._all.update(keys)
        if won:
            self._won.update(keys)

    def rate(self, pipeline: str, stage: str, band: int) -> Fraction | None:
        """The share that was won; of a coarser group where there were too few, None where even there."""
        for key in ((pipeline, stage, band), (pipeline, stage, 0), (pipeline, "", 0)):
            if self._all[key] >= ENOUGH:
                return Fraction(self._won[key], self._all[key])
        return None


def win_rates(crm: Crm, execute: Callable[..., Any], today: date) -> WinRates:
    """What the year up to `today` says."""
    table = table_of(crm)
    closed = seen(
        crm,
        sa.select(*(table.c[name] for name in _CLOSED)).where(
            table.c.state.in_((WON, LOST)),
            table.c.archived_at.is_(None),
            table.c.close_on > (today - _YEAR).isoformat(),
            table.c.close_on <= today.isoformat(),
        ),
    )  # fmt: skip
    rates = WinRates()
    rows = execute(closed).all()
    paths = _stages(crm, execute, closed.subquery("closed")) if rows else {}
    for row in rows:
        rates.note(
            row.pipeline, paths.get(row.id, set()) - {WON, LOST}, _days(row.opened_on, row.close_on),
            won=row.state == WON,
        )  # fmt: skip
    return rates


def band_of(opened_on: str | None, today: date) -> int:
    """In which band of ages an open deal is."""
    days = _days(opened_on, today.isoformat()) or 0
    return max(place for place, least in enumerate(BANDS) if least <= max(days, 0))


def _days(opened_on: str | None, close_on: str | None) -> int | None:
    if opened_on is None or close_on is None:
        return None
    return (date.fromisoformat(close_on) - date.fromisoformat(opened_on)).days


def _stages(crm: Crm, execute: Callable[..., Any], closed: Any) -> dict[int, set[str]]:
    """The stages in which each deal was, by the change log of the customers concerned."""
    change = crm.tables.change
    query = sa.select(change.c.entity_id, change.c.field, change.c.old, change.c.new).where(
        # The log has an index by customer; a join would look through a customer's changes for each deal.
        change.c.customer_id.in_(sa.select(closed.c.customer_id)),
        change.c.entity_id.in_(sa.select(closed.c.id)),
        change.c.entity == f"record:{DEAL}",
        change.c.field.in_(("", "state")),
    )
    paths: dict[int, set[str]] = {}
    for id_, name, old, new in execute(query):
        path = paths.setdefault(id_, set())
        if name:
            path.add(json.loads(old) if old else "")
        elif new and isinstance(begun := json.loads(new), dict) and begun.get("state"):
            path.add(begun["state"])
    return paths
