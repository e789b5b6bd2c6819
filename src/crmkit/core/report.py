"""The report on the business, gathered from every plugin."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from attrs import evolve

from crmkit.core.errors import Invalid
from crmkit.core.instants import local_date
from crmkit.core.model.report import Report, ReportQuestion
from crmkit.core.phrase import phrase

if TYPE_CHECKING:
    from crmkit.core.crm import Crm
    from crmkit.core.metrics.period import Period


def report(crm: Crm, period: str, where: str | None, as_of: int | date | None) -> Report:
    """The sections about `period` for whoever `crm` acts for, of customers whom they see."""
    crm.require("customers.read")
    known_by = crm.metrics.moment(as_of)
    span = crm.metrics.period(period, known_by)
    if span.bounds(crm.kernel.tz)[0] > known_by:
        raise Invalid(
            phrase(
                "The period {span} has not begun by {day}", span=span, day=local_date(known_by, crm.kernel.tz)
            ),
            hint="Ask for a period that has, such as: this month",
        )
    if where is not None:
        crm.predicates.parse(where)
    question = ReportQuestion(
        period=_begun(span, local_date(known_by, crm.kernel.tz)), as_of=known_by, where=where
    )
    sections, warnings = crm.kernel.hooks.extend_report(question, crm)
    return Report(
        question=question, sections=sorted(sections, key=lambda each: each.order), warnings=warnings
    )


def _begun(span: Period, today: date) -> Period:
    """The days of `span` that have begun: of those to come nobody can report. It keeps its name."""
    return evolve(span, end=min(span.end, today + timedelta(days=1)))
