"""Whose price lists apply to a customer."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from crmkit import Crm
    from crmkit.plugins.operational.quotes.settings import QuoteSettings


def lists_of(crm: Crm, settings: QuoteSettings, customer: int) -> tuple[str, ...]:
    """The names of the lists whose condition holds for a customer, in their order.

    Raises `PredicateError` for a condition that says nothing sensible.
    """
    return tuple(
        name for name, each in settings.price_lists.items() if crm.predicates.holds(each.who, customer)
    )
