"""The words: what plugins and `crm.toml` contribute to the vocabulary of a business.

Each is a frozen value with a name, a one-line `doc` and, once registered, an `owner`. What a plugin brings
says with `deprecated` that it will go.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from attrs import field, frozen

from crmkit.core.model.deprecated import Deprecated

if TYPE_CHECKING:
    from crmkit.core.model.acting import Rate, Touch
    from crmkit.core.phrase import Counted

FIELD_TYPES: Final = (
    "text", "number", "money", "date", "datetime", "bool", "choice", "multi-choice", "reference",
)  # fmt: skip
PURPOSE_TYPES: Final = ("marketing", "service", "contract")
METRIC_UNITS: Final = ("count", "share", "money", "number", "days")
GOAL_DIRECTIONS: Final = ("up", "down")
GOAL_PERIODS: Final = ("week", "month", "quarter", "year")
SEGMENT_KINDS: Final = ("dynamic", "static")
LEVELS: Final = ("high-touch", "mid-touch", "low-touch", "self-service")


@frozen(kw_only=True)
class Field:
    """A typed data point of a customer or of a record.

    Values in Python, by `type`: `text`, `choice` str; `number` int, or `decimal.Decimal` with `decimals`;
    `money` `Money`; `date` `datetime.date`; `datetime` int microseconds UTC; `bool` bool; `multi-choice`
    tuple of str; `reference` the uid of another customer. `was` is the name before a renaming. A
    reference of a record may lead elsewhere: `to` is `employee` (the value is their uid) or a record type
    (the value is such as `cake_order:12`).
    """

    name: str
    type: str
    doc: str
    label: str = ""
    choices: tuple[str, ...] = ()
    required: bool = False
    unique: bool = False
    default: Any = None
    personal: bool = True
    indexed: bool = False
    was: str | None = None
    decimals: int = 0
    to: str = "customer"
    deprecated: Deprecated | None = None
    owner: str = ""


@frozen(kw_only=True)
class Adopted:
    """Rows that a plugin kept in a table of its own before they became records.

    When the record type's table is made, each row of `table`, if there is such a table, becomes a record, and
    the table is dropped, in one transaction. `columns` says what a record has of a row, as expressions of SQL
    that both databases understand, by column: a field's name, `id`, `customer_id`, `employee_id`, `state`,
    `created_at` (which there must be), `updated_at`, `archived_at`. Titles are made of the fields.

    A plugin whose table has the name that the records' table will get renames it in a migration.
    """

    table: str
    columns: Mapping[str, str]


@frozen(kw_only=True)
class RecordType:
    """A kind of thing that belongs to customers, with fields, states and history: a deal, a cake order.

    `states` are in their order, and a new record begins in `initial` (the first, if empty). `moves` says
    into which states each state leads; without any, every move is allowed. In `final` states a record is
    closed; if none are named, those are the states out of which no move leads. `title` names a record: a
    field, or a pattern such as `{flavour} for {occasion}`. `was` is the name before a renaming: the table
    keeps it. `table` is set when the word is registered. `adopts` are rows from before there were records. In
    `held` states a record is not put into the archive by hand: it has to be closed first.

    `needs` names, by state, the fields that a record must have in it. `tells` names, by state, the
    interaction type that is recorded when a record enters it, with a `RecordMoved` for its payload and, where
    the type carries money, the field `amount` for its amount; what is imported or put back tells nothing.
    `closed > open` is what it tells when it comes from a certain state, `> open` when it is new: both go
    before what `open` tells.

    `headers` says what columns of files mean beside those named like fields: a header in lower case without
    punctuation, and the target, such as `"close date": "field:close_on"` or `account: "customer"`.
    `state_names` does so for states: `"closed won": "won"`.
    """

    name: str
    doc: str
    label: str = ""
    fields: tuple[Field, ...] = ()
    states: tuple[str, ...] = ()
    moves: Mapping[str, tuple[str, ...]] = field(factory=dict)
    initial: str = ""
    final: tuple[str, ...] = ()
    held: tuple[str, ...] = ()
    title: str = ""
    needs: Mapping[str, tuple[str, ...]] = field(factory=dict)
    tells: Mapping[str, str] = field(factory=dict)
    amount: str = ""
    headers: Mapping[str, str] = field(factory=dict)
    state_names: Mapping[str, str] = field(factory=dict)
    was: str | None = None
    table: str = ""
    adopts: Adopted | None = None
    deprecated: Deprecated | None = None
    owner: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        """Its name and the one it had: under either it is in the change log."""
        return (self.name,) if self.was is None else (self.name, self.was)

    @property
    def shown(self) -> str:
        """What people call it: `Cake order`."""
        return self.label or self.name.rpartition(".")[2].replace("_", " ").capitalize()

    @property
    def first_state(self) -> str | None:
        """The state in which a new record begins; None for a type without states."""
        return self.initial or (self.states[0] if self.states else None)

    @property
    def closed_states(self) -> tuple[str, ...]:
        """The states in which a record is closed."""
        if self.final or not self.moves:
            return self.final
        return tuple(state for state in self.states if not self.moves.get(state))

    @property
    def title_pattern(self) -> str:
        """The title, or what stands for it: the first field, where that is a text or a choice."""
        first = self.fields[0] if self.fields else None
        return self.title or (first.name if first and first.type in ("text", "choice") else "")

    @property
    def open_states(self) -> tuple[str, ...]:
        """The states in which a record is open."""
        closed = self.closed_states
        return tuple(state for state in self.states if state not in closed)

    def told(self, before: str | None, state: str) -> str | None:
        """The interaction type that is recorded when a record comes into `state` from `before`, if any."""
        return self.tells.get(f"{before or ''} > {state}".lstrip()) or self.tells.get(state)

    def leads_to(self, state: str | None) -> tuple[str, ...]:
        """The states into which a record can move out of `state`; out of one no longer declared, all."""
        if not self.moves or state not in self.states:
            return tuple(other for other in self.states if other != state)
        allowed = self.moves.get(state, ())
        return tuple(other for other in self.states if other in allowed)

    def field_named(self, name: str) -> Field | None:
        """The field with this name."""
        return next((each for each in self.fields if each.name == name), None)


@frozen(kw_only=True)
class InteractionType:
    """A kind of contact. `payload` is a frozen attrs class, or None for a free mapping.

    `version` is the payload's; `upcasters[v]` turns a stored mapping of version `v` into one of `v + 1`.
    `amount` says whether the type carries money; `summary` makes the timeline's line out of a payload.
    `contact` is False for what is no contact with the customer: a note of ours, or what a machine answered.
    """

    name: str
    doc: str
    label: str = ""
    payload: type[Any] | None = None
    version: int = 1
    upcasters: Mapping[int, Callable[[dict[str, Any]], dict[str, Any]]] = field(factory=dict)
    amount: bool = False
    summary: Callable[[Any], str] | None = None
    contact: bool = True
    deprecated: Deprecated | None = None
    owner: str = ""


@frozen(kw_only=True)
class IdentityScheme:
    """A numbering by which another system knows customers: `shop` in `shop:10042`."""

    name: str
    doc: str
    label: str = ""
    deprecated: Deprecated | None = None
    owner: str = ""


@frozen(kw_only=True)
class Channel:
    """A way to reach and hear people. `contact_kind` is the kind of contact point it uses, if any.

    `deliver(messages, crm)`, if it can, hands `Message`s over to the world outside, and yields for each, as
    soon as it is known, `Performed(index, reference)`, `Refusal(index, reason)` (never again),
    `Later(index, reason)` (not now) or `Unconfirmed(index, reason)`; what it leaves out is unconfirmed.
    It runs outside of any unit of work. `messages` is an iterator: each message is looked at once more, and
    noted as on its way, when it is taken. `index` is its place, counted from 0. At most `at_once` may be
    taken and unanswered: whoever delivers yields what is known before it takes more. A process that is
    killed leaves no more than these in doubt.

    `repeatable` says that the other side notices when a message with the same `key` comes twice, so that one
    that was interrupted is tried again.

    `rates(address)`, if there is one, says at which rates messages to a normalised address may leave. They
    hold over all workers; what comes too early waits for its turn.

    `tell(notices, crm)`, if there is one, hands `Notice`s over to those who work here, with answers as those
    of `deliver`; it too runs outside of any unit of work.

    `ready(crm)`, if there is one, yields `Finding`s that somebody should know before the business goes live,
    without asking the network.
    """

    name: str
    doc: str
    label: str = ""
    contact_kind: str | None = None
    deliver: Callable[..., Any] | None = None
    at_once: int = 100
    rates: Callable[[str], Sequence[Rate]] | None = None
    ready: Callable[..., Any] | None = None
    tell: Callable[..., Any] | None = None
    repeatable: bool = False
    deprecated: Deprecated | None = None
    owner: str = ""


@frozen(kw_only=True)
class Purpose:
    """Why somebody is written to. `type` is `marketing`, `service` or `contract`: limits hold only the
    first.

    `confirm` names the template that asks whoever is entered in a form to confirm it (double opt-in).
    """

    name: str
    doc: str
    type: str
    wording: str = ""
    wording_version: int = 1
    confirm: str = ""
    owner: str = ""


@frozen(kw_only=True)
class Trait:
    """A named, typed quantity of one customer, computed from the records.

    `select(as_of, tables, **arguments)` returns a SQLAlchemy selectable of `(customer_id, value)`; customers
    it leaves out have the value `missing`. `as_of` is an instant; `tables` is the core's `Tables`. One
    customer is the same statement with a bound id. A `select` that also takes `past` is told whether the
    instant lies in the past, so that only what was known then counts; one that cannot tell says `past=False`.
    One that takes `tz` or `currency` is given the business's, one that takes `worth` a function from rows
    with `amount`, `currency` and `occurred_at` to (FROM, amount in minor units of that currency). One that
    takes `whose` is given a function from a column of customers to the conditions that it is of those who are
    asked about, none where everybody is: within a sub-select they spare adding up what is everybody else's.

    Instead of `select`, `compute(crm)` may yield `(customer_id, value)` pairs: the values are then kept, made
    anew every `every` seconds by `crm worker`, and known as of now only. With `lengths` of time, such as
    `("90 days", "1 year")`, it is kept for each of them: it is asked as `clv(1 year)`, and without brackets
    means the first; `compute` then yields `(customer_id, length, value)`. Instead of either, `formula` is an
    expression of the predicate language.
    """

    name: str
    doc: str
    type: str
    select: Callable[..., Any] | None = None
    missing: Any = None
    choices: tuple[str, ...] = ()
    past: bool = True
    compute: Callable[[Any], Iterable[tuple[Any, ...]]] | None = None
    every: float = 86_400.0
    lengths: tuple[str, ...] = ()
    formula: str = ""
    deprecated: Deprecated | None = None
    owner: str = ""


@frozen(kw_only=True)
class Segment:
    """A group of customers: whoever meets the condition `who`, or, if `static`, whoever is on its list."""

    name: str
    doc: str
    who: str = ""
    kind: str = "dynamic"
    deprecated: Deprecated | None = None
    owner: str = ""

    @property
    def is_static(self) -> bool:
        """Whether it is a list kept by hand."""
        return self.kind == "static"


@frozen(kw_only=True)
class Goal:
    """What is wanted of the customers: a `metric` (of a `segment`), its `target`, and by when.

    `target` is a number as people write it: `65%` for a share, money in major units of the business's own
    currency. `by` is a date, `direction` is `up` or `down`, `every` the length of the periods in which the
    course is told: `week`, `month`, `quarter` or `year`.
    """

    name: str
    doc: str
    metric: str
    target: str
    segment: str = ""
    by: date | None = None
    direction: str = "up"
    every: str = "month"
    deprecated: Deprecated | None = None
    owner: str = ""


@frozen(kw_only=True)
class Action:
    """An effect on or for a customer, as data; only the core performs it, and only when a plan is applied.

    `params` is a frozen attrs class; `rendered` names those of its attributes that are templates. In
    `crm.toml`, `shorthand = VALUE` gives the attribute of that name, else the first; further keys give the
    others.

    `perform(items, crm, tx)` does a batch of `ActionItem`s inside the unit of work in which their rows of
    the ledger are settled; it returns an iterable of `Performed(index, result)` and `Refusal(index, reason)`,
    or nothing. `undo(items, crm, tx)`, if there is one, takes back items whose `result` it kept, and returns
    refusals; what an action changed in customers' own data with `source=item.source` is put back without it.
    `undone` says what it does, of any number: `nphrase("remove {count} task", "remove {count} tasks", 0)`.

    An action that reaches the world outside says `prepare` as well: `prepare(items, crm)` makes a `Parcel`
    or a `Refusal` of each item, reading only, and `perform(parcels, crm)` hands them over, outside of any
    unit of work. It yields for each, as soon as it is known, `Performed`, `Refusal` (never again), `Later`
    (not now) or `Unconfirmed`; what it leaves out is unconfirmed. `parcels` is an iterator, and `index` the
    place in it, counted from 0: each parcel is noted as on its way when it is taken. It ends once `at_once`
    are taken and unanswered (of an action that reaches by a channel, no more than the channel says); when
    those are answered, `perform` is called again for the rest.
    Parcels are asked for on the thread that called. What was never taken has not left. `repeatable` says that
    the other side notices when the same `key` comes twice, so that an interrupted one is tried again.
    `touches(params)` gives the `Touch` of an action that reaches a person, and None otherwise.
    `arrived(items, crm, tx)`, if there is one, notes those that were handed over, with their `result`, inside
    the unit of work in which their rows are settled: once for each, and never in a rehearsal.

    `check(params, crm)` raises `Invalid` for parameters that could not be performed, before anything is
    planned; it may return others to use in their place. Those that are `rendered` are still templates then.
    `claims(params)` names what it decides about a customer (`owner`, `field:size`): of two acts in one plan
    that claim the same, the one that goes first wins. `says(params)` tells what it does in a few words.
    """

    name: str
    doc: str
    params: type[Any]
    perform: Callable[..., Any]
    says: Callable[[Any], str]
    prepare: Callable[..., Any] | None = None
    repeatable: bool = False
    at_once: int = 100
    touches: Callable[[Any], Touch | None] | None = None
    arrived: Callable[..., Any] | None = None
    check: Callable[..., Any] | None = None
    shorthand: str = ""
    rendered: tuple[str, ...] = ()
    claims: Callable[[Any], str | None] | None = None
    undo: Callable[..., Any] | None = None
    undone: Counted | None = None
    deprecated: Deprecated | None = None
    owner: str = ""


@frozen(kw_only=True)
class View:
    """A saved list of customers: the condition `where`, the `columns` shown, and the `order`."""

    name: str
    doc: str
    where: str = ""
    columns: tuple[str, ...] = ()
    order: str = ""
    owner: str = ""


@frozen(kw_only=True)
class CustomerType:
    """A sort of customer, the `level` at which they are looked after, and the `cadence` of being in touch."""

    name: str
    doc: str
    who: str
    level: str = "low-touch"
    cadence: str | None = None
    owner: str = ""


@frozen(kw_only=True)
class MetricParameter:
    """What a metric may be given in brackets: `retention(90 days)`.

    `kind` is duration, interaction_types (any number of them), purpose, channel or text. Without `default`
    (as it would be written) it may be left out, and is None then.
    """

    name: str
    kind: str
    default: str | None = None


@frozen(kw_only=True)
class Metric:
    """A number over many customers and a period.

    `compute(question)` takes a `MetricQuestion` and returns a SELECT of `numerator`, of `denominator` where
    it is a quotient, and first of `grp` where the question asks for groups. `unit` is count, share, money
    (minor units), number or days. `groups` says by what it can be grouped: `customer` (what customers are),
    `contact` (where and how), `time`, or names of its own. `looks` is the moment at which segments and groups
    are looked at: `as_of`, or the `start` or the `end` of the period. Without `past` it only knows today.
    `period` is used where none is asked for; `reading` says how to read the number. `of_money`: numerator and
    denominator are minor units though the value, a share, is none.
    """

    name: str
    doc: str
    unit: str
    compute: Callable[..., Any]
    label: str = ""
    formula: str = ""
    reading: str = ""
    parameters: tuple[MetricParameter, ...] = ()
    groups: tuple[str, ...] = ("customer", "contact", "time")
    looks: str = "as_of"
    period: str = "last 90 days"
    past: bool = True
    of_money: bool = False
    deprecated: Deprecated | None = None
    owner: str = ""
