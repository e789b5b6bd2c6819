"""Gamma-Gamma: what customers spend in a purchase varies around means of their own.

Peter S. Fader, Bruce G. S. Hardie (2013), The Gamma-Gamma Model of Monetary Value; after Richard Colombo,
Weina Jiang (1999), A Stochastic RFM Model.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np
from scipy.special import gammaln, psi

from crmkit.plugins.analytical.lifetime.histories import Histories, Numbers


class GammaGamma:
    """A purchase is Gamma(p, ν) distributed, the customers' ν Gamma(q, γ); the papers also call γ v."""

    name = "gamma-gamma"
    title = "Gamma-Gamma"
    names = ("p", "q", "v")
    fields = ("frequency", "monetary")
    never_leaving: Mapping[str, float] = MappingProxyType({})
    source = "Fader, Hardie (2013), The Gamma-Gamma Model of Monetary Value"

    def prepared(self, histories: Histories) -> Histories:
        """The rows with a repeat purchase that cost something, equal ones counted once."""
        assert histories.monetary is not None
        return histories.chosen((histories.frequency > 0) & (histories.monetary > 0)).grouped(self.fields)

    def starts(self, histories: Histories) -> tuple[tuple[float, ...], ...]:
        """See `LifetimeModel`; the mean of everybody is p v / (q - 1)."""
        spend = histories.mean("monetary")
        return (1.0, 2.0, spend), (6.0, 4.0, spend / 2)

    def log_likelihood(self, params: Numbers, histories: Histories) -> tuple[Numbers, Numbers]:
        """Equation (1a) of the paper: the density of the mean spend."""
        p, q, v = params
        assert histories.monetary is not None
        x, z = histories.frequency, histories.monetary
        log_all, log_spend = np.log(v + x * z), np.log(x * z)
        px = p * x
        value = gammaln(px + q) - gammaln(px) - gammaln(q) + q * np.log(v)
        value += px * log_spend - np.log(z) - (px + q) * log_all
        gradient = np.stack(
            [
                x * (psi(px + q) - psi(px) + log_spend - log_all),
                psi(px + q) - psi(q) + np.log(v) - log_all,
                q / v - (px + q) / (v + x * z),
            ]
        )
        return value, gradient

    def expected_spend(self, params: Numbers, histories: Histories) -> Numbers:
        """The mean spend expected of each row's customer: between their own mean and everybody's.

        Equation (5) of the paper; needs p x + q > 1.
        """
        p, q, v = params
        assert histories.monetary is not None
        x = np.where(histories.monetary > 0, histories.frequency, 0.0)
        return np.asarray(p * (v + x * histories.monetary) / (p * x + q - 1), dtype=np.float64)
