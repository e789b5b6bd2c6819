"""The typed façade over the plugins' hooks: the only place from which plugins' functions are called.

Each call is guarded: pluggy's own would stop at the first plugin that raises, without saying whose it was.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from time import perf_counter
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, Generic, NoReturn, TypeVar

from attrs import evolve, frozen

from crmkit.core.errors import PluginError, ReadOnly, Rejected, TryAgain
from crmkit.core.jobs import Check, Job
from crmkit.core.model.batches import Refusal, Replace
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
from crmkit.core.phrase import joined, phrase
from crmkit.core.plugins.failure import placed
from crmkit.core.plugins.services import Service
from crmkit.core.plugins.slow import note_if_slow

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

PREFIX: Final = "crmkit_"
# The observing hooks, each with the log it follows.
OBSERVER_HOOKS: Final[Mapping[str, str]] = MappingProxyType(
    {"after_customers_changed": "change", "after_interactions_recorded": "interaction"}
)
DECIDER_HOOKS: Final = (
    "before_customers_saved", "before_interactions_recorded", "before_records_saved",
    "before_customers_erased", "review_proposals",
)  # fmt: skip
RESTRICTING_HOOK: Final = "restrict_visibility"
T = TypeVar("T")


@frozen
class Call:
    """One plugin's implementation of one hook; `arguments` are those it asks for, `settings` the plugin's."""

    plugin: str
    version: str
    hook: str
    function: Callable[..., Any]
    arguments: tuple[str, ...]
    settings: Any = None

    def __call__(self, given: Mapping[str, Any]) -> Any:
        """Call it with what it asks for."""
        return self.function(
            *[self.settings if name == "settings" else given[name] for name in self.arguments]
        )

    def note_if_slow(self, began: float) -> None:
        """Let whoever asked for more detail know that it took long; `began` is of `perf_counter`."""
        note_if_slow(self.plugin, self.version, f"{PREFIX}{self.hook}", began)


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

    def _refuse_blocked(self, hook: str) -> None:
        if hook in self._blocked:
            message, hint = self._blocked[hook]
            raise ReadOnly(message, hint=hint)

    def decides(self, hook: str) -> bool:
        """Whether a deciding hook has anything to say: a plugin implements it, or one that did is missing."""
        return bool(self._of(hook)) or hook in self._blocked

    def implemented_by(self, plugin: str) -> tuple[str, ...]:
        """The hooks that a plugin implements, without their prefix."""
        return tuple(
            hook for hook, calls in self._calls.items() if any(call.plugin == plugin for call in calls)
        )

    def observers(self, hook: str) -> tuple[tuple[str, str, Callable[[dict[str, Any]], Any]], ...]:
        """(plugin, version, function of a mapping of arguments) of a hook of `OBSERVER_HOOKS`."""
        return tuple((call.plugin, call.version, _Watching(call)) for call in self._of(hook))

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
            offered = _guarded(call, {"tables": tables}, _as_it_is)
            if offered is not None and not isinstance(offered, PluginTables):
                _refuse(
                    call,
                    phrase(
                        "it returned {shown}, not PluginTables(metadata, migrations)", shown=_shown(offered)
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
        self._refuse_blocked("before_customers_saved")
        calls = self._of("before_customers_saved")
        return _decide(calls, CustomerDraft, drafts, crm, tx)

    def before_interactions_recorded(
        self, drafts: Sequence[InteractionDraft], crm: Crm, tx: Transaction
    ) -> tuple[list[InteractionDraft], list[Refusal]]:
        """The drafts that remain, in order, and what was refused, by position in the given batch.

        Errors: Rejected when a plugin refuses the whole unit of work; PluginError when one fails; ReadOnly
        when one that decided here before is missing.
        """
        self._refuse_blocked("before_interactions_recorded")
        calls = self._of("before_interactions_recorded")
        return _decide(calls, InteractionDraft, drafts, crm, tx)

    def before_records_saved(
        self,
        type_: str,
        drafts: Sequence[RecordDraft],
        records: Mapping[int, Record],
        crm: Crm,
        tx: Transaction,
    ) -> tuple[list[RecordDraft], list[Refusal]]:
        """As `before_customers_saved`, for records of one type; `records` are those on record, by id."""
        self._refuse_blocked("before_records_saved")
        calls = self._of("before_records_saved")
        return _decide(calls, RecordDraft, drafts, crm, tx, record_type=type_, records=records)

    def extend_profile(
        self, customers: Sequence[Customer], crm: Crm
    ) -> tuple[list[tuple[int, Section]], list[str]]:
        """(customer id, section) pairs in the plugins' order, and a sentence for each plugin that failed."""
        sections: list[tuple[int, Section]] = []
        warnings: list[str] = []
        known = {customer.id for customer in customers}
        for call in self._of("extend_profile"):
            try:
                offered = _guarded(call, {"customers": customers, "crm": crm}, _listed)
                sections += [_of_customer(call, each, known, Section) for each in offered]
            except PluginError as error:
                warnings.append(error.message)
        return sections, warnings

    def extend_receipt(self, interactions: Sequence[Interaction], crm: Crm) -> tuple[str, ...]:
        """What plugins say of recorded interactions, in their order, and a sentence for each that failed."""
        said: list[str] = []
        known = {interaction.seq for interaction in interactions}
        for call in self._of("extend_receipt"):
            try:
                offered = _guarded(call, {"interactions": interactions, "crm": crm}, _listed)
                said += [_remark(call, each, known) for each in offered]
            except PluginError as error:
                said.append(error.message)
        return tuple(said)

    def extend_today(self, day: date, crm: Crm) -> tuple[list[Due], list[str]]:
        """What plugins find due, in their order, and a sentence for each plugin that failed."""
        found: list[Due] = []
        warnings: list[str] = []
        for call in self._of("extend_today"):
            try:
                offered = _guarded(call, {"day": day, "crm": crm}, _listed)
                found += [_due(call, each) for each in offered]
            except PluginError as error:
                warnings.append(error.message)
        return found, warnings

    def extend_report(self, question: ReportQuestion, crm: Crm) -> tuple[list[ReportSection], list[str]]:
        """The plugins' sections, in their order, and a sentence for each plugin that failed."""
        from crmkit.core.model.report import ReportSection

        sections: list[ReportSection] = []
        warnings: list[str] = []
        for call in self._of("extend_report"):
            try:
                offered = _guarded(call, {"question": question, "crm": crm}, _listed)
                sections += [_of_kind(call, each, (ReportSection,)) for each in offered]
            except PluginError as error:
                warnings.append(error.message)
        return sections, warnings

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
                _of_customer(call, each, known, PrivacyPart)
                for each in _guarded(call, {"customers": customers, "crm": crm}, _listed)
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

        self._refuse_blocked("before_customers_erased")
        elsewhere: list[Elsewhere] = []
        refused: list[Refusal] = []
        for call in self._of("before_customers_erased"):
            for answer in _guarded(call, {"customers": customers, "crm": crm, "tx": tx}, _listed):
                _of_kind(call, answer, (Elsewhere, Refusal))
                if type(answer.index) is not int or not 0 <= answer.index < len(customers):
                    _refuse(
                        call,
                        phrase(
                            "it answered for item {index!r} of a batch of {customers}",
                            index=answer.index,
                            customers=len(customers),
                        ),
                    )
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

        self._refuse_blocked("review_proposals")
        batch = _Batch(list(proposals))
        refused: list[tuple[str, Refusal]] = []
        for call in self._of("review_proposals"):
            given = {"proposals": tuple(batch.left), "crm": crm}
            answers = _guarded(call, given, _listed) if batch.left else []
            for answer in answers:
                _of_kind(call, answer, (Refusal,))
            before = len(batch.refused)
            batch.take(_checked(call, answers, len(batch.left), ProposedAct))
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
            condition = _guarded(call, given, _as_it_is)
            if condition is None:
                continue
            if not isinstance(condition, sa.ColumnElement):
                _refuse(
                    call,
                    phrase(
                        "it returned {shown}, not a SQLAlchemy condition or None", shown=_shown(condition)
                    ),
                )
            conditions.append(condition)
        return conditions

    def _of(self, hook: str, plugin: str | None = None) -> tuple[Call, ...]:
        calls = self._calls.get(hook, ())
        return calls if plugin is None else tuple(call for call in calls if call.plugin == plugin)

    def _registered(self, hook: str, plugin: str, kinds: tuple[type[Any], ...]) -> list[Any]:
        return [
            _of_kind(call, each, kinds)
            for call in self._of(hook, plugin)
            for each in _guarded(call, {}, _listed)
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
            raise _passed_on(self.call, error)  # noqa: B904  (it is the error itself, or comes from it)


def _guarded(call: Call, given: Mapping[str, Any], take: Callable[[Any], T]) -> T:
    """What `take` makes of the answer; it runs inside the guard because generators fail while consumed."""
    began = perf_counter()
    try:
        taken = take(call(given))
    except BaseException as error:  # noqa: BLE001  (a plugin may raise anything, sys.exit too)
        raise _passed_on(call, error)  # noqa: B904  (it is the error itself, or comes from it)
    call.note_if_slow(began)
    return taken


def _passed_on(call: Call, error: BaseException) -> BaseException:
    """What leaves the guard: a plugin's sys.exit must not end the program, Ctrl-C must."""
    if isinstance(error, KeyboardInterrupt | GeneratorExit | TryAgain):
        return error
    if isinstance(error, Rejected):
        error.details = {**error.details, "plugin": call.plugin}
        return error
    failed = _failed(call, error)
    failed.__cause__ = error
    return failed


def _as_it_is(answer: Any) -> Any:
    return answer


def _listed(answer: Any) -> list[Any]:
    if answer is None:
        return []
    if isinstance(answer, str | Mapping | Replace | Refusal):
        raise TypeError(phrase("it returned {shown}, not a list", shown=_shown(answer)))
    if not isinstance(answer, Iterable):
        raise TypeError(
            phrase("it returned {shown}, not a list; write yield in place of return", shown=_shown(answer))
        )
    return list(answer)


def _decide(
    calls: tuple[Call, ...], kind: type[T], items: Sequence[T], crm: Crm, tx: Transaction, **more: Any
) -> tuple[list[T], list[Refusal]]:
    """Pass the batch through every decider: each sees what the ones before it left."""
    if not items:
        return [], []
    batch = _Batch(list(items))
    given: dict[str, Any] = {"drafts": tuple(items), "crm": crm, "tx": tx, **more}
    for call in calls:
        given["settings"] = call.settings
        # Spelled out rather than `_guarded`: this is on the path of every write.
        began = perf_counter()
        try:
            answers = _listed(call.function(*map(given.__getitem__, call.arguments)))
        except BaseException as error:  # noqa: BLE001  (a plugin may raise anything, sys.exit too)
            raise _passed_on(call, error)  # noqa: B904  (it is the error itself, or comes from it)
        call.note_if_slow(began)
        if answers:
            batch.take(_checked(call, answers, len(batch.left), kind))
            given["drafts"] = tuple(batch.left)
            if not batch.left:
                break
    return batch.left, sorted(batch.refused, key=_position)


def _position(refusal: Refusal) -> int:
    return refusal.index


class _Batch(Generic[T]):
    """What is left of a batch, and where each item stood in it at first."""

    __slots__ = ("_positions", "left", "refused")

    def __init__(self, items: list[T]) -> None:
        self.left = items
        self.refused: list[Refusal] = []
        self._positions: Sequence[int] = range(len(items))

    def take(self, answers: Mapping[int, Replace | Refusal]) -> None:
        """Put one decider's answers into effect."""
        gone = set()
        for index, answer in answers.items():
            if isinstance(answer, Replace):
                self.left[index] = answer.item
            else:
                self.refused.append(evolve(answer, index=self._positions[index]))
                gone.add(index)
        if gone:
            stay = [index for index in range(len(self.left)) if index not in gone]
            self._positions = [self._positions[index] for index in stay]
            self.left = [self.left[index] for index in stay]


def _checked(call: Call, answers: list[Any], size: int, kind: type[Any]) -> dict[int, Replace | Refusal]:
    by_index: dict[int, Replace | Refusal] = {}
    for answer in answers:
        _of_kind(call, answer, (Replace, Refusal))
        index = answer.index
        if type(index) is not int or not 0 <= index < size:
            _refuse(
                call, phrase("it answered for item {index!r} of a batch of {size}", index=index, size=size)
            )
        if index in by_index:
            _refuse(call, phrase("it answered twice for item {index}", index=index))
        if isinstance(answer, Replace):
            _of_kind(call, answer.item, (kind,))
        elif not isinstance(answer.reason, str) or not answer.reason:
            _refuse(call, phrase("it refused item {index} without a reason", index=index))
        by_index[index] = answer
    return by_index


def _of_kind(call: Call, answer: Any, kinds: tuple[type[Any], ...]) -> Any:
    if not isinstance(answer, kinds):
        _refuse(
            call,
            phrase(
                "it returned {shown} where {kinds} is expected",
                shown=_shown(answer),
                kinds=joined(phrase(" or "), [k.__name__ for k in kinds]),
            ),
        )
    return answer


def _of_customer(call: Call, answer: Any, known: set[int], kind: type[T]) -> tuple[int, T]:
    """The answer, which is a customer of the batch and something of `kind` about them."""
    if not isinstance(answer, tuple) or len(answer) != 2 or not isinstance(answer[1], kind):
        _refuse(
            call,
            phrase(
                "it returned {shown} where (customer id, {name}) is expected",
                shown=_shown(answer),
                name=kind.__name__,
            ),
        )
    customer_id, value = answer
    if not isinstance(customer_id, int) or customer_id not in known:
        _refuse(
            call,
            phrase(
                "it returned a {name} for {customer_id!r}, who is not among those given",
                name=kind.__name__,
                customer_id=customer_id,
            ),
        )
    return customer_id, value


def _remark(call: Call, answer: Any, known: set[int]) -> str:
    if not isinstance(answer, tuple) or len(answer) != 2 or not isinstance(answer[1], str):
        _refuse(
            call,
            phrase(
                "it returned {shown} where (number of an interaction, text) is expected", shown=_shown(answer)
            ),
        )
    if answer[0] not in known:
        _refuse(
            call,
            phrase(
                "it returned a sentence for number {answer!r}, which is not among those given",
                answer=answer[0],
            ),
        )
    return answer[1]


def _due(call: Call, answer: Any) -> Due:
    from crmkit.core.model.today import Due

    if not isinstance(answer, Due):
        _refuse(call, phrase("it returned {shown} where Due is expected", shown=_shown(answer)))
    return answer


def _shown(answer: Any) -> str:
    text = repr(answer)
    return f"{type(answer).__name__} {text if len(text) <= 60 else text[:57] + '…'}"


def _refuse(call: Call, reason: str) -> NoReturn:
    raise _failed(call, TypeError(reason))


def _failed(call: Call, error: BaseException) -> PluginError:
    is_refused = isinstance(error, TypeError) and str(error).startswith("it ")
    said = error.args[0] if is_refused else placed(repr(error), error)
    deciding = call.hook in DECIDER_HOOKS
    return PluginError(
        phrase(
            'Plugin "{plugin}" {version} failed in {prefix}{hook}: {said}',
            plugin=call.plugin,
            version=call.version,
            prefix=PREFIX,
            hook=call.hook,
            said=said,
        ),
        hint=phrase(
            "Nothing was written. To go on without it: crm plugins disable {plugin}"
            if deciding
            else "To go on without it: crm plugins disable {plugin}",
            plugin=call.plugin,
        ),
        plugin=call.plugin,
        version=call.version,
        hook=call.hook,
    )
