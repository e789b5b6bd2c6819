"""A bakery with a few customers, and a plugin that has a say in what is saved."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from crmkit import Crm, CustomerDraft
from crmkit.core.clock import FakeClock
from crmkit.testing.business import write_business
from crmkit.testing.opening import open_crm

TOML = """
[roles.seller]
permissions = ["customers.read", "customers.write"]
sees = "own"

[roles.reader]
permissions = ["customers.read"]

[fields.bread]
type = "choice"
choices = ["rye", "wheat", "spelt"]

[fields.allergies]
type = "multi-choice"
choices = ["nuts", "gluten", "milk"]

[fields.budget]
type = "money"

[fields.card]
type = "text"
unique = true

[fields.district]
type = "text"

[records.deal]
title = "about"
states = ["open", "won"]
final = ["won"]

[records.deal.fields.about]
type = "text"
"""
# Refuses spelt for the second customer, and gives whoever gets wheat a tag as well.
PLUGIN = '''"""Has a say."""

from attrs import evolve

from crmkit.plugin import Refusal, Replace, hookimpl


@hookimpl
def crmkit_before_customers_saved(drafts):
    answers = []
    for index, draft in enumerate(drafts):
        bread = draft.fields.get("bread")
        if bread == "spelt" and draft.id == 2:
            answers.append(Refusal(index, "No spelt for her"))
        elif bread == "wheat":
            answers.append(Replace(index, evolve(draft, tags=(*draft.tags, "wheaty"))))
    return answers
'''

# Keeps what employees have promised, in a table of its own.
PROMISES = '''"""Keeps promises."""

from pathlib import Path

import sqlalchemy as sa

from crmkit.plugin import (
    Instant, PluginTables, customer_column, employee_column, hookimpl, key_column, owned, plugin_metadata,
)


@hookimpl
def crmkit_register_tables(tables):
    metadata = plugin_metadata()
    sa.Table(
        "promises_kept",
        metadata,
        key_column(),
        customer_column("customer_id", tables.customer, erase="delete", nullable=False, index=True),
        employee_column("employee_id", tables.employee, handover="move", until="done_at"),
        sa.Column("done_at", Instant),
        info=owned(),
        sqlite_autoincrement=True,
    )
    return PluginTables(metadata, Path(__file__).parent / "promises_revisions")
'''
REVISION = '''"""Promises."""

import sqlalchemy as sa
from alembic import op

from crmkit.plugin import Instant, key_column

revision = "promises_0001"
down_revision = None


def upgrade():
    op.create_table(
        "promises_kept",
        key_column(),
        sa.Column("customer_id", sa.BigInteger, sa.ForeignKey("customer.id"), nullable=False),
        sa.Column("employee_id", sa.BigInteger, sa.ForeignKey("employee.id")),
        sa.Column("done_at", Instant),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_promises_kept_customer_id", "promises_kept", ["customer_id"])
'''


@pytest.fixture(scope="session")
def templates() -> dict[tuple[str, ...], str]:
    """The shop's databases, made once by engine and plugins; copying one is quicker than making another."""
    return {}


@pytest.fixture
def plugins() -> list[str]:
    """The plugins in use."""
    return ["guard"]


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def shop(
    request: pytest.FixtureRequest,
    tmp_path: Path,
    tmp_path_factory: pytest.TempPathFactory,
    templates: dict[tuple[str, ...], str],
    plugins: list[str],
    clock: FakeClock,
) -> Iterator[Crm]:
    """Anna, Bea and Celina, who are leads; Dan, a customer; and Ewa, a lead in the archive."""
    key = (request.param, *plugins)
    server = request.getfixturevalue("crm_postgres") if request.param == "postgresql" else None
    if key not in templates:
        folder = tmp_path_factory.mktemp("template")
        templates[key] = server.create_database() if server else str(folder / "crm.db")
        _guard(folder)
        with open_crm(folder, TOML, plugins=plugins, database=templates[key]) as crm:
            _fill(crm)
    copied = server.create_database(templates[key]) if server else str(tmp_path / "crm.db")
    if server is None:
        shutil.copy(templates[key], copied)
    _guard(tmp_path)
    path = write_business(tmp_path, TOML, plugins=plugins, database=copied)
    with Crm.open(path, strict=True, clock=clock, random=Random(7)) as crm:
        yield crm
    if server is not None:
        server.drop_database(copied)


def _guard(folder: Path) -> None:
    """Put the local plugins beside `crm.toml`."""
    place = folder / "plugins"
    place.mkdir(exist_ok=True)
    (place / "guard.py").write_text(PLUGIN, encoding="utf-8")
    (place / "guard.toml").write_text('name = "guard"\ntitle = "Guard"\ndoc = "Has a say"\n')
    (place / "promises.py").write_text(PROMISES, encoding="utf-8")
    (place / "promises.toml").write_text('name = "promises"\ntitle = "Promises"\ndoc = "Keeps promises"\n')
    (place / "promises_revisions").mkdir(exist_ok=True)
    (place / "promises_revisions" / "0001_promises.py").write_text(REVISION, encoding="utf-8")


def _fill(crm: Crm) -> None:
    for name in ("Anna", "Bea", "Celina", "Dan", "Ewa"):
        stage = "customer" if name == "Dan" else "lead"
        crm.customers.save(CustomerDraft(name=name, lifecycle=stage, fields={"district": "north"}))
    crm.customers.update("Bea", CustomerDraft(fields={"bread": "rye", "allergies": "nuts"}))
    crm.customers.archive("Ewa")
