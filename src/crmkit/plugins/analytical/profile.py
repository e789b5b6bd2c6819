"""A customer in numbers: the section of their page."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from crmkit import Money
from crmkit.plugin import N_, Section, _, local_date, ngettext, number, written_money
from crmkit.plugins.analytical.purchases import rfm

if TYPE_CHECKING:
    from crmkit import Crm, Customer


def in_numbers(customers: Sequence[Customer], crm: Crm) -> Iterable[tuple[int, Section]]:
    """The section of customers' pages."""
    question = crm.metrics.question()
    ids = [each.id for each in customers]
    totals = rfm(
        question.as_of, crm.tables, past=False, worth=question.worth,
        whose=lambda column: (column.in_(ids),), with_last=True,
    )  # fmt: skip
    with crm.reading() as execute:
        rows = list(execute(totals))
    today = local_date(question.as_of, question.tz)
    for customer_id, _days, count, total, last in rows:
        lines = (
            (_("Purchases"), number(count)),
            (_("Spent"), written_money(Money(total, question.currency))),
            (_("Last bought"), _ago((today - local_date(last, question.tz)).days)),
        )
        yield customer_id, Section(N_("In numbers"), lines)


def _ago(days: int) -> str:
    """By the calendar, as elsewhere on the page: what was yesterday evening is not today."""
    if days < 2:
        return _("yesterday") if days else _("today")
    return ngettext("{count} day ago", "{count} days ago", days)
