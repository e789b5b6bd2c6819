"""`crm tasks done`, `drop`, `postpone`, `take`, `assign` and `remove`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final

import click

from crmkit import Invalid, NotFound
from crmkit.plugin import (
    N_,
    CommandState,
    _,
    asks,
    needs,
    ngettext,
    pass_state,
    phrase,
    rehearses,
    today_of,
    translated,
    writes,
    written_full_day,
)
from crmkit.plugins.operational.tasks.record import DONE, DROPPED
from crmkit.plugins.operational.tasks.rows import names_of, row_of
from crmkit.plugins.operational.tasks.tasks import Tasks
from crmkit.plugins.operational.tasks.when import parse_day

if TYPE_CHECKING:
    from crmkit import Crm
    from crmkit.plugins.operational.tasks.model import Task

_SHOWN: Final = 5
_SOME = click.argument("task_ids", metavar="[TASK…]", type=int, nargs=-1)
_WHERE = click.option(
    "--where", metavar="PREDICATE", help="All open tasks of everybody for whom it holds, instead of TASK…"
)
_ONE = click.argument("task_id", metavar="TASK", type=int)


@click.command("done")
@_SOME
@_WHERE
@asks
@rehearses
@writes
@pass_state
@needs("customers.read")
def done(state: CommandState, task_ids: tuple[int, ...], where: str | None, *, dry_run: bool) -> None:
    """Tick tasks off; they go onto the customers' timelines."""
    service = state.crm.service(Tasks)
    if _by_where(task_ids, where, dry_run=dry_run):
        _many(state, where or "", _("done"), lambda tasks: service.close_all(tasks, DONE), dry_run=dry_run)
        return
    tasks = _each(state.crm, task_ids, service.done)
    after = {task.id: next_ for task in tasks if (next_ := service.following(task)) is not None}
    _receipt(state, tasks, N_('Done for {name}: "{title}"'), after=after)


@click.command("drop")
@_SOME
@_WHERE
@asks
@rehearses
@writes
@pass_state
@needs("customers.read")
def drop(state: CommandState, task_ids: tuple[int, ...], where: str | None, *, dry_run: bool) -> None:
    """Give tasks up: they will not be done, and do not come again."""
    service = state.crm.service(Tasks)
    if _by_where(task_ids, where, dry_run=dry_run):
        _many(
            state, where or "", _("dropped"), lambda tasks: service.close_all(tasks, DROPPED), dry_run=dry_run
        )
        return
    tasks = _each(state.crm, task_ids, service.drop)
    undo = f"crm records task move {tasks[0].id} open" if len(tasks) == 1 else ""
    _receipt(state, tasks, N_('Dropped for {name}: "{title}"'), undo=undo)


@click.command("postpone")
@click.argument("task_ids", metavar="[TASK…] DAY", nargs=-1, required=True)
@_WHERE
@asks
@rehearses
@writes
@pass_state
@needs("customers.read")
def postpone(state: CommandState, task_ids: tuple[str, ...], where: str | None, *, dry_run: bool) -> None:
    """Put tasks off to another day: tomorrow, friday, +3d, 2026-12-01."""
    crm = state.crm
    service = crm.service(Tasks)
    *named, to = task_ids
    if wrong := next((each for each in named if not each.isdecimal()), None):
        raise click.UsageError(phrase('"{wrong}" is not the number of a task.', wrong=wrong))
    ids, day = tuple(map(int, named)), parse_day(to, today_of(crm))
    if _by_where(ids, where, dry_run=dry_run):
        what = _("put off to {day}", day=written_full_day(day))
        _many(state, where or "", what, lambda tasks: service.postpone_all(tasks, day), dry_run=dry_run)
        return
    before = service.get(ids[0]).due
    tasks = _each(crm, ids, lambda id_: service.postpone(id_, day))
    undo = f"crm tasks postpone {ids[0]} {before}" if before and len(tasks) == 1 else ""
    _receipt(
        state, tasks, N_('Put off to {day}, for {name}: "{title}"'), undo=undo, day=written_full_day(day)
    )


@click.command("take")
@_ONE
@writes
@pass_state
def take(state: CommandState, task_id: int) -> None:
    """Make a task of your team, or nobody's, your own."""
    task = state.crm.service(Tasks).take(task_id)
    undo = f"crm tasks assign {task_id} --to nobody"
    _receipt(state, [task], N_('Yours now for {name}: "{title}"'), undo=undo)


@click.command("assign")
@_SOME
@_WHERE
@click.option("--from", "leaving", metavar="EMPLOYEE", help="All open tasks of this employee.")
@click.option("--to", "employee", metavar="EMPLOYEE", required=True, help="Who gets them; or nobody.")
@asks
@rehearses
@writes
@pass_state
@needs("customers.read")
def assign(
    state: CommandState,
    task_ids: tuple[int, ...],
    where: str | None,
    leaving: str | None,
    employee: str,
    *,
    dry_run: bool,
) -> None:
    """Give tasks to somebody: those named, or all that are open of one employee, or of some customers."""
    service = state.crm.service(Tasks)
    if leaving is not None:
        if task_ids or where:
            raise click.UsageError("Which tasks? Name them, or say --from EMPLOYEE, or --where PREDICATE.")
        _hand_over(state, leaving, employee, dry_run=dry_run)
        return
    to = "" if employee == "nobody" else str(state.crm.people.get(employee).id)
    if _by_where(task_ids, where, dry_run=dry_run):
        what = _("given to {employee}", employee=employee)
        _many(state, where or "", what, lambda tasks: service.assign_all(tasks, to), dry_run=dry_run)
        return
    given = _each(state.crm, task_ids, lambda id_: service.assign(id_, to))
    _receipt(state, given, N_('Given to {employee} for {name}: "{title}"'), employee=employee)


