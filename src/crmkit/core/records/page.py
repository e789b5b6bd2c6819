"""Records on a customer's page: those that are open, and what happened to any of them lately."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Final

import sqlalchemy as sa
from attrs import evolve

from crmkit.core.model.interaction import Change
from crmkit.core.model.record import Record
from crmkit.core.records.history import latest_of, type_of
from crmkit.core.records.reading import READ, Filter, Reader
from crmkit.core.records.rows import names_of

if TYPE_CHECKING:
    from crmkit.core.customers.profile import Profile
    from crmkit.core.kernel import Kernel
    from crmkit.core.model.people import Actor

_MOST: Final = 10


def with_records(
    connection: sa.Connection, kernel: Kernel, actor: Actor, pages: Sequence[Profile]
) -> list[Profile]:
    """The pages with the customers' records, as far as the actor may look them up."""
    if not len(kernel.words.record_types) or not actor.may(READ):
        return list(pages)
    return [_with_records(connection, kernel, actor, page) for page in pages]


def _with_records(connection: sa.Connection, kernel: Kernel, actor: Actor, page: Profile) -> Profile:
    id_ = page.customer.id
    readers = {type_.name: Reader(kernel, actor, type_, connection) for type_ in kernel.words.record_types}
    found = [each for reader in readers.values() for each in _open(reader, id_)]
    found.sort(key=lambda each: each.updated_at, reverse=True)
    owners = names_of(connection, "employee", (each.owner_id for each in found))
    changes = latest_of(connection, kernel, id_, _MOST)
    return evolve(
        page,
        records=tuple(found),
        record_changes=tuple(changes),
        record_titles={each.ref: each.title for each in [*found, *_changed(readers, kernel, changes)]},
        employees={**page.employees, **owners},
    )


def _changed(readers: Mapping[str, Reader], kernel: Kernel, changes: Iterable[Change]) -> Iterator[Record]:
    """The records that these changes are about, as far as their type is still declared."""
    ids: dict[str, set[int]] = {}
    for change in changes:
        if (type_ := type_of(change, kernel)) is not None:
            ids.setdefault(type_.name, set()).add(change.entity_id)
    for name, wanted in ids.items():
        yield from readers[name].get(wanted)


def _open(reader: Reader, customer_id: int) -> Sequence[Record]:
    return reader.page(Filter(customer_id=customer_id, open=True), "-id", _MOST, None).records
