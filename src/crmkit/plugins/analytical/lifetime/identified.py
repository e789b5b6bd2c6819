"""Whether the data can tell the parameters of a model apart."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np

from crmkit.plugin import phrase
from crmkit.plugins.analytical.lifetime.doubts import (
    ALIKE,
    FEW,
    FEW_HISTORIES,
    LITTLE,
    NONE_BOUGHT,
    NONE_REPEATED,
    NONE_TWICE,
    NOT_FINITE,
    SPEND_ALIKE,
    TIED,
)
from crmkit.plugins.analytical.lifetime.histories import Histories, Numbers

_FEWEST: Final = 10
# A parameter known to a factor of e^3, 20 either way, is not known.
_SPREAD: Final = 3.0
_CORRELATED: Final = 0.3
_EXTREME: Final = 1e5


def doubt_before(model: str, rows: Histories, parameters: int) -> str:
    """Why a model cannot be fitted to these rows; nothing where it can be tried."""
    if not len(rows):
        return NONE_REPEATED if model == "gamma-gamma" else NONE_BOUGHT
    if rows.repeaters == 0:
        return NONE_TWICE
    if rows.repeaters < _FEWEST:
        return phrase(FEW, number=f"{rows.repeaters:.0f}", least=_FEWEST)
    if len(rows) <= parameters:
        return FEW_HISTORIES
    if model == "gamma-gamma":
        return _tied(rows)
    return ""


def _tied(rows: Histories) -> str:
    assert rows.monetary is not None
    pairs = np.stack([rows.frequency, rows.monetary])
    spread = np.cov(pairs, aweights=rows.weight)
    if spread[1, 1] <= 1e-12 * float(rows.monetary.max()) ** 2:
        return SPEND_ALIKE
    if spread[0, 0] == 0:
        return ""
    tie = float(spread[0, 1] / np.sqrt(spread[0, 0] * spread[1, 1]))
    if abs(tie) > _CORRELATED:
        return phrase(TIED, value=f"{tie:.2f}")
    return ""


def doubt_about(model: str, rows: Histories, params: Mapping[str, float], spread: Numbers | None) -> str:
    """Why the parameters found say nothing; nothing where they do. `spread`: errors of their logarithms."""
    if model == "gamma-gamma" and params["q"] <= 1:
        return NOT_FINITE
    if _is_extreme(rows, params) or spread is None or not np.all(np.isfinite(spread)):
        return ALIKE
    worst = int(np.argmax(spread))
    if spread[worst] > _SPREAD:
        return phrase(LITTLE, name=list(params)[worst])
    return ""


def _is_extreme(rows: Histories, params: Mapping[str, float]) -> bool:
    """Whether a parameter ran away; those of time and money are measured by the data's."""
    unit = {"alpha": rows.mean("age"), "beta": rows.mean("age"), "v": 1.0}
    if rows.monetary is not None:
        unit["v"] = rows.mean("monetary")
    scaled = np.array([value / unit.get(name, 1.0) for name, value in params.items()])
    return bool(np.any(scaled > _EXTREME) or np.any(scaled < 1 / _EXTREME))
