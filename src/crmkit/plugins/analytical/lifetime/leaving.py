"""Whether the data show that anybody leaves at all."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from attrs import evolve
from scipy.optimize import minimize

from crmkit.plugins.analytical.lifetime.histories import Numbers
from crmkit.plugins.analytical.lifetime.objective import Objective

_PLAIN: Final = 10.0


def gain_of_leaving(objective: Objective, logs: Numbers, sample: Any) -> float:
    """By how much the log likelihood is above the best without leaving; infinite for a model without it.

    At `logs` the likelihood is highest. A sample that shows it already spares the others.
    """
    if not objective.model.never_leaving:
        return float("inf")
    rows = objective.histories
    found = _gain(evolve(objective, histories=rows.chosen(sample)), logs)
    # What a sample gains, more rows gain the more.
    return found if found > _PLAIN or len(sample) == len(rows) else _gain(objective, logs)


def _gain(objective: Objective, logs: Numbers) -> float:
    model = objective.model
    free = np.array([name not in model.never_leaving for name in model.names])
    fixed = np.array([np.log(model.never_leaving.get(name, 1.0)) for name in model.names])

    def without(free_logs: Numbers) -> tuple[float, Numbers]:
        whole = fixed.copy()
        whole[free] = free_logs
        value, gradient = objective(whole)
        return value, gradient[free]

    found = minimize(without, logs[free], jac=True, method="L-BFGS-B", options={"maxiter": 200})
    return float(found.fun - objective(logs)[0]) * objective.histories.customers
