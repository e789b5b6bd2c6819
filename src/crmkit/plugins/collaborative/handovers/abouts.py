"""The records that handovers are about: there, and of the same customer."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Final

import sqlalchemy as sa

from crmkit import Invalid
from crmkit.plugin import phrase

if TYPE_CHECKING:
    from crmkit import Crm
    from crmkit.plugin import RecordDraft

_AT_ONCE: Final = 10_000
_LARGEST: Final = 2**63 - 1


class Abouts:
    """The records that a batch names by `about`: one statement for each of their types."""

    def __init__(self, crm: Crm, drafts: Sequence[RecordDraft]) -> None:
        self._crm = crm
        self._owners = dict(
            self._found([str(each.fields["about"]) for each in drafts if each.fields.get("about")])
        )

    def require(self, about: str | None, customer: int) -> None:
        """Raise `Invalid` where there is no such record of this customer."""
        if about is not None and self._owners.get(_named(about)) != customer:
            raise Invalid(
                phrase('The customer has no "{about}" that it could be about', about=about),
                hint="Write the kind of record and its number, such as case:12.",
            )

    def _found(self, named: Sequence[str]) -> Iterator[tuple[tuple[str, int], int]]:
        ids: Mapping[str, set[int]] = defaultdict(set)
        for each in named:
            type_, id_ = _named(each)
            if type_ in self._crm.words.record_types.names and 0 < id_ <= _LARGEST:
                ids[type_].add(id_)
        for type_, wanted in ids.items():
            table, remaining = self._crm.tables.records[type_], iter(sorted(wanted))
            with self._crm.reading() as execute:
                while chunk := list(islice(remaining, _AT_ONCE)):
                    query = sa.select(table.c.id, table.c.customer_id).where(table.c.id.in_(chunk))
                    yield from (((type_, row[0]), row[1]) for row in execute(query))


def _named(about: str) -> tuple[str, int]:
    type_, _, number = about.strip().partition(":")
    return type_.strip(), int(number) if number.isascii() and number.isdigit() else 0
