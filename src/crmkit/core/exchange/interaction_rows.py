"""Rows of a file into interaction drafts."""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any, Final, TypeVar

from crmkit.core.errors import Invalid, NotFound
from crmkit.core.exchange.mapping import FileMapping
from crmkit.core.exchange.reading_words import yes_or_no
from crmkit.core.exchange.targets import LINE
from crmkit.core.exchange.written import amount_as_written, is_month_first, moment_as_written
from crmkit.core.instants import parse_instant, zone
from crmkit.core.interactions.repeats import Key
from crmkit.core.model.interaction import InteractionDraft
from crmkit.core.model.money import parse_amount
from crmkit.core.normalise.text import quoted
from crmkit.core.phrase import phrase
from crmkit.core.words.payloads import decode_payload, encode_payload

if TYPE_CHECKING:
    from crmkit.core.crm import Crm

V = TypeVar("V")
# Dates, amounts and types recur; the bound keeps a hostile file from filling the memory.
_REMEMBERED: Final = 20_000


class InteractionRows:
    """Makes drafts of rows; where each value stands was found out once."""

    def __init__(self, crm: Crm, mapping: FileMapping, source: str, *, live: bool = False) -> None:
        self._crm = crm
        self._is_history = not live
        self._source = source
        self._tz = zone(crm.config.crs.timezone)
        self._month_first = is_month_first(crm.config.crs)
        self._customers = [
            *((i, "") for i in mapping.columns("customer")),
            *((i, f"{scheme}:") for i, scheme in mapping.named("identity")),
            *((i, "") for i in mapping.columns("email")),
        ]
        _require(mapping, who=bool(self._customers))
        self._at = _remembering(self._instant)
        self._amount = _remembering(self._minor)
        self._type = _remembering(self._type_name)
        self._column = {
            kind: mapping.column(kind)
            for kind in ("type", "at", "amount", "currency", "source", "source_ref", "employee")
        }
        plain = ((name, mapping.column(name)) for name in ("channel", "direction", "outlet"))
        self._plain = [(i, name) for name, i in plain if i is not None]
        self._payload = _remembering(self._payload_of)
        # Without a key: the whole of it as JSON.
        self._whole = next(iter(mapping.columns("payload", "")), None)
        self._keys = [(i, name) for i, name in mapping.named("payload") if name]
        self._superseded = mapping.column("superseded")
        self._purchase = mapping.column("purchase.source"), mapping.column("purchase.source_ref")
        line = ((mapping.column(kind), kind.removeprefix("line.")) for kind in LINE)
        self._line = [(i, name) for i, name in line if i is not None]
        self._said = [i for i, _ in (*self._keys, *self._line)]
        if self._whole is not None:
            self._said.append(self._whole)

    def is_superseded(self, cells: list[str]) -> bool:
        """Whether another row holds instead of this one."""
        return self._superseded is not None and bool(yes_or_no(cells[self._superseded]))

    def purchase(self, cells: list[str]) -> Key | None:
        """How the purchase is told that a refund is of."""
        source, reference = ("" if i is None else cells[i].strip() for i in self._purchase)
        return (source or self._source, reference) if reference else None

    def draft(self, cells: list[str], name: str) -> InteractionDraft:
        """The draft of one row; `name` is its reference where it brings none. Raises `Invalid`."""
        column = self._column
        values: dict[str, Any] = {
            "customer": self._customer(cells),
            "type": self._type(cells[column["type"] or 0]),
            "at": self._at(cells[column["at"] or 0]),
        }
        for i, attribute in self._plain:
            if text := cells[i].strip():
                values[attribute] = text
        currency = column["currency"]
        values["currency"] = None if currency is None else cells[currency].strip().upper() or None
        amount = column["amount"]
        if amount is not None and cells[amount].strip():
            values["amount"] = self._amount((cells[amount], values["currency"]))
        else:
            values["currency"] = None
        if self._said:
            currency_of_prices = values["currency"] or self._crm.config.crs.currency
            said = [cells[i] for i in self._said]
            values["payload"] = self._payload((values["type"], currency_of_prices, *said))
        values["source"], values["source_ref"] = self._origin(cells, name)
        if column["employee"] is not None and (text := cells[column["employee"]].strip()):
            values["employee_id"] = self._crm.people.get(text).id
        return InteractionDraft(history=self._is_history, **values)

    def _customer(self, cells: list[str]) -> str:
        for i, prefix in self._customers:
            if text := cells[i].strip():
                return prefix + text
        raise Invalid("The row does not say which customer it is about")

    def _origin(self, cells: list[str], name: str) -> tuple[str, str]:
        source, reference = self._column["source"], self._column["source_ref"]
        origin = (source is not None and cells[source].strip()) or self._source
        return origin, (reference is not None and cells[reference].strip()) or name

    def _instant(self, text: str) -> int:
        if not text.strip():
            raise Invalid("The row does not say when it was")
        return parse_instant(moment_as_written(text, self._month_first), self._tz, self._crm.clock.now())

    def _minor(self, key: tuple[str, str | None]) -> int:
        text, currency = key
        known = currency or self._crm.config.crs.currency
        return parse_amount(amount_as_written(text, known), known)

    def _type_name(self, text: str) -> str:
        wanted = text.strip()
        types = self._crm.words.interaction_types
        found = types.get(wanted) or types.get(wanted.lower().replace(" ", "_"))
        if found is None:
            try:
                types[wanted]
            except NotFound as error:
                raise Invalid(error.message, hint=error.hint) from None
        return str(found.name) if found else wanted

    def _payload_of(self, texts: tuple[str, ...]) -> Any:
        """The payload of a row, already of the type's class where it fits: what recurs is made once."""
        type_, currency, *said = [text.strip() for text in texts]
        payload = _object(said.pop()) if self._whole is not None else {}
        keys, line = said[: len(self._keys)], said[len(self._keys) :]
        payload |= {name: text for (_, name), text in zip(self._keys, keys, strict=True) if text}
        bought = {name: text for (_, name), text in zip(self._line, line, strict=True) if text}
        if bought:
            payload["lines"] = [_line(bought, currency)]
        word = self._crm.words.interaction_types[type_]
        return decode_payload(word, *encode_payload(word, payload))


