"""The actions that the core brings: what rules can do without any plugin."""

from __future__ import annotations

from collections.abc import Iterator

from crmkit.core.model.words import Action
from crmkit.core.strategy.actions.customers import customer_actions
from crmkit.core.strategy.actions.files import file_action
from crmkit.core.strategy.actions.records import record_actions
from crmkit.core.strategy.actions.webhooks import webhook_action


def core_actions() -> Iterator[Action]:
    """The core's actions."""
    yield from customer_actions()
    yield from record_actions()
    yield webhook_action()
    yield file_action()
