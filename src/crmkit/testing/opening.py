"""Opening a business for a test: a `crm.toml`, a database with its tables, and the Crm on both."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from crmkit.core.clock import Clock
    from crmkit.core.crm import Crm


def open_crm(
    folder: Path,
    toml: str = "",
    *,
    plugins: Iterable[str] = (),
    database: str | None = None,
    clock: Clock | None = None,
    random: Random | None = None,
    as_: str | None = None,
    strict: bool = True,
) -> Crm:
    """Make the business of `write_business` in `folder`, bring its database up to date, and open it.

    With `strict`, as tests want it, a plugin that cannot be loaded is an error. Raises as `Crm.open` does.
    """
    from crmkit.core.crm import Crm
    from crmkit.core.opening import upgrade_database

    path = write_business(folder, toml, plugins=plugins, database=database)
    if "://" not in (database or "") and "database =" not in toml:
        _make_core_tables(folder / (database or "crm.db"))
    upgrade_database(path, strict=strict)
    return Crm.open(path, as_=as_, strict=strict, clock=clock, random=random)


def _make_core_tables(file: Path) -> None:
    """On SQLite, where there is nothing yet; upgrading does the rest."""
    if file.parent.is_dir() and not file.exists():
        file.write_bytes(_core_database())


@cache
def _core_database() -> bytes:
    """An SQLite file with the core's tables: making them takes longer than most tests."""
    from crmkit.core.store.engine import Store
    from crmkit.core.store.tables import build_tables
    from crmkit.core.store.upgrade import upgrade

    with TemporaryDirectory() as folder:
        file = Path(folder, "crm.db")
        store = Store.open(file)
        try:
            upgrade(store, build_tables())
        finally:
            store.close()
        return file.read_bytes()


def write_business(
    folder: Path, toml: str = "", *, plugins: Iterable[str] = (), database: str | None = None
) -> Path:
    """Write the `crm.toml` of a business into `folder`; its path.

    `toml` is what follows `name`, `plugins` and `database` in the file: other keys of `[crs]` first, then
    other tables. `database` is a path or an address; a file beside `crm.toml` when None.
    """
    import json

    names = ", ".join(json.dumps(name) for name in plugins)
    lines = ["[crs]", 'name = "Rye & Co."', f"plugins = [{names}]"]
    lines += [] if database is None else [f"database = {json.dumps(database)}"]
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "crm.toml"
    path.write_text("\n".join([*lines, toml, ""]), encoding="utf-8")
    return path