def _object(text: str) -> dict[str, Any]:
    """The JSON object in a cell; nothing where it is empty."""
    if not text:
        return {}
    try:
        found = json.loads(text)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise Invalid(
            phrase("{text} is no JSON object", text=quoted(text, 40)), hint='Write one: {"text": "…"}'
        )
    return found


def _line(bought: dict[str, str], currency: str) -> dict[str, Any]:
    line: dict[str, Any] = {"product": bought.get("product", "")}
    if "quantity" in bought:
        try:
            line["quantity"] = str(Decimal(bought["quantity"].replace(",", ".")))
        except InvalidOperation:
            raise Invalid(
                phrase("The quantity {quantity} is not a number", quantity=quoted(bought["quantity"]))
            ) from None
    if "unit_price" in bought:
        line["unit_price"] = parse_amount(amount_as_written(bought["unit_price"], currency), currency)
    return line


def _require(mapping: FileMapping, *, who: bool) -> None:
    if not who:
        raise Invalid(
            "No column says which customer a row is about",
            hint="Map one to customer, email or identity:SCHEME, such as: --map 'Client=customer'",
        )
    for kind, said, example in (
        ("type", phrase("what kind of contact a row is"), "--default type=purchase"),
        ("at", phrase("when it was"), "--map 'Day=at'"),
    ):
        if not mapping.columns(kind):
            raise Invalid(
                phrase("No column says {said}", said=said),
                hint=phrase("Map one, or give it for the whole file: {example}", example=example),
            )


def _remembering(read: Callable[[Any], V]) -> Callable[[Any], V]:
    """`read`, once for each distinct text."""
    known: dict[Any, V] = {}

    def reading(text: Any) -> V:
        if text in known:
            return known[text]
        if len(known) >= _REMEMBERED:
            known.clear()
        value = known[text] = read(text)
        return value

    return reading
