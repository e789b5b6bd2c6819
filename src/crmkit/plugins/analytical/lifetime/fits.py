"""The fits of the business's own purchases: made, kept, and found again."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa
from attrs import frozen

from crmkit.plugin import Duration, day_of, parse_duration
from crmkit.plugins.analytical.lifetime.fit import Fit
from crmkit.plugins.analytical.lifetime.tables import FIT

if TYPE_CHECKING:
    from crmkit import Crm
    from crmkit.plugins.analytical.lifetime.buyers import Buyers
    from crmkit.plugins.analytical.lifetime.settings import ValueSettings

SPEND: Final = "gamma-gamma"
UNIT: Final = "week"


@frozen(kw_only=True)
class BusinessFits:
    """How customers buy and leave, and what they spend, fitted to what was on record at `as_of`."""

    as_of: int
    buying: Fit
    spend: Fit


def fit_buyers(buyers: Buyers, model: str) -> BusinessFits:
    """Fit both models to the buyers."""
    from crmkit.plugins.analytical.lifetime.fitting import fit
    from crmkit.plugins.analytical.lifetime.models import model_named

    return BusinessFits(
        as_of=buyers.as_of,
        buying=fit(model_named(model), buyers.histories),
        spend=fit(model_named(SPEND), buyers.histories),
    )


def keep(crm: Crm, fits: BusinessFits) -> None:
    """Write both down; older ones stay."""
    table = crm.plugins.table(FIT)
    with crm.transaction() as tx:
        rows = [_row(each, fits.as_of, tx.at) for each in (fits.buying, fits.spend)]
        tx.execute(sa.insert(table), rows)


def kept(crm: Crm, model: str, as_of: int) -> BusinessFits | None:
    """The newest that was made of what was on record up to `as_of`; None without one."""
    found = [_newest(crm, name, as_of) for name in (model, SPEND)]
    if found[0] is None or found[1] is None:
        return None
    return BusinessFits(as_of=found[0][0], buying=found[0][1], spend=found[1][1])


def is_due(crm: Crm, settings: ValueSettings) -> bool:
    """Whether there is none yet, or the newest is older than `refit`."""
    now = crm.clock.now()
    newest = kept(crm, settings.model, now)
    return newest is None or newest.as_of <= earlier(parse_duration(settings.refit), now, crm)


def earlier(length: Duration, now: int, crm: Crm) -> int:
    """The instant so much before now."""
    today = day_of(crm, now)
    return now - (length.days_after(today) - today).days * 86_400_000_000


def _newest(crm: Crm, model: str, as_of: int) -> tuple[int, Fit] | None:
    table = crm.plugins.table(FIT)
    query = (
        sa.select(table)
        .where(table.c.model == model, table.c.as_of <= as_of, table.c.unit == UNIT)
        .order_by(table.c.as_of.desc(), table.c.id.desc())
        .limit(1)
    )
    with crm.reading() as execute:
        rows: Sequence[Mapping[str, Any]] = execute(query).mappings().all()
    return (rows[0]["as_of"], _fit(rows[0])) if rows else None


def _fit(row: Mapping[str, Any]) -> Fit:
    return Fit(
        model=row["model"],
        status=row["status"],
        reason=row["reason"],
        customers=row["customers"],
        params=json.loads(row["params"]),
        standard_errors=json.loads(row["standard_errors"]),
        log_likelihood=row["log_likelihood"],
    )


def _row(fit: Fit, as_of: int, at: int) -> dict[str, Any]:
    return {
        "at": at,
        "as_of": as_of,
        "model": fit.model,
        "unit": UNIT,
        "status": fit.status,
        "reason": fit.reason,
        "customers": fit.customers,
        "params": json.dumps(dict(fit.params)),
        "standard_errors": json.dumps(dict(fit.standard_errors)),
        "log_likelihood": fit.log_likelihood,
    }
