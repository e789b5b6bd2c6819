"""Lifetime value of the business's own customers."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from attrs import field, frozen

from crmkit import Invalid, NotAllowed
from crmkit.plugin import local_date, phrase
from crmkit.plugins.analytical.lifetime.fits import BusinessFits, fit_buyers, is_due, keep, kept
from crmkit.plugins.analytical.lifetime.numerical import has_numbers, require_numbers

if TYPE_CHECKING:
    from crmkit import Crm
    from crmkit.plugins.analytical.lifetime.buyers import Buyers
    from crmkit.plugins.analytical.lifetime.settings import ValueSettings
    from crmkit.plugins.analytical.lifetime.validation import Validation
    from crmkit.plugins.analytical.lifetime.worth import CustomerValues


@frozen(kw_only=True, eq=False)
class BusinessValues:
    """The buyers, the fits by which they are judged, and their values: None where buying was not fitted."""

    buyers: Buyers
    fits: BusinessFits
    values: CustomerValues | None = field(default=None)


def refit(crm: Crm, model: str | None = None) -> BusinessFits:
    """Fit the models to everybody's purchases as they are now, and keep the fits.

    Raises `NotAllowed` for somebody who sees only some of the customers, `ExtraMissing`, `MissingRate`.
    """
    require_numbers()
    from crmkit.plugins.analytical.lifetime.buyers import read_buyers

    if crm.visible() is not None:
        raise NotAllowed(
            "You see only some of the customers, and the models are fitted to everybody's purchases",
            hint="The worker fits them: crm worker",
        )
    made = fit_buyers(read_buyers(crm), model or settings_of(crm).model)
    keep(crm, made)
    return made


def refit_when_due(crm: Crm) -> None:
    """Fit the models again where that is due; nothing without the numerical libraries."""
    if has_numbers() and is_due(crm, settings_of(crm)):
        refit(crm)


def business_values(crm: Crm, *, where: str | None = None, as_of: int | date | None = None) -> BusinessValues:
    """What the buyers whom the acting person sees are worth, as of now or by what was known then.

    By the newest fits of what was on record up to then; where none were kept, fitted now and not kept. Raises
    `ExtraMissing`, `MissingRate`, `PredicateError`.
    """
    require_numbers()
    from crmkit.plugins.analytical.lifetime.buyers import read_buyers
    from crmkit.plugins.analytical.lifetime.worth import values

    settings = settings_of(crm)
    buyers = read_buyers(crm, where=where, as_of=as_of)
    fits = kept(crm, settings.model, buyers.as_of)
    if fits is None:
        everybody = buyers if where is None else read_buyers(crm, as_of=as_of)
        fits = fit_buyers(everybody, settings.model)
    found = values(fits, buyers, settings) if fits.buying.is_good else None
    return BusinessValues(buyers=buyers, fits=fits, values=found)


def settings_of(crm: Crm) -> ValueSettings:
    """What the business has set."""
    found: ValueSettings = crm.plugins.settings("analytical").value
    return found


def validated(
    crm: Crm, until: date, *, where: str | None = None, as_of: int | date | None = None
) -> Validation:
    """The model fitted to what was bought up to a day, held against what came of it since. Raises `Invalid`
    where nobody had bought by then, or nothing can have come since.
    """
    require_numbers()
    from crmkit.plugins.analytical.lifetime.buyers import read_log
    from crmkit.plugins.analytical.lifetime.validation import validate

    question = crm.metrics.question(as_of=as_of)
    end = local_date(question.as_of, question.tz)
    log = read_log(crm, where=where, as_of=as_of)
    if until >= end:
        raise Invalid(
            phrase("Nothing can have come since {until} by {end}", until=until, end=end),
            hint="Give an earlier day.",
        )
    if log is None or not len(log.until(until.toordinal()).days):
        raise Invalid(phrase("Nobody had bought anything by {until}", until=until), hint="Give a later day.")
    return validate(log, settings_of(crm).model, until.toordinal(), end.toordinal())
