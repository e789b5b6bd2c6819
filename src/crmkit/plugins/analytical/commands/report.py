"""`crm analytics report`: how the business fares with its customers, as one file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from crmkit.plugin import CommandState, _, pass_state, phrase, writes


@click.command()
@click.argument("period", metavar="[PERIOD]", default="last month")
@click.option("--where", metavar="PREDICATE", help="Only customers for whom it holds.")
@click.option("--as-of", metavar="DAY", help="By what was on record at the end of that day.")
@click.option(
    "-o", "--output", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path),
    help="Into this file; by default report-PERIOD.html.",
)  # fmt: skip
@click.option("--language", metavar="LANG", help="The report's language, such as pl; yours, if not given.")
@click.option("--open", "opens", is_flag=True, help="Show it in the browser.")
@writes
@pass_state
def report(
    state: CommandState, period: str, where: str | None, as_of: str | None, output: Path | None,
    language: str | None, *, opens: bool,
) -> None:  # fmt: skip
    """Write a report on PERIOD: goals, customers, what rules have changed, and what plugins add.

    PERIOD is such as 2026-05, 2026-Q1, 2026, "this month", "last 90 days"; without one it is last month. The
    file is whole by itself: it can be mailed, and opens without a network.
    """
    from crmkit.plugins.analytical.report.page import days_of, page
    from crmkit.plugins.analytical.report.writing import file_name, write

    crm = state.crm
    with state.writing_in(language):
        made = crm.report(period, where=where, as_of=_day(as_of))
        path = output or Path(file_name(made.question.period))
        write(path, page(crm, made))
    for warning in made.warnings:
        state.output.warn(warning)
    charts = sum(len(section.charts) for section in made.sections)
    names = [section.name for section in made.sections]
    record: dict[str, Any] = {
        "file": str(path), "period": days_of(made), "sections": names, "charts": charts,
        "warnings": list(made.warnings),
    }  # fmt: skip
    done = _(
        "{path}: the report on {days}, {names} sections with {charts} charts.",
        path=path,
        days=days_of(made),
        names=len(names),
        charts=charts,
    )
    state.output.receipt(done, reference=path, record=record)
    if opens:
        click.launch(str(path.resolve()))


def _day(text: str | None) -> Any:
    from crmkit import Invalid
    from crmkit.plugin import parse_date

    if text is None:
        return None
    try:
        return parse_date(text)
    except ValueError:
        raise Invalid(
            phrase('"{text}" is not a day', text=text), hint="Write it such as: --as-of 2026-05-31"
        ) from None
