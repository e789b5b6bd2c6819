"""A business that sends e-mail by a mail server of the tests' own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from crmkit import ContactPoint, Crm, CustomerDraft
from crmkit.testing import FakeClock, open_crm
from crmkit.testing.ready import ReadyDatabases
from tests.plugins.post_office import Mood, PostOffice

RULE = """
[purposes.orders]
type = "service"
[purposes.offers]
type = "marketing"
wording = "Tell me what is new."
[rules.hello]
run = "daily at 00:00"
once = "ever"
send_email = "hello"
purpose = "orders"
"""
# 4 May 2026, 10:00 UTC.
NOW = 1_777_888_800_000_000
Live = Callable[..., Crm]


def toml(office: PostOffice | int, more: str = "", **settings: object) -> str:
    """A business that sends by this server."""
    port = office if isinstance(office, int) else office.port
    given = {
        "from": "Rye Bakery <post@rye.example>", "host": "127.0.0.1", "port": port, "security": "none",
        "timeout": 60, **settings,
    }  # fmt: skip
    lines = [f"{name} = {value if isinstance(value, int) else repr(value)}" for name, value in given.items()]
    return RULE + "[plugins.email]\n" + "\n".join(lines) + "\n" + more


def person(name: str, address: str) -> CustomerDraft:
    """A customer with an address."""
    return CustomerDraft(name=name, contact_points=(ContactPoint(kind="email", value=address),))


def five() -> list[CustomerDraft]:
    """Customers 1 to 5."""
    return [person(f"Person {n}", f"p{n}@example.org") for n in range(1, 6)]


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def live_both(
    request: pytest.FixtureRequest, tmp_path: Path, clock: FakeClock, crm_ready: ReadyDatabases
) -> Iterator[Live]:
    """Opens a live business, on both databases in turn."""
    server = request.getfixturevalue("crm_postgres") if request.param == "postgresql" else None
    address = crm_ready.copy_tables(tmp_path, ("email",), server) if server else None
    yield from _live(tmp_path, clock, address)
    if server is not None:
        server.drop_database(address)


@pytest.fixture
def live(tmp_path: Path, clock: FakeClock) -> Iterator[Live]:
    """Opens a live business with these customers, which says hello to all of them."""
    yield from _live(tmp_path, clock, None)


def _live(folder: Path, clock: FakeClock, address: str | None) -> Iterator[Live]:
    clock.set(NOW)
    opened: list[Crm] = []
    (folder / "templates").mkdir()
    text = "Subject: Hello, {{ customer.name }}!\n\nDear {{ customer.name }},\n.\n.dotted, żółć\n"
    (folder / "templates" / "hello.txt").write_text(text, encoding="utf-8")

    def open_(settings: str, customers: list[CustomerDraft]) -> Crm:
        crm = open_crm(folder, settings, plugins=("email",), database=address, clock=clock)
        opened.append(crm)
        assert not crm.customers.save_all(customers).refused
        crm.rehearsal.end()
        return crm

    yield open_
    for crm in opened:
        crm.close()


def sent(crm: Crm) -> Counter[str]:
    """Plan, apply and hand over; how many effects are in each state."""
    crm.strategy.apply(crm.strategy.plan().number)
    return states(crm)


def states(crm: Crm) -> Counter[str]:
    """How many effects are in each state."""
    return Counter(each.state for each in crm.effects.list(limit=1_000))


def reasons(crm: Crm, state: str) -> list[str]:
    """The reasons of the effects in one state."""
    return [each.reason or "" for each in crm.effects.list(state=state, limit=1_000)]


def at(stage: str, answer: str, *numbers: int) -> Mood:
    """This answer at a stage, for messages of these numbers (all, if there are none)."""
    return lambda said, n: answer if said.startswith(stage) and (not numbers or n in numbers) else None
