"""Whether the data can tell the parameters of a model apart."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np

from crmkit.plugins.analytical.lifetime.histories import Histories, Numbers

_FEWEST: Final = 10
# A parameter known to a factor of e^3, 20 either way, is not known.
_SPREAD: Final = 3.0
_CORRELATED: Final = 0.3
_EXTREME: Final = 1e5
NOBODY_LEAVES: Final = "nobody seems ever to leave, so when customers leave cannot be told"


def doubt_before(model: str, rows: Histories, parameters: int) -> str:
    """Why a model cannot be fitted to these rows; nothing where it can be tried."""
    if not len(rows):
        return (
            "there are no customers with a repeat purchase" if model == "gamma-gamma" else "nobody has bought"
        )
    if rows.repeaters == 0:
        return "nobody has bought a second time"
    if rows.repeaters < _FEWEST:
        return f"only {rows.repeaters:.0f} customers have bought a second time, and {_FEWEST} is the least"
    if len(rows) <= parameters:
        return "the customers are too much alike: there are not more histories than parameters"
    if model == "gamma-gamma":
        return _tied(rows)
    return ""


def _tied(rows: Histories) -> str:
    assert rows.monetary is not None
    pairs = np.stack([rows.frequency, rows.monetary])
    spread = np.cov(pairs, aweights=rows.weight)
    if spread[1, 1] <= 1e-12 * float(rows.monetary.max()) ** 2:
        return "everybody spends the same"
    if spread[0, 0] == 0:
        return ""
    tie = float(spread[0, 1] / np.sqrt(spread[0, 0] * spread[1, 1]))
    if abs(tie) > _CORRELATED:
        return (
            f"how often customers buy and what they spend go together (correlation {tie:.2f}), and the model "
            "takes them to be independent"
        )
    return ""


def doubt_about(model: str, rows: Histories, params: Mapping[str, float], spread: Numbers | None) -> str:
    """Why the parameters found say nothing; nothing where they do. `spread`: errors of their logarithms."""
    if model == "gamma-gamma" and params["q"] <= 1:
        return "the mean spend is not finite (q is not above 1): a few customers spend out of all proportion"
    if _is_extreme(rows, params) or spread is None or not np.all(np.isfinite(spread)):
        return "the customers are too much alike, or too few, to tell the parameters apart"
    worst = int(np.argmax(spread))
    if spread[worst] > _SPREAD:
        name = list(params)[worst]
        return f"the data say next to nothing about {name}: it may be 20 times as large, or as small"
    return ""


def _is_extreme(rows: Histories, params: Mapping[str, float]) -> bool:
    """Whether a parameter ran away; those of time and money are measured by the data's."""
    unit = {"alpha": rows.mean("age"), "beta": rows.mean("age"), "v": 1.0}
    if rows.monetary is not None:
        unit["v"] = rows.mean("monetary")
    scaled = np.array([value / unit.get(name, 1.0) for name, value in params.items()])
    return bool(np.any(scaled > _EXTREME) or np.any(scaled < 1 / _EXTREME))
