"""`crm access`: who read or took out customers' data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from crmkit.cli.column import Column
from crmkit.cli.groups import Listed
from crmkit.cli.options import limited, lists
from crmkit.cli.records import local_time, moment
from crmkit.cli.state import State, pass_state
from crmkit.cli.values import instant, until
from crmkit.core.language import _, pgettext, translated

if TYPE_CHECKING:
    from crmkit.core.access import Access
    from crmkit.core.crm import Crm

_COLUMNS = (
    Column("id", "No.", right=True, fixed=True, style="dim"),
    Column("at", "When", fixed=True, shown=local_time),
    Column("actor", "Who"),
    Column("action", "Did", fixed=True, shown=lambda action: _verbs().get(action, action)),
    Column("what", wrap=True, shown=translated),
    Column("customers", right=True, fixed=True),
    Column("customer", "Of whom"),
    Column("detail", wrap=True),
)


@click.group(cls=Listed)
def access() -> None:
    """Who read or took out customers' data: exports, and what was handed out of people."""


@access.command("list")
@click.option("--of", "customer", metavar="REF", help="Only what was about customer REF alone.")
@click.option("--by", "actor", metavar="NAME", help="Only what NAME did.")
@click.option("--action", metavar="WORD", help="Only this, such as export.")
@click.option("--since", metavar="TIME", help="From then on, such as 2026-05-01.")
@click.option("--until", "end", metavar="TIME", help="Up to then; a day is meant as a whole.")
@limited()
@click.option("--before", metavar="NO", type=int, help="Go on where the last list ended.")
@lists
@pass_state
def list_(
    state: State, since: str | None, end: str | None, limit: int, before: int | None, **narrowed: Any
) -> None:
    """List the access log, newest first."""
    crm = state.crm
    entries, cursor = crm.access.list(
        since=instant(crm, since), until=until(crm, end), limit=limit, before=before, **narrowed
    )
    known = {each.customer_id for each in entries if each.customer_id is not None}
    names = {each.id: each.name for each in crm.customers.summaries(known)} if known else {}
    state.output.rows(
        _COLUMNS,
        [_row(crm, each, names) for each in entries],
        empty=_("Nobody has taken out anything that is noted here."),
        footer=_("There are more; go on with: --before {cursor}", cursor=cursor) if cursor else "",
    )


def _verbs() -> dict[str, str]:
    """The core's own verbs in the language spoken; a plugin's stay as they are."""
    return {
        "read": pgettext("access log", "read"),
        "export": pgettext("access log", "export"),
        "erase": pgettext("access log", "erase"),
        "test": pgettext("access log", "test"),
    }


def _row(crm: Crm, entry: Access, names: dict[int, str]) -> dict[str, Any]:
    named = names.get(entry.customer_id or 0)
    return {
        "id": entry.id,
        "at": moment(crm, entry.at),
        "actor": entry.actor,
        "action": entry.action,
        "what": entry.what,
        "customers": entry.customers,
        "customer": f"{named} (#{entry.customer_id})" if named else None,
        "customer_id": entry.customer_id,
        "detail": dict(entry.detail),
    }
