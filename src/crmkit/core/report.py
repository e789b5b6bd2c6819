"""The report on the business, gathered from every plugin."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from crmkit.core.errors import Invalid
from crmkit.core.instants import local_date
from crmkit.core.model.report import Report, ReportQuestion

if TYPE_CHECKING:
    from crmkit.core.crm import Crm


def report(crm: Crm, period: str, where: str | None, as_of: int | date | None) -> Report:
    """The sections about `period` for whoever `crm` acts for, of customers whom they see."""
    crm.require("customers.read")
    known_by = crm.metrics.moment(as_of)
    span = crm.metrics.period(period, known_by)
    if span.bounds(crm.kernel.tz)[0] > known_by:
        raise Invalid(
            f"The period {span} has not begun by {local_date(known_by, crm.kernel.tz)}",
            hint="Ask for a period that has, such as: this month",
        )
    if where is not None:
        crm.predicates.parse(where)
    question = ReportQuestion(period=span, as_of=known_by, where=where)
    sections, warnings = crm.kernel.hooks.extend_report(question, crm)
    return Report(
        question=question, sections=sorted(sections, key=lambda each: each.order), warnings=warnings
    )
