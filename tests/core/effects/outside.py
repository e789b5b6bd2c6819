"""A plugin whose courier takes parcels to a file, in every way that a courier can; and what tests ask."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from attrs import define

from crmkit import Crm
from crmkit.core.effects.handing_over import hand_over
from crmkit.core.model.strategy import HandedOver

_MANIFEST = 'name = "courier"\ntitle = "Courier"\ndoc = "Takes things out of the house"\n'
_SOURCE = '''
"""Takes parcels out of the house, to the file that the environment names."""
import os
import time
from attrs import frozen
from crmkit.plugin import (
    Action, Channel, InteractionDraft, Later, Parcel, Performed, Rate, Refusal, Unconfirmed, hookimpl,
)

@frozen
class How:
    how: str = ""

def prepare(items, crm):
    for index, item in enumerate(items):
        how = item.params.how
        if how == "unprepared":
            raise RuntimeError("no ink")
        if how == "writes":
            crm.customers.tag(item.customer_id, "written")
        if how == "nothing":
            yield Refusal(index, "nothing to send")
        elif how != "silent":
            name = crm.customers.get(item.customer_id).name
            yield Parcel(index=index, to=f"{name.lower()}/../x", says=f"To {name}\\n", content=(item, how))

def deliver(key):
    handle = os.open(os.environ["COURIER"], os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    os.write(handle, f"{key}\\n".encode())
    os.close(handle)

during = []
answering = []

def perform(parcels, crm):
    together = []
    for index, parcel in enumerate(parcels):
        assert parcel.index == index
        item, how = parcel.content
        time.sleep(float(os.environ.get("COURIER_TAKES", 0)))
        for happen in during:
            happen()
        if how == "hoards":
            list(parcels)
            return
        if how == "list":
            for each in [parcel, *parcels]:
                deliver(each.content[0].key)
                yield Performed(each.index)
            return
        if how == "breaks":
            raise ConnectionError("line broke")
        if how == "together":
            deliver(item.key)
            together.append(index)
            if len(together) < 8:
                continue
            for each in together:
                for happen in answering:
                    happen()
                yield Performed(each)
        elif how == "nonsense":
            yield "delivered"
        elif how == "twice":
            deliver(item.key)
            yield Performed(index, "first")
            yield Refusal(index, "second")
        elif how == "busy":
            yield Later(index, "busy")
        elif how == "soon":
            yield Later(index, "soon", 5)
        elif how == "refused":
            yield Refusal(index, "no such address")
        elif how == "doubt":
            yield Unconfirmed(index, "no answer")
        elif how != "mute":
            deliver(item.key)
            yield Performed(index, f"to {parcel.to}")

def arrived(items, crm, tx):
    if any(item.params.how == "unnoted" for item in items):
        raise RuntimeError("no pen")
    crm.interactions.record_all([
        InteractionDraft(customer=item.customer_id, type="note", payload={"text": f"sent {item.result}"},
                         source=item.source, source_ref=str(item.effect))
        for item in items
    ])

objections = []

@hookimpl
def crmkit_review_proposals(proposals):
    for index, each in enumerate(proposals):
        if each.address in objections:
            yield Refusal(index, "this one is away")

@hookimpl
def crmkit_register_interaction_words():
    yield Channel(name="pigeon", doc="By pigeon", contact_kind="email",
                  rates=lambda address: [Rate(key=address.partition("@")[2], per_second=2, burst=3)])

@hookimpl
def crmkit_register_strategy_words(settings):
    yield Action(name="courier", doc="Takes it out", params=How, prepare=prepare, perform=perform,
                 at_once=8, arrived=arrived, says=lambda params: f"courier: {params.how}",
                 shorthand="courier")
    yield Action(name="courier.again", doc="Takes it out, more than once if need be", params=How,
                 prepare=prepare, perform=perform, repeatable=True, at_once=8, says=lambda params: "courier")
'''


def write_plugin(folder: Path) -> None:
    """Put the plugin `courier` into the business in `folder`."""
    plugins = folder / "plugins"
    plugins.mkdir(parents=True, exist_ok=True)
    (plugins / "courier.py").write_text(_SOURCE, encoding="utf-8")
    (plugins / "courier.toml").write_text(_MANIFEST, encoding="utf-8")
    os.environ["COURIER"] = str(folder / "delivered.txt")


@define
class Outside:
    """One business and what has reached the outside of it."""

    crm: Crm
    folder: Path

    def go_live(self) -> None:
        """End the rehearsal."""
        with self.crm.transaction() as tx:
            tx.execute(sa.text("INSERT INTO setting (key, value) VALUES ('live_at', '1')"))

    def enter(
        self, *how: str, customers: Sequence[int] = (1,), action: str = "courier", **values: Any
    ) -> list[int]:
        """Enter an effect for each manner and customer, due now; their numbers."""
        table = self.crm.tables.effect
        now = self.crm.clock.now()
        with self.crm.transaction() as tx:
            start = tx.execute(sa.select(sa.func.coalesce(sa.func.max(table.c.id), 0))).scalar_one()
            rows = [
                {
                    "origin": "send:sending", "step": "1", "occasion": f"{start}-{number}",
                    "customer_id": customer, "plan_id": None, "action": action,
                    "params": json.dumps({"how": each}), "state": "pending", "actor": "Olaf",
                    "created_at": now, "due_at": now, "channel": None, "purpose": None,
                    "contact_at": None, **values,
                }
                for number, (each, customer) in enumerate((e, c) for e in how for c in customers)
            ]  # fmt: skip
            tx.execute(sa.insert(table), rows)
            found = sa.select(table.c.id).where(table.c.id > start).order_by(table.c.id)
            return list(tx.execute(found).scalars())

    def hand_over(self, **given: Any) -> HandedOver:
        """One pass."""
        return hand_over(self.crm.kernel, **given)

    def row(self, number: int) -> Any:
        """One row of the ledger."""
        table = self.crm.tables.effect
        with self.crm.reading() as execute:
            return execute(sa.select(table).where(table.c.id == number)).one()

    def rows(self) -> dict[int, Any]:
        """Every row of the ledger, by its number."""
        with self.crm.reading() as execute:
            return {row.id: row for row in execute(sa.select(self.crm.tables.effect))}

    def states(self) -> dict[str, int]:
        """How many effects are in each state."""
        table = self.crm.tables.effect
        with self.crm.reading() as execute:
            return dict(Counter(execute(sa.select(table.c.state)).scalars()))

    def change(self, number: int, **values: Any) -> None:
        """Put other values into a row, as if another program had."""
        table = self.crm.tables.effect
        with self.crm.transaction() as tx:
            tx.execute(table.update().where(table.c.id == number).values(**values))

    def delivered(self) -> list[int]:
        """The numbers of the effects that reached the outside, in order."""
        file = self.folder / "delivered.txt"
        keys = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
        assert len({key.partition("@")[2] for key in keys}) <= 1
        return [int(key.partition("@")[0].removeprefix("effect-")) for key in keys]

    @property
    def objections(self) -> list[str]:
        """The addresses to which the plugin does not want anything to go."""
        found: list[str] = self.crm.words.actions["courier"].perform.__globals__["objections"]
        return found

    def answering(self) -> list[Any]:
        """What happens before each answer for what is `together`: functions that the courier calls."""
        found: list[Any] = self.crm.words.actions["courier"].perform.__globals__["answering"]
        return found

    def during(self) -> list[Any]:
        """What happens while the courier is on the way: functions that it calls at each door."""
        found: list[Any] = self.crm.words.actions["courier"].perform.__globals__["during"]
        return found
