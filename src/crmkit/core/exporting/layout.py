"""Which column of an export each value of a customer goes to."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, tzinfo
from decimal import Decimal
from itertools import takewhile
from typing import TYPE_CHECKING, Any, Final

from attrs import define, field

from crmkit.core.customers.consent import ASKED
from crmkit.core.exchange.consent_history import Entry, entry_text
from crmkit.core.exchange.marks import point_name, verified_text
from crmkit.core.exchange.tie_words import tie_text
from crmkit.core.exporting.columns import Column
from crmkit.core.exporting.loading import ATTRIBUTES, Loaded, Wanted
from crmkit.core.instants import format_instant

if TYPE_CHECKING:
    from crmkit.core.exporting.others import Other
    from crmkit.core.model.words import Field
    from crmkit.core.store.bulk import Row

Cells = list[Any]
ADDRESS_PARTS: Final = ("street", "city", "postcode", "region", "country")
# By the column's target: the column of the table `customer` that has its value, and what that is.
ATTRIBUTE: Final[Mapping[str, tuple[str, str]]] = {
    name.removesuffix("_id"): (name, {"is_organization": "bool"}.get(name, "text")) for name in ATTRIBUTES
} | {name: (name, "instant") for name in ("created_at", "archived_at", "restricted_at")}
WORKS_AT: Final = "works_at"


@define
class Layout:
    """The columns, and the places of a customer's values in a row of them.

    Places are by what tells values apart, such as a kind and label of contact point. Where it is a list of
    positions a customer fills as many as they have; one position alone takes a tuple of values.
    """

    columns: list[Column] = field(factory=list)
    # Positions with the columns of the table `customer` whose values they take.
    attributes: list[tuple[int, str]] = field(factory=list)
    points: dict[tuple[str, str, bool], list[int]] = field(factory=dict)
    # Of the primary contact point of a kind, whatever its label.
    primary: dict[str, list[int]] = field(factory=dict)
    # By label and whether it is primary, for each such address the position of each part.
    addresses: dict[tuple[str, bool], list[dict[str, int]]] = field(factory=dict)
    primary_address: dict[str, int] = field(factory=dict)
    identities: dict[str, list[int]] = field(factory=dict)
    preferences: dict[tuple[str, str], int] = field(factory=dict)
    consents: dict[tuple[str, str], int] = field(factory=dict)
    consents_at: dict[tuple[str, str], int] = field(factory=dict)
    consent_histories: dict[tuple[str, str], int] = field(factory=dict)
    relationships: dict[str, int] = field(factory=dict)
    organization: int | None = None
    tag: int | None = None
    fields: list[tuple[int, int, Callable[[Any], Any] | None]] = field(factory=list)
    choices: dict[str, int] = field(factory=dict)
    owner: int | None = None
    # Which of several points are the primary ones, where the order of columns does not tell.
    which: int | None = None
    verified: int | None = None
    # In which time zone a text says an instant.
    tz: tzinfo = UTC

    def add(self, column: Column) -> int:
        """One more column; its position."""
        self.columns.append(column)
        return len(self.columns) - 1

    def add_attribute(self, column: Column, name: str) -> None:
        """One more column, for an attribute of the customer."""
        position = self.add(column)
        self.attributes.append((position, ATTRIBUTE[name][0]))
        if name == "owner":
            self.owner = position

    @property
    def wanted(self) -> Wanted:
        """What to load of customers for these columns."""
        addresses = self.addresses or self.primary_address
        return Wanted([name for _, name in self.attributes], self.parts, whole_addresses=bool(addresses))

    @property
    def parts(self) -> set[str]:
        """The tables beside `customer` that have something for these columns."""
        wanted = {
            "contact_point": self.points or self.primary or self.addresses or self.primary_address,
            "identity": self.identities,
            "customer_tag": self.tag is not None,
            "preference": self.preferences,
            "verified": self.verified is not None,
            "consent": self.consents or self.consents_at or self.consent_histories,
            "relationship": self.relationships or self.organization is not None,
            "customer_field": self.fields,
            "customer_choice": self.choices,
        }
        return {name for name, is_wanted in wanted.items() if is_wanted}

    def rows(self, loaded: Loaded, owners: Mapping[int, str], others: Mapping[int, Other]) -> list[Cells]:
        """A row for each of the customers, in their order."""
        blank: Cells = [None] * len(self.columns)
        front = self._in_front()
        behind = blank[front:]
        by_id = {customer[0]: [*customer[1 : front + 1], *behind] for customer in loaded.customers}
        self._attributes(loaded, by_id, front, owners)
        self._points(loaded, by_id)
        self._verified(loaded, by_id)
        self._named(loaded, by_id)
        self._consents(loaded, by_id)
        self._fields(loaded, by_id)
        self._relationships(loaded, by_id, others)
        return list(by_id.values())

    def _in_front(self) -> int:
        """How many of the first columns are attributes in their order."""
        in_order = enumerate(position for position, _ in self.attributes)
        return sum(1 for _ in takewhile(lambda each: each[0] == each[1], in_order))

    def _attributes(
        self, loaded: Loaded, by_id: Mapping[int, Cells], done: int, owners: Mapping[int, str]
    ) -> None:
        for at, (position, _) in enumerate(self.attributes[done:], done + 1):
            for customer in loaded.customers:
                by_id[customer[0]][position] = customer[at]
        if self.owner is not None:
            for cells in by_id.values():
                cells[self.owner] = owners.get(cells[self.owner])

    def _points(self, loaded: Loaded, by_id: Mapping[int, Cells]) -> None:
        points, primary = self.points, self.primary
        for id_, rows in loaded.of("contact_point").items():
            cells = by_id[id_]
            taken: dict[tuple[str, bool], int] = {}
            if self.which is not None and len(rows) > 1:
                cells[self.which] = _which(rows)
            for _, kind, label, is_primary, value, *parts in rows:
                if kind == "address":
                    if parts:
                        self._address(cells, taken, label, bool(is_primary), value, parts)
                    continue
                for position in points.get((kind, label, is_primary), ()):
                    if cells[position] is None:
                        cells[position] = value
                        break
                if is_primary and primary:
                    for position in primary.get(kind, ()):
                        cells[position] = value

    def _address(
        self,
        cells: Cells,
        taken: dict[tuple[str, bool], int],
        label: str,
        is_primary: bool,
        value: str,
        parts: Sequence[str | None],
    ) -> None:
        values = dict(zip(ADDRESS_PARTS, parts, strict=True))
        if ", ".join([text for text in parts if text]) != value:
            values["value"] = value
        number = taken.get((label, is_primary), 0)
        taken[label, is_primary] = number + 1
        places = self.addresses.get((label, is_primary), ())
        where = [places[number]] if number < len(places) else []
        if is_primary and self.primary_address:
            where.append(self.primary_address)
            values["value"] = value
        for place in where:
            for name, position in place.items():
                cells[position] = values.get(name) or None

    def _named(self, loaded: Loaded, by_id: Mapping[int, Cells]) -> None:
        for id_, rows in loaded.of("identity").items():
            cells = by_id[id_]
            for _, scheme, value in rows:
                for position in self.identities.get(scheme, ()):
                    if cells[position] is None:
                        cells[position] = value
                        break
        for id_, rows in loaded.of("customer_choice").items():
            for _, name, value in rows:
                _append(by_id[id_], self.choices.get(name), value)
        for id_, rows in loaded.of("customer_tag").items():
            for row in rows:
                _append(by_id[id_], self.tag, row[1])
        for id_, rows in loaded.of("preference").items():
            for _, topic, origin, value in rows:
                _append(by_id[id_], self.preferences.get((topic, origin)), value)

    def _consents(self, loaded: Loaded, by_id: Mapping[int, Cells]) -> None:
        for id_, rows in loaded.of("consent").items():
            cells = by_id[id_]
            for _, purpose, channel, state, at, *beside in rows:  # the last one counts
                if (position := self.consent_histories.get((purpose, channel))) is not None:
                    _append(cells, position, self._said_then(state, at, beside))
                if state == ASKED:  # nobody has answered; what was said before still counts
                    _set_default(cells, self.consents.get((purpose, channel)), state)
                    continue
                if (position := self.consents.get((purpose, channel))) is not None:
                    cells[position] = state
                if (position := self.consents_at.get((purpose, channel))) is not None:
                    cells[position] = at

    def _said_then(self, state: str, at: int, beside: Sequence[Any]) -> str:
        texts = ["" if value is None else str(value) for value in beside]
        return entry_text(Entry(state, format_instant(at, self.tz, exact=True), *texts))

    def _verified(self, loaded: Loaded, by_id: Mapping[int, Cells]) -> None:
        for id_, rows in loaded.of("verified").items():
            for _, kind, value, at in rows:
                text = verified_text(kind, value, format_instant(at, self.tz, exact=True))
                _append(by_id[id_], self.verified, text)

    def _fields(self, loaded: Loaded, by_id: Mapping[int, Cells]) -> None:
        for id_, values in loaded.fields.items():
            cells = by_id[id_]
            for position, at, made in self.fields:
                value = values[at]
                cells[position] = made(value) if made is not None and value is not None else value

    def _relationships(self, loaded: Loaded, by_id: Mapping[int, Cells], others: Mapping[int, Other]) -> None:
        for id_, rows in loaded.of("relationship").items():
            cells = by_id[id_]
            for _, kind, other_id, since, until in rows:
                other = others.get(other_id)
                if other is None:
                    continue
                if (
                    self.organization is not None
                    and is_employer(kind, other)
                    and not (since or until)
                    and cells[self.organization] is None
                ):
                    cells[self.organization] = other.name
                else:
                    _append(cells, self.relationships.get(kind), tie_text(other.told, since, until))


def is_employer(kind: str, other: Other) -> bool:
    """Whether the tie is told by the other's name alone, in a column of its own."""
    return kind == WORKS_AT and other.is_known_by_name


def maker(field: Field) -> Callable[[Any], Any] | None:
    """What makes a value of an export of what the database keeps for a field; None where it is one."""
    match field.type:
        case "number" if field.decimals:
            decimals = field.decimals
            return lambda kept: Decimal(kept).scaleb(-decimals)
        case "date":
            return date.fromisoformat
        case "bool":
            return bool
    return None


def _which(rows: Sequence[Row]) -> tuple[str, ...]:
    """The primary contact points of the kinds of which there are several, as their columns are called."""
    kinds = [row[1] for row in rows]
    return tuple(
        [point_name(kind, label) for _, kind, label, first, *_ in rows if first and kinds.count(kind) > 1]
    )


def _set_default(cells: Cells, position: int | None, value: Any) -> None:
    if position is not None and cells[position] is None:
        cells[position] = value


def _append(cells: Cells, position: int | None, value: Any) -> None:
    """Put one more value into a cell of several, where there is one."""
    if position is not None:
        cells[position] = (*(cells[position] or ()), value)
