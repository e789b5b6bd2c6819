"""What a database says of itself inside of a plugin's code is told as that, not as the plugin's failure."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
import sqlalchemy as sa

from crmkit import Crm, CustomerDraft, PluginError, TryAgain
from crmkit.core.plugins.observers import FAILURE_LIMIT
from crmkit.core.store.engine import database_url
from crmkit.testing import FakeClock, open_crm, run_crm

_MANIFEST = 'name = "till"\ntitle = "Till"\ndoc = "Asks a till."\n'
# Another connection wants what this unit of work holds; `{ask}` asks for it.
_SOURCE = '''
"""Asks a till."""
import sqlalchemy as sa
from attrs import frozen
from crmkit.plugin import Action, Performed, hookimpl

@frozen
class How:
    how: str

def ask(tx, how):
    if how == "busy":
        {ask}
    if how == "wrong":
        tx.execute(sa.text("SELECT till FROM nowhere"))

def perform(items, crm, tx):
    ask(tx, items[0].params.how)
    return [Performed(index) for index, item in enumerate(items)]

@hookimpl
def crmkit_before_customers_saved(drafts, tx):
    ask(tx, drafts[0].name)
    return []

@hookimpl
def crmkit_after_interactions_recorded(interactions, tx):
    ask(tx, interactions[0].payload.text)

@hookimpl
def crmkit_register_strategy_words(settings):
    yield Action(name="till", doc="Asks", params=How, perform=perform, shorthand="till",
                 says=lambda params: "ask")
'''
_LOCKED = {
    "sqlite": """engine = sa.create_engine("sqlite:///{file}", poolclass=sa.NullPool,
                                  connect_args={{"timeout": 0}})
        with engine.begin() as connection:
            connection.execute(sa.text("DELETE FROM customer"))""",
    "postgresql": """tx.execute(sa.text("SET LOCAL lock_timeout = '10ms'"))
        tx.execute(sa.text("LOCK TABLE employee"))""",
}
_RULE = '[rules.ask]\nrun = "daily"\ntill = "busy"\n'


@pytest.fixture
def crm(tmp_path: Path, ready_database: str, clock: FakeClock) -> Iterator[Crm]:
    """A business whose plugin wants what somebody else holds."""
    with ExitStack() as stack:
        is_server = "://" in ready_database
        folder = tmp_path / "plugins"
        folder.mkdir()
        ask = _LOCKED["postgresql" if is_server else "sqlite"].format(file=ready_database)
        (folder / "till.py").write_text(_SOURCE.replace("{ask}", ask), encoding="utf-8")
        (folder / "till.toml").write_text(_MANIFEST, encoding="utf-8")
        crm = stack.enter_context(
            open_crm(tmp_path, _RULE, plugins=["till"], database=ready_database, clock=clock)
        )
        crm.customers.save(CustomerDraft(name="Anna"))
        if is_server:
            other = sa.create_engine(database_url(ready_database), poolclass=sa.NullPool)
            stack.enter_context(other.begin()).execute(sa.text("LOCK TABLE employee IN SHARE MODE"))
        yield crm


def test_a_database_that_is_busy_inside_of_a_hook_is_told_as_busy(crm: Crm) -> None:
    """It says so, with the plugin's name for programs only; nothing was written."""
    with pytest.raises(TryAgain, match="The database stayed busy") as caught:
        crm.customers.save(CustomerDraft(name="busy"))
    assert caught.value.details == {"plugin": "till"}
    with pytest.raises(PluginError, match=r'Plugin "till" local failed in .*nowhere'):
        crm.customers.save(CustomerDraft(name="wrong"))
    assert [each.name for each in crm.customers.list()[0]] == ["Anna"]


def test_a_database_that_is_busy_inside_of_an_action_does_not_fail_the_act(crm: Crm) -> None:
    """The plan is not applied, and can be a moment later."""
    plan = crm.strategy.plan()
    with pytest.raises(TryAgain, match="The database stayed busy"):
        crm.strategy.apply(plan.number)
    assert [act.state for act in crm.strategy.acts(plan.number)] == ["act"], "as planned"


def test_an_observer_is_not_quarantined_for_a_busy_database(crm: Crm, clock: FakeClock) -> None:
    """What was recorded stays; the observer is served again later, however often the database was busy."""
    for _ in range(FAILURE_LIMIT + 1):
        crm.interactions.record("Anna", "note", payload={"text": "busy"})
        crm.kernel.observers.catch_up()
        clock.advance(minutes=1)
    (row,) = [each for each in crm.kernel.observers.lag() if each[0] == "till"]
    _plugin, _hook, behind, error, quarantined = row
    assert (behind, quarantined) == (FAILURE_LIMIT + 1, False)
    assert "The database stayed busy" in str(error)


def test_the_command_line_ends_as_for_any_busy_database(crm: Crm, tmp_path: Path) -> None:
    """A script sees from the exit status that it may try again."""
    said = run_crm("--config", tmp_path / "crm.toml", "customers", "add", "--name", "busy")
    assert said.status == 75
    assert "The database stayed busy" in said.stderr
    assert "till" not in said.stderr
