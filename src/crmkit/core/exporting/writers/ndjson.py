"""NDJSON: one object a line, exact: numbers as numbers or text, dates and instants in ISO 8601."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from typing import IO, TYPE_CHECKING, Any, Final

import msgspec

from crmkit.core.exchange.targets import ADDRESS
from crmkit.core.model.money import format_amount

if TYPE_CHECKING:
    from crmkit.core.exporting.cells import Manner
    from crmkit.core.exporting.columns import Column

# Kinds of target whose names are keys of an object: `{"identity": {"shop": "12"}}`.
_NESTED: Final = frozenset(
    (
        "identity",
        "field",
        "preference",
        "inferred",
        "consent",
        "consent_at",
        "consent_history",
        "relationship",
        "payload",
    )
)
_ADDRESS: Final = frozenset(("address", *(f"address.{part}" for part in ADDRESS)))


class NdjsonWriter:
    """Writes each row as an object, without what is empty."""

    def __init__(self, stream: IO[bytes], columns: Sequence[Column], manner: Manner) -> None:
        self._stream = stream
        self._manner = manner
        self._columns = [(at, path_of(each), self._maker(each)) for at, each in enumerate(columns)]
        self._encoder = msgspec.json.Encoder()

    def rows(self, rows: Sequence[list[Any]]) -> None:
        """Write rows."""
        self._stream.write(self._encoder.encode_lines([self._object(row) for row in rows]))

    def end(self) -> None:
        """Nothing follows the last line."""

    def give_up(self) -> None:
        """Nothing is held."""

    def _object(self, row: list[Any]) -> dict[str, Any]:
        made: dict[str, Any] = {}
        for at, path, maker in self._columns:
            value = row[at]
            if value is None or value in ("", ()):
                continue
            place = made
            for key in path[:-1]:
                place = place.setdefault(key, {})
            place[path[-1]] = maker(value) if maker is not None else value
        return made

    def _maker(self, column: Column) -> Callable[[Any], Any] | None:
        match column.kind:
            case "number":
                return _number
            case "bool":
                return bool
            case "date":
                return date.isoformat
            case "money" if not column.target:
                return self._amount
            case "money" | "instant":
                return self._manner.teller(column)
        return None

    def _amount(self, minor: int) -> dict[str, str]:
        currency = self._manner.currency
        return {"amount": format_amount(minor, currency), "currency": currency}


class JsonWriter(NdjsonWriter):
    """Writes one list of objects, a row at a time; what is empty is null."""

    _begun = False

    def rows(self, rows: Sequence[list[Any]]) -> None:
        """Write rows."""
        for row in rows:
            self._stream.write(b",\n" if self._begun else b"[\n")
            self._begun = True
            made = {path[0]: row[at] for at, path, _ in self._columns} | self._object(row)
            self._stream.write(self._encoder.encode(made))

    def end(self) -> None:
        """Close the list."""
        self._stream.write(b"\n]\n" if self._begun else b"[]\n")


def path_of(column: Column) -> tuple[str, ...]:
    """The keys under which a column's value stands: `("identity", "shop")`, `("address", "city")`."""
    kind, colon, name = column.header.partition(":")
    if not column.target:
        return (column.header,)
    if colon and kind.partition(" ")[0] in _NESTED:
        return (kind, name)
    if column.header in _ADDRESS:
        return ("address", column.header.removeprefix("address.") if "." in column.header else "value")
    return (column.header,)


def _number(value: Any) -> Any:
    return str(value) if isinstance(value, Decimal) else value
