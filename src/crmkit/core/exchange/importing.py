"""Imports: rows of a file into customers or interactions, in batches that keep their place on record."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from attrs import evolve

from crmkit.core.exchange.customer_sink import CustomerSink
from crmkit.core.exchange.interaction_sink import InteractionSink
from crmkit.core.exchange.loop import BATCH, Import, Progress
from crmkit.core.exchange.mapping import Unknown, mapping_of
from crmkit.core.exchange.report import ImportReport
from crmkit.core.exchange.saved import saved_wish
from crmkit.core.exchange.sources import open_source
from crmkit.core.exchange.targets import CONSENTS

if TYPE_CHECKING:
    from crmkit.core.crm import Crm


def import_customers(
    crm: Crm,
    path: str | Path,
    *,
    mapping: Mapping[str, str] | None = None,
    defaults: Mapping[str, str] | None = None,
    preset: str | None = None,
    saved: str | None = None,
    unknown: Unknown | None = None,
    format: str | None = None,  # noqa: A002 - what it is called everywhere
    encoding: str | None = None,
    sheet: str | None = None,
    dry_run: bool = False,
    progress: Progress | None = None,
    batch_size: int = BATCH,
) -> ImportReport:
    """Save the customers of a file: CSV, NDJSON, vCard or XLSX, told by its content or by `format`.

    `mapping` says what columns mean, header → target: `name`, `email`, `address.city`, `identity:SCHEME`,
    `field:NAME`, `tag`, `consent:PURPOSE:CHANNEL`, `ignore`, …; `saved` names a mapping of `[imports]`,
    `preset` the product whose export it is (recognised from the headers otherwise). Other columns are guessed
    from their headers, or from their values where these tell nothing; what nobody can tell is refused, or
    left out where `unknown` is `ignore`. `defaults` gives a target one value for all rows. Rows find their
    customers as `[matching]` says; one that has none of its keys is a new customer, unless this very file was
    imported before. What is refused goes to `FILE.rejects.csv`.

    Each batch is one unit of work: an import that was interrupted, given again, goes on where it stopped. A
    dry run does everything and keeps nothing; meanwhile nobody else can write.

    Raises `Invalid` for a file or mapping that cannot be used, `NotFound`, `NotAllowed`, `Conflict` where the
    same file is imported by somebody else at the same time.
    """
    crm.require("customers.import")
    table = open_source(path, format, encoding, sheet)
    wish = saved_wish(crm, "customers", saved, mapping, defaults, preset, unknown)
    columns = mapping_of(table, "customers", crm.words, wish)
    if any(columns.named(kind) for kind in CONSENTS):
        crm.require("consent.write")
    import_ = Import(crm, table, columns.mapped())
    sink = CustomerSink(crm, import_, columns)
    return import_.run(sink, dry_run=dry_run, progress=progress, batch_size=batch_size)


def import_interactions(
    crm: Crm,
    path: str | Path,
    *,
    mapping: Mapping[str, str] | None = None,
    defaults: Mapping[str, str] | None = None,
    saved: str | None = None,
    unknown: Unknown | None = None,
    source: str | None = None,
    format: str | None = None,  # noqa: A002 - what it is called everywhere
    encoding: str | None = None,
    sheet: str | None = None,
    live: bool = False,
    headers: Mapping[str, str] | None = None,
    dry_run: bool = False,
    progress: Progress | None = None,
    batch_size: int = BATCH,
) -> ImportReport:
    """Record the interactions of a file, as history: each is taken as known when it happened, and no rule
    acts upon it. With `live` it is taken as known from now on: rules act upon what is not too old for them.

    As `import_customers`, with the targets `customer`, `email` or `identity:SCHEME` (whose it is), `type`,
    `at`, `amount`, `currency`, `source_ref`, `channel`, `outlet`, `payload:KEY`, `line.product`, …. A row
    about a customer that nobody knows is refused. A row is told by its `source` and `source_ref`: recorded
    once, however often it is imported. Without such a column the row's content tells it, under the source
    `file:NAME`; then a row that is corrected in the file is another row. `headers` says what headers of such
    files mean, folded (`review text`), where `mapping` does not.
    """
    crm.require("customers.import")
    table = open_source(path, format, encoding, sheet, frozenset({"payload"}))
    fixed = {**(defaults or {}), **({"source": source} if source else {})}
    wish = saved_wish(crm, "interactions", saved, mapping, fixed, None, unknown)
    wish = evolve(wish, headers=headers or {})
    columns = mapping_of(table, "interactions", crm.words, wish)
    import_ = Import(crm, table, columns.mapped())
    sink = InteractionSink(crm, import_, columns, live=live)
    return import_.run(sink, dry_run=dry_run, progress=progress, batch_size=batch_size)
