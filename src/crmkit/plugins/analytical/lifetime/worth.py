"""What customers are worth: who is still there, what they will buy, and what that brings."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from attrs import evolve, frozen

from crmkit.plugin import Duration, parse_duration
from crmkit.plugins.analytical.lifetime.fits import UNIT, BusinessFits
from crmkit.plugins.analytical.lifetime.histories import Histories, Numbers
from crmkit.plugins.analytical.lifetime.models import model_named
from crmkit.plugins.analytical.lifetime.purchase_log import UNITS
from crmkit.plugins.analytical.lifetime.settings import share

if TYPE_CHECKING:
    from crmkit.plugins.analytical.lifetime.buyers import Buyers
    from crmkit.plugins.analytical.lifetime.settings import ValueSettings

_YEAR: Final = 365.25
_NODES: Final = 8


@frozen(kw_only=True, eq=False)
class CustomerValues:
    """By row of the buyers: the chance that they are still there, then by horizon the purchases expected and
    the discounted value, in major units; a value is None where spend could not be fitted.
    """

    p_alive: Numbers
    expected: dict[str, Numbers]
    value: dict[str, Numbers] | None


def p_alive(fits: BusinessFits, buyers: Buyers, day: date | None = None) -> Numbers:
    """The chance that each is still there, or will be on a later `day` if they buy nothing until then."""
    histories = buyers.histories
    if day is not None:
        later = (day - buyers.day).days / UNITS[UNIT]
        histories = evolve(histories, age=histories.age + later)
    return _each(histories, lambda rows: _model(fits).p_alive(_params(fits), rows))


def values(fits: BusinessFits, buyers: Buyers, settings: ValueSettings) -> CustomerValues:
    """What the fits say of each buyer. The fit of buying must be good."""
    expected, worth = {}, {}
    margin = share(settings.margin)
    spend = _spend(fits, buyers) if fits.spend.is_good else None
    for name in settings.horizons:
        length = in_units(parse_duration(name), buyers.day)
        expected[name] = expected_purchases(fits, buyers, length)
        if spend is not None:
            worth[name] = margin * spend * _discounted(fits, buyers, length, share(settings.discount))
    return CustomerValues(
        p_alive=p_alive(fits, buyers), expected=expected, value=worth if spend is not None else None
    )


def in_units(length: Duration, day: date) -> float:
    """A length of time from a day on, in the unit of the fits."""
    return float((length.days_after(day) - day).days / UNITS[UNIT])


def expected_purchases(fits: BusinessFits, buyers: Buyers, horizon: float) -> Numbers:
    """The purchases expected of each within the horizon."""
    return _each(buyers.histories, lambda rows: _model(fits).expected_purchases(_params(fits), rows, horizon))


def _discounted(fits: BusinessFits, buyers: Buyers, horizon: float, discount: float) -> Numbers:
    """The purchases expected, each discounted by when it is expected.

    In parts: ∫ e^(-δt) dE(t) = e^(-δh) E(h) + δ ∫ e^(-δt) E(t) dt, the last by Gauss and Legendre.
    """
    rate = np.log1p(discount) * UNITS[UNIT] / _YEAR
    found = np.exp(-rate * horizon) * expected_purchases(fits, buyers, horizon)
    if rate == 0:
        return np.asarray(found)
    nodes, weights = np.polynomial.legendre.leggauss(_NODES)
    for node, weight in zip(nodes, weights, strict=True):
        time = horizon * (node + 1) / 2
        found += rate * horizon / 2 * weight * np.exp(-rate * time) * expected_purchases(fits, buyers, time)
    return np.asarray(found)


def _spend(fits: BusinessFits, buyers: Buyers) -> Numbers:
    model: Any = model_named(fits.spend.model)
    params = np.array(list(fits.spend.params.values()))
    return np.asarray(model.expected_spend(params, buyers.histories))


def _each(histories: Histories, asked: Any) -> Numbers:
    """What is asked of the rows, worked out once for equal ones."""
    if not len(histories):
        return np.zeros(0)
    columns = np.stack([histories.frequency, histories.recency, histories.age], axis=1)
    unique, place = np.unique(columns, axis=0, return_inverse=True)
    rows = Histories(frequency=unique[:, 0], recency=unique[:, 1], age=unique[:, 2])
    return np.asarray(asked(rows)[place.reshape(-1)])


def _model(fits: BusinessFits) -> Any:
    return model_named(fits.buying.model)


def _params(fits: BusinessFits) -> Numbers:
    return np.array(list(fits.buying.params.values()))
