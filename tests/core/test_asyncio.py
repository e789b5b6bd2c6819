"""`Crm` under asyncio: what is not kept apart by threads is kept apart all the same, or said."""

from __future__ import annotations

import asyncio
from contextlib import suppress

import pytest

from crmkit import Crm, CustomerDraft, TryAgain
from crmkit.core.store import engine


def test_what_one_task_saves_is_not_undone_with_another(crm: Crm) -> None:
    """A task that awaits inside of a transaction lets others run on its thread; they do not join it."""

    async def gives_up(done: asyncio.Event) -> None:
        with crm.transaction():
            crm.customers.save(CustomerDraft(name="Anna"))
            await done.wait()
            raise ZeroDivisionError

    async def both() -> None:
        done = asyncio.Event()
        first = asyncio.create_task(gives_up(done))
        await asyncio.sleep(0)
        with pytest.raises(TryAgain, match="Another task") as caught:
            crm.customers.save(CustomerDraft(name="Jan"))
        assert "asyncio.to_thread" in caught.value.hint
        done.set()
        with pytest.raises(ZeroDivisionError):
            await first
        crm.customers.save(CustomerDraft(name="Ola"))

    asyncio.run(both())
    assert [each.name for each in crm.customers.list()[0]] == ["Ola"]


def test_a_loop_that_runs_inside_of_a_transaction(crm: Crm) -> None:
    """What it saves belongs to the transaction that stands around it."""

    async def save() -> None:
        crm.customers.save(CustomerDraft(name="Anna"))

    with crm.transaction():
        asyncio.run(save())
        crm.customers.save(CustomerDraft(name="Jan"))
    with suppress(ZeroDivisionError), crm.transaction():
        asyncio.run(save())
        raise ZeroDivisionError
    assert sorted(each.name for each in crm.customers.list()[0]) == ["Anna", "Jan"]


def test_whole_transactions_in_threads(crm: Crm) -> None:
    """Given to `asyncio.to_thread` as a whole, transactions follow each other, and all are kept."""

    def add(name: str) -> None:
        with crm.transaction():
            crm.customers.save(CustomerDraft(name=name))

    async def all_of_them() -> None:
        await asyncio.gather(*(asyncio.to_thread(add, f"Customer {number}") for number in range(5)))

    asyncio.run(all_of_them())
    assert len(crm.customers.list()[0]) == 5


def test_a_transaction_that_waits_for_a_thread_that_writes(crm: Crm, monkeypatch: pytest.MonkeyPatch) -> None:
    """It would wait for ever: after a while the other thread is told why, and what was begun is kept."""
    monkeypatch.setattr(engine, "TURN_SECONDS", 0.01)

    async def waits() -> None:
        with crm.transaction():
            crm.customers.save(CustomerDraft(name="Anna"))
            with pytest.raises(TryAgain, match="Another thread of this program"):
                await asyncio.to_thread(crm.customers.save, CustomerDraft(name="Jan"))

    asyncio.run(waits())
    assert [each.name for each in crm.customers.list()[0]] == ["Anna"]
