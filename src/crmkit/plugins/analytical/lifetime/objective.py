"""What is made least in fitting a model."""

from __future__ import annotations

from typing import Final

import numpy as np
from attrs import frozen

from crmkit.plugins.analytical.lifetime.histories import Histories, Numbers
from crmkit.plugins.analytical.lifetime.model import LifetimeModel

_STEP: Final = 1e-4


@frozen(eq=False)
class Objective:
    """The mean log likelihood with its sign changed, to be made least, over the parameters' logarithms."""

    model: LifetimeModel
    histories: Histories

    def __call__(self, logs: Numbers) -> tuple[float, Numbers]:
        """The value and its derivatives."""
        params = np.exp(logs)
        value, gradient = self.model.log_likelihood(params, self.histories)
        weight = self.histories.weight / self.histories.customers
        # Not by matrix products: their threads wait for each other where the machine has other work to do.
        return -float(np.einsum("i,i", value, weight)), -np.einsum("ij,j->i", gradient, weight) * params

    def hessian(self, logs: Numbers) -> Numbers:
        """By central differences of the gradient, which is exact."""
        steps = _STEP * np.eye(len(logs))
        rows = [(self(logs + step)[1] - self(logs - step)[1]) / (2 * _STEP) for step in steps]
        matrix = np.stack(rows)
        return np.asarray((matrix + matrix.T) / 2)
