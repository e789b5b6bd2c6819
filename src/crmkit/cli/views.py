"""`crm views`: saved lists of customers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from crmkit.cli.column import Column
from crmkit.cli.find import SUMMARY
from crmkit.cli.groups import Noun
from crmkit.cli.options import limited, lists
from crmkit.cli.plain import plain
from crmkit.cli.records import local_time, moment, summary_record
from crmkit.cli.state import State, pass_state
from crmkit.core.language import N_, _

if TYPE_CHECKING:
    from crmkit.core.crm import Crm
    from crmkit.core.views.page import Page

_COLUMNS = (
    Column("view", fixed=True, style="bold"),
    Column("doc", "What it is for", wrap=True),
    Column("where", "Condition", wrap=True),
    Column("columns", wrap=True),
    Column("order"),
)
_NONE = N_(
    'No views yet. Declare one in crm.toml:\n[views.big]\nwhere = "sum(purchase) > 1000"\n'
    'columns = ["name", "sum(purchase)"]'
)


@click.group(cls=Noun)
def views() -> None:
    """Lists of customers to look at again and again, declared in crm.toml under [views.NAME]."""


@views.command("list")
@lists
@pass_state
def list_(state: State) -> None:
    """List the saved views."""
    rows = [
        {
            "view": view.name,
            "doc": view.doc,
            "where": view.where,
            "columns": list(view.columns),
            "order": view.order,
            "owner": view.owner,
        }
        for view in state.crm.views.list()
    ]
    state.output.rows(_COLUMNS, rows, empty=_NONE)


@views.command()
@click.argument("name")
@limited()
@click.option("--after", metavar="CURSOR", help="Go on where the last list ended.")
@lists
@pass_state
def show(state: State, name: str, limit: int, after: str | None) -> None:
    """Show the customers of view NAME (crm customers list --view NAME has more options)."""
    show_page(state, name, limit=limit, after=after)


def show_page(state: State, view: str | None, *, where: str | None = None, **options: Any) -> None:
    """Print one page of customers: the columns that were asked for, else the view's, else a summary."""
    crm, output = state.crm, state.output
    columns = output.chosen or None
    page = crm.views.page(view, where=where, columns=columns, **options)
    rows = _rows(crm, page) if page.columns else _summaries(crm, page)
    laid_out = _laid_out(page) if page.columns else SUMMARY
    footer = (
        _("There are more; go on with: --after {cursor}", cursor=page.next_cursor) if page.next_cursor else ""
    )
    output.rows(laid_out, rows, empty=_("Nobody is like that."), footer=footer)


def _summaries(crm: Crm, page: Page) -> list[dict[str, Any]]:
    found = crm.customers.summaries([row.customer_id for row in page.rows])
    return [summary_record(crm, each) for each in found]


def _rows(crm: Crm, page: Page) -> list[dict[str, Any]]:
    rows = []
    for row in page.rows:
        values = {
            name: moment(crm, value) if kind == "instant" else value
            for name, kind, value in zip(page.columns, page.kinds, row.values, strict=True)
        }
        rows.append({key: _bare(value) for key, value in ({"id": row.customer_id} | values).items()})
    return rows


def _bare(value: Any) -> Any:
    """An amount without its currency: every amount of a list is in the business's own."""
    from crmkit.core.model.money import Money, format_amount

    return format_amount(value.minor, value.currency) if isinstance(value, Money) else plain(value)


def _laid_out(page: Page) -> Sequence[Column]:
    columns = [] if "id" in page.columns else [Column("id", "Id", right=True, fixed=True, style="dim")]
    for name, kind in zip(page.columns, page.kinds, strict=True):
        shown = local_time if kind == "instant" else None
        title = name if "(" in name or " " in name else None
        columns.append(Column(name, title, right=kind in ("number", "money"), shown=shown))
    return columns
