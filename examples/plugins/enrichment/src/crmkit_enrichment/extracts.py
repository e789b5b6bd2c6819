"""What the register said, word for word: a file for each answer, beside the database.

The row that names a file is written before the file is, and deleted after it: whatever is killed in between
leaves a row without a file, and never a file that nobody knows of.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import sqlalchemy as sa

from crmkit.plugin import Elsewhere, PrivacyPart
from crmkit_enrichment.tables import EXTRACT

if TYPE_CHECKING:
    from crmkit import Crm, Customer

_FOLDER = "enrichment"


def folder(crm: Crm) -> Path:
    """Where the extracts are."""
    return crm.config.directory / _FOLDER


def keep(crm: Crm, customer: int, said: Mapping[str, Any]) -> str:
    """Keep an answer; the name of its file."""
    name, table = f"{uuid4().hex}.json", crm.plugins.table(EXTRACT)
    with crm.transaction() as tx:
        tx.execute(sa.insert(table).values(customer_id=customer, file=name))
    folder(crm).mkdir(mode=0o700, exist_ok=True)
    path = folder(crm) / name
    path.write_text(json.dumps(said, ensure_ascii=False, indent=1), encoding="utf-8")
    path.chmod(0o600)
    return name


def discard(crm: Crm, names: Iterable[str]) -> None:
    """Delete these files; those that are gone already do not matter."""
    for name in names:
        (folder(crm) / name).unlink(missing_ok=True)


def names_of(crm: Crm, customers: Sequence[int]) -> dict[int, list[str]]:
    """The files of each customer, the oldest first."""
    table, found = crm.plugins.table(EXTRACT), {each: list[str]() for each in customers}
    query = sa.select(table.c.customer_id, table.c.file).where(table.c.customer_id.in_(customers))
    with crm.reading() as execute:
        for row in execute(query.order_by(table.c.id)):
            found[row.customer_id].append(row.file)
    return found


def handed_out(customers: Sequence[Customer], crm: Crm) -> Iterable[tuple[int, PrivacyPart]]:
    """What the files say of each customer."""
    for customer, names in names_of(crm, [each.id for each in customers]).items():
        paths = [folder(crm) / name for name in names]
        said = [json.loads(path.read_text(encoding="utf-8")) for path in paths if path.is_file()]
        if said:
            yield customer, PrivacyPart("Extracts of the register", tuple(said))


def to_erase(customers: Sequence[Customer], crm: Crm) -> Iterable[Elsewhere]:
    """The files that go with each customer."""
    found = names_of(crm, [each.id for each in customers])
    for index, customer in enumerate(customers):
        names = found[customer.id]
        if names:
            count = f"{len(names)} {'extract' if len(names) == 1 else 'extracts'} of the register"
            yield Elsewhere(index, count, _Discarding(crm, names))


class _Discarding:
    """Deletes files, however often it is called."""

    def __init__(self, crm: Crm, names: Sequence[str]) -> None:
        self._crm = crm
        self._names = names

    def __call__(self) -> None:
        discard(self._crm, self._names)
