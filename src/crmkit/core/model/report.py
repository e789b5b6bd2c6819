"""A section of the report: words, figures, charts and tables, drawn by whoever shows the report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from attrs import field, frozen

from crmkit.core.model.chart import Axis, Chart, as_tuple

if TYPE_CHECKING:
    from crmkit.core.metrics.period import Period


@frozen(kw_only=True)
class Figure:
    """One number that stands alone: its label, its value as it is read, and a note beside it."""

    label: str
    value: str
    note: str = ""


@frozen(kw_only=True)
class ReportTable:
    """Rows under a caption; `columns` say which columns, in which order, and what their values are."""

    caption: str
    columns: Sequence[Axis] = field(converter=as_tuple)
    rows: Sequence[Mapping[str, Any]] = field(converter=as_tuple)
    currency: str = ""


@frozen(kw_only=True)
class ReportQuestion:
    """What a report is asked for: a `period`, as of an instant (microseconds UTC), of whom (`where`)."""

    period: Period
    as_of: int
    where: str | None = None


@frozen(kw_only=True)
class ReportSection:
    """One section: a `name` fit for a link, a `title`, first words, then figures, charts and tables.

    Sections stand by `order`: 10 goals, 20 customers, 30 cohorts, 40 movement, 50 value, 60 effects of rules,
    70 campaigns, 80 sales and service, 90 data quality.
    """

    name: str
    title: str
    text: Sequence[str] = field(default=(), converter=as_tuple)
    figures: Sequence[Figure] = field(default=(), converter=as_tuple)
    charts: Sequence[Chart] = field(default=(), converter=as_tuple)
    tables: Sequence[ReportTable] = field(default=(), converter=as_tuple)
    order: int = 50


@frozen(kw_only=True)
class Report:
    """The answer to `question`: every section in its order, and a warning for each plugin that failed."""

    question: ReportQuestion
    sections: Sequence[ReportSection] = field(default=(), converter=as_tuple)
    warnings: Sequence[str] = field(default=(), converter=as_tuple)
