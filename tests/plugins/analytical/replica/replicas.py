"""What the replica holds, and where answers were read."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from crmkit import Crm
from crmkit.plugins.analytical.replica.columns import COLUMNS
from crmkit.plugins.analytical.replica.folder import folder_of
from crmkit.plugins.analytical.replica.manifest import Manifest

Row = tuple[Any, ...]


def logged(crm: Crm) -> list[Row]:
    """What the database has of every interaction, as far as the replica has it."""
    table = crm.tables.interaction
    with crm.reading() as execute:
        return [
            tuple(row) for row in execute(sa.select(*(table.c[n] for n in COLUMNS)).order_by(table.c.seq))
        ]


def copied(crm: Crm) -> list[Row]:
    """What the parts hold, in the order of the manifest."""
    from pyarrow import parquet

    folder = folder_of(crm)
    manifest = folder.manifest()
    assert isinstance(manifest, Manifest)
    tables = [parquet.read_table(folder.file(part)) for part in manifest.parts]
    return [tuple(row[name] for name in COLUMNS) for table in tables for row in table.to_pylist()]


def numbered(crm: Crm) -> list[int]:
    """The customers whom the replica knows."""
    from pyarrow import parquet

    folder = folder_of(crm)
    manifest = folder.manifest()
    assert isinstance(manifest, Manifest)
    return [
        id_ for part in manifest.customers for id_ in parquet.read_table(folder.file(part))["id"].to_pylist()
    ]


def where_read(crm: Crm, ask: Any) -> tuple[Any, str, str]:
    """(answer, where it was read, why there)."""
    with crm.noted_reads() as reads:
        answer = ask()
    assert reads
    elsewhere = [each for each in reads if each.read_from == "database"]
    told = elsewhere[0] if elsewhere else reads[0]
    return answer, told.read_from, told.why
