"""`crm tasks`: promises and things to do for customers."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from crmkit import NotAllowed
from crmkit.plugin import (
    CommandState,
    OutputColumn,
    _,
    lists,
    ngettext,
    number,
    pass_state,
    shown_safely,
    shows,
    today_of,
    writes,
    zone_of,
)
from crmkit.plugins.operational.tasks.adding import add
from crmkit.plugins.operational.tasks.changing import assign, done, drop, postpone, remove, take
from crmkit.plugins.operational.tasks.record import DONE, DROPPED, OPEN
from crmkit.plugins.operational.tasks.rows import lines_of, row_of, rows_of
from crmkit.plugins.operational.tasks.tasks import Tasks

if TYPE_CHECKING:
    from crmkit import Crm

_COLUMNS = (
    OutputColumn("task", right=True, fixed=True),
    OutputColumn("when", "Due", fixed=True),
    OutputColumn("customer", style="bold"),
    OutputColumn("title", "What"),
    OutputColumn("priority", sparse=True),
    OutputColumn("repeat", sparse=True),
    OutputColumn("whose", sparse=True),
)


@click.group()
def tasks() -> None:
    """Promises and things to do for customers."""


for _command in (add, done, drop, postpone, take, assign, remove):
    tasks.add_command(_command)


@tasks.command("list")
@click.option("--all", "everybodys", is_flag=True, help="Everybody's, not only yours.")
@click.option("--for", "employee", metavar="EMPLOYEE", help="Those of an employee.")
@click.option("--team", metavar="TEAM", help="Those of a team.")
@click.option("--customer", metavar="REF", help="Those for a customer.")
@click.option("--overdue", is_flag=True, help="Those that should have been done by now.")
@click.option("--done", is_flag=True, help="The tasks that are done, instead of the open ones.")
@click.option("--dropped", is_flag=True, help="The tasks that were given up.")
@click.option("--limit", type=click.IntRange(1), metavar="INTEGER", help="At most so many.")
@lists
@pass_state
def list_tasks(
    state: CommandState,
    *,
    everybodys: bool,
    employee: str | None,
    team: str | None,
    customer: str | None,
    overdue: bool,
    done: bool,
    dropped: bool,
    limit: int | None,
) -> None:
    """List the open tasks, soonest due first: yours, and those that you could take."""
    crm = state.crm
    today = today_of(crm)
    narrowed = everybodys or employee or team or customer
    found = crm.service(Tasks).list(
        state=DONE if done else DROPPED if dropped else OPEN,
        mine=not narrowed,
        employee_id=crm.people.get(employee).id if employee else None,
        team=team,
        customer_ids=[crm.customers.resolve(customer)] if customer else None,
    )
    rows = [row for row in rows_of(crm, found, today) if row["overdue"] or not overdue]
    late = sum(row["overdue"] for row in rows)
    state.output.rows(
        _COLUMNS,
        rows[:limit],
        empty=_empty(crm, narrowed=bool(narrowed)),
        footer=_("! {late} overdue", late=number(late)) if late else "",
    )


def _empty(crm: Crm, *, narrowed: bool) -> str:
    if narrowed or crm.actor.id is None:
        return _('Nothing to do. Add a task: crm tasks add REF "Call back" --due tomorrow')
    return _("Nothing to do for you. Everybody's tasks: crm tasks list --all")


@tasks.command("show")
@click.argument("task_id", metavar="TASK", type=int)
@shows
@pass_state
def show(state: CommandState, task_id: int) -> None:
    """Show everything about a task."""
    crm = state.crm
    task = crm.service(Tasks).get(task_id)
    if state.output.is_json:
        state.output.json(row_of(task, crm.customers.get(task.customer_id).name))
        return
    for line in lines_of(crm, task):
        state.output.data(shown_safely(line))


def _crm_of(crm: Crm, employee: str) -> Crm:
    """On behalf of an employee: oneself, or another for who manages employees."""
    found = crm.people.get(employee)
    if crm.actor.id == found.id:
        return crm
    crm.require("people.manage")
    return crm.acting_as(str(found.id))


@tasks.command("calendar")
@click.option("--for", "employee", metavar="EMPLOYEE", help="Whose tasks; your own, if not given.")
@click.option(
    "-o",
    "--output",
    "path",
    metavar="FILE.ics",
    type=click.Path(path_type=Path, dir_okay=False),
    help="The file to write.",
)
@click.option("--todos", is_flag=True, help="As to-dos, instead of as events.")
@click.option("--link", is_flag=True, help="The address to subscribe to, instead of a file.")
@writes
@pass_state
def calendar(
    state: CommandState, employee: str | None, path: Path | None, *, todos: bool, link: bool
) -> None:
    """Write open tasks as a calendar: what is to do and when, nothing of the customers."""
    from crmkit.plugins.operational.tasks.calendar import calendar_of
    from crmkit.plugins.operational.tasks.subscription import path_for

    crm = _crm_of(state.crm, employee) if employee else state.crm
    if link == (path is not None):
        raise click.UsageError("Say where to: -o FILE.ics, or --link for an address to subscribe to.")
    if path is None:
        if crm.actor.id is None:
            raise click.UsageError("Whose calendar? Say --for EMPLOYEE.")
        if crm is not state.crm and state.crm.visible() is not None:
            raise NotAllowed(
                "Such an address leads to tasks of customers whom you do not see", hint="Let them ask for it."
            )
        state.output.data((crm.config.web.base or "") + path_for(crm, crm.actor.id))
        if crm.config.web.base is None:
            state.output.say(_("[web] url does not say where the public reaches it."))
        state.output.say(_("Whoever has this address can read what is to do, so keep it to yourself."))
        return
    found = crm.service(Tasks).list(mine=True)
    if crm is not state.crm and state.crm.visible() is not None:
        seen = {each.id for each in state.crm.service(Tasks).list()}
        found = tuple(each for each in found if each.id in seen)
    path.write_bytes(
        calendar_of(
            found, zone_of(crm), name=_("{business}: tasks", business=crm.config.crs.name), todos=todos
        )
    )
    left = 0 if todos else sum(task.due is None for task in found)
    more = _("; {left} without a day left out", left=number(left)) if left else ""
    state.output.receipt(
        ngettext(
            "Wrote {count} task to {path}{more}",
            "Wrote {count} tasks to {path}{more}",
            len(found) - left,
            path=path,
            more=more,
        ),
        reference=path,
        record={"file": str(path), "tasks": len(found) - left},
    )
