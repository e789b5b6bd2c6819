"""The parts of a CRM whose database need not be ready: what upgrading, checking and copying work with."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from attrs import frozen

if TYPE_CHECKING:
    from crmkit.cli.state import State
    from crmkit.core.kernel import Kernel
    from crmkit.core.model.words import Field, RecordType
    from crmkit.core.plugins.plugins import Plugins
    from crmkit.core.store.engine import Store
    from crmkit.core.store.schema import PluginMigrations
    from crmkit.core.store.tables import Tables
    from crmkit.core.words.registry import Words


@frozen
class Parts:
    """The database as it is, and what this program and `crm.toml` want it to be."""

    kernel: Kernel
    migrations: Sequence[PluginMigrations]

    @property
    def store(self) -> Store:
        """The database."""
        return self.kernel.store

    @property
    def tables(self) -> Tables:
        """The core's tables, with a column for each declared field."""
        return self.kernel.tables

    @property
    def words(self) -> Words:
        """The vocabularies."""
        return self.kernel.words

    @property
    def fields(self) -> list[Field]:
        """Every field that is to have its place in the database."""
        return list(self.kernel.words.fields)

    @property
    def record_types(self) -> list[RecordType]:
        """Every record type that is to have its table in the database."""
        return list(self.kernel.words.record_types)

    def upgrade(self, store: Store) -> None:
        """Bring another database, such as a backup, to what this program and `crm.toml` want."""
        from crmkit.core.store.upgrade import upgrade

        upgrade(store, self.tables, self.migrations, self.fields, self.record_types)

    @property
    def plugins(self) -> Plugins:
        """The plugins, loaded or not."""
        return self.kernel.plugins


@contextmanager
def opened_store(state: State, *, managing: bool = False) -> Iterator[Parts]:
    """The parts of this run's CRM; the database is closed at the end.

    With `managing` the actor needs the permission `database.manage`.
    """
    from crmkit.core.opening import assemble, migrations_of

    if managing:
        require_manager(state)
    kernel = assemble(state.config_file, load_plugins_too=not state.no_plugins, strict=state.strict)
    try:
        yield Parts(kernel, migrations_of(kernel.loaded))
    finally:
        kernel.store.close()


def require_manager(state: State) -> None:
    """Refuse whoever may not manage the database. Without a readable schema nobody can be told apart."""
    from crmkit.core.crm import Crm
    from crmkit.core.errors import SchemaError

    if state.actor is None and state.config.people.default_actor is None:
        return
    try:
        with Crm.open(state.config_file, as_=state.actor, plugins=False) as crm:
            crm.require("database.manage")
    except SchemaError:
        return
