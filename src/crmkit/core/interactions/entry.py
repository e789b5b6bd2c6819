"""A draft that has been checked, as the log will keep it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from crmkit.core.customers.sets import rows_among
from crmkit.core.deprecation import warn_of_word
from crmkit.core.errors import CrmError, Invalid, NotFound
from crmkit.core.instants import FIRST_INSTANT
from crmkit.core.model.interaction import DIRECTIONS, InteractionDraft
from crmkit.core.model.money import LARGEST_AMOUNT, SMALLEST_AMOUNT, minor_digits
from crmkit.core.model.words import InteractionType
from crmkit.core.normalise.text import clean_text, quoted
from crmkit.core.phrase import phrase
from crmkit.core.words.payloads import Purchase, Refund, decode_payload, encode_payload, keys_of

if TYPE_CHECKING:
    from crmkit.core.kernel import Kernel
    from crmkit.core.store.bulk import Row
    from crmkit.core.store.unit import Transaction

# Tills and phones are not set to the second; further ahead than this, the date is a slip of the pen.
FUTURE: Final = 86_400 * 1_000_000
_SMALL: Final = 4_096
_INSTANTS: Final = phrase(
    "An instant is a whole number of microseconds since 1970 UTC: int(datetime.timestamp() * 1_000_000)."
)
# What seconds and milliseconds of this century are as microseconds: moments of January 1970.
_LOST_ZEROS: Final = range(10**9, 2 * 10**12)


class Entry(NamedTuple):
    """What the log will keep of a draft.

    `values` are those of the log's columns from `type` to `source_ref`; `refers` is the number of the
    purchase that a refund gives money back for.
    """

    values: Row
    refers: int | None = None

    @property
    def key(self) -> tuple[str, str] | None:
        """The `(source, source_ref)` under which the entry is recorded once, if any."""
        return None if self.values[-1] is None else self.values[-2:]


class _Kind(NamedTuple):
    """An interaction type as one batch uses it; `empty` is what it stores when there is nothing to say."""

    word: InteractionType
    empty: tuple[str, int] | None
    is_core: bool


class Checker:
    """Checks the drafts of one batch and makes entries of them; it remembers the words it has looked up."""

    def __init__(self, kernel: Kernel, tx: Transaction, source: str | None) -> None:
        self._words = kernel.words
        self._currency = kernel.currency
        self._tx = tx
        self._source = source
        self._employee = tx.actor.id
        self._at = tx.at
        self._latest = tx.at + FUTURE
        self._kinds: dict[str, _Kind] = {}
        self._channels: dict[str | None, str | None] = {None: None}
        self._employees: set[int | None] = {None, tx.actor.id}
        self._currencies: set[str] = set()
        self._texts: dict[tuple[str, str | None], str | None] = {}

    def entry(self, draft: InteractionDraft) -> Entry:
        """The entry for `draft`. Raises `Invalid` or `NotFound`, saying what is wrong with it."""
        kind = self._kinds.get(draft.type) or self._kind(draft.type)
        occurred_at = self._at if draft.at is None else self._when(draft.at)
        channel = draft.channel
        channel = self._channels[channel] if channel in self._channels else self._channel(channel)
        if draft.direction not in DIRECTIONS and draft.direction is not None:
            raise Invalid(
                phrase("The direction {direction} is neither in nor out", direction=quoted(draft.direction))
            )
        # Who brings the past along has not handled it.
        employee = draft.employee_id
        if employee is None and not draft.history:
            employee = self._employee
        if employee not in self._employees:
            self._check_employee(employee)
        amount = draft.amount
        currency = None if amount is None else self._money(kind, amount, draft.currency)
        outlet = draft.outlet and self._text("outlet", draft.outlet)
        source = draft.source or self._source
        source = source and self._text("source", source)
        source_ref = draft.source_ref
        if source_ref is not None:
            source_ref = self._reference(source, source_ref)
        text, version, refers = self._payload(kind, draft.payload)
        known_at = occurred_at if draft.history else self._at
        return Entry(
            (
                kind.word.name, channel, draft.direction, employee, outlet, occurred_at, self._at, known_at,
                amount, currency, text, version, source, source_ref,
            ),
            refers,
        )  # fmt: skip

    def _kind(self, name: str) -> _Kind:
        word = self._words.interaction_types[name]
        warn_of_word("interaction_types", word)
        empty: tuple[str, int] | None = None
        try:
            empty = encode_payload(word, None)
        except Invalid:  # a key is required; the error is raised where it is missing
            empty = None
        self._kinds[name] = _Kind(word, empty, word.owner == "core")
        return self._kinds[name]

    def _channel(self, name: str | None) -> str | None:
        self._channels[name] = self._words.channels[str(name)].name
        return self._channels[name]

    def _when(self, at: int) -> int:
        if type(at) is not int or at < FIRST_INSTANT:
            raise Invalid(
                phrase("{at} is not an instant", at=quoted(at)),
                hint=_INSTANTS,
            )
        if at in _LOST_ZEROS and at % 1_000_000:
            raise Invalid(
                phrase("{at} is an instant of January 1970, so it is in seconds or milliseconds", at=at),
                hint=_INSTANTS,
            )
        if at > self._latest:
            raise Invalid(
                "It is said to have happened more than a day from now; the record is of what has happened",
                hint="Correct the date. What is planned is a task, not an interaction.",
            )
        return at

    def _check_employee(self, employee: Any) -> None:
        ids = (employee,) if type(employee) is int else ()
        if not list(rows_among(self._tx.connection, "SELECT id FROM employee WHERE id", ids)):
            raise NotFound(
                phrase("There is no employee {employee}", employee=quoted(employee)),
                hint="Run: crm people employees",
            )
        self._employees.add(employee)

    def _money(self, kind: _Kind, amount: Any, currency: str | None) -> str:
        name = kind.word.name
        if not kind.word.amount:
            raise Invalid(
                phrase("A {name} carries no amount", name=name),
                hint=self._instead_of_amount(kind.word),
            )
        if type(amount) is not int or not SMALLEST_AMOUNT <= amount <= LARGEST_AMOUNT:
            raise Invalid(
                phrase(
                    "{amount} is not an amount: a whole number of minor units such as cents",
                    amount=quoted(amount),
                )
            )
        if amount < 0 and kind.is_core:
            raise Invalid(
                phrase("The amount of a {name} cannot be negative: {amount}", name=name, amount=amount),
                hint="Money given back is a refund.",
            )
        if currency is None:
            return self._currency
        if currency not in self._currencies:
            minor_digits(currency)
            self._currencies.add(currency)
        return currency

    def _instead_of_amount(self, word: InteractionType) -> str:
        """What contacts of a type say, where somebody gave one a number; else the types that have amounts."""
        keys = keys_of(word)
        if keys:
            told = ", ".join(keys)
            return phrase("It says {keys}. Such as: --set {first}=…", keys=told, first=keys[0])
        amounts = ", ".join(each.name for each in self._words.interaction_types if each.amount)
        return phrase("Types that do: {with_amount}", with_amount=amounts)

    def _text(self, what: str, text: str) -> str | None:
        known = self._texts.get((what, text))
        if known is not None:
            return known
        if len(self._texts) >= _SMALL:
            self._texts.clear()
        self._texts[what, text] = clean = _clean(what, text) or None
        return clean

    def _reference(self, source: str | None, reference: Any) -> str | None:
        if type(reference) is not str or not (reference.isascii() and reference.isprintable()):
            reference = _clean("source_ref", reference)
        if reference == "":
            return None
        if source is None:
            raise Invalid(
                phrase(
                    "The reference {reference} needs the source it is a reference of",
                    reference=quoted(reference),
                ),
                hint="Give source as well, such as the name of the shop or the file.",
            )
        return str(reference)

    def _payload(self, kind: _Kind, payload: Any) -> tuple[str, int, int | None]:
        if not payload and kind.empty is not None and payload in ({}, None):
            return *kind.empty, None
        text, version = encode_payload(kind.word, payload)
        if kind.is_core and kind.word.payload in (Purchase, Refund):
            value = (
                payload
                if isinstance(payload, Purchase | Refund)
                else decode_payload(kind.word, text, version)
            )
            return text, version, _checked_sale(value)
        return text, version, None


def _clean(what: str, text: Any) -> str:
    if not isinstance(text, str):
        raise Invalid(phrase("The {what} is not text: {text}", what=what, text=quoted(text)))
    return clean_text(text, what=what)


def _checked_sale(payload: Any) -> int | None:
    if isinstance(payload, Refund):
        return payload.purchase
    for line in payload.lines:
        if line.quantity < 0 or (line.unit_price or 0) < 0 or (line.tax or 0) < 0:
            raise Invalid(
                phrase("The line {product} of the purchase is negative", product=quoted(line.product)),
                hint="What was brought back is a refund.",
            )
    return None


def entry_or_error(check: Callable[[InteractionDraft], Entry], draft: Any) -> Entry | CrmError:
    """The entry for `draft`, or why there is none."""
    try:
        return check(draft)
    except CrmError as error:
        return error
    except AttributeError:
        if isinstance(draft, InteractionDraft):
            raise
        return Invalid(phrase("{draft} is not an InteractionDraft", draft=quoted(draft)))
