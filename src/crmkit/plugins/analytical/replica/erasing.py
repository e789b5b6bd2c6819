"""What the replica holds of one customer, and leaving nothing of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa

from crmkit.plugin import Elsewhere, PrivacyPart, Transaction, nphrase
from crmkit.plugins.analytical.replica.folder import folder_of

if TYPE_CHECKING:
    from crmkit import Crm, Customer


def to_erase(customers: Sequence[Customer], crm: Crm, tx: Transaction) -> Iterator[Elsewhere]:
    """The files that hold rows of each customer: they are removed, and made anew by the next refresh."""
    for index, customer in enumerate(customers):
        alias = crm.tables.customer_alias.c
        former = tx.execute(sa.select(alias.id).where(alias.customer_id == customer.id)).scalars()
        files = list(_files_with(crm, [customer.id, *former]))
        if files:
            where = nphrase(
                "their rows in {count} file of the replica",
                "their rows in {count} files of the replica",
                len(files),
            )
            yield Elsewhere(index, where, _Removing(files))


def part_of(customers: Sequence[Customer], crm: Crm) -> Iterator[tuple[int, PrivacyPart]]:
    """That the interactions of a customer are in the replica as well."""
    for customer in customers:
        if any(_files_with(crm, [customer.id])):
            record = {"what": "number, type, time, place and amount of the interactions above"}
            yield customer.id, PrivacyPart("Copy of the log for analysis", (record,))


class _Removing:
    def __init__(self, files: Sequence[Path]) -> None:
        self._files = files

    def __call__(self) -> None:
        for path in self._files:
            path.unlink(missing_ok=True)


def _files_with(crm: Crm, ids: Sequence[int]) -> Iterator[Path]:
    """Files with rows of these customers: parts, those that were parts, and what cannot be read."""
    for path in sorted(folder_of(crm).path.glob("*.parquet")):
        if _holds(path, ids):
            yield path


def _holds(path: Path, ids: Sequence[int]) -> bool:
    try:
        import pyarrow as pa
        import pyarrow.compute as pc
        from pyarrow import parquet

        file = parquet.ParquetFile(path)
        name = "customer_id" if "customer_id" in file.schema_arrow.names else "id"
        column = file.read(columns=[name]).column(0)
    except (ImportError, OSError, ValueError):
        return True
    return bool(pc.any(pc.is_in(column, value_set=pa.array(ids, pa.int64()))).as_py())
