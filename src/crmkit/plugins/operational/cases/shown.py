"""Cases as people see them: the clock in words, the day's work, and the section of a customer's page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import TYPE_CHECKING, Final

from crmkit.plugin import N_, Due, Section, _, day_of, translated
from crmkit.plugins.operational.cases.cases import Cases
from crmkit.plugins.operational.cases.clock import RUNNING, WAITING, deadline
from crmkit.plugins.operational.cases.model import Case
from crmkit.plugins.operational.cases.record_type import CASE
from crmkit.plugins.operational.cases.working_time import said

if TYPE_CHECKING:
    from crmkit import Crm, Customer
    from crmkit.plugins.operational.settings import Settings

_MOST: Final = 200


def clock_in_words(case: Case, crm: Crm) -> str:
    """`answer in 3 h`, `overdue by 20 min`, `waits for the customer`; empty where nothing is promised."""
    if case.state not in RUNNING:
        return _("waits for the customer") if case.state == WAITING else ""
    by, now = deadline(case.clock), crm.clock.now()
    if by is None:
        return ""
    is_answer = case.clock.responded_at is None and by == case.clock.respond_by
    if by <= now:
        late = N_("answer: overdue by {time}") if is_answer else N_("resolve: overdue by {time}")
        return _(late, time=said(crm.hours.between(by, now)))
    left = N_("answer within {time}") if is_answer else N_("resolve within {time}")
    return _(left, time=said(crm.hours.between(now, by)))


def is_overdue(case: Case, now: int) -> bool:
    """Whether a deadline has passed while its clock runs."""
    by = deadline(case.clock)
    return case.state in RUNNING and by is not None and by <= now


def cases_due(day: date, crm: Crm, settings: Settings) -> Iterator[Due]:
    """Of the cases of whoever asks, of whom they stand in for, and of nobody, those that are overdue or run
    out on the day, and those that are theirs; everybody's where no employee asks."""
    mine = crm.people.covers.mine()
    for case in Cases(crm, settings.cases).list(limit=_MOST):
        by, is_mine = deadline(case.clock), case.employee_id in mine
        if not is_mine and crm.actor.id is not None and case.employee_id is not None:
            continue
        on = _day(by, crm) if by is not None and case.state in RUNNING else None
        if is_mine or (on is not None and on <= day):
            clock = clock_in_words(case, crm)
            yield Due(
                group=N_("Cases"),
                what=f"{case.subject} ({clock})" if clock else case.subject,
                customer_id=case.customer_id,
                on=on,
                hint=f"crm cases show {case.id}",
            )


def open_cases(customers: Sequence[Customer], crm: Crm, settings: Settings) -> Iterable[tuple[int, Section]]:
    """The section of customers' pages with the cases that are not done."""
    lines: dict[int, list[tuple[str, str]]] = {}
    found = Cases(crm, settings.cases).list(customer_ids=[each.id for each in customers], limit=None)
    for case in found:
        words = [case.subject, clock_in_words(case, crm) or translated(case.state)]
        lines.setdefault(case.customer_id, []).append((f"#{case.id}", f"{words[0]} ({words[1]})"))
    return [
        (customer_id, Section(N_("Open cases"), tuple(each), lists=CASE))
        for customer_id, each in lines.items()
    ]


def _day(at: int, crm: Crm) -> date:
    return day_of(crm, at)
