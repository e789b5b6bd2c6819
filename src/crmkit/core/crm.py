"""`Crm`: the one place where the parts are put together, and the door for programs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import cached_property
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any, Self, TypeVar

from crmkit.core.errors import NotFound
from crmkit.core.kernel import HOUSE, Kernel
from crmkit.core.nearest import did_you_mean
from crmkit.core.phrase import phrase

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy import ColumnElement, CompoundSelect, Select

    from crmkit.core.access import AccessLog
    from crmkit.core.arrow.session import Arrow
    from crmkit.core.clock import Clock
    from crmkit.core.config import Config
    from crmkit.core.customers import Customers
    from crmkit.core.customers.consents import Consents
    from crmkit.core.duplicates.service import Duplicates
    from crmkit.core.editing import Editing
    from crmkit.core.effects.going_live import Rehearsal
    from crmkit.core.effects.service import Effects
    from crmkit.core.events.events import Events
    from crmkit.core.exporting import Exporting
    from crmkit.core.forms.service import Forms
    from crmkit.core.hours import WorkingHours
    from crmkit.core.incoming.service import Incoming
    from crmkit.core.interactions.service import Interactions
    from crmkit.core.merging import Merging
    from crmkit.core.messages.service import Messages
    from crmkit.core.metrics import Metrics
    from crmkit.core.model.bulk import BulkAnswer, BulkRead
    from crmkit.core.model.people import Actor
    from crmkit.core.model.report import Report
    from crmkit.core.model.today import Today
    from crmkit.core.numbering import Numbers
    from crmkit.core.people import People
    from crmkit.core.plugins.plugins import Plugins
    from crmkit.core.privacy.service import Privacy
    from crmkit.core.rates.service import Rates
    from crmkit.core.records.service import Records
    from crmkit.core.segments import Segments
    from crmkit.core.segments.predicates import Predicates
    from crmkit.core.store.tables import Tables
    from crmkit.core.store.unit import Transaction
    from crmkit.core.strategy.goals import Goals
    from crmkit.core.strategy.service import Strategy
    from crmkit.core.suppressions.service import Suppressions
    from crmkit.core.tokens import Tokens
    from crmkit.core.undo.service import Undo
    from crmkit.core.views.views import Views
    from crmkit.core.webhooks.service import Webhooks
    from crmkit.core.words.registry import Words

T = TypeVar("T")


class Crm:
    """An opened CRM, acting for one person. Synchronous, thread-safe, immutable; a context manager.

    `Crm.open(path)` opens the business described by a `crm.toml`. To see a changed file, open another. Two
    can live in one process; after a fork, open a new one; asynchronous programs call it in threads.
    """

    def __init__(self, kernel: Kernel, actor: Actor) -> None:
        self.kernel = kernel
        self.actor = actor

    @classmethod
    def open(
        cls,
        path: str | Path | None = None,
        *,
        as_: str | None = None,
        plugins: bool = True,
        strict: bool = False,
        clock: Clock | None = None,
        random: Random | None = None,
    ) -> Crm:
        """Open the business of the `crm.toml` at `path` (the nearest one upwards from here, when None).

        `as_` names the acting employee; `plugins=False` is safe mode, in which no plugin is imported and
        nothing is written; with `strict` a plugin that cannot be loaded is fatal; `clock` and `random`
        replace the system's in tests. Raises `ConfigError`, `SchemaError` (run `crm db upgrade`), `NotFound`.
        """
        from crmkit.core.opening import open_kernel

        kernel = open_kernel(path, load_plugins_too=plugins, strict=strict, clock=clock, random=random)
        return cls(kernel, HOUSE).acting_as(as_)

    def acting_as(self, employee: str | None) -> Crm:
        """The same CRM on behalf of an employee, named by id, name, e-mail or uid; None is the default
        actor.
        """
        from crmkit.core.people.actors import actor_for

        return Crm(self.kernel, actor_for(self.kernel, employee))

    def close(self) -> None:
        """Close the database's connections."""
        self.kernel.store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def config(self) -> Config:
        """The effective configuration."""
        return self.kernel.config

    @property
    def clock(self) -> Clock:
        """The clock that everything goes by."""
        return self.kernel.clock

    @property
    def random(self) -> Random:
        """Where chance comes from: the system's own source, unless a test said otherwise."""
        return self.kernel.random

    @property
    def hours(self) -> WorkingHours:
        """Working time: how much of it has passed, and when so much of it will have."""
        return self.kernel.hours

    @cached_property
    def numbers(self) -> Numbers:
        """Numbers without gaps: of quotes, invoices, receipts."""
        from crmkit.core.numbering import Numbers

        return Numbers(self.kernel, self.actor)

    @cached_property
    def tokens(self) -> Tokens:
        """What stands in links in place of numbers."""
        from crmkit.core.tokens import Tokens

        return Tokens(self.kernel)

    @property
    def words(self) -> Words:
        """The vocabularies: fields, record types, interaction types, channels, purposes, traits and so on."""
        return self.kernel.words

    @property
    def plugins(self) -> Plugins:
        """The plugins: those loaded, and why others are not."""
        return self.kernel.plugins

    @property
    def tables(self) -> Tables:
        """The core's tables, for statements of one's own."""
        return self.kernel.tables

    @cached_property
    def customers(self) -> Customers:
        """Customers: save, find, show, tag, archive."""
        from crmkit.core.customers import Customers

        return Customers(self.kernel, self.actor)

    @cached_property
    def merging(self) -> Merging:
        """Merge customers who are the same, look before at what that would do, and take it back."""
        from crmkit.core.merging import Merging

        return Merging(self.kernel, self.actor)

    @cached_property
    def consent(self) -> Consents:
        """Who agreed to be written to, for what and by which channel."""
        from crmkit.core.customers.consents import Consents

        return Consents(self.kernel, self.actor)

    @property
    def consents(self) -> Consents:
        """The same as `consent`."""
        return self.consent

    @cached_property
    def suppressions(self) -> Suppressions:
        """Addresses that are not written to, for what reason and until when."""
        from crmkit.core.suppressions.service import Suppressions

        return Suppressions(self.kernel, self.actor)

    @cached_property
    def interactions(self) -> Interactions:
        """Interactions: record, correct, void, list."""
        from crmkit.core.interactions.service import Interactions

        return Interactions(self.kernel, self.actor)

    @cached_property
    def records(self) -> Records:
        """Records of the business's own types: add, move, list, find."""
        from crmkit.core.records.service import Records

        return Records(self.kernel, self.actor)

    @cached_property
    def people(self) -> People:
        """Employees, teams and roles."""
        from crmkit.core.people import People

        return People(self.kernel, self.actor)

    @cached_property
    def segments(self) -> Segments:
        """Segments: members, counts, why somebody is in one, and since when."""
        from crmkit.core.segments.segments import Segments

        return Segments(self.kernel, self.actor)

    @cached_property
    def predicates(self) -> Predicates:
        """Conditions of one's own: parse, write as text or JSON, ask and explain."""
        from crmkit.core.segments.predicates import Predicates

        return Predicates(self.kernel, self.actor)

    @cached_property
    def views(self) -> Views:
        """Lists of customers by any condition, with any columns, in any order; and those that are saved."""
        from crmkit.core.views.views import Views

        return Views(self.kernel, self.actor)

    @cached_property
    def rates(self) -> Rates:
        """What amounts in other currencies are worth: set, list, convert."""
        from crmkit.core.rates.service import Rates

        return Rates(self.kernel, self.actor)

    @cached_property
    def metrics(self) -> Metrics:
        """Numbers over many customers and a period."""
        from crmkit.core.metrics import Metrics

        return Metrics(self.kernel, self.actor)

    @cached_property
    def goals(self) -> Goals:
        """What the business wants of its customers, and how far it has come."""
        from crmkit.core.strategy.goals import Goals

        return Goals(self.kernel, self.actor)

    @cached_property
    def strategy(self) -> Strategy:
        """Rules, the plans that come of them, and why anything was done."""
        from crmkit.core.strategy.service import Strategy

        return Strategy(self.kernel, self.actor)

    @cached_property
    def effects(self) -> Effects:
        """The ledger of effects: what was done, is due, has failed, or is in doubt."""
        from crmkit.core.effects.service import Effects

        return Effects(self.kernel, self.actor)

    @cached_property
    def messages(self) -> Messages:
        """Messages: the templates, what a customer would read, and sending one by hand."""
        from crmkit.core.messages.service import Messages

        return Messages(self)

    @cached_property
    def rehearsal(self) -> Rehearsal:
        """Whether what leaves the house goes to files, what would become real, and going live."""
        from crmkit.core.effects.going_live import Rehearsal

        return Rehearsal(self.kernel, self.actor)

    @cached_property
    def forms(self) -> Forms:
        """Forms that strangers fill in: what they ask, and what becomes of the answers."""
        from crmkit.core.forms.service import Forms

        return Forms(self)

    @cached_property
    def events(self) -> Events:
        """What happened, for programs that keep up with it."""
        from crmkit.core.events.events import Events

        return Events(self.kernel, self.actor)

    @cached_property
    def incoming(self) -> Incoming:
        """What other programs report: signed requests, taken in as imports are."""
        from crmkit.core.incoming.service import Incoming

        return Incoming(self)

    @cached_property
    def webhooks(self) -> Webhooks:
        """Other programs, told by signed requests."""
        from crmkit.core.webhooks.service import Webhooks

        return Webhooks(self)

    @cached_property
    def duplicates(self) -> Duplicates:
        """Customers who may be the same: scan, list, compare, dismiss, merge."""
        from crmkit.core.duplicates.service import Duplicates

        return Duplicates(self)

    @cached_property
    def editing(self) -> Editing:
        """Mass edits: one change to all customers for whom a condition holds."""
        from crmkit.core.editing import Editing

        return Editing(self)

    @cached_property
    def access(self) -> AccessLog:
        """The access log: who read or took out customers' data."""
        from crmkit.core.access import AccessLog

        return AccessLog(self)

    @cached_property
    def exporting(self) -> Exporting:
        """Exports: customers, interactions and records out to files."""
        from crmkit.core.exporting import Exporting

        return Exporting(self)

    @cached_property
    def undo(self) -> Undo:
        """Take back imports, merges, mass edits and plans."""
        from crmkit.core.undo.service import Undo

        return Undo(self)

    @cached_property
    def privacy(self) -> Privacy:
        """People's requests, what is kept of them, holds, restriction, erasure and retention."""
        from crmkit.core.privacy.service import Privacy

        return Privacy(self.kernel, self.actor)

    def today(self) -> Today:
        """What wants the acting person's attention today: tasks, birthdays, requests, plans that wait."""
        from crmkit.core.today import today

        return today(self)

    def report(
        self, period: str = "last month", *, where: str | None = None, as_of: int | date | None = None
    ) -> Report:
        """The report on a period as sections from every plugin, of customers who meet the predicate `where`.

        By what was on record at `as_of`, an instant or a day. Raises `Invalid` and `PredicateError`.
        """
        from crmkit.core.report import report

        return report(self, period, where, as_of)

    def require(self, permission: str) -> None:
        """Raise `NotAllowed` unless the acting person's role holds `permission`."""
        self.kernel.require(self.actor, permission)

    def visible(self) -> ColumnElement[bool] | None:
        """The condition over `tables.customer` for the customers the acting person sees; None means all."""
        return self.kernel.visible(self.actor)

    def seen(self, whose: ColumnElement[Any] | None = None) -> tuple[ColumnElement[bool], ...]:
        """The conditions (one, or none) that hold for rows about customers whom the acting person sees.

        `whose` is the rows' column of customer ids; without it the statement reads `tables.customer` itself.

            execute(sa.select(card).where(*crm.seen(card.c.customer_id)))
        """
        return self.kernel.seen(self.actor, whose)

    def transaction(self) -> AbstractContextManager[Transaction]:
        """One unit of work over services and statements of one's own: all of it is kept, or nothing.

        Log numbers are known after it ends.
        """
        return self.kernel.unit(self.actor)

    @contextmanager
    def reading(self) -> Iterator[Callable[..., Any]]:
        """A function that runs SQLAlchemy Core statements which only read, all on one consistent state."""
        with self.kernel.reading() as connection:
            yield connection.execute

    def answer(self, select: Select[Any] | CompoundSelect[Any]) -> BulkAnswer:
        """The rows of a statement over many customers, with every parameter bound, and where they were read.

        It is read from a copy that a plugin keeps, where that is fresh and has all the columns, with the same
        rows as the database's. It does not narrow itself to whom the acting person sees: see `visible`.
        """
        with self.kernel.reading() as connection:
            return self.kernel.bulk.answer(connection, self.actor, lambda _: (select, {}), own=False)

    def noted_reads(self) -> AbstractContextManager[list[BulkRead]]:
        """A list of where each answer over many customers was read that is asked for inside the block."""
        return self.kernel.bulk.noted()

    def arrow(self) -> AbstractContextManager[Arrow]:
        """A session whose `batches(select)` streams a statement's answer as Arrow record batches.

        All of its statements read one consistent state: what is committed when the first one is asked. It
        sees all customers and is not part of a transaction. Raises `ExtraMissing`.
        """
        from crmkit.core.arrow.session import arrow_session

        return arrow_session(self.kernel.store)

    def service(self, cls: type[T]) -> T:
        """A plugin's service, by its class from the plugin's `api`."""
        from crmkit.core.plugins.services import place_of

        services = self.kernel.loaded.services
        service = services.get(place_of(cls))
        if service is None:
            names = [offered.name for offered in services.values()]
            raise NotFound(
                phrase('No loaded plugin offers the service "{kind}"', kind=cls.__name__),
                hint=did_you_mean(cls.__name__, names, phrase("Run: crm plugins list")),
            )
        return service.of(self)  # type: ignore[no-any-return]

    def trait(self, name: str, customer: str | int, *, as_of: int | None = None, **arguments: Any) -> Any:
        """The value of a trait for one customer, as of an instant (now, when None)."""
        from crmkit.core.traits.value import trait_value

        return trait_value(self, name, self.customers.resolve(customer), as_of, arguments)
