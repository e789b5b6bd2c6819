"""Tasks: promises to customers, and what is to be done for them."""

from __future__ import annotations

from collections.abc import Iterable

from crmkit.plugin import Action, InteractionType, Service
from crmkit.plugins.operational.capability import Capability
from crmkit.plugins.operational.settings import Settings
from crmkit.plugins.operational.tasks import follow_up
from crmkit.plugins.operational.tasks.action import task_action
from crmkit.plugins.operational.tasks.model import TaskDone
from crmkit.plugins.operational.tasks.tables import add_tables
from crmkit.plugins.operational.tasks.tasks import Tasks, open_tasks, tasks_due


def _interaction_types(_settings: Settings) -> Iterable[InteractionType]:
    yield InteractionType(
        name="task.done",
        doc="A task for the customer was done",
        label="Task done",
        payload=TaskDone,
        summary=lambda payload: payload.title,
    )


def _actions(_settings: Settings) -> Iterable[Action]:
    yield task_action()


def _services(_settings: Settings) -> Iterable[Service]:
    yield Service(Tasks, Tasks)


TASKS = Capability(
    name="tasks",
    interaction_words=_interaction_types,
    strategy_words=_actions,
    tables=add_tables,
    services=_services,
    after_interactions=follow_up.after_interactions,
    after_changes=follow_up.for_new_leads,
    today=tasks_due,
    profile=open_tasks,
)
