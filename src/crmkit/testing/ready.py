"""Databases that are ready: brought up to date once for each sort of business, copied for each test."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from pathlib import Path
from tempfile import mkdtemp
from typing import TYPE_CHECKING

from attrs import define, field

if TYPE_CHECKING:
    from crmkit.testing.databases import PostgresServer


@define
class ReadyDatabases:
    """Making the tables takes longer than most tests; copying them does not. `folder` holds the originals."""

    folder: Path
    _made: dict[tuple[str, ...], str] = field(factory=dict)
    _tables: dict[tuple[str, ...], str] = field(factory=dict)

    def copy(self, to: Path, toml: str, plugins: Iterable[str], server: PostgresServer | None) -> str:
        """A database for the business that `toml` and `plugins` describe, with its tables and nothing else.

        Beside the `crm.toml` that will be in the folder `to`, or on `server`; returns its path or address.
        """
        key = ("sqlite" if server is None else "postgresql", toml, *plugins)
        if key not in self._made:
            self._made[key] = self._make(toml, key[2:], server)
        if server is not None:
            return server.create_database(self._made[key])
        to.mkdir(parents=True, exist_ok=True)
        return str(shutil.copy(self._made[key], to / "crm.db"))

    def _make(self, toml: str, plugins: tuple[str, ...], server: PostgresServer | None) -> str:
        from crmkit.testing.opening import open_crm
        from crmkit.testing.tables import bundled

        place = Path(mkdtemp(dir=self.folder))
        database = self.copy_tables(place, bundled(plugins), server)
        if toml or plugins:
            open_crm(place, toml, plugins=plugins, database=None if server is None else database).close()
        return database

    def copy_tables(self, to: Path, plugins: tuple[str, ...], server: PostgresServer | None) -> str:
        """A database with the tables of the core and of these bundled plugins: `db upgrade` does the rest.

        Where `copy` would make it; returns its path or address.
        """
        from crmkit.testing.tables import make_tables, sqlite_tables

        if server is None:
            to.mkdir(parents=True, exist_ok=True)
            (to / "crm.db").write_bytes(sqlite_tables(plugins))
            return str(to / "crm.db")
        if plugins not in self._tables:
            self._tables[plugins] = server.create_database()
            make_tables(self._tables[plugins], plugins)
        return server.create_database(self._tables[plugins])
