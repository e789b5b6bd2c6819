"""What fitting a model came to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from attrs import field, frozen

from crmkit.plugin import N_

CONVERGED: Final = N_("converged")
NOT_CONVERGED: Final = N_("not converged")
NOT_IDENTIFIED: Final = N_("not identified")


@frozen(kw_only=True)
class Fit:
    """A model's parameters, where they could be found.

    `status` is `converged`, `not converged` or `not identified`; in the last two there are no numbers, and
    `reason` says why. `customers` is how many the fit is of. Times are in the unit of the data.
    """

    model: str
    status: str
    customers: int
    params: Mapping[str, float] = field(factory=dict)
    standard_errors: Mapping[str, float] = field(factory=dict)
    log_likelihood: float | None = None
    reason: str = ""

    @property
    def is_good(self) -> bool:
        """Whether it may be used."""
        return self.status == CONVERGED

    def as_json(self) -> dict[str, Any]:
        """As `crm analytics fit --json` prints it; `reason` only where there is one."""
        shown: dict[str, Any] = {
            "model": self.model,
            "params": dict(self.params) or None,
            "standard_errors": dict(self.standard_errors) or None,
            "log_likelihood": self.log_likelihood,
            "status": self.status,
            "customers": self.customers,
        }
        return shown | ({"reason": self.reason} if self.reason else {})
