"""Whose price lists apply to a customer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from crmkit import CrmError, Invalid
from crmkit.plugin import Check, Finding, phrase

if TYPE_CHECKING:
    from crmkit import Crm
    from crmkit.plugins.operational.quotes.settings import QuoteSettings


def lists_of(crm: Crm, settings: QuoteSettings, customer: int) -> tuple[str, ...]:
    """The names of the lists whose condition holds for a customer, in their order.

    Raises `Invalid` for a condition that cannot be understood.
    """
    found = []
    for name, each in settings.price_lists.items():
        try:
            if crm.predicates.holds(each.who, customer):
                found.append(name)
        except Invalid as error:
            raise Invalid(
                phrase("{place}: {problem}", place=_place(name), problem=error.message), hint=error.hint
            ) from None
    return tuple(found)


def check(settings: QuoteSettings) -> Check:
    """Whether every condition can be understood."""

    def run(crm: Crm) -> Iterator[Finding]:
        for name, each in settings.price_lists.items():
            try:
                crm.predicates.parse(each.who)
            except CrmError as error:
                yield Finding(
                    "error",
                    phrase("{place}: {problem}", place=_place(name), problem=error.message),
                    error.hint,
                )

    return Check(name="price_lists", doc="Price lists have conditions that can be understood", run=run)


def _place(name: str) -> str:
    return f"[plugins.operational.quotes.price_lists.{name}] who"
