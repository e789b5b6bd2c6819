"""What can be said of a plugin in a business that uses it: its words, its tables, its migrations."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING

import sqlalchemy as sa

from crmkit.core.phrase import phrase
from crmkit.testing.contract.at_rest import line_problems

if TYPE_CHECKING:
    from pathlib import Path

    from crmkit.core.crm import Crm
    from crmkit.testing.contract.subject import Subject


def words(subject: Subject) -> Iterator[str]:
    """Every word says in one line what it means, and is reached by its name; no hook brings nothing."""
    with subject.business() as crm:
        for hook in crm.kernel.hooks.empty_handed(subject.name):
            yield phrase(
                "crmkit_{hook} returns nothing; write yield before what it brings, or return it in a list",
                hook=hook,
            )
        for vocabulary, word in crm.words.all():
            if word.owner == subject.name:
                kind = vocabulary.removesuffix("s").replace("_", " ")
                yield from line_problems(f"{kind} {word.name}: doc", word.doc)
                if word.name.startswith(f"{subject.name}.{subject.name}."):
                    yield phrase(
                        '{kind} {name}: crmkit puts "{plugin}." in front of it by itself; leave it away',
                        kind=kind,
                        name=word.name,
                        plugin=subject.name,
                    )


def ownership(subject: Subject) -> Iterator[str]:
    """Every table says whose its rows are, and the database keeps that for the day without the plugin."""
    from crmkit.core.store.ownership import contract, problems

    with subject.business() as crm:
        offered = crm.plugins.tables.get(subject.name)
        if offered is None:
            return
        known = {**crm.tables.by_name, **offered.metadata.tables}
        yield from problems(offered.metadata, known)
        kept = kept_contracts(crm)
        for table in offered.metadata.tables.values():
            if kept.get(table.name) != json.loads(json.dumps(contract(table))):
                yield phrase(
                    "{name}: the database keeps another declaration than the code has; upgrade it",
                    name=table.name,
                )


def kept_contracts(crm: Crm) -> dict[str, dict[str, object]]:
    """The declarations of every table as the database keeps them."""
    kept = crm.tables.ownership
    with crm.reading() as execute:
        rows = execute(sa.select(kept.c.table_name, kept.c.contract)).all()
    return {name: json.loads(text) for name, text in rows}


def migrations(subject: Subject) -> Iterator[str]:
    """The migrations make exactly the tables that the code declares, and running them again does nothing."""
    from crmkit.core.opening import upgrade_database
    from crmkit.testing.schema import schema_difference

    with subject.business() as crm:
        offered = crm.plugins.tables.get(subject.name)
        if offered is None:
            return
        for line in schema_difference(crm.kernel.store, offered.metadata.tables.values()):
            yield phrase("a migration and the declared tables differ: {line}", line=line)
        again = upgrade_database(crm.config.path)
        if not again.nothing:
            yield phrase(
                "a second upgrade still has something to do: {steps} {fields}",
                steps=again.steps,
                fields=again.fields,
            )
    if offered.fresh:
        yield from _made_otherwise(subject)


def _made_otherwise(subject: Subject) -> Iterator[str]:
    """How the tables that an empty database is given differ from those that the migrations make of it."""
    at_once, one_by_one = (_made_of(subject.made(at_once=way)) for way in (True, False))
    for line in sorted(at_once ^ one_by_one):
        only = "not by the migrations" if line in at_once else "by the migrations alone"
        yield phrase("PluginTables says fresh=True, but this is made {only}: {line}", only=only, line=line)


def _made_of(path: Path) -> set[str]:
    from crmkit.core.config import load
    from crmkit.core.store.engine import Store
    from crmkit.core.store.status import store_status
    from crmkit.testing.structure import structure

    store = Store.open(load(path).database())
    try:
        rows = store_status(store).rows.items()
        return {*structure(store), *(f"{table}: {count} rows" for table, count in rows if count)}
    finally:
        store.close()
