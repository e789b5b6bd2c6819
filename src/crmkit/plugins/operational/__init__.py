"""The operational plugin: every hook it implements."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path

from crmkit import Change, Crm, Customer, Interaction
from crmkit.plugin import (
    Action,
    Due,
    Field,
    InteractionType,
    PluginTables,
    Section,
    Service,
    Tables,
    hookimpl,
)
from crmkit.plugins.operational import follow_up
from crmkit.plugins.operational.model import TaskDone
from crmkit.plugins.operational.settings import Settings
from crmkit.plugins.operational.tables import build
from crmkit.plugins.operational.task_action import task_action
from crmkit.plugins.operational.tasks import Tasks, open_tasks, tasks_due


@hookimpl
def crmkit_register_customer_words(settings: Settings) -> Iterable[Field]:
    """Where a lead came from."""
    if "leads" in settings.use:
        yield Field(
            name="lead_source",
            type="choice",
            choices=("referral", "web", "walk-in", "campaign", "event", "partner", "other"),
            doc="Where the lead came from",
            label="Lead source",
        )


@hookimpl
def crmkit_register_interaction_words(settings: Settings) -> Iterable[InteractionType]:
    """A task that was done."""
    if "tasks" in settings.use:
        yield InteractionType(
            name="task.done",
            doc="A task for the customer was done",
            label="Task done",
            payload=TaskDone,
            summary=lambda payload: payload.title,
        )


@hookimpl
def crmkit_register_strategy_words(settings: Settings) -> Iterable[Action]:
    """What rules can do with tasks."""
    if "tasks" in settings.use:
        yield task_action()


@hookimpl
def crmkit_register_tables(tables: Tables) -> PluginTables:
    """Tasks."""
    return PluginTables(build(tables), Path(__file__).parent / "migrations")


@hookimpl
def crmkit_register_services(settings: Settings) -> Iterable[Service]:
    """`crm.service(Tasks)`."""
    if "tasks" in settings.use:
        yield Service(Tasks, Tasks)


@hookimpl
def crmkit_after_interactions_recorded(
    interactions: Sequence[Interaction], crm: Crm, settings: Settings
) -> None:
    """Make the tasks that `follow_up` names."""
    follow_up.after_interactions(interactions, crm, settings)


@hookimpl
def crmkit_after_customers_changed(changes: Sequence[Change], crm: Crm, settings: Settings) -> None:
    """Make the task for new leads."""
    follow_up.for_new_leads(changes, crm, settings)


@hookimpl
def crmkit_extend_today(day: date, crm: Crm, settings: Settings) -> Iterable[Due]:
    """Tasks that are due."""
    return tasks_due(day, crm) if "tasks" in settings.use else ()


@hookimpl
def crmkit_extend_profile(customers: Sequence[Customer], crm: Crm) -> Iterable[tuple[int, Section]]:
    """Open tasks."""
    return open_tasks(customers, crm)
