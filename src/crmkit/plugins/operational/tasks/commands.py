"""`crm tasks`: promises and things to do for customers."""

from __future__ import annotations

import shlex
from datetime import datetime
from typing import Any

import click

from crmkit.plugin import CommandState, OutputColumn, lists, pass_state, writes
from crmkit.plugins.operational.api import Task, Tasks


@click.group()
def tasks() -> None:
    """Promises and things to do for customers."""


@tasks.command("add")
@click.argument("ref")
@click.argument("title")
@click.option("--due", type=click.DateTime(["%Y-%m-%d"]), help="By which day.")
@click.option("--for", "employee", metavar="EMPLOYEE", help="Whose task it is; your own, if not given.")
@writes
@pass_state
def add(state: CommandState, ref: str, title: str, due: datetime | None, employee: str | None) -> None:
    """Add a task for a customer."""
    crm = state.crm
    employee_id = crm.people.get(employee).id if employee else None
    task = crm.service(Tasks).add(ref, title, due=due.date() if due else None, employee_id=employee_id)
    name = crm.customers.get(task.customer_id).name
    state.output.receipt(
        f'Task {task.id} for {name}: "{task.title}"',
        undo=f"crm tasks remove {task.id}",
        reference=task.id,
        record=_row(task, name),
    )


@tasks.command("done")
@click.argument("task_id", metavar="TASK", type=int)
@writes
@pass_state
def done(state: CommandState, task_id: int) -> None:
    """Tick a task off; it goes onto the customer's timeline."""
    crm = state.crm
    task = crm.service(Tasks).done(task_id)
    name = crm.customers.get(task.customer_id).name
    state.output.receipt(f'Done for {name}: "{task.title}"', reference=task.id, record=_row(task, name))


@tasks.command("remove")
@click.argument("task_id", metavar="TASK", type=int)
@writes
@pass_state
def remove(state: CommandState, task_id: int) -> None:
    """Delete a task that is still open, such as one added by mistake."""
    crm = state.crm
    task = crm.service(Tasks).remove(task_id)
    name = crm.customers.get(task.customer_id).name
    state.output.receipt(
        f'Removed task {task.id} for {name}: "{task.title}"',
        undo=_add_again(task),
        reference=task.id,
        record=_row(task, name),
    )


def _add_again(task: Task) -> str:
    words = ["crm", "tasks", "add", str(task.customer_id), task.title]
    words += ["--due", task.due.isoformat()] if task.due else []
    words += ["--for", str(task.employee_id)] if task.employee_id else []
    return shlex.join(words)


@tasks.command("list")
@click.option("--done", is_flag=True, help="The tasks that are done, instead of the open ones.")
@lists
@pass_state
def list_tasks(state: CommandState, *, done: bool) -> None:
    """List the open tasks, soonest due first."""
    crm = state.crm
    found = crm.service(Tasks).list(done=done)
    names = {summary.id: summary.name for summary in crm.customers.summaries([t.customer_id for t in found])}
    state.output.rows(
        (
            OutputColumn("task", right=True, fixed=True),
            OutputColumn("due", fixed=True),
            OutputColumn("customer", style="bold"),
            OutputColumn("title", "What"),
        ),
        [_row(task, names.get(task.customer_id, "")) for task in found],
        empty='Nothing to do. Add a task: crm tasks add REF "Call back" --due 2026-12-01',
    )


def _row(task: Task, customer: str) -> dict[str, Any]:
    return {
        "task": task.id,
        "due": task.due.isoformat() if task.due else None,
        "customer": customer,
        "title": task.title,
        "customer_id": task.customer_id,
        "employee_id": task.employee_id,
        "done_at": task.done_at,
    }
