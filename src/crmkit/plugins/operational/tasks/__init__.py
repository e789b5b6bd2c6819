"""Tasks: promises to customers, and what is to be done for them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from crmkit.plugin import (
    Action,
    Capability,
    InteractionType,
    Metric,
    RecordMoved,
    RecordType,
    Route,
    Service,
    Trait,
)
from crmkit.plugins.operational.settings import Settings
from crmkit.plugins.operational.tasks import follow_up
from crmkit.plugins.operational.tasks.action import task_action
from crmkit.plugins.operational.tasks.deciding import decide
from crmkit.plugins.operational.tasks.due import open_tasks, tasks_due
from crmkit.plugins.operational.tasks.metrics import task_metrics
from crmkit.plugins.operational.tasks.record import DONE, TASK, task_type
from crmkit.plugins.operational.tasks.subscription import calendar_route
from crmkit.plugins.operational.tasks.tasks import Tasks
from crmkit.plugins.operational.tasks.traits import open_tasks_trait


def _record_types(_settings: Settings) -> Iterable[RecordType]:
    yield task_type()


def _interaction_types(_settings: Settings) -> Iterable[InteractionType]:
    yield InteractionType(
        name="task.done",
        doc="A task for the customer was done",
        label="Task done",
        payload=RecordMoved,
        version=2,
        upcasters={1: _as_moved},
        summary=lambda payload: payload.title,
    )


def _as_moved(payload: dict[str, Any]) -> dict[str, Any]:
    """Until tasks were records, only the title was told."""
    return {"record": "", "title": payload.get("title", ""), "state": DONE}


def _strategy_words(_settings: Settings) -> Iterable[Action | Trait | Metric]:
    yield task_action()
    yield open_tasks_trait()
    yield from task_metrics()


def _services(_settings: Settings) -> Iterable[Service]:
    yield Service(Tasks, Tasks)


def _routes(_settings: Settings) -> Iterable[Route]:
    yield calendar_route()


TASKS = Capability(
    name="tasks",
    customer_words=_record_types,
    interaction_words=_interaction_types,
    strategy_words=_strategy_words,
    services=_services,
    routes=_routes,
    deciding={TASK: decide},
    after_interactions=follow_up.after_interactions,
    after_changes=follow_up.for_new_leads,
    today=tasks_due,
    profile=open_tasks,
)
