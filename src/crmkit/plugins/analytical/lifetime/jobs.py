"""What the worker does for lifetime value, and what the doctor asks."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from crmkit.plugin import Check, Finding, Job, lazily, phrase
from crmkit.plugins.analytical.lifetime.doubts import shown_doubt

if TYPE_CHECKING:
    from crmkit import Crm


def jobs() -> Iterable[Job]:
    """Fitting, once it is due."""
    yield Job(
        name="value",
        every=3_600.0,
        run=lazily("crmkit.plugins.analytical.lifetime.service:refit_when_due"),
        doc="Fits the models of lifetime value again",
    )


def checks() -> Iterable[Check]:
    """How the newest fits have gone."""
    yield Check(name="value", doc="Whether the models of lifetime value could be fitted", run=_health)


def _health(crm: Crm) -> Iterable[Finding]:
    from crmkit.plugins.analytical.lifetime.fits import kept
    from crmkit.plugins.analytical.lifetime.service import settings_of

    newest = kept(crm, settings_of(crm).model, crm.clock.now())
    for each in (newest.buying, newest.spend) if newest else ():
        if not each.is_good:
            yield Finding(
                "note",
                phrase(
                    "The model {model} is {status}, and nothing is said by it: {reason}",
                    model=each.model,
                    status=phrase(each.status),
                    reason=shown_doubt(each.reason),
                ),
                phrase("It may come right with more purchases; look again: crm analytics fit"),
            )
