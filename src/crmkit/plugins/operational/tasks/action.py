"""The action `task.create`: rules that make tasks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING

from attrs import field, frozen
from attrs.validators import and_, ge, in_, instance_of, optional

from crmkit import Invalid
from crmkit.plugin import Action, ActionItem, RecordDraft, Refusal, _, nphrase, phrase
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
    drafts: list[RecordDraft] = []
    for index, item in enumerate(items):
        params, title = item.params, item.params.title.strip()
        if not title:
            yield Refusal(index, phrase("the task has no title"))
        elif params.owner and not works_here[params.owner]:
            yield Refusal(index, phrase("{name} no longer works here", name=params.owner))
        else:
            drafts.append(_draft(item, title, today_of(crm)))
    _report, refused = Tasks(crm).save_first(drafts)
    for index, item in enumerate(items):
        if why := refused.get(_because_of(item)):
            yield Refusal(index, why)


def _draft(item: ActionItem, title: str, today: date) -> RecordDraft:
    params = item.params
    fields = {
        "subject": title,
        "due": None if params.days is None else today + timedelta(days=params.days),
        "team": params.team,
        "priority": params.task_priority,
        "because_of": _because_of(item),
    }
    return RecordDraft(customer=item.customer_id, fields=fields, owner=params.owner)


def _owners(items: Sequence[ActionItem], crm: Crm) -> dict[str, bool]:
    """Whether those who are named work here."""
    named = {item.params.owner for item in items if item.params.owner}
    return {each: crm.people.get(each).active for each in named}


def _remove(items: Sequence[ActionItem], crm: Crm, _tx: Transaction) -> Iterator[Refusal]:
    from crmkit.plugins.operational.tasks.tasks import Tasks

    crm.require("records.write")
    stayed = Tasks(crm).unmake([_because_of(item) for item in items])
    for index, item in enumerate(items):
        if why := stayed.get(_because_of(item)):
            yield Refusal(index, why)


def _because_of(item: ActionItem) -> str:
    return f"effect:{item.effect}"
