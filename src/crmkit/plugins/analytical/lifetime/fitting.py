"""Maximum likelihood over the logarithms of a model's parameters."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize

from crmkit.plugins.analytical.lifetime.doubts import NO_REST, NOBODY_LEAVES
from crmkit.plugins.analytical.lifetime.fit import CONVERGED, NOT_CONVERGED, NOT_IDENTIFIED, Fit
from crmkit.plugins.analytical.lifetime.histories import Histories, Numbers
from crmkit.plugins.analytical.lifetime.identified import doubt_about, doubt_before
from crmkit.plugins.analytical.lifetime.leaving import gain_of_leaving
from crmkit.plugins.analytical.lifetime.model import LifetimeModel
from crmkit.plugins.analytical.lifetime.objective import Objective

# Above so many different histories, a sample of them is fitted first.
_LARGE: Final = 40_000
_SAMPLE: Final = 15_000
_SEED: Final = 20_050_401
_BOUND: Final = 16.0
# What a Newton step would still gain, in units of log likelihood.
_NOTHING: Final = 1e-9
_PASSES: Final = 30
# By Akaike's criterion two more parameters are worth their while from so much more log likelihood on.
_AKAIKE: Final = 2.0


def fit(model: LifetimeModel, histories: Histories) -> Fit:
    """Fit a model; a fit that cannot be trusted has no numbers, and says why."""
    rows = model.prepared(histories)
    customers = round(rows.customers)
    doubt = doubt_before(model.name, rows, len(model.names))
    if doubt:
        return Fit(model=model.name, status=NOT_IDENTIFIED, customers=customers, reason=doubt)
    with np.errstate(over="ignore", under="ignore", invalid="ignore", divide="ignore"):
        logs, passes = _best(model, rows)
        return _judged(model, rows, logs, settled=passes < _PASSES)


def _best(model: LifetimeModel, rows: Histories) -> tuple[Numbers, int]:
    """The best log parameters, and the Newton steps that it took to come to rest there."""
    if len(rows) <= _LARGE:
        whole = Objective(model, rows)
        logs = _searched(whole, rows)
        return _polished(whole, logs, None)
    sample = rows.chosen(_sampled(rows))
    part = Objective(model, sample)
    logs, _ = _polished(part, _searched(part, sample), None)
    return _polished(Objective(model, rows), logs, part.hessian(logs))


def _sampled(rows: Histories) -> npt.NDArray[np.intp]:
    if len(rows) <= _LARGE:
        return np.arange(len(rows))
    return np.sort(np.random.default_rng(_SEED).choice(len(rows), _SAMPLE, replace=False))


def _searched(objective: Objective, rows: Histories) -> Numbers:
    """The best of what a search from each start finds."""
    bounds = [(-_BOUND, _BOUND)] * len(objective.model.names)
    found = [
        minimize(
            objective,
            np.log(start),
            jac=True,
            method="L-BFGS-B",
            bounds=bounds,
            options={"maxiter": 300, "maxfun": 600, "ftol": 1e-13, "gtol": 1e-8},
        )
        for start in objective.model.starts(rows)
    ]
    return np.asarray(min(found, key=lambda each: float(each.fun)).x, dtype=np.float64)


def _polished(objective: Objective, logs: Numbers, hessian: Numbers | None) -> tuple[Numbers, int]:
    """Newton's steps to the top; with a Hessian given (of a sample), that is used for all of them."""
    value, gradient = objective(logs)
    for passes in range(_PASSES):
        step = _newton(objective.hessian(logs) if hessian is None else hessian, gradient)
        if step is None or not np.all(np.isfinite(step)):
            return logs, _PASSES
        if float(gradient @ -step) * objective.histories.customers < _NOTHING:
            return logs, passes
        tried = logs + step * min(1.0, 2.0 / max(float(np.abs(step).max()), 1e-300))
        found, slope = objective(tried)
        if not found <= value:
            # As near as doubles can tell, it cannot get better.
            return logs, passes if found - value < 1e-12 * abs(value) else _PASSES
        logs, value, gradient = tried, found, slope
    return logs, _PASSES


def _newton(hessian: Numbers, gradient: Numbers) -> Numbers | None:
    """The step to where a parabola has its least; None where the surface does not curve upwards."""
    values, vectors = np.linalg.eigh(hessian)
    if not values[0] > 0:
        return None
    return np.asarray(-(vectors @ ((vectors.T @ gradient) / values)))


def _judged(model: LifetimeModel, rows: Histories, logs: Numbers, *, settled: bool) -> Fit:
    objective = Objective(model, rows)
    customers = round(rows.customers)
    value, _ = objective(logs)
    params = np.exp(logs)
    spread = _spread(objective.hessian(logs) * rows.customers)
    if gain_of_leaving(objective, logs, _sampled(rows)) < _AKAIKE:
        doubt = NOBODY_LEAVES
    else:
        doubt = doubt_about(model.name, rows, dict(zip(model.names, params, strict=True)), spread)
    if doubt:
        return Fit(model=model.name, status=NOT_IDENTIFIED, customers=customers, reason=doubt)
    if not settled or spread is None or not np.isfinite(value):
        return Fit(
            model=model.name,
            status=NOT_CONVERGED,
            customers=customers,
            reason=NO_REST,
        )
    # The delta method: the standard error of θ = e^λ is θ times that of λ.
    return Fit(
        model=model.name,
        status=CONVERGED,
        customers=customers,
        params={name: float(each) for name, each in zip(model.names, params, strict=True)},
        standard_errors={name: float(each) for name, each in zip(model.names, params * spread, strict=True)},
        log_likelihood=-value * rows.customers,
    )


def _spread(information: Numbers) -> Numbers | None:
    """Standard errors of the log parameters by the observed information; None where it is not positive."""
    if not np.all(np.isfinite(information)) or not np.linalg.eigvalsh(information)[0] > 0:
        return None
    return np.asarray(np.sqrt(np.diag(np.linalg.inv(information))))
