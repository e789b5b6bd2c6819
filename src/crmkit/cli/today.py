"""`crm today`: what wants attention, on one screen."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import click

from crmkit.cli.options import shows
from crmkit.cli.state import State, pass_state
from crmkit.cli.terminal import safe
from crmkit.core.cldr import written_full_day
from crmkit.core.language import _, ngettext, translated

if TYPE_CHECKING:
    from crmkit.core.model.today import Due


@click.command()
@shows
@pass_state
def today(state: State) -> None:
    """Show what wants attention today: tasks, birthdays, overdue contacts, requests, plans that wait."""
    found = state.crm.today()
    for warning in found.warnings:
        state.output.warn(safe(warning))
    names = _names(state, found.due)
    if state.output.is_json:
        due = [_document(each, names) for each in found.due]
        state.output.json({"day": found.day.isoformat(), "due": due, "more": dict(found.more)})
        return
    data, more = state.output.data, dict(found.more)
    data(written_full_day(found.day))
    for group, dues in found.groups.items():
        data("")
        data(safe(translated(group)))
        for each in dues:
            data(safe(f"  {_line(each, names)}"))
        if group in more:
            data("  " + ngettext("… and {count} more", "… and {count} more", more[group]))
    if not found.due:
        data("\n" + _("Nothing is due."))
        state.output.say(_next_step(state))


def _next_step(state: State) -> str:
    """What somebody may do who has nothing to do."""
    if state.crm.customers.count():
        return _("Where the strategy stands: crm status")
    if state.crm.actor.id is not None:
        return _("No customer whom you see is on record yet. Add one: crm customers add --name NAME")
    return "\n".join(
        (
            _("No customer is on record yet. Add one: crm customers add --name NAME"),
            _("Or bring a list: crm customers import FILE --dry-run"),
        )
    )


def _names(state: State, dues: tuple[Due, ...]) -> dict[int, str]:
    ids = {each.customer_id for each in dues if each.customer_id is not None}
    return {each.id: each.name for each in state.crm.customers.summaries(sorted(ids))}


def _line(due: Due, names: dict[int, str]) -> str:
    said = _with_number(due, names.get(due.customer_id or 0, ""))
    return said + (f"   {due.hint}" if due.hint else "")


def _with_number(due: Due, name: str) -> str:
    """What is due, and the customer's number in brackets after their name, wherever that stands."""
    if not due.customer_id:
        return due.what
    number = f"(#{due.customer_id})"
    if not name:
        return f"{due.what} {number}"
    named = re.search(rf"(?<!\w){re.escape(name)}(?!\w)", due.what)
    if named is None:
        return f"{due.what}, {name} {number}"
    return f"{due.what[: named.end()]} {number}{due.what[named.end() :]}"


def _document(due: Due, names: dict[int, str]) -> dict[str, Any]:
    return {
        "group": due.group,
        "what": due.what,
        "customer_id": due.customer_id,
        "customer": names.get(due.customer_id or 0),
        "on": due.on.isoformat() if due.on else None,
        "hint": due.hint or None,
    }
