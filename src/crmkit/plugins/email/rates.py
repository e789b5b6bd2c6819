"""How quickly messages may leave: by the account's own rate, and by that of the domain they go to."""

from __future__ import annotations

from math import ceil
from typing import Final

from crmkit.plugin import Rate
from crmkit.plugins.email.settings import Settings, per_second

ACCOUNT: Final = "account"


def rates_of(settings: Settings, address: str) -> tuple[Rate, ...]:
    """The rates that a message to an address draws from."""
    domain = address.rpartition("@")[2].lower()
    found = {ACCOUNT: settings.rate, domain: settings.rates.get(domain)}
    return tuple(_rate(key, rate) for key, rate in found.items() if rate is not None)


def _rate(key: str, rate: str) -> Rate:
    """At once goes what would go within a second: a rate is kept over any minute."""
    each_second = per_second(rate)
    return Rate(key=key, per_second=each_second, burst=max(1, ceil(each_second)))
