"""The report as one HTML file: no script, nothing from anywhere else, readable on any screen and on paper."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from attrs import evolve, frozen

from crmkit.charts import drawn, shown
from crmkit.plugin import (
    Axis,
    Chart,
    _,
    shown_instant,
    shown_safely,
    spoken,
    translated,
    written_day,
    written_direction,
)
from crmkit.plugins.analytical.report.writing import called

if TYPE_CHECKING:
    from markupsafe import Markup

    from crmkit import Crm
    from crmkit.plugin import Report, ReportSection, ReportTable

_DESK: Final = 560
_PHONE: Final = 328
_NO_NAME: Final = re.compile("[^A-Za-z0-9_-]+")
_AS_TEXT: Final = ("text", "date")


@frozen(kw_only=True)
class _Grid:
    """A table as it is written: heads and cells as (text, `number`, `date` or `text`)."""

    caption: str
    heads: Sequence[tuple[str, str]]
    rows: Sequence[Sequence[tuple[str, str]]]


@frozen(kw_only=True)
class _Picture:
    """A chart as it is shown: drawn for a desk and for a phone, and its figures as a table."""

    title: str
    says: str
    wide: Markup
    narrow: Markup
    figures: _Grid


@frozen(kw_only=True)
class _Part:
    """A section as the template needs it."""

    id: str
    section: ReportSection
    pictures: Sequence[_Picture]
    grids: Sequence[_Grid]


def page(crm: Crm, report: Report) -> str:
    """The HTML of a report. Raises `ExtraMissing` where charts cannot be drawn."""
    import jinja2
    from markupsafe import Markup

    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("crmkit.plugins.analytical.report"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_visible,
    )
    style, *_rest = environment.loader.get_source(environment, "report.css")  # type: ignore[union-attr]
    question = report.question
    return environment.get_template("report.html").render(
        business=crm.config.crs.name,
        title=_("Report on {period}", period=called(question.period)),
        language=spoken(),
        direction=written_direction(),
        said=_said(days_of(report), shown_instant(crm, question.as_of)),
        where=question.where,
        parts=list(_parts(report.sections)),
        warnings=report.warnings,
        style=Markup(style),  # noqa: S704 - our own file
    )


def _said(days: str, as_of: str) -> dict[str, str]:
    """What the page says itself."""
    return {
        "days": _("{days}, by what was on record on {time}", days=days, time=as_of),
        "where": _("Only customers for whom this holds:"),
        "sections": _("Sections"),
        "missing": _("Parts of this report are missing:"),
        "figures": _("The figures"),
        "nothing": _("There is nothing to report on: no plugin has a section."),
        "end": _(
            "Written by crmkit. Figures of people are in the business's own database; nothing in this file "
            "is "
            "fetched from elsewhere."
        ),
    }


def _visible(value: Any) -> Any:
    """What stands in the page: text without what could reorder or hide it, HTML of ours as it is."""
    return shown_safely(value) if type(value) is str else value


def days_of(report: Report) -> str:
    """The first and the last day."""
    period = report.question.period
    if period.start is None:
        return _("to {day}", day=written_day(period.last))
    if period.start == period.last:
        return written_day(period.last)
    return _("{first} to {last}", first=written_day(period.start), last=written_day(period.last))


def _parts(sections: Iterable[ReportSection]) -> Iterator[_Part]:
    for number, section in enumerate(sections, start=1):
        # Two plugins may call their sections alike: the number tells them apart, also in the ids of pictures.
        id_ = f"s{number}-{_NO_NAME.sub('-', section.name)}"
        yield _Part(
            id=id_,
            section=_in_language(section),
            pictures=[_picture(chart, f"{id_}-{i}") for i, chart in enumerate(section.charts) if chart.rows],
            grids=[_table(each) for each in section.tables],
        )


def _in_language(section: ReportSection) -> ReportSection:
    """The section with its title and labels in the language spoken; its sentences are said in it already."""
    figures = [evolve(each, label=translated(each.label)) for each in section.figures]
    return evolve(section, title=translated(section.title), figures=figures)


def _chart_in_language(chart: Chart) -> Chart:
    return evolve(
        chart,
        title=translated(chart.title),
        x=_axis_in_language(chart.x),
        y=_axis_in_language(chart.y),
        series=None if chart.series is None else _axis_in_language(chart.series),
        value=None if chart.value is None else _axis_in_language(chart.value),
    )


def _axis_in_language(axis: Axis) -> Axis:
    return evolve(axis, title=translated(axis.title))


def _picture(chart: Chart, id_: str) -> _Picture:
    from markupsafe import Markup

    chart = _chart_in_language(chart)
    named = evolve(chart, name=id_)
    wide, narrow = (Markup(drawn(named, "svg", width).decode()) for width in (_DESK, _PHONE))  # noqa: S704
    columns = [chart.x, *([chart.series] if chart.series else [])]
    if chart.kind in ("heat", "flow"):
        columns += [chart.y, *([chart.value] if chart.value else [])]
    else:
        columns.append(chart.y)
        ends = ((chart.low, _("at least")), (chart.high, _("at most")))
        columns += [
            evolve(chart.y, column=name, title=f"{chart.y.title}, {end}") for name, end in ends if name
        ]
    grid = _grid(_("{title}: the figures", title=chart.title), columns, chart.rows, chart.currency)
    return _Picture(title=chart.title, says=chart.says, wide=wide, narrow=narrow, figures=grid)


def _table(table: ReportTable) -> _Grid:
    columns = [_axis_in_language(each) for each in table.columns]
    return _grid(translated(table.caption), columns, table.rows, table.currency)


def _grid(caption: str, columns: Sequence[Axis], rows: Iterable[Mapping[str, Any]], currency: str) -> _Grid:
    kinds = [column.measure if column.measure in _AS_TEXT else "number" for column in columns]
    return _Grid(
        caption=caption,
        heads=[(column.title or _("Of"), kind) for column, kind in zip(columns, kinds, strict=True)],
        rows=[
            [
                (shown(column, row.get(column.column), currency), kind)
                for column, kind in zip(columns, kinds, strict=True)
            ]
            for row in rows
        ],
    )
