"""Tasks: promises to customers, and what is to be done for them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

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
    lazily,
)
from crmkit.plugins.operational.tasks.action import task_action
from crmkit.plugins.operational.tasks.metrics import task_metrics
from crmkit.plugins.operational.tasks.record import DONE, TASK, task_type
from crmkit.plugins.operational.tasks.traits import open_tasks_trait

if TYPE_CHECKING:
    from crmkit.plugins.operational.settings import Settings


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
    yield Service("crmkit.plugins.operational.tasks.tasks:Tasks")


def _routes(_settings: Settings) -> Iterable[Route]:
    yield Route(
        method="GET",
        path="/calendar/{token}",
        handle=lazily("crmkit.plugins.operational.tasks.subscription:answered"),
        doc="An employee's tasks, for their calendar",
        per_minute=30,
    )


TASKS = Capability(
    name="tasks",
    customer_words=_record_types,
    interaction_words=_interaction_types,
    strategy_words=_strategy_words,
    services=_services,
    routes=_routes,
    deciding={TASK: lazily("crmkit.plugins.operational.tasks.deciding:decide")},
    after_interactions=lazily("crmkit.plugins.operational.tasks.follow_up:after_interactions"),
    after_changes=lazily("crmkit.plugins.operational.tasks.follow_up:for_new_leads"),
    today=lazily("crmkit.plugins.operational.tasks.due:tasks_due"),
    profile=lazily("crmkit.plugins.operational.tasks.due:open_tasks"),
)
