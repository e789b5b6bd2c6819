"""`crm tasks add`: a task for one customer, or for everybody for whom a condition holds."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

import click

from crmkit import Invalid
from crmkit.plugin import (
    CommandState,
    _,
    asks,
    needs,
    ngettext,
    number,
    pass_state,
    phrase,
    rehearses,
    today_of,
    writes,
    written_full_day,
)
from crmkit.plugins.operational.tasks.record import PRIORITIES
from crmkit.plugins.operational.tasks.rows import row_of
from crmkit.plugins.operational.tasks.tasks import Tasks
from crmkit.plugins.operational.tasks.when import parse_day, parse_moment

if TYPE_CHECKING:
    from crmkit import Crm

_SHOWN: Final = 5


@click.command("add")
@click.argument("words", metavar="[REF] TITLE", nargs=-1, required=True)
@click.option("--due", metavar="DAY", help="By which day: today, friday, +3d, 2026-12-01.")
@click.option("--at", "due_time", metavar="HH:MM", help="At what time of that day.")
@click.option("--remind", metavar="WHEN", help='When to be reminded: 09:00, "thursday 09:00".')
@click.option(
    "--repeat", metavar="RULE", help='How it comes again: "every week", "RRULE:FREQ=MONTHLY;BYDAY=1FR".'
)
@click.option("--for", "employee", metavar="EMPLOYEE", help="Whose task it is; your own, if not given.")
@click.option("--team", metavar="TEAM", help="A team's, until one of them takes it.")
@click.option("--priority", type=click.Choice(PRIORITIES), help="How much it matters.")
@click.option("--notes", metavar="TEXT", help="What else is to be known.")
@click.option("--where", metavar="PREDICATE", help="For everybody for whom it holds, instead of REF.")
@asks
@rehearses
@writes
@pass_state
@needs("customers.read")
def add(
    state: CommandState, words: tuple[str, ...], where: str | None, *, dry_run: bool, **said: str | None
) -> None:
    """Add a task for a customer, or with --where for many: "Call {{ customer.name }}"."""
    wanted = 2 if where is None else 1
    if len(words) != wanted:
        usage = phrase("REF and TITLE") if where is None else phrase("one TITLE, since --where says for whom")
        raise click.UsageError(phrase("Give {usage}; put a title of several words into quotes.", usage=usage))
    values = _values(state.crm, said)
    if where is not None:
        _add_many(state, where, words[0], values, dry_run=dry_run)
        return
    if dry_run:
        raise click.UsageError("--dry-run goes with --where.")
    crm = state.crm
    task = crm.service(Tasks).add(*words, **values)
    name = crm.customers.get(task.customer_id).name
    by = _(", due on {day}", day=written_full_day(task.due)) if task.due else ""
    again = f", {task.repeat}" if task.repeat else ""
    state.output.receipt(
        _(
            'Task {id} for {name}: "{title}"{by}{again}',
            id=task.id,
            name=name,
            title=task.title,
            by=by,
            again=again,
        ),
        undo=f"crm tasks remove {task.id}",
        reference=task.id,
        record=row_of(task, name),
    )


def _values(crm: Crm, said: Mapping[str, str | None]) -> dict[str, Any]:
    day = parse_day(said["due"], today_of(crm)) if said["due"] else None
    if day is None and (said["due_time"] or said["repeat"]):
        day = today_of(crm)
    employee = said["employee"]
    return {
        "due": day,
        "due_time": said["due_time"],
        "remind_at": parse_moment(said["remind"], crm, day) if said["remind"] else None,
        "repeat": said["repeat"],
        "employee_id": crm.people.get(employee).id if employee else None,
        "team": said["team"],
        "priority": said["priority"],
        "notes": said["notes"],
    }


def _add_many(
    state: CommandState, where: str, title: str, values: Mapping[str, Any], *, dry_run: bool
) -> None:
    crm = state.crm
    filled = crm.messages.filled(title, list(crm.predicates.members(where)))
    titles = [(id_, said) for id_, said in filled.items() if isinstance(said, str) and said.strip()]
    without = [(id_, said) for id_, said in filled.items() if isinstance(said, Invalid)]
    if without and not titles:
        raise without[0][1]
    count = _counted(len(titles))
    lines = [_("{count} would be added.", count=count), *(f"  {said}" for _id, said in titles[:_SHOWN])]
    lines += ["  …"] if len(titles) > _SHOWN else []
    lines += (
        [
            "  "
            + _(
                "{without} would get none: {reason}",
                without=number(len(without)),
                reason=without[0][1].message,
            )
        ]
        if without
        else []
    )
    if dry_run:
        state.output.preview("\n".join(lines), {"tasks": len(titles), "without": len(without)})
        return
    if not titles:
        state.output.receipt(_("There is nobody for whom that holds."), record={"tasks": 0})
        return
    if not state.yes:
        state.output.say("\n".join(lines))
    state.confirm(_("Add {count}?", count=count))
    batch = secrets.token_hex(4)
    added, refused = crm.service(Tasks).add_all(titles, batch=batch, **values)
    said = _("Added {tasks}", tasks=_counted(added))
    if refused:
        said += "\n  " + _(
            "{refused} could not be added: {reason}", refused=number(len(refused)), reason=refused[0].reason
        )
    undo = f"crm tasks remove --batch {batch}" if added else ""
    state.output.receipt(said, undo=undo, reference=batch, record={"tasks": added, "batch": batch})


def _counted(count: int) -> str:
    return ngettext("{count} task", "{count} tasks", count)
