"""A capability: a part of a plugin that a business can use without the others."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from attrs import field, frozen

if TYPE_CHECKING:
    from datetime import date

    import sqlalchemy as sa

    from crmkit.core.crm import Crm
    from crmkit.core.jobs import Check, Job
    from crmkit.core.model.batches import Refusal, Replace
    from crmkit.core.model.customer import Customer, Section
    from crmkit.core.model.interaction import Change, Interaction
    from crmkit.core.model.people import Actor
    from crmkit.core.model.record import Record, RecordDraft
    from crmkit.core.model.report import ReportQuestion, ReportSection
    from crmkit.core.model.strategy import ProposedAct
    from crmkit.core.model.today import Due
    from crmkit.core.model.web import Route
    from crmkit.core.model.words import Action, Field, InteractionType, Metric, RecordType, Trait
    from crmkit.core.plugins.services import Service
    from crmkit.core.store.tables import Tables
    from crmkit.core.store.unit import Transaction


def _nothing(*_: Any) -> tuple[()]:
    return ()


Deciding = Callable[
    ["Sequence[RecordDraft]", "Mapping[int, Record]", "Crm", "Transaction", Any],
    "Iterable[Replace | Refusal]",
]


@frozen(kw_only=True)
class Capability:
    """What one capability answers to each hook of its plugin; by default nothing.

    The plugin's hooks (`CapabilityHooks`) ask those that `use` in its settings names. Each attribute is a
    function of what its hook is given, in the order of the hook's arguments; `settings` are the plugin's own.
    `tables` adds its tables to the plugin's MetaData, also while it is not in use: what was kept stays.
    `deciding` has, by record type, who decides about drafts of it. `narrows` gives a condition over
    customers, or None.

        NOTES = Capability(name="notes", profile=pinned, after_interactions=tell_followers)
    """

    name: str
    customer_words: Callable[[Any], Iterable[Field | RecordType]] = _nothing
    interaction_words: Callable[[Any], Iterable[InteractionType]] = _nothing
    strategy_words: Callable[[Any], Iterable[Trait | Metric | Action]] = _nothing
    tables: Callable[[Tables, sa.MetaData], object] = _nothing
    services: Callable[[Any], Iterable[Service]] = _nothing
    jobs: Callable[[Any], Iterable[Job]] = _nothing
    checks: Callable[[Any], Iterable[Check]] = _nothing
    routes: Callable[[Any], Iterable[Route]] = _nothing
    deciding: Mapping[str, Deciding] = field(factory=dict)
    review: Callable[[Sequence[ProposedAct], Crm, Any], Iterable[Refusal]] = _nothing
    after_interactions: Callable[[Sequence[Interaction], Crm, Transaction, Any], object] = _nothing
    after_changes: Callable[[Sequence[Change], Crm, Transaction, Any], object] = _nothing
    remarks: Callable[[Sequence[Interaction], Crm, Any], Iterable[tuple[int, str]]] = _nothing
    today: Callable[[date, Crm, Any], Iterable[Due]] = _nothing
    profile: Callable[[Sequence[Customer], Crm, Any], Iterable[tuple[int, Section]]] = _nothing
    report: Callable[[ReportQuestion, Crm, Any], Iterable[ReportSection]] = _nothing
    narrows: Callable[[Actor, Tables, Any], Any | None] | None = None
