"""The texts by which an erased person could be known again in what the database's files leave over."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING, Any

from crmkit.core.customers.sets import rows_among
from crmkit.core.store.bulk import quoted
from crmkit.core.store.remnants import texts_in

if TYPE_CHECKING:
    import sqlalchemy as sa

    from crmkit.core.privacy.owned import Owned
    from crmkit.core.store.contracts import Contracts
    from crmkit.core.words.registry import Words

# (what the change log calls a thing, its field)
FieldNames = Collection[tuple[str, str]]


def impersonal_fields(words: Words) -> FieldNames:
    """The declared fields that say nothing of a person, as the change log names them."""
    found = {("field", each.name) for each in words.fields if not each.personal}
    return found | {
        (f"record:{type_.name}", each.name)
        for type_ in words.record_types
        for each in type_.fields
        if not each.personal
    }


def traces(
    connection: sa.Connection, contracts: Contracts, owned: Owned, customer_id: int, impersonal: FieldNames
) -> Iterator[str]:
    """The texts in the personal columns of their rows; those of `impersonal` fields left out of the change
    log, which has the values of all."""
    for contract in contracts:
        keys = [customer_id] if contract.is_root else owned.keys(contract.table)
        if not contract.personal or not keys:
            continue
        columns = ["entity", "field"] if contract.table == "change" else []
        select = ", ".join(map(quoted, (*columns, *contract.personal)))
        statement = f"SELECT {select} FROM {quoted(contract.table)} WHERE {quoted(str(contract.key))}"
        for row in rows_among(connection, statement, keys):
            values = _of_a_person(row[0], row[1], row[2:], impersonal) if columns else row
            for value in values:
                yield from texts_in(value)


def _of_a_person(entity: str, name: str, values: Collection[Any], impersonal: FieldNames) -> Iterator[Any]:
    """The values of a change that say something of a person: of a field, or of a record as it was made."""
    names = {field for of, field in impersonal if of == entity}
    if name in names:
        return
    for value in values:
        if names and value and value.startswith("{"):
            yield json.dumps({key: each for key, each in json.loads(value).items() if key not in names})
        else:
            yield value
