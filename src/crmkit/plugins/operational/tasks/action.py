"""The action `task.create`: rules that make tasks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

from attrs import field, frozen
from attrs.validators import and_, ge, in_, instance_of, optional

from crmkit import Invalid
from crmkit.plugin import Action, ActionItem, Refusal, _, nphrase, phrase
from crmkit.plugins.operational.tasks.record import PRIORITIES

if TYPE_CHECKING:
    from crmkit import Crm
    from crmkit.plugin import Transaction


@frozen(kw_only=True)
class NewTask:
    """A task to make: what is to do, and in how many days it is due; None is without a day.

    `owner` is the employee whose it is; `team` whose it is until one of them takes it; `task_priority` is
    low, normal, high or urgent (the `priority` of a rule is its own).
    """

    title: str = field(validator=instance_of(str))
    days: int | None = field(default=None, validator=optional(and_(instance_of(int), ge(0))))
    team: str | None = field(default=None, validator=optional(instance_of(str)))
    owner: str | None = field(default=None, validator=optional(instance_of(str)))
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
        undone=nphrase("remove {count} task", "remove {count} tasks", 0),
        says=lambda params: _("task: {title}", title=params.title),
    )


def _check(params: NewTask, crm: Crm) -> None:
    if not params.title.strip():
        raise Invalid("A task needs a title", hint="Say what is to do.")
    wanted = (params.team or "").strip().casefold()
    if wanted and wanted not in {each.name.casefold() for each in crm.people.teams()}:
        raise Invalid(
            phrase('There is no team "{team}"', team=params.team), hint="Run: crm people teams list"
        )
    if params.owner and not crm.people.get(params.owner).active:
        raise Invalid(phrase("{name} no longer works here", name=params.owner), hint="Name somebody else.")


def _make(items: Sequence[ActionItem], crm: Crm, _tx: Transaction) -> Iterator[Refusal]:
    from crmkit.plugin import today_of
    from crmkit.plugins.operational.tasks.tasks import Tasks

    crm.require("records.write")
    works_here = _owners(items, crm)
    alike: dict[tuple[int | None, str | None, str | None, str | None], list[tuple[str, int, str]]] = {}
    for index, item in enumerate(items):
        params, title = item.params, item.params.title.strip()
        if not title:
            yield Refusal(index, phrase("the task has no title"))
        elif params.owner and not works_here[params.owner]:
            yield Refusal(index, phrase("{name} no longer works here", name=params.owner))
        else:
            kind = (params.days, params.team, params.task_priority, params.owner)
            alike.setdefault(kind, []).append((_because_of(item), item.customer_id, title))
    for (days, team, priority, owner), tasks in alike.items():
        due = None if days is None else today_of(crm) + timedelta(days=days)
        Tasks(crm).make(tasks, due=due, owner=owner, team=team, priority=priority)


def _owners(items: Sequence[ActionItem], crm: Crm) -> dict[str, bool]:
    """Whether those who are named work here."""
    named = {item.params.owner for item in items if item.params.owner}
    return {each: crm.people.get(each).active for each in named}


def _remove(items: Sequence[ActionItem], crm: Crm, _tx: Transaction) -> Iterator[Refusal]:
    from crmkit.plugins.operational.tasks.tasks import Tasks

    crm.require("records.write")
    stayed = Tasks(crm).unmake([_because_of(item) for item in items])
    for index, item in enumerate(items):
        if _because_of(item) in stayed:
            yield Refusal(index, phrase("the task is done"))


def _because_of(item: ActionItem) -> str:
    return f"effect:{item.effect}"
