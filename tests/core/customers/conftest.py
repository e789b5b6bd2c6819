"""A business whose customers are saved, found and shown, on each kind of database."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random

import pytest

from crmkit.core.clock import FakeClock
from crmkit.core.crm import Crm
from crmkit.core.opening import upgrade_database
from crmkit.testing.ready import ReadyDatabases

CONFIG = """
[crs]
name = "Rye & Co."
currency = "PLN"
timezone = "Europe/Warsaw"
locale = "pl_PL"
database = "{database}"

[identities]
shop = "Customer number of the web shop"
till = "Loyalty card"

[fields.bread]
type = "choice"
choices = ["rye", "wheat", "Żytni"]

[fields.allergies]
type = "multi-choice"
choices = ["nuts", "gluten", "milk"]

[fields.birthday]
type = "date"

[fields.size]
type = "number"
decimals = 1

[fields.budget]
type = "money"

[fields.seen]
type = "datetime"

[fields.wholesale]
type = "bool"

[fields.nickname]
type = "text"

[fields.card]
type = "text"
unique = true

[fields.friend]
type = "reference"

[purposes.offers]
type = "marketing"
wording = "We may send you offers"

[purposes.bookings]
type = "service"
"""


@pytest.fixture
def clock() -> FakeClock:
    """A clock that stands still."""
    return FakeClock()


@pytest.fixture(scope="session")
def templates() -> dict[tuple[str, str], str]:
    """Databases made once, by kind and configuration; copying one is quicker than upgrading another."""
    return {}


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def opened(
    request: pytest.FixtureRequest,
    tmp_path: Path,
    tmp_path_factory: pytest.TempPathFactory,
    templates: dict[tuple[str, str], str],
    crm_ready: ReadyDatabases,
    clock: FakeClock,
) -> Iterator[Callable[..., Crm]]:
    """A function that opens the business, with more lines of `crm.toml` if need be."""
    crms: list[Crm] = []
    server = request.getfixturevalue("postgres") if request.param == "postgresql" else None
    copies: list[str] = []

    def write(path: Path, address: str, text: str) -> Path:
        path.write_text(text.replace("{database}", address), encoding="utf-8")
        return path

    def bare(folder: Path) -> str:
        """A database with the core's tables alone."""
        return crm_ready.copy(folder, "", (), server)

    def made(text: str) -> str:
        """A database for this configuration, copied from its template."""
        key = (request.param, text)
        if key not in templates:
            folder = tmp_path_factory.mktemp("template")
            templates[key] = bare(folder)
            upgrade_database(write(folder / "crm.toml", templates[key], text))
        if server is None:
            return str(shutil.copy(templates[key], tmp_path / "crm.db"))
        copies.append(server.create_database(templates[key]))
        return copies[-1]

    def open_it(extra: str = "", *, config: str = CONFIG) -> Crm:
        text = config + extra
        if "plugins =" in text:
            database = bare(tmp_path)
            copies.extend([database] if server else [])
            path = write(tmp_path / "crm.toml", database, text)
            upgrade_database(path)
        else:
            path = write(tmp_path / "crm.toml", made(text), text)
        crms.append(Crm.open(path, strict=True, clock=clock, random=Random(7)))
        return crms[-1]

    yield open_it
    for crm in crms:
        crm.close()
    if server is not None:
        for address in copies:
            server.drop_database(address)


@pytest.fixture
def crm(opened: Callable[..., Crm]) -> Crm:
    """The business, acting for crmkit itself."""
    return opened()
