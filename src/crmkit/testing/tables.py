"""Databases with the tables of crmkit's own code: made once, copied for each test.

Making tables takes longer than copying them. They are those that an empty database gets from an upgrade.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory


def bundled(plugins: Iterable[str]) -> tuple[str, ...]:
    """Those of the plugins that come with crmkit, and so are the same in every test."""
    from crmkit.core.plugins.discovery import discover

    with TemporaryDirectory() as folder:
        return tuple(each.name for each in discover(plugins, Path(folder)).found if each.bundled)


@cache
def sqlite_tables(plugins: tuple[str, ...] = ()) -> bytes:
    """An SQLite file with the tables of the core and of these bundled plugins, and with nothing that a
    `crm.toml` declares."""
    with TemporaryDirectory() as folder:
        file = Path(folder, "crm.db")
        make_tables(str(file), plugins)
        return file.read_bytes()


def make_tables(database: str, plugins: Iterable[str]) -> None:
    """Make the tables of the core and of these bundled plugins, as far as they are not there yet."""
    from crmkit.core.opening import assemble, migrations_of
    from crmkit.core.store.upgrade import upgrade
    from crmkit.testing.business import write_business

    with TemporaryDirectory() as folder:
        kernel = assemble(write_business(Path(folder), plugins=plugins, database=database))
        try:
            words = kernel.words
            upgrade(
                kernel.store, kernel.tables, migrations_of(kernel.loaded), words.fields, words.record_types
            )
        finally:
            kernel.store.close()


def run_migrations(path: Path) -> None:
    """Run the migrations of the business at `path`, one by one also where its database is empty."""
    from crmkit.core.opening import assemble, migrations_of
    from crmkit.core.store.migrate import replay
    from crmkit.core.store.schema import core_migrations

    kernel = assemble(path, strict=True)
    try:
        core = core_migrations(kernel.tables.customer.metadata)
        for _ in replay(kernel.store, [core, *migrations_of(kernel.loaded)]):
            pass
    finally:
        kernel.store.close()
