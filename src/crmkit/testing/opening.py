"""Opening a business for a test: a `crm.toml`, a database with its tables, and the Crm on both."""

from __future__ import annotations

import re
from collections.abc import Iterable
from contextlib import suppress
from functools import cache, partial
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Final

from crmkit.testing.business import write_business

if TYPE_CHECKING:
    from crmkit.core.clock import Clock
    from crmkit.core.crm import Crm

_KEPT: Final = 32
_DECLARES: Final = re.compile(r"^\s*\[?\[?(fields|records)\b", re.MULTILINE)


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
    from crmkit.core.errors import SchemaError
    from crmkit.core.opening import upgrade_database
    from crmkit.testing.tables import bundled, sqlite_tables

    plugins = tuple(plugins)
    path = write_business(folder, toml, plugins=plugins, database=database)
    opened = partial(Crm.open, path, as_=as_, strict=strict, clock=clock, random=random)
    file = folder / (database or "crm.db")
    is_there = "://" in (database or "") or file.exists()
    if is_there and not _DECLARES.search(toml) and bundled(plugins) == plugins:
        # Copied with its tables, as most are, there is nothing to bring up to date.
        with suppress(SchemaError):
            return opened()
    if is_there or "database =" in toml or not file.parent.is_dir():
        upgrade_database(path, strict=strict)
        return opened()
    own = bundled(plugins)
    made = _made_files() if own == plugins else {}  # another plugin may be another one in each test
    text = path.read_text(encoding="utf-8")
    file.write_bytes(made.get(text) or sqlite_tables(own))
    try:
        return opened()
    except SchemaError:  # it declares more than those tables
        upgrade_database(path, strict=strict)
        _keep(made, text, file.read_bytes())
        return opened()


def _keep(made: dict[str, bytes], text: str, content: bytes) -> None:
    made[text] = content
    if len(made) > _KEPT:
        del made[next(iter(made))]


@cache
def _made_files() -> dict[str, bytes]:
    """Databases that were brought up to date lately, by their `crm.toml`."""
    return {}
