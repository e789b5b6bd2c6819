"""What it costs to show each employee only the customers whom they see: lists, counts, searches, segments."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Final

from benchmarks.harness import Bench, Result, Scale, in_turn
from benchmarks.rig import batches, customers, opened, purchases
from crmkit import Crm, CustomerDraft

# A thousand employees, each with the thousandth part of the customers, in teams of fifty.
_EMPLOYEES: Final = 1_000
_TEAM: Final = 50
_SETTINGS: Final = """
[segments]
buyers = "count(purchase) >= 1 and lifecycle = 'customer'"

[roles.own]
permissions = ["customers.read"]
sees = "own"

[roles.team]
permissions = ["customers.read"]
sees = "team"
"""
# Behind how many of a hundred customers a page far in begins.
_FAR: Final = 90
_WHAT: Final[Mapping[str, Callable[[Crm], object]]] = {
    "list, a page": lambda crm: crm.customers.list(50),
    "count": lambda crm: crm.customers.count(),
    "find, a rare name": lambda crm: crm.customers.find("Nowak-100000"),
    "find, a frequent name": lambda crm: crm.customers.find("Anna"),
    "segment, count": lambda crm: crm.segments.count("buyers"),
    "segment, a page of members": lambda crm: crm.segments.members("buyers", limit=50),
}


def visibility(work: Path, scale: Scale) -> Iterator[Result]:
    """1,000,000 customers with 1,000,000 purchases: for who sees 0.1 %, 5 % and all, to crmkit itself."""
    built(work, scale.of(1_000_000))
    yield from measured(work, scale.rounds)


def built(work: Path, people: int) -> None:
    """The CRM with so many customers in the folder `work`, each looked after by one of the employees."""
    folder = work / "shop"
    with opened(folder) as crm:
        pass
    with (folder / "crm.toml").open("a", encoding="utf-8") as file:
        file.write(_SETTINGS)
    with Crm.open(folder / "crm.toml") as crm:
        owners = _staff(crm)
        ids: list[int] = []
        for some in batches(_owned(people, owners), 20_000):
            ids.extend(int(i) for i in crm.customers.save_all(some).ids if i)
        for more in batches(purchases(people, ids, two_years=people), 20_000):
            crm.interactions.record_all(more)


def measured(work: Path, rounds: int) -> Iterator[Result]:
    """The same of a database that there is."""
    with Crm.open(work / "shop" / "crm.toml") as crm:
        far = str(crm.customers.count() * _FAR // 100)
        what_of = {"list, a page far in": lambda crm: crm.customers.list(50, far), **_WHAT}
        for who in ("own", "team", "all"):
            theirs = crm.acting_as(f"Asks {who}")
            seen = theirs.customers.count()
            for what, ask in what_of.items():
                pair = in_turn(partial(ask, theirs), partial(ask, crm), rounds)
                yield Result(
                    name=f"{what}: sees {who}", ours=pair.ours * 1_000, raw=pair.raw * 1_000, unit="ms",
                    goal="≤ 2 × crmkit itself", note=f"{seen:,} seen",
                )  # fmt: skip


def _staff(crm: Crm) -> list[int]:
    """The employees' ids. One sees their own, one their team's, one everybody's customers."""
    ids = []
    with crm.transaction():
        for number in range(_EMPLOYEES):
            team = f"team {number // _TEAM}"
            if number % _TEAM == 0:
                crm.people.add_team(team)
            who = {0: "own", 1: "team"}.get(number)
            name = f"Asks {who}" if who else f"Employee {number}"
            ids.append(crm.people.add(name, role=who or "viewer", teams=[team]).id)
        crm.people.add("Asks all", role="viewer")
    return ids


def _owned(people: int, owners: list[int]) -> Iterator[CustomerDraft]:
    from attrs import evolve

    for number, draft in enumerate(customers(people)):
        yield evolve(draft, owner_id=owners[number * 7919 % len(owners)])


BENCHES = (Bench(name="visibility", run=visibility),)
