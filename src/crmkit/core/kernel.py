"""The kernel: what every service of one opened `Crm` shares."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cached_property
from random import Random
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from attrs import define, evolve, field

from crmkit.core.errors import ReadOnly, TryAgain
from crmkit.core.model.people import PERMISSIONS, Actor, Role

if TYPE_CHECKING:
    from crmkit.core.bulk.answering import Bulk
    from crmkit.core.clock import Clock
    from crmkit.core.config import Config
    from crmkit.core.crm import Crm
    from crmkit.core.hours import WorkingHours
    from crmkit.core.ids import UidFactory
    from crmkit.core.messages.composing import Composing
    from crmkit.core.messages.files import TemplateFiles
    from crmkit.core.messages.links import Links
    from crmkit.core.normalise import EmailNormaliser, PhoneNormaliser
    from crmkit.core.plugins.hooks import Hooks
    from crmkit.core.plugins.load import Loaded
    from crmkit.core.plugins.observers import Observers
    from crmkit.core.plugins.plugins import Plugins
    from crmkit.core.predicates.context import Context
    from crmkit.core.predicates.sql.prepared import Statements
    from crmkit.core.predicates.sql.rates import Exchange
    from crmkit.core.rates.following import Following
    from crmkit.core.remembered import Remembered
    from crmkit.core.store.engine import Store
    from crmkit.core.store.tables import Tables
    from crmkit.core.store.unit import Transaction
    from crmkit.core.strategy.foresight import Foresight
    from crmkit.core.strategy.past import Past
    from crmkit.core.views.valuing import Valuing
    from crmkit.core.words.registry import Words

# Observers may cause entries that other observers see; what a cascade leaves over, the worker delivers.
_ROUNDS: Final = 5
_NO_LOG: Final[frozenset[str]] = frozenset()
# By whether interactions and changes were written.
_LOGS: Final = {
    (False, False): _NO_LOG,
    (True, False): frozenset({"interaction"}),
    (False, True): frozenset({"change"}),
    (True, True): frozenset({"interaction", "change"}),
}
HOUSE: Final = Actor(name="crmkit", role=Role(name="administrator", permissions=frozenset(PERMISSIONS)))


@define(kw_only=True, slots=False)
class Kernel:
    """The parts of one opened `Crm`, and the unit of work that its services share."""

    config: Config
    clock: Clock
    uids: UidFactory
    random: Random
    store: Store
    loaded: Loaded
    emails: EmailNormaliser
    phones: PhoneNormaliser
    restricted_by: tuple[str, ...] = ()
    # What the rules engine asks in place of the record, where it is to decide as of an instant in the past.
    past: Past | None = None
    # What it asks about conditions, where nothing but the time goes on.
    foresight: Foresight | None = None
    _thread: threading.local = field(factory=threading.local)
    _contexts: dict[ZoneInfo, Context] = field(factory=dict)

    house = HOUSE

    @cached_property
    def words(self) -> Words:
        """The vocabularies."""
        from crmkit.core.traits.binding import bound

        return bound(self)

    @cached_property
    def context(self) -> Context:
        """What the words of predicates mean here."""
        from crmkit.core.segments.meaning import context_of

        return context_of(self, self.words)

    def context_in(self, tz: ZoneInfo) -> Context:
        """What words mean where clocks show the time of `tz`: another day may begin, or be somebody's."""
        if tz == self.tz:
            return self.context
        if tz not in self._contexts:
            self._contexts[tz] = evolve(self.context, tz=tz)
        return self._contexts[tz]

    @cached_property
    def type_context(self) -> Context:
        """What words mean in the conditions of `[customer_types]`, which cannot ask for the type itself."""
        from crmkit.core.segments.meaning import context_of
        from crmkit.core.traits.binding import bound

        words = bound(self, of_types=False)
        return context_of(self, words, of_types=False)

    @cached_property
    def _following(self) -> Following:
        from crmkit.core.rates.following import Following

        return Following(self)

    @property
    def statements(self) -> Statements:
        """The statements of predicates, each made once, over the rates of this moment."""
        return self._following.statements()

    @property
    def exchange(self) -> Exchange | None:
        """What other currencies are worth at this moment; None while every amount is in the business's own.

        One of which a rate is missing is said when a statement needs it.
        """
        return self._following.exchange()

    @property
    def valuing(self) -> Valuing:
        """The statements of values, each made once, over the rates of this moment."""
        return self._following.valuing()

    @property
    def hooks(self) -> Hooks:
        """The typed façade over all plugins' hooks."""
        return self.loaded.hooks

    @property
    def plugins(self) -> Plugins:
        """The catalogue of plugins, loaded or not."""
        return self.loaded.plugins

    @property
    def tables(self) -> Tables:
        """The core's tables, with a column for each declared field."""
        return self.loaded.tables

    @cached_property
    def selects(self) -> Remembered:
        """Statements over tables that are made once: by what they ask, with a parameter for each value."""
        from crmkit.core.remembered import Remembered

        return Remembered()

    @cached_property
    def observers(self) -> Observers:
        """The delivery of the logs to observers."""
        from crmkit.core.plugins.observers import Observers

        return Observers(self)

    @cached_property
    def bulk(self) -> Bulk:
        """Where statements over many customers are answered."""
        from crmkit.core.bulk.answering import Bulk

        return Bulk(self)

    @cached_property
    def templates(self) -> TemplateFiles:
        """The templates of messages, read once."""
        from crmkit.core.messages.files import TemplateFiles

        return TemplateFiles(self.config.directories, self.locale)

    @cached_property
    def composing(self) -> Composing:
        """What fills templates in."""
        from crmkit.core.messages.composing import Composing

        return Composing(self)

    @cached_property
    def links(self) -> Links:
        """What makes the links in messages."""
        from crmkit.core.messages.links import Links

        return Links(self)

    @cached_property
    def tz(self) -> ZoneInfo:
        """The business's time zone."""
        return ZoneInfo(self.config.crs.timezone)

    @cached_property
    def hours(self) -> WorkingHours:
        """The open hours of the business."""
        from crmkit.core.hours import WorkingHours

        return WorkingHours(self.config.hours, self.tz)

    @property
    def currency(self) -> str:
        """The business's currency."""
        return self.config.crs.currency

    @property
    def locale(self) -> str:
        """The business's language."""
        return self.config.crs.locale

    def require(self, actor: Actor, permission: str) -> Actor:
        """The actor as they are at this moment. Raises `NotAllowed` unless their role holds `permission`."""
        from crmkit.core.people.current import allowed, permitted

        if actor.employee is None:  # crmkit itself: nothing to look up
            return permitted(actor, permission)
        with self.reading() as connection:
            return allowed(self, connection, actor, permission)

    def crm(self, actor: Actor | None = None) -> Crm:
        """The business in the hands of `actor`, of crmkit itself without: what plugins' functions get."""
        from crmkit.core.crm import Crm

        return Crm(self, self.house if actor is None else actor)

    def visible(self, actor: Actor) -> sa.ColumnElement[bool] | None:
        """The condition over `tables.customer` that holds for the customers the actor sees, None for all."""
        from crmkit.core.people.visibility import visible

        return visible(self, actor)

    def seen(
        self, actor: Actor, whose: sa.ColumnElement[Any] | None = None
    ) -> tuple[sa.ColumnElement[bool], ...]:
        """The conditions (one, or none for who sees everybody) that hold for rows about customers whom the
        actor sees: `whose` is their column of customer ids; without it they are those of `tables.customer`.
        """
        from crmkit.core.people.visibility import seen

        return seen(self, actor, whose)

    @property
    def is_stopping(self) -> bool:
        """Whether whoever runs this thread was asked to end: long work stops at its next step."""
        stop = getattr(self._thread, "stop", None)
        return stop is not None and bool(stop())

    @contextmanager
    def until(self, stop: Callable[[], bool]) -> Iterator[None]:
        """Have `is_stopping` ask `stop` meanwhile, on this thread."""
        before = getattr(self._thread, "stop", None)
        self._thread.stop = stop
        try:
            yield
        finally:
            self._thread.stop = before

    @property
    def current(self) -> Transaction | None:
        """The unit of work that this thread is in, if any.

        Raises `TryAgain` where it is that of another task of asyncio: what one task writes must not be undone
        with what another does. One that was begun outside of any task is around all that run within it.
        """
        tx: Transaction | None = getattr(self._thread, "tx", None)
        if tx is not None and getattr(self._thread, "task", None) not in (None, _task()):
            raise TryAgain(
                "Another task of this thread is in the middle of a unit of work",
                hint="Await nothing inside of crm.transaction(): give all of it to asyncio.to_thread.",
            )
        return tx

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """The current unit's connection, or one that only reads."""
        if self.current is not None:
            yield self.current.connection
            return
        with self.store.reading() as connection:
            yield connection

    @contextmanager
    def planning(self) -> Iterator[sa.Connection]:
        """One consistent state to read, on which this thread can begin no unit of work."""
        if self.current is not None:
            raise ReadOnly("A plan is made outside of any unit of work", hint="End the transaction first.")
        self._thread.is_planning = True
        try:
            with self.store.reading() as connection:
                yield connection
        finally:
            self._thread.is_planning = False

    @contextmanager
    def unit(self, actor: Actor, *, deliver: bool = True) -> Iterator[Transaction]:
        """The unit of work: joined when this thread is in one, else begun here and committed at the end."""
        current = self.current
        if current is not None:
            with self._joined(current) as tx:
                yield tx if tx.actor is actor else tx.acting(actor)
            return
        if getattr(self._thread, "is_planning", False):
            raise ReadOnly(
                "Nothing is written while a plan is made",
                hint="A plugin's word or gate tried to; only applying a plan acts.",
            )
        if self.plugins.safe:
            raise ReadOnly("Nothing is written in safe mode", hint="Run the command without --no-plugins.")
        in_line = deliver and self.store.is_sqlite
        with self.store.writing() as connection:
            self._thread.task = _task()
            self._thread.tx = tx = self._begin(connection, actor)
            try:
                yield tx
                entries, logs = self._settle(tx, in_line=in_line)
            finally:
                self._thread.tx = None
        if deliver and entries and not in_line:
            self._deliver_after_commit(entries, logs)

    @contextmanager
    def _joined(self, tx: Transaction) -> Iterator[Transaction]:
        """A part of the unit: when it fails, its own writes are undone, whatever the caller does about it."""
        from crmkit.core.store.bulk import savepoint

        mark = tx.mark()
        try:
            with savepoint(tx.connection):
                yield tx
        except BaseException:
            tx.forget_since(mark)
            raise

    def _begin(self, connection: sa.Connection, actor: Actor) -> Transaction:
        from crmkit.core.store.unit import Transaction

        return Transaction(
            connection=connection, actor=actor, at=self.clock.now(), random=self.random.randbytes
        )

    def _settle(self, tx: Transaction, *, in_line: bool) -> tuple[int, frozenset[str]]:
        """Flush the logs, and with them what in-line observers add; how many entries, of which logs."""
        total, touched = 0, _NO_LOG
        for _ in range(_ROUNDS):
            if not tx.pending:
                return total, touched
            tx.flush()
            # Part of it may have been flushed earlier, by whoever needed the numbers.
            interactions, changes = tx.written()
            logs = _LOGS[bool(interactions), bool(changes)]
            total, touched = total + interactions + changes, touched | logs
            if in_line:
                self.observers.deliver(tx, logs, interactions + changes)
        tx.flush()
        return total, touched

    def _deliver_after_commit(self, entries: int, logs: frozenset[str]) -> None:
        if not any(observer.log in logs for observer in self.observers.all):
            return
        with self.store.writing() as connection:
            self._thread.task = _task()
            self._thread.tx = tx = self._begin(connection, HOUSE)
            try:
                self.observers.deliver(tx, logs, entries)
                self._settle(tx, in_line=False)
            finally:
                self._thread.tx = None

    @contextmanager
    def acting_in(self, tx: Transaction, actor: Actor) -> Iterator[tuple[Crm, Transaction]]:
        """A `Crm` and a unit of work on behalf of `actor`, for the duration of a hook inside `tx`."""
        own = tx.acting(actor)
        before = self.current
        self._thread.tx = own
        try:
            yield self.crm(actor), own
        finally:
            self._thread.tx = before


def _task() -> object:
    """The task of asyncio that runs on this thread, if any; a program without asyncio does not load it."""
    asyncio = sys.modules.get("asyncio")
    try:
        return asyncio.current_task() if asyncio is not None else None
    except RuntimeError:  # no loop runs on this thread
        return None
