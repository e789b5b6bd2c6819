"""The typed façade over the plugins' hooks: the only place from which plugins' functions are called.

Each call is guarded (`crmkit.core.plugins.calls`), and what comes back is looked at before it is used.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from time import perf_counter
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import evolve, frozen

from crmkit.core.errors import PluginError, ReadOnly
from crmkit.core.jobs import Check, Job
from crmkit.core.model.batches import Refusal
from crmkit.core.model.customer import CustomerDraft, Section
from crmkit.core.model.interaction import Interaction, InteractionDraft
from crmkit.core.model.record import RecordDraft
from crmkit.core.model.words import (
    Action,
    Channel,
    Field,
    Goal,
    IdentityScheme,
    InteractionType,
    Metric,
    RecordType,
    Segment,
    Trait,
)
from crmkit.core.phrase import phrase
from crmkit.core.plugins.answers import (
    as_it_is,
    in_batch,
    listed,
    of_customer,
    of_kind,
    remark,
    shown,
)
from crmkit.core.plugins.calls import Call, guarded, passed_on, refuse
from crmkit.core.plugins.deciding import Batch, decide
from crmkit.core.plugins.hook_names import RESTRICTING_HOOK
from crmkit.core.plugins.services import Service

if TYPE_CHECKING:
    from datetime import date

    import sqlalchemy as sa

    from crmkit.core.crm import Crm
    from crmkit.core.model.bulk import BulkReader
    from crmkit.core.model.customer import Customer
    from crmkit.core.model.judge import DuplicateJudge
    from crmkit.core.model.people import Actor
    from crmkit.core.model.privacy import Elsewhere, PrivacyPart
    from crmkit.core.model.record import Record
    from crmkit.core.model.report import ReportQuestion, ReportSection
    from crmkit.core.model.rule_source import RuleSource
    from crmkit.core.model.strategy import ProposedAct
    from crmkit.core.model.today import Due
    from crmkit.core.model.web import Route
    from crmkit.core.store.tables import PluginTables, Tables
    from crmkit.core.store.unit import Transaction

T = TypeVar("T")


class Hooks:
    """One method per hook. The lists of calls are bound once, when a `Crm` opens."""

    def __init__(
        self, calls: Iterable[Call] = (), blocked: Mapping[str, tuple[str, str]] = MappingProxyType({})
    ) -> None:
        self._blocked = blocked
        by_hook: dict[str, list[Call]] = {}
        for call in calls:
            by_hook.setdefault(call.hook, []).append(call)
        self._calls: Mapping[str, tuple[Call, ...]] = {hook: tuple(found) for hook, found in by_hook.items()}

    def blocking(self, blocked: Mapping[str, tuple[str, str]]) -> Hooks:
        """The same calls, but for deciding hooks whose plugin is missing: `blocked` has the refusal and way
        out.
        """
        return Hooks((call for calls in self._calls.values() for call in calls), blocked)

    def decides(self, hook: str) -> bool:
        """Whether a deciding hook has anything to say: a plugin implements it, or one that did is missing."""
        return bool(self._of(hook)) or hook in self._blocked

    def observers(self, hook: str) -> tuple[tuple[str, str, Callable[[dict[str, Any]], Any]], ...]:
        """(plugin, version, function of a mapping of arguments) of a hook of `OBSERVER_HOOKS`."""
        return tuple((call.plugin, call.version, _Watching(call)) for call in self._of(hook))

    def empty_handed(self, plugin: str) -> list[str]:
        """The hooks that bring something of which a plugin's return None, as where `yield` is forgotten.

        Errors: PluginError.
        """
        return [
            hook
            for hook, calls in self._calls.items()
            for call in calls
            if call.plugin == plugin and hook.startswith("register_") and "tables" not in call.arguments
            if guarded(call, {}, as_it_is) is None
        ]

    def register_customer_words(self, plugin: str) -> list[Field | RecordType | IdentityScheme]:
        """A plugin's fields, record types and identity schemes. Errors: PluginError names plugin, version and
        hook."""
        return self._registered("register_customer_words", plugin, (Field, RecordType, IdentityScheme))

    def register_interaction_words(self, plugin: str) -> list[InteractionType | Channel]:
        """A plugin's interaction types and channels. Errors: PluginError."""
        return self._registered("register_interaction_words", plugin, (InteractionType, Channel))

    def register_strategy_words(self, plugin: str) -> list[Trait | Segment | Metric | Goal | Action]:
        """A plugin's traits, segments, metrics, goals and actions. Errors: PluginError."""
        return self._registered("register_strategy_words", plugin, (Trait, Segment, Metric, Goal, Action))

    def register_services(self, plugin: str) -> list[Service]:
        """A plugin's services. Errors: PluginError."""
        return self._registered("register_services", plugin, (Service,))

    def register_jobs(self, plugin: str) -> list[Job]:
        """A plugin's jobs, named `plugin.job`. Errors: PluginError."""
        jobs = self._registered("register_jobs", plugin, (Job,))
        return [evolve(job, owner=plugin, name=f"{plugin}.{job.name}") for job in jobs]

    def register_checks(self, plugin: str) -> list[Check]:
        """A plugin's checks. Errors: PluginError."""
        checks = self._registered("register_checks", plugin, (Check,))
        return [evolve(check, owner=plugin) for check in checks]

    def register_bulk_readers(self, plugin: str) -> list[BulkReader]:
        """A plugin's copies for bulk answers. Errors: PluginError."""
        from crmkit.core.model.bulk import BulkReader

        readers = self._registered("register_bulk_readers", plugin, (BulkReader,))
        return [evolve(reader, owner=plugin) for reader in readers]

    def register_routes(self, plugin: str) -> list[Route]:
        """A plugin's routes. Errors: PluginError."""
        from crmkit.core.model.web import Route

        routes = self._registered("register_routes", plugin, (Route,))
        return [evolve(route, owner=plugin) for route in routes]

    def register_rule_sources(self, plugin: str) -> list[RuleSource]:
        """A plugin's sources of rules. Errors: PluginError."""
        from crmkit.core.model.rule_source import RuleSource

        sources = self._registered("register_rule_sources", plugin, (RuleSource,))
        return [evolve(source, owner=plugin) for source in sources]

    def register_judges(self, plugin: str) -> list[DuplicateJudge]:
        """A plugin's judges of duplicates. Errors: PluginError."""
        from crmkit.core.model.judge import DuplicateJudge

        return self._registered("register_judges", plugin, (DuplicateJudge,))

    def register_tables(self, plugin: str, tables: Tables) -> PluginTables | None:
        """A plugin's tables. Errors: PluginError."""
        from crmkit.core.store.tables import PluginTables

        for call in self._of("register_tables", plugin):
            offered = guarded(call, {"tables": tables}, as_it_is)
            if offered is not None and not isinstance(offered, PluginTables):
                refuse(
                    call,
                    phrase(
                        "it returned {shown}, not PluginTables(metadata, migrations)", shown=shown(offered)
                    ),
                )
            return offered
        return None

    def before_customers_saved(
        self, drafts: Sequence[CustomerDraft], crm: Crm, tx: Transaction
    ) -> tuple[list[CustomerDraft], list[Refusal]]:
        """The drafts that remain, in order, and what was refused, by position in the given batch.

        Errors: Rejected when a plugin refuses the whole unit of work; PluginError when one fails; ReadOnly
        when one that decided here before is missing.
        """
        return decide(self._deciders("before_customers_saved"), CustomerDraft, drafts, crm, tx)

    def before_interactions_recorded(
        self, drafts: Sequence[InteractionDraft], crm: Crm, tx: Transaction
    ) -> tuple[list[InteractionDraft], list[Refusal]]:
        """The drafts that remain, in order, and what was refused, by position in the given batch.

        Errors: Rejected when a plugin refuses the whole unit of work; PluginError when one fails; ReadOnly
        when one that decided here before is missing.
        """
        return decide(self._deciders("before_interactions_recorded"), InteractionDraft, drafts, crm, tx)

    def before_records_saved(
        self,
        type_: str,
        drafts: Sequence[RecordDraft],
        records: Mapping[int, Record],
        crm: Crm,
        tx: Transaction,
    ) -> tuple[list[RecordDraft], list[Refusal]]:
        """As `before_customers_saved`, for records of one type; `records` are those on record, by id."""
        return decide(
            self._deciders("before_records_saved"),
            RecordDraft,
            drafts,
            crm,
            tx,
            record_type=type_,
            records=records,
        )

    def extend_profile(
        self, customers: Sequence[Customer], crm: Crm
    ) -> tuple[list[tuple[int, Section]], list[str]]:
        """(customer id, section) pairs in the plugins' order, and a sentence for each plugin that failed."""
        known = {customer.id for customer in customers}
        given = {"customers": customers, "crm": crm}
        return self._gathered(
            "extend_profile", given, lambda call, each: of_customer(call, each, known, Section)
        )

    def extend_receipt(self, interactions: Sequence[Interaction], crm: Crm) -> tuple[str, ...]:
        """What plugins say of recorded interactions, in their order, and a sentence for each that failed."""
        said: list[str] = []
        known = {interaction.seq for interaction in interactions}
        for call in self._of("extend_receipt"):
            try:
                offered = guarded(call, {"interactions": interactions, "crm": crm}, listed)
                said += [remark(call, each, known) for each in offered]
            except PluginError as error:
                said.append(error.message)
        return tuple(said)

    def extend_today(self, day: date, crm: Crm) -> tuple[list[Due], list[str]]:
        """What plugins find due, in their order, and a sentence for each plugin that failed."""
        from crmkit.core.model.today import Due

        given = {"day": day, "crm": crm}
        return self._gathered("extend_today", given, lambda call, each: of_kind(call, each, (Due,)))

    def extend_report(self, question: ReportQuestion, crm: Crm) -> tuple[list[ReportSection], list[str]]:
        """The plugins' sections, in their order, and a sentence for each plugin that failed."""
        from crmkit.core.model.report import ReportSection

        given = {"question": question, "crm": crm}
        return self._gathered(
            "extend_report", given, lambda call, each: of_kind(call, each, (ReportSection,))
        )

    def extend_privacy_export(
        self, customers: Sequence[Customer], crm: Crm
    ) -> list[tuple[int, str, PrivacyPart]]:
        """(customer id, plugin, part) of what plugins keep outside the database, in their order.

        Errors: PluginError when one fails: half of somebody's data is not what they asked for.
        """
        from crmkit.core.model.privacy import PrivacyPart

        known = {customer.id for customer in customers}
        return [
            (customer_id, call.plugin, part)
            for call in self._of("extend_privacy_export")
            for customer_id, part in [
                of_customer(call, each, known, PrivacyPart)
                for each in guarded(call, {"customers": customers, "crm": crm}, listed)
            ]
        ]

    def before_customers_erased(
        self, customers: Sequence[Customer], crm: Crm, tx: Transaction
    ) -> tuple[list[Elsewhere], list[Refusal]]:
        """What plugins will erase outside the database, and whose erasure they refuse.

        Errors: Rejected when a plugin refuses the whole unit of work; PluginError when one fails; ReadOnly
        when one that decided here before is missing.
        """
        from crmkit.core.model.privacy import Elsewhere

        elsewhere: list[Elsewhere] = []
        refused: list[Refusal] = []
        for call in self._deciders("before_customers_erased"):
            for answer in guarded(call, {"customers": customers, "crm": crm, "tx": tx}, listed):
                of_kind(call, answer, (Elsewhere, Refusal))
                in_batch(call, answer, len(customers))
                if isinstance(answer, Refusal):
                    refused.append(answer)
                else:
                    elsewhere.append(evolve(answer, erase=_Erasing(call, answer.erase)))
        return elsewhere, refused

    def review_proposals(self, proposals: Sequence[ProposedAct], crm: Crm) -> list[tuple[str, Refusal]]:
        """(plugin, refusal) of what plugins leave out of a plan, by position in the given batch.

        Errors: PluginError when one fails; ReadOnly when one that decided here before is missing.
        """
        from crmkit.core.model.strategy import ProposedAct

        batch = Batch(ProposedAct, list(proposals))
        refused: list[tuple[str, Refusal]] = []
        for call in self._deciders("review_proposals"):
            given = {"proposals": tuple(batch.left), "crm": crm}
            answers = guarded(call, given, listed) if batch.left else []
            for answer in answers:
                of_kind(call, answer, (Refusal,))
            before = len(batch.refused)
            batch.take(call, answers)
            refused += [(call.plugin, refusal) for refusal in batch.refused[before:]]
        return refused

    def restrict_visibility(self, actor: Actor, tables: Tables) -> list[sa.ColumnElement[bool]]:
        """The conditions over `tables.customer` that hold for what the actor sees.

        Errors: PluginError when a plugin fails or answers with something else: rights never fail open.
        """
        import sqlalchemy as sa

        conditions: list[sa.ColumnElement[bool]] = []
        for call in self._of(RESTRICTING_HOOK):
            given = {"actor": actor, "tables": tables}
            condition = guarded(call, given, as_it_is)
            if condition is None:
                continue
            if not isinstance(condition, sa.ColumnElement):
                refuse(
                    call,
                    phrase("it returned {shown}, not a SQLAlchemy condition or None", shown=shown(condition)),
                )
            conditions.append(condition)
        return conditions

    def _of(self, hook: str, plugin: str | None = None) -> tuple[Call, ...]:
        calls = self._calls.get(hook, ())
        return calls if plugin is None else tuple(call for call in calls if call.plugin == plugin)

    def _deciders(self, hook: str) -> tuple[Call, ...]:
        """As `_of`. Errors: ReadOnly when one that decided here before is missing."""
        if hook in self._blocked:
            message, hint = self._blocked[hook]
            raise ReadOnly(message, hint=hint)
        return self._of(hook)

    def _gathered(
        self, hook: str, given: Mapping[str, Any], read: Callable[[Call, Any], T]
    ) -> tuple[list[T], list[str]]:
        """What plugins answer, in their order, as `read` takes it, and a sentence for each that failed."""
        found: list[T] = []
        warnings: list[str] = []
        for call in self._of(hook):
            try:
                found += [read(call, each) for each in guarded(call, given, listed)]
            except PluginError as error:
                warnings.append(error.message)
        return found, warnings

    def _registered(self, hook: str, plugin: str, kinds: tuple[type[Any], ...]) -> list[Any]:
        return [
            of_kind(call, each, kinds)
            for call in self._of(hook, plugin)
            for each in guarded(call, {}, listed)
        ]


@frozen
class _Watching:
    """An observer's call; one that is written as a generator runs to its end."""

    call: Call

    def __call__(self, given: dict[str, Any]) -> None:
        began = perf_counter()
        result = self.call(given)
        if isinstance(result, Generator):
            for _ in result:
                pass
        self.call.note_if_slow(began)


@frozen
class _Erasing:
    """What a plugin erases outside the database; its failure names it, as everywhere."""

    call: Call
    erase: Callable[[], Any]

    def __call__(self) -> None:
        try:
            self.erase()
        except BaseException as error:  # noqa: BLE001  (a plugin may raise anything, sys.exit too)
            raise passed_on(self.call, error)  # noqa: B904  (it is the error itself, or comes from it)
