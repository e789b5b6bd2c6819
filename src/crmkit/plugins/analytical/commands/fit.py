"""`crm analytics fit`: a model of how customers buy and leave."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from crmkit import Invalid
from crmkit.plugin import (
    CommandState,
    OutputColumn,
    _,
    ngettext,
    parse_date,
    pass_state,
    phrase,
    shown,
    shows,
    translated,
)
from crmkit.plugins.analytical.lifetime.doubts import shown_doubt
from crmkit.plugins.analytical.lifetime.models import MODELS

if TYPE_CHECKING:
    from crmkit.plugins.analytical.lifetime.fit import Fit


@click.command()
@click.argument("file", required=False, type=click.Path(path_type=Path))
@click.option("--model", type=click.Choice(MODELS), help="The model; BG/NBD unless you say otherwise.")
@click.option("--until", metavar="DATE", help="The last day of which purchases are looked at.")
@click.option("--unit", type=click.Choice(["week", "day"]), help="The unit of time; week unless you say so.")
@shows
@pass_state
def fit(
    state: CommandState, file: Path | None, model: str | None, until: str | None, unit: str | None
) -> None:
    """Fit a model of lifetime value to the purchases in FILE, or, without FILE, to the business's own.

    FILE is CSV: a log of purchases (customer, date, amount), or histories summarised before (frequency,
    recency, T and, if equal ones stand together, weight). It needs no business around it.
    Fits of the business's own purchases are kept: crm analytics value goes by them.
    """
    from crmkit.plugins.analytical.lifetime.numerical import require_numbers

    require_numbers()
    day = None if until is None else _day(until)
    if file is None:
        if until is not None or unit is not None:
            raise click.UsageError("--until and --unit are for a FILE.")
        _fit_business(state, model)
        return
    _fit_file(state, file, model or MODELS[0], day, unit)


def _fit_business(state: CommandState, model: str | None) -> None:
    from crmkit.plugins.analytical.lifetime.service import refit

    if model not in (None, "bg-nbd", "pareto-nbd"):
        raise click.UsageError(
            phrase(
                "{model} is for a FILE; the business's own values go by bg-nbd or pareto-nbd.", model=model
            )
        )
    made = refit(state.crm, model)
    if state.output.is_json:
        state.output.json([made.buying.as_json(), made.spend.as_json()])
        return
    for each in (made.buying, made.spend):
        show_fit(state, each, _("purchases up to now, in weeks"))


def _fit_file(state: CommandState, file: Path, model: str, until: date | None, unit: str | None) -> None:
    from crmkit.plugins.analytical.lifetime.fitting_file import fit_file

    made = fit_file(file, model, until=until, unit=unit, today=datetime.now(UTC).date())
    for line in made.skipped:
        state.output.warn(line)
    show_fit(state, made.fit, made.told)


def show_fit(state: CommandState, made: Fit, told: str) -> None:
    """A fit as a table, or as JSON."""
    if state.output.is_json:
        state.output.json(made.as_json())
        return
    from crmkit.plugins.analytical.lifetime.models import model_named

    model = model_named(made.model)
    rows = [
        {"parameter": name, "value": f"{value:.4f}", "error": f"{made.standard_errors[name]:.4f}"}
        for name, value in made.params.items()
    ]
    state.output.say(
        ngettext(
            "{model}, fitted to {count} customer: {told}.",
            "{model}, fitted to {count} customers: {told}.",
            made.customers,
            model=model.title,
            told=shown(told),
        )
    )
    columns = (
        OutputColumn("parameter", style="bold"),
        OutputColumn("value", right=True),
        OutputColumn("error", "Standard error", right=True),
    )
    if made.is_good:
        state.output.rows(columns, rows)
        likelihood = f"{made.log_likelihood:,.3f}"
        state.output.say(_("Log likelihood {value}. The fit has converged.", value=likelihood))
    else:
        state.output.warn(
            _(
                "It is {status}, so there are no numbers: {reason}.",
                status=translated(made.status),
                reason=shown_doubt(made.reason),
            )
        )
    state.output.detail(_("Source: {source}.", source=model.source))


def _day(text: str) -> date:
    try:
        return parse_date(text)
    except ValueError:
        raise Invalid(
            phrase('--until "{text}" is not a date', text=text), hint="Write a date such as 1997-09-30."
        ) from None
