"""What is compared of customers, as columns of one table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterator, Sequence
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


Values = list[str | None]
Read = Callable[[Sequence["ComparedPerson"]], Values]


def columns_of(question: JudgeQuestion) -> list[Column]:
    """The columns that enough people have values in. Of several addresses, numbers or e-mail addresses of a
    person one counts (`which_counts`)."""
    people = list(question.people.values())
    found: list[Column] = []
    for rule, kind, read in (*_BUILT_IN, *_fields(question)):
        values = read(people)
        known = [value for value in values if value is not None]
        if len(known) >= _LEAST_KNOWN and len(set(known)) >= _LEAST_DISTINCT:
            found.append(Column(f"c{len(found)}", rule, kind, values))
    return found


def which_counts(held: Sequence[Sequence[Hashable]]) -> list[int]:
    """For each person the position of the value that counts: of those that somebody else has too the rarest,
    so that two who have one in common are compared by it; else the first."""
    holders = Counter(value for values in held for value in dict.fromkeys(values))

    def rank(values: Sequence[Hashable], at: int) -> tuple[bool, int, str]:
        count = holders[values[at]]
        return (False, count, repr(values[at])) if count > 1 else (True, at, "")

    return [
        min(range(len(values)), key=lambda at, values=values: rank(values, at)) if len(values) > 1 else 0  # type: ignore[misc]
        for values in held
    ]


def _fields(question: JudgeQuestion) -> Iterator[tuple[str, Kind, Read]]:
    for at, each in enumerate(question.fields):
        yield each.name, each.compare, _of_each(lambda person, at=at: person.values[at])  # type: ignore[misc]


def _of_each(value: Callable[[ComparedPerson], str | None]) -> Read:
    return lambda people: [value(person) or None for person in people]


def _of_several(held: Callable[[ComparedPerson], Sequence[str]]) -> Read:
    def read(people: Sequence[ComparedPerson]) -> Values:
        several = [held(person) for person in people]
        return [
            values[at] if values else None for values, at in zip(several, which_counts(several), strict=True)
        ]

    return read


def _address(part: str) -> Read:
    def read(people: Sequence[ComparedPerson]) -> Values:
        places = [
            [(each.street, each.number, each.postcode) for each in person.addresses] for person in people
        ]
        return [
            getattr(person.addresses[at], part) if person.addresses else None
            for person, at in zip(people, which_counts(places), strict=True)
        ]

    return read


_BUILT_IN: Final[tuple[tuple[str, Kind, Read], ...]] = (
    ("given_name", "name", _of_each(lambda person: person.given)),
    ("family_name", "name", _of_each(lambda person: person.family)),
    ("organization", "name", _of_each(lambda person: person.name if person.is_organization else None)),
    ("email", "email", _of_several(lambda person: person.emails)),
    ("phone", "number", _of_several(lambda person: person.phones)),
    ("street", "text", _address("street")),
    ("house_number", "exact", _address("number")),
    ("postcode", "code", _address("postcode")),
    ("city", "text", _address("city")),
    ("region", "exact", _address("region")),
    ("identity", "number", _of_several(lambda person: [value for _, value in person.identities])),
)