def _hand_over(state: CommandState, leaving: str, employee: str, *, dry_run: bool) -> None:
    crm = state.crm
    service = crm.service(Tasks)
    if employee == "nobody":
        raise Invalid("All tasks of somebody can only go to somebody", hint="Name an employee: --to NAME")
    there, to = crm.people.get(leaving), crm.people.get(employee).name
    count = len(service.list(employee_id=there.id))
    said, record = (
        _("{tasks} of {employee}", tasks=_counted(count), employee=there.name),
        {"from": there.name, "to": to},
    )
    if dry_run:
        state.output.preview(_("{said} would go to {to}.", said=said, to=to), {**record, "tasks": count})
        return
    if count:
        state.confirm(_("Give {said} to {to}?", said=said, to=to))
    moved = service.hand_over(leaving, employee)
    state.output.receipt(
        _("Gave {tasks} of {employee} to {to}", tasks=_counted(moved), employee=there.name, to=to),
        reference=moved,
        record={**record, "tasks": moved},
    )


@click.command("remove")
@click.argument("task_ids", metavar="[TASK…]", type=int, nargs=-1)
@click.option("--batch", metavar="BATCH", help="Drop what is open of the tasks that were added together.")
@writes
@pass_state
@needs("customers.read")
def remove(state: CommandState, task_ids: tuple[int, ...], batch: str | None) -> None:
    """Archive tasks that are still open, such as those added by mistake."""
    service = state.crm.service(Tasks)
    if bool(task_ids) == bool(batch):
        raise click.UsageError("Which tasks? Name them, or say --batch BATCH.")
    if batch:
        count = service.remove_batch(batch)
        if not count:
            raise NotFound(
                phrase('No task of the batch "{batch}" is open', batch=batch), hint="See: crm tasks list"
            )
        state.output.receipt(
            _("Dropped {tasks}", tasks=_counted(count)), reference=count, record={"tasks": count}
        )
        return
    tasks = _each(state.crm, task_ids, service.remove)
    undo = f"crm records task restore {tasks[0].id}" if len(tasks) == 1 else ""
    _receipt(state, tasks, N_('Removed task {id} for {name}: "{title}"'), undo=undo)


def _by_where(task_ids: Sequence[int], where: str | None, *, dry_run: bool) -> bool:
    """Whether tasks are chosen by a condition; otherwise they are named."""
    if bool(task_ids) == bool(where):
        raise click.UsageError("Which tasks? Name them, or say --where PREDICATE.")
    if dry_run and not where:
        raise click.UsageError("--dry-run goes with --where.")
    return bool(where)


def _many(
    state: CommandState, where: str, what: str, act: Callable[[Sequence[Task]], int], *, dry_run: bool
) -> None:
    """Do with the open tasks of everybody for whom `where` holds what is asked for, once they were shown."""
    crm = state.crm
    tasks = crm.service(Tasks).where(where)
    names, count = names_of(crm, tasks[:_SHOWN]), _counted(len(tasks))
    lines = [
        _("{count} would be {what}.", count=count, what=what),
        *(f'  {names[each.customer_id]}: "{each.title}"' for each in tasks[:_SHOWN]),
    ]
    lines += ["  …"] if len(tasks) > _SHOWN else []
    if dry_run:
        state.output.preview("\n".join(lines), {"tasks": len(tasks)})
        return
    if not tasks:
        state.output.receipt(_("No task is open for whom that holds."), record={"tasks": 0})
        return
    if not state.yes:
        state.output.say("\n".join(lines))
    state.confirm(_("Have {count} {what}?", count=count, what=what))
    changed = act(tasks)
    reference = " ".join(str(each.id) for each in tasks)
    state.output.receipt(f"{_counted(changed)} {what}", reference=reference, record={"tasks": changed})


def _each(crm: Crm, task_ids: Sequence[int], act: Callable[[int], Task]) -> list[Task]:
    """All of them, or none: what is wrong with one undoes the others."""
    with crm.transaction():
        return [act(id_) for id_ in dict.fromkeys(task_ids)]


def _receipt(
    state: CommandState,
    tasks: Sequence[Task],
    said: str,
    *,
    undo: str = "",
    after: dict[int, Task] | None = None,
    **values: str,
) -> None:
    """Say `said` of each task, with `values` in it too; `after` are the tasks that follow."""
    names, following = names_of(state.crm, tasks), after or {}
    lines, rows = [], []
    for task in tasks:
        name, next_ = names.get(task.customer_id, ""), following.get(task.id)
        line = translated(said).format(id=task.id, name=name, title=task.title, **values)
        lines.append(_with_next(line, next_))
        more = {} if next_ is None else {"next": row_of(next_, name)}
        rows.append({**row_of(task, name), **more})
    record = rows[0] if len(rows) == 1 else {"tasks": rows}
    reference = " ".join(str(task.id) for task in tasks)
    state.output.receipt("\n  ".join(lines), undo=undo, reference=reference, record=record)


def _counted(count: int) -> str:
    return ngettext("{count} task", "{count} tasks", count)


def _with_next(said: str, task: Task | None) -> str:
    """What was said of a task, and when it comes again."""
    if task is None or task.due is None:
        return said
    return _("{said}; again on {day} as task {id}", said=said, day=written_full_day(task.due), id=task.id)
