"""A capability: a part of the plugin that a business can use without the others."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from attrs import field, frozen

if TYPE_CHECKING:
    from datetime import date

    import sqlalchemy as sa

    from crmkit import Change, Crm, Customer, Interaction
    from crmkit.plugin import (
        Action,
        Check,
        Due,
        Field,
        InteractionType,
        Job,
        Metric,
        Record,
        RecordDraft,
        RecordType,
        Refusal,
        Replace,
        Route,
        Section,
        Service,
        Tables,
        Trait,
        Transaction,
    )
    from crmkit.plugins.operational.settings import Settings


def _nothing(*_: Any) -> tuple[()]:
    return ()


Deciding = Callable[
    [
        "Sequence[RecordDraft]",
        "Mapping[int, Record]",
        "Crm",
        "Transaction",
        "Settings",
    ],
    "Iterable[Replace | Refusal]",
]


@frozen(kw_only=True)
class Capability:
    """What one capability answers to each hook of the plugin; by default nothing.

    `tables` adds its tables to the plugin's MetaData, also while it is not in use: what was kept stays.
    `deciding` has, by record type, who decides about drafts of it.
    """

    name: str
    customer_words: Callable[[Settings], Iterable[Field | RecordType]] = _nothing
    interaction_words: Callable[[Settings], Iterable[InteractionType]] = _nothing
    strategy_words: Callable[[Settings], Iterable[Trait | Metric | Action]] = _nothing
    tables: Callable[[Tables, sa.MetaData], object] = _nothing
    services: Callable[[Settings], Iterable[Service]] = _nothing
    jobs: Callable[[Settings], Iterable[Job]] = _nothing
    checks: Callable[[Settings], Iterable[Check]] = _nothing
    routes: Callable[[Settings], Iterable[Route]] = _nothing
    deciding: Mapping[str, Deciding] = field(factory=dict)
    after_interactions: Callable[[Sequence[Interaction], Crm, Transaction, Settings], object] = _nothing
    after_changes: Callable[[Sequence[Change], Crm, Transaction, Settings], object] = _nothing
    today: Callable[[date, Crm, Settings], Iterable[Due]] = _nothing
    profile: Callable[[Sequence[Customer], Crm, Settings], Iterable[tuple[int, Section]]] = _nothing
