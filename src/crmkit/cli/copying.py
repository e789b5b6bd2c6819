"""`crm db copy`: the record, moved to another database."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from crmkit.cli.parts import opened_store
from crmkit.cli.terminal import safe
from crmkit.core.language import _, ngettext

if TYPE_CHECKING:
    from crmkit.cli.state import State
    from crmkit.core.kernel import Kernel
    from crmkit.core.store.engine import Store


def copy_to(state: State, target: str, *, dry_run: bool) -> None:
    """Copy the database of this run to `target`, a path or a `postgresql://` address."""
    from crmkit.core.store.copy import copy_store
    from crmkit.core.store.engine import Store
    from crmkit.core.store.status import address

    with opened_store(state, managing=True) as parts:
        destination = Store.open(target if "://" in target else Path(target).absolute())
        try:
            where = address(destination)
            if dry_run:
                _preview(state, parts.store, destination)
                return
            with state.progress(_("Copying")) as advance:
                report = copy_store(
                    parts.store,
                    destination,
                    parts.tables,
                    parts.migrations,
                    parts.fields,
                    parts.record_types,
                    progress=lambda _table, rows: advance(rows, None),
                )
            _take_ledger_along(parts.kernel, destination)
        finally:
            destination.close()
    total = sum(report.rows.values())
    state.output.receipt(
        _(
            "Copied {rows} of {tables} to {where}, counted and compared",
            where=safe(where),
            rows=ngettext("{count} row", "{count} rows", total),
            tables=ngettext("{count} table", "{count} tables", len(report.rows)),
        ),
        reference=where,
        record={"target": where, "rows": dict(report.rows)},
    )
    state.output.say(
        "  " + _('To use the copy: database = "{where}" under [crs] in crm.toml', where=safe(where))
    )


def _take_ledger_along(kernel: Kernel, destination: Store) -> None:
    """What remembers who was erased goes with the data, unless crm.toml names a place for it."""
    from crmkit.core.privacy.erasure import ledger_of
    from crmkit.core.store.ledger import Ledger, default_ledger

    ledger = ledger_of(kernel)
    if kernel.config.privacy.ledger is None and ledger.exists:
        there = default_ledger(destination) or Ledger(kernel.config.directory / "erasures.jsonl")
        there.take_in([ledger])


def _preview(state: State, source: Store, destination: Store) -> None:
    from crmkit.core.store.schema import schema_state
    from crmkit.core.store.status import address, store_status

    rows = sum(store_status(source).rows.values())
    there = schema_state(destination)
    there.require_known()
    where = address(destination)
    state.output.preview(
        ngettext(
            "{count} row would be copied to {where}, which is empty",
            "{count} rows would be copied to {where}, which is empty",
            rows,
            where=where,
        )
        if there.empty
        else ngettext(
            "{count} row would be copied to {where}, which has crmkit's tables already and must hold no "
            "customers",
            "{count} rows would be copied to {where}, which has crmkit's tables already and must hold no "
            "customers",
            rows,
            where=where,
        ),
        {"rows": rows, "target": where, "empty": there.empty},
    )
