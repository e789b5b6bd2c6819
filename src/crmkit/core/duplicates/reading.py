"""What duplicates are judged by, read in a few statements that look at each table once."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from crmkit.core.customers.sets import rows_among
from crmkit.core.duplicates.person import Person, digits_of
from crmkit.core.duplicates.rules import CODE, DATE, EMAIL, EXACT, NUMBER, Rule, Rules
from crmkit.core.normalise import fold
from crmkit.core.store.bulk import quoted
from crmkit.core.store.tables import column_name

if TYPE_CHECKING:
    from crmkit.core.kernel import Kernel
    from crmkit.core.model.words import Field

_CUSTOMERS: Final = "SELECT id, is_organization, name, given_name, family_name FROM customer"
_COMPARED: Final = f"{_CUSTOMERS} WHERE archived_at IS NULL AND restricted_at IS NULL"
_CONTACTS: Final = (
    'SELECT customer_id, kind, normalised, "value", street, city, postcode, region FROM contact_point'
)
_IDENTITIES: Final = 'SELECT customer_id, scheme, "value" FROM identity'
_AT_ONCE: Final = 10_000
_MOST_IDENTITIES: Final = 4
_LONGEST: Final = 120


def read_people(
    connection: sa.Connection, kernel: Kernel, rules: Rules, ids: Collection[int] | None = None
) -> dict[int, Person]:
    """The customers by id, ascending: those with `ids`, or everybody who is not archived or restricted."""
    people: dict[int, Person] = {}
    blank: tuple[str | None, ...] = (None,) * len(rules.fields)
    for id_, is_organization, name, given, family in _rows(
        connection, _COMPARED if ids is None else _CUSTOMERS, "id", ids
    ):
        person = people[id_] = Person(id_, bool(is_organization), values=blank)
        person.named(name, given, family)
    for row in _rows(connection, _CONTACTS, "customer_id", ids):
        known = people.get(row[0])
        if known is not None:
            known.reached(tuple(row[1:]))
    _read_identities(connection, people, ids)
    _read_fields(connection, kernel, rules, people, ids)
    for person in people.values():
        person.marked()
    return people


def _rows(
    connection: sa.Connection, select: str, key: str, ids: Collection[int] | None
) -> Iterator[Sequence[Any]]:
    order = key if key == "id" else "customer_id, id"
    if ids is None:
        statement = sa.text(f"{select} ORDER BY {order}")
        yield from connection.execute(statement, execution_options={"yield_per": _AT_ONCE})
        return
    yield from rows_among(connection, f"{select} WHERE {key}", sorted(ids), after=f"ORDER BY {order}")


def _read_identities(
    connection: sa.Connection, people: dict[int, Person], ids: Collection[int] | None
) -> None:
    for customer_id, scheme, value in _rows(connection, _IDENTITIES, "customer_id", ids):
        known = people.get(customer_id)
        if known is not None and len(known.identities) < _MOST_IDENTITIES:
            known.identities += ((scheme, digits_of(value)),)


def _read_fields(
    connection: sa.Connection,
    kernel: Kernel,
    rules: Rules,
    people: dict[int, Person],
    ids: Collection[int] | None,
) -> None:
    if not rules.fields:
        return
    words = {word.name: word for word in kernel.words.fields}
    kept = [words[rule.field] for rule in rules.fields]
    columns = ", ".join(quoted(column_name(each)) for each in kept)
    readied = [_readied(rule, word) for rule, word in zip(rules.fields, kept, strict=True)]
    select = f"SELECT customer_id, {columns} FROM customer_field"
    for customer_id, *values in _rows(connection, select, "customer_id", ids):
        known = people.get(customer_id)
        if known is not None:
            known.values = tuple(
                None if value is None else ready(value) for ready, value in zip(readied, values, strict=True)
            )


def _readied(rule: Rule, word: Field) -> Callable[[Any], str | None]:
    """What makes a stored value of the field comparable; None for one that says nothing."""
    if rule.compare == DATE:
        return _date_digits
    if rule.compare in (NUMBER, CODE):
        return lambda value: digits_of(str(value)) or None
    if rule.compare in (EXACT, EMAIL) or word.type != "text":
        return lambda value: str(value)[:_LONGEST] or None
    return lambda value: fold(str(value)[:_LONGEST]) or None


def _date_digits(value: Any) -> str | None:
    """`1998-02-03` as `19980203`; other text by its digits, which need not be a date that there is."""
    return "".join(filter(str.isdecimal, str(value)))[:_LONGEST] or None
