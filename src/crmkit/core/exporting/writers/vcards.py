"""vCard: a card for each customer; what the format has no property for travels in crmkit's own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import IO, TYPE_CHECKING, Any, Final

from crmkit.core.exchange.vcard import Address, Card, Point, Property, own_property, write_card

if TYPE_CHECKING:
    from crmkit.core.exporting.cells import Manner, Told
    from crmkit.core.exporting.columns import Column

# Labels that the format has words for; all others are written as they are.
_TYPES: Final[Mapping[str, str]] = {"home": "home", "work": "work", "mobile": "cell"}
_POINTS: Final[Mapping[str, str]] = {"email": "emails", "phone": "phones"}
_PLAIN: Final = frozenset(("name", "given_name", "family_name", "uid", "timezone"))


class VcardWriter:
    """Writes rows of whole customers as cards."""

    def __init__(self, stream: IO[bytes], columns: Sequence[Column], manner: Manner, version: str) -> None:
        self._stream = stream
        self._version = version
        self._columns = [(column, _number(column), manner.teller(column)) for column in columns]

    def rows(self, rows: Sequence[list[Any]]) -> None:
        """Write a card for each row."""
        cards = [write_card(self._card(row), self._version) for row in rows]
        self._stream.write("".join(cards).encode("utf-8"))

    def end(self) -> None:
        """Nothing follows the last card."""

    def give_up(self) -> None:
        """Nothing is held."""

    def _card(self, row: Sequence[Any]) -> Card:
        values: dict[str, Any] = {"emails": (), "phones": ()}
        addresses: dict[tuple[str, str], dict[str, Any]] = {}
        others: list[Property] = []
        for column, number, told, value in self._said(row):
            kind, _, name = column.target.partition(":")
            if kind in _PLAIN:
                values[kind] = value
            elif kind in _POINTS:
                values[_POINTS[kind]] += (_point(value, name, preferred=not values[_POINTS[kind]]),)
            elif kind == "address" or kind.startswith("address."):
                part = kind.removeprefix("address").removeprefix(".") or "text"
                addresses.setdefault((name, number), {})[part] = value
            else:
                others += _other(values, column, value, told)
        values["addresses"] = tuple(
            Address(**parts, **_labelled(label), preferred=at == 0)
            for at, ((label, _), parts) in enumerate(addresses.items())
        )
        return Card(**values, others=tuple(others))

    def _said(self, row: Sequence[Any]) -> Iterator[tuple[Column, str, Told | None, Any]]:
        for (column, number, told), value in zip(self._columns, row, strict=True):
            if value is not None and value not in ("", ()):
                yield column, number, told, value


def _other(values: dict[str, Any], column: Column, value: Any, told: Told | None) -> list[Property]:
    """What is not a way to reach somebody: into `values` where a card has a place for it."""
    match column.target:
        case "is_organization":
            values["kind"] = "org" if value else "individual"
        case "organization":
            values["organization"] = (value,)
        case "tag":
            values["categories"] = value
        case "locale":
            values["languages"] = (value,)
        case _:
            return [own_property(column.target, told(value) if told is not None else value)]
    return []


def _number(column: Column) -> str:
    """Which one of several with the same meaning a column is."""
    return column.header.partition(":")[0].partition(" ")[2]


def _point(value: str, label: str, *, preferred: bool) -> Point:
    return Point(value, preferred=preferred, **_labelled(label))


def _labelled(label: str) -> dict[str, Any]:
    return {"types": (_TYPES[label],)} if label in _TYPES else {"label": label}
