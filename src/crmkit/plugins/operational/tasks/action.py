"""The action `task.create`: rules that make tasks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from attrs import field, frozen
from attrs.validators import and_, ge, instance_of, optional

from crmkit import Invalid
from crmkit.plugin import Action, ActionItem, Refusal
from crmkit.plugins.operational.tasks.tasks import Tasks

if TYPE_CHECKING:
    from crmkit import Crm
    from crmkit.plugin import Transaction


@frozen(kw_only=True)
class NewTask:
    """A task to make: what is to do, and in how many days it is due; None is without a day."""

    title: str = field(validator=instance_of(str))
    days: int | None = field(default=None, validator=optional(and_(instance_of(int), ge(0))))


def task_action() -> Action:
    """`task.create`, in rules as `task = "Call {{ customer.name }}"`."""
    return Action(
        name="task.create",
        doc="Makes a task for the customer",
        params=NewTask,
        shorthand="task",
        rendered=("title",),
        check=_check,
        perform=_make,
        undo=_remove,
        says=lambda params: f"task: {params.title}",
    )


def _check(params: NewTask, _crm: Crm) -> None:
    if not params.title.strip():
        raise Invalid("A task needs a title", hint="Say what is to do.")


def _make(items: Sequence[ActionItem], crm: Crm, _tx: Transaction) -> Iterator[Refusal]:
    crm.require("customers.write")
    wanted: dict[int | None, list[tuple[str, int, str]]] = {}
    for index, item in enumerate(items):
        title = item.params.title.strip()
        if title:
            wanted.setdefault(item.params.days, []).append((_because_of(item), item.customer_id, title))
        else:
            yield Refusal(index, "the task has no title")
    for days, tasks in wanted.items():
        Tasks(crm).make(tasks, due=None if days is None else _today(crm) + timedelta(days=days))


def _remove(items: Sequence[ActionItem], crm: Crm, _tx: Transaction) -> Iterator[Refusal]:
    crm.require("customers.write")
    stayed = Tasks(crm).unmake([_because_of(item) for item in items])
    for index, item in enumerate(items):
        if _because_of(item) in stayed:
            yield Refusal(index, "the task is done")


def _because_of(item: ActionItem) -> str:
    return f"effect:{item.effect}"


def _today(crm: Crm) -> date:
    now = datetime.fromtimestamp(crm.clock.now() / 1_000_000, UTC)
    return now.astimezone(ZoneInfo(crm.config.crs.timezone)).date()
