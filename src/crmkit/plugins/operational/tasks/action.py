"""The action `task.create`: rules that make tasks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

from attrs import field, frozen
from attrs.validators import and_, ge, in_, instance_of, optional

from crmkit import Invalid
from crmkit.plugin import Action, ActionItem, Refusal
from crmkit.plugins.operational.tasks.record import PRIORITIES
from crmkit.plugins.operational.tasks.tasks import Tasks
from crmkit.plugins.operational.tasks.when import today_of

if TYPE_CHECKING:
    from crmkit import Crm
    from crmkit.plugin import Transaction


@frozen(kw_only=True)
class NewTask:
    """A task to make: what is to do, and in how many days it is due; None is without a day.

    `team` is whose it is until one of them takes it, `task_priority` low, normal, high or urgent (the
    `priority` of a rule is its own).
    """

    title: str = field(validator=instance_of(str))
    days: int | None = field(default=None, validator=optional(and_(instance_of(int), ge(0))))
    team: str | None = field(default=None, validator=optional(instance_of(str)))
    task_priority: str | None = field(default=None, validator=optional(in_(PRIORITIES)))


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


def _check(params: NewTask, crm: Crm) -> None:
    if not params.title.strip():
        raise Invalid("A task needs a title", hint="Say what is to do.")
    wanted = (params.team or "").strip().casefold()
    if wanted and wanted not in {each.name.casefold() for each in crm.people.teams()}:
        raise Invalid(f'There is no team "{params.team}"', hint="Run: crm people teams list")


def _make(items: Sequence[ActionItem], crm: Crm, _tx: Transaction) -> Iterator[Refusal]:
    crm.require("records.write")
    alike: dict[tuple[int | None, str | None, str | None], list[tuple[str, int, str]]] = {}
    for index, item in enumerate(items):
        params, title = item.params, item.params.title.strip()
        if title:
            kind = (params.days, params.team, params.task_priority)
            alike.setdefault(kind, []).append((_because_of(item), item.customer_id, title))
        else:
            yield Refusal(index, "the task has no title")
    for (days, team, priority), tasks in alike.items():
        due = None if days is None else today_of(crm) + timedelta(days=days)
        Tasks(crm).make(tasks, due=due, team=team, priority=priority)


def _remove(items: Sequence[ActionItem], crm: Crm, _tx: Transaction) -> Iterator[Refusal]:
    crm.require("records.write")
    stayed = Tasks(crm).unmake([_because_of(item) for item in items])
    for index, item in enumerate(items):
        if _because_of(item) in stayed:
            yield Refusal(index, "the task is done")


def _because_of(item: ActionItem) -> str:
    return f"effect:{item.effect}"
