"""Exchange rates: what amounts in other currencies are worth in the business's own, day by day."""

from crmkit.core.rates.rate import ExchangeRate, MissingRate
from crmkit.core.rates.service import Rates

__all__ = ("ExchangeRate", "MissingRate", "Rates")
