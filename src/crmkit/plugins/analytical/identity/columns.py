"""What is compared of customers, as columns of one table."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Final, Literal

from attrs import field, frozen

if TYPE_CHECKING:
    from crmkit.plugin import ComparedPerson, JudgeQuestion

Kind = Literal["name", "text", "code", "exact", "number", "date", "email"]
# A column that hardly anybody has a value in teaches nothing, and decides nothing.
_LEAST_KNOWN: Final = 20
_LEAST_DISTINCT: Final = 2


@frozen
class Column:
    """One thing that is compared: its `name` in the table, the `rule` it stands for, everybody's values."""

    name: str
    rule: str
    kind: Kind
    values: Sequence[str | None] = field(repr=False)


Read = Callable[["ComparedPerson"], "str | None"]


def columns_of(question: JudgeQuestion) -> list[Column]:
    """The columns that enough people have values in. Of several addresses or numbers the first counts."""
    found: list[Column] = []
    for rule, kind, read in (*_BUILT_IN, *_fields(question)):
        values = [read(person) or None for person in question.people.values()]
        known = [value for value in values if value is not None]
        if len(known) >= _LEAST_KNOWN and len(set(known)) >= _LEAST_DISTINCT:
            found.append(Column(f"c{len(found)}", rule, kind, values))
    return found


def _fields(question: JudgeQuestion) -> Iterator[tuple[str, Kind, Read]]:
    for at, each in enumerate(question.fields):
        yield each.name, each.compare, lambda person, at=at: person.values[at]  # type: ignore[misc]


def _address(part: str) -> Read:
    def read(person: ComparedPerson) -> str | None:
        value: str | None = getattr(person.addresses[0], part) if person.addresses else None
        return value

    return read


_BUILT_IN: Final[tuple[tuple[str, Kind, Read], ...]] = (
    ("given_name", "name", lambda person: person.given),
    ("family_name", "name", lambda person: person.family),
    ("organization", "name", lambda person: person.name if person.is_organization else None),
    ("email", "email", lambda person: person.emails[0] if person.emails else None),
    ("phone", "number", lambda person: person.phones[0] if person.phones else None),
    ("street", "text", _address("street")),
    ("house_number", "exact", _address("number")),
    ("postcode", "code", _address("postcode")),
    ("city", "text", _address("city")),
    ("region", "exact", _address("region")),
    ("identity", "number", lambda person: person.identities[0][1] if person.identities else None),
)
