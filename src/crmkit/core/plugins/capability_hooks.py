"""The hooks of a plugin that is made of capabilities: each is answered by those that the business uses."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pluggy
from attrs import frozen

from crmkit.core.hooks import PROJECT
from crmkit.core.plugins.capability import Capability

if TYPE_CHECKING:
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
    from crmkit.core.store.tables import PluginTables, Tables
    from crmkit.core.store.unit import Transaction

_answers: Final = pluggy.HookimplMarker(PROJECT)


@frozen
class CapabilityHooks:
    """A hook for each question that a `Capability` answers; a plugin takes over those it wants, by name.

    `capabilities` stand in the order in which they are asked, `migrations` is the folder of the plugin's
    tables. The plugin's settings have `use`, the names of the capabilities in use. A hook that a plugin
    answers in another way it writes itself.

        _HOOKS = CapabilityHooks((NOTES, SURVEYS), Path(__file__).parent / "migrations")

        crmkit_register_tables = _HOOKS.register_tables
        crmkit_extend_profile = _HOOKS.extend_profile
    """

    capabilities: tuple[Capability, ...]
    migrations: Path

    def in_use(self, settings: Any) -> Iterator[Capability]:
        """Those that the business uses."""
        return (each for each in self.capabilities if each.name in settings.use)

    @_answers
    def register_customer_words(self, settings: Any) -> Iterable[Field | RecordType]:
        """Fields of customers, and the kinds of records."""
        for each in self.in_use(settings):
            yield from each.customer_words(settings)

    @_answers
    def register_interaction_words(self, settings: Any) -> Iterable[InteractionType]:
        """What happens between customers and the business."""
        for each in self.in_use(settings):
            yield from each.interaction_words(settings)

    @_answers
    def register_strategy_words(self, settings: Any) -> Iterable[Trait | Metric | Action]:
        """What the strategy can ask and do."""
        for each in self.in_use(settings):
            yield from each.strategy_words(settings)

    @_answers
    def register_tables(self, tables: Tables) -> PluginTables:
        """The tables of every capability: what was kept stays while one is not in use."""
        from crmkit.core.store.tables import PluginTables, plugin_metadata

        metadata = plugin_metadata()
        for each in self.capabilities:
            each.tables(tables, metadata)
        return PluginTables(metadata, self.migrations, fresh=True)

    @_answers
    def register_services(self, settings: Any) -> Iterable[Service]:
        """What programs ask for by class."""
        for each in self.in_use(settings):
            yield from each.services(settings)

    @_answers
    def register_jobs(self, settings: Any) -> Iterable[Job]:
        """What the worker does."""
        for each in self.in_use(settings):
            yield from each.jobs(settings)

    @_answers
    def register_checks(self, settings: Any) -> Iterable[Check]:
        """What the doctor asks."""
        for each in self.in_use(settings):
            yield from each.checks(settings)

    @_answers
    def register_routes(self, settings: Any) -> Iterable[Route]:
        """Pages that customers reach."""
        for each in self.in_use(settings):
            yield from each.routes(settings)

    @_answers
    def before_records_saved(
        self,
        record_type: str,
        drafts: Sequence[RecordDraft],
        records: Mapping[int, Record],
        crm: Crm,
        tx: Transaction,
        settings: Any,
    ) -> Iterable[Replace | Refusal]:
        """What must always hold of records, whoever saves them."""
        for each in self.in_use(settings):
            if record_type in each.deciding:
                yield from each.deciding[record_type](drafts, records, crm, tx, settings)

    @_answers
    def review_proposals(
        self, proposals: Sequence[ProposedAct], crm: Crm, settings: Any
    ) -> Iterable[Refusal]:
        """What a rule had better not do now."""
        for each in self.in_use(settings):
            yield from each.review(proposals, crm, settings)

    @_answers
    def after_interactions_recorded(
        self, interactions: Sequence[Interaction], crm: Crm, tx: Transaction, settings: Any
    ) -> None:
        """What follows from what happened."""
        for each in self.in_use(settings):
            each.after_interactions(interactions, crm, tx, settings)

    @_answers
    def after_customers_changed(
        self, changes: Sequence[Change], crm: Crm, tx: Transaction, settings: Any
    ) -> None:
        """What follows from what was changed."""
        for each in self.in_use(settings):
            each.after_changes(changes, crm, tx, settings)

    @_answers
    def extend_receipt(
        self, interactions: Sequence[Interaction], crm: Crm, settings: Any
    ) -> Iterable[tuple[int, str]]:
        """What is said to whoever has recorded something."""
        for each in self.in_use(settings):
            yield from each.remarks(interactions, crm, settings)

    @_answers
    def extend_today(self, day: date, crm: Crm, settings: Any) -> Iterable[Due]:
        """What is due."""
        for each in self.in_use(settings):
            yield from each.today(day, crm, settings)

    @_answers
    def extend_profile(
        self, customers: Sequence[Customer], crm: Crm, settings: Any
    ) -> Iterable[tuple[int, Section]]:
        """What a customer's page shows of all that."""
        for each in self.in_use(settings):
            yield from each.profile(customers, crm, settings)

    @_answers
    def extend_report(self, question: ReportQuestion, crm: Crm, settings: Any) -> Iterable[ReportSection]:
        """What the report says of all that."""
        for each in self.in_use(settings):
            yield from each.report(question, crm, settings)

    @_answers
    def restrict_visibility(self, actor: Actor, tables: Tables, settings: Any) -> Any | None:
        """The customers whom somebody sees: all conditions of capabilities hold at once."""
        import sqlalchemy as sa

        narrowed = [each.narrows(actor, tables, settings) for each in self.in_use(settings) if each.narrows]
        conditions = [condition for condition in narrowed if condition is not None]
        return sa.and_(*conditions) if conditions else None
