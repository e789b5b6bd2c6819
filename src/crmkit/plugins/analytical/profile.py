"""A customer in numbers: the section of their page."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from crmkit import Money
from crmkit.plugin import N_, Section, _, ngettext, number, written_money
from crmkit.plugins.analytical.purchases import rfm

if TYPE_CHECKING:
    from crmkit import Crm, Customer


def in_numbers(customers: Sequence[Customer], crm: Crm) -> Iterable[tuple[int, Section]]:
    """The section of customers' pages."""
    question = crm.metrics.question()
    ids = [each.id for each in customers]
    totals = rfm(question.as_of, crm.tables, past=False, worth=question.worth, among=ids)
    with crm.reading() as execute:
        rows = list(execute(totals))
    for customer_id, days, count, total in rows:
        lines = (
            (_("Purchases"), number(count)),
            (_("Spent"), written_money(Money(total, question.currency))),
            (_("Last bought"), _ago(days)),
        )
        yield customer_id, Section(N_("In numbers"), lines)


def _ago(days: int) -> str:
    if days == 0:
        return _("less than a day ago")
    return ngettext("{count} day ago", "{count} days ago", days)
