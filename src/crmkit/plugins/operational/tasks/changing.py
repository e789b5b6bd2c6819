"""`crm tasks done`, `drop`, `postpone`, `take`, `assign` and `remove`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import click

from crmkit import Invalid
from crmkit.plugin import CommandState, asks, pass_state, rehearses, writes
from crmkit.plugins.operational.tasks.rows import names_of, row_of
from crmkit.plugins.operational.tasks.tasks import Tasks
from crmkit.plugins.operational.tasks.when import parse_day, today_of

if TYPE_CHECKING:
    from crmkit import Crm
    from crmkit.plugins.operational.tasks.model import Task

_SOME = click.argument("task_ids", metavar="TASK…", type=int, nargs=-1, required=True)
_ONE = click.argument("task_id", metavar="TASK", type=int)


@click.command("done")
@_SOME
@writes
@pass_state
def done(state: CommandState, task_ids: tuple[int, ...]) -> None:
    """Tick tasks off; they go onto the customers' timelines."""
    service = state.crm.service(Tasks)
    tasks = _each(state.crm, task_ids, service.done)
    after = {task.id: next_ for task in tasks if (next_ := service.following(task)) is not None}
    _receipt(state, tasks, "Done", after=after)


@click.command("drop")
@_SOME
@writes
@pass_state
def drop(state: CommandState, task_ids: tuple[int, ...]) -> None:
    """Give tasks up: they will not be done, and do not come again."""
    tasks = _each(state.crm, task_ids, state.crm.service(Tasks).drop)
    undo = f"crm records task move {tasks[0].id} open" if len(tasks) == 1 else ""
    _receipt(state, tasks, "Dropped", undo=undo)


@click.command("postpone")
@_ONE
@click.argument("to", metavar="DAY")
@writes
@pass_state
def postpone(state: CommandState, task_id: int, to: str) -> None:
    """Put a task off to another day: tomorrow, friday, +3d, 2026-12-01."""
    crm = state.crm
    service = crm.service(Tasks)
    before = service.get(task_id).due
    task = service.postpone(task_id, parse_day(to, today_of(crm)))
    undo = f"crm tasks postpone {task_id} {before}" if before else ""
    _receipt(state, [task], f"Put off to {task.due:%A}, {task.due},", undo=undo)


@click.command("take")
@_ONE
@writes
@pass_state
def take(state: CommandState, task_id: int) -> None:
    """Make a task of your team, or nobody's, your own."""
    task = state.crm.service(Tasks).take(task_id)
    _receipt(state, [task], "Yours now", undo=f"crm tasks assign {task_id} --to nobody")


@click.command("assign")
@click.argument("task_ids", metavar="[TASK…]", type=int, nargs=-1)
@click.option("--from", "leaving", metavar="EMPLOYEE", help="All open tasks of this employee.")
@click.option("--to", "employee", metavar="EMPLOYEE", required=True, help="Who gets them; or nobody.")
@asks
@rehearses
@writes
@pass_state
def assign(
    state: CommandState, task_ids: tuple[int, ...], leaving: str | None, employee: str, *, dry_run: bool
) -> None:
    """Give tasks to somebody: those named, or all that are open of one employee."""
    crm = state.crm
    service = crm.service(Tasks)
    if bool(task_ids) == bool(leaving):
        raise click.UsageError("Which tasks? Name them, or say --from EMPLOYEE.")
    if leaving is None:
        if dry_run:
            raise click.UsageError("--dry-run goes with --from.")
        to = "" if employee == "nobody" else employee
        _receipt(state, _each(crm, task_ids, lambda id_: service.assign(id_, to)), f"Given to {employee}")
        return
    if employee == "nobody":
        raise Invalid("All tasks of somebody can only go to somebody", hint="Name an employee: --to NAME")
    there, to = crm.people.get(leaving), crm.people.get(employee).name
    count = len(service.list(employee_id=there.id))
    said, record = f"{_counted(count)} of {there.name}", {"from": there.name, "to": to}
    if dry_run:
        state.output.preview(f"{said} would go to {to}.", {**record, "tasks": count})
        return
    if count:
        state.confirm(f"Give {said} to {to}?")
    moved = service.hand_over(leaving, employee)
    state.output.receipt(
        f"Gave {_counted(moved)} of {there.name} to {to}", reference=moved, record={**record, "tasks": moved}
    )


@click.command("remove")
@click.argument("task_ids", metavar="[TASK…]", type=int, nargs=-1)
@click.option("--batch", metavar="BATCH", help="What is open of the tasks that were added together.")
@writes
@pass_state
def remove(state: CommandState, task_ids: tuple[int, ...], batch: str | None) -> None:
    """Archive tasks that are still open, such as those added by mistake."""
    service = state.crm.service(Tasks)
    if bool(task_ids) == bool(batch):
        raise click.UsageError("Which tasks? Name them, or say --batch BATCH.")
    if batch:
        count = service.remove_batch(batch)
        state.output.receipt(f"Dropped {_counted(count)}", reference=count, record={"tasks": count})
        return
    tasks = _each(state.crm, task_ids, service.remove)
    undo = f"crm records task restore {tasks[0].id}" if len(tasks) == 1 else ""
    _receipt(state, tasks, "Removed", undo=undo)


def _each(crm: Crm, task_ids: Sequence[int], act: Callable[[int], Task]) -> list[Task]:
    """All of them, or none: what is wrong with one undoes the others."""
    with crm.transaction():
        return [act(id_) for id_ in dict.fromkeys(task_ids)]


def _receipt(
    state: CommandState,
    tasks: Sequence[Task],
    what: str,
    *,
    undo: str = "",
    after: dict[int, Task] | None = None,
) -> None:
    names, following = names_of(state.crm, tasks), after or {}
    lines, rows = [], []
    for task in tasks:
        name, next_ = names.get(task.customer_id, ""), following.get(task.id)
        again = f"; again on {next_.due:%A}, {next_.due} as task {next_.id}" if next_ is not None else ""
        number = f"task {task.id} " if what == "Removed" else ""
        lines.append(f'{what} {number}for {name}: "{task.title}"{again}')
        more: dict[str, Any] = {}
        if next_ is not None:
            more["next"] = row_of(next_, name)
        rows.append({**row_of(task, name), **more})
    record = rows[0] if len(rows) == 1 else {"tasks": rows}
    reference = " ".join(str(task.id) for task in tasks)
    state.output.receipt("\n  ".join(lines), undo=undo, reference=reference, record=record)


def _counted(count: int) -> str:
    return "1 task" if count == 1 else f"{count:,} tasks"
