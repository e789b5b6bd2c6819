"""A bakery that writes to its customers, on both engines; its pigeons note what they deliver."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from attrs import define, field

from crmkit import ContactPoint, Crm, CustomerDraft
from crmkit.core.clock import FakeClock
from crmkit.core.model.strategy import HandedOver
from crmkit.testing import open_crm
from crmkit.testing.ready import ReadyDatabases

_MANIFEST = 'name = "post"\ntitle = "Post"\ndoc = "Pigeons"\n'
_SOURCE = '''
"""Delivers by pigeon."""
from pathlib import Path
from crmkit.plugin import Channel, Performed, Refusal, Unconfirmed, hookimpl

def deliver(messages, crm):
    with (crm.config.directory / "delivered.txt").open("a", encoding="utf-8") as file:
        for index, message in enumerate(messages):
            file.write(f"{message.key.partition('@')[0]} {message.to} {message.subject} {message.text}\\n")
            yield Performed(index, "pigeon") if "@lost" not in message.to else Refusal(index, "no such loft")

@hookimpl
def crmkit_register_interaction_words():
    yield Channel(name="pigeon", doc="By pigeon", contact_kind="email", deliver=deliver)
    yield Channel(name="smoke", doc="By smoke", contact_kind="email")
'''
# 4 May 2026, 10:00 in Warsaw.
NOW = 1_777_881_600_000_000
TOML = """
timezone = "Europe/Warsaw"
[purposes.greetings]
type = "marketing"
[purposes.orders]
type = "service"
[rules.hello]
run = "daily at 09:00"
send_pigeon = "hello"
purpose = "orders"
"""


@define
class Bakery:
    """The business in `folder`, opened again for every change of its files."""

    folder: Path
    clock: FakeClock
    address: str | None
    opened: list[Crm] = field(factory=list)

    def open(self, toml: str = TOML) -> Crm:
        """Open it as its files are now."""
        crm = open_crm(self.folder, toml, plugins=("post",), database=self.address, clock=self.clock)
        self.opened.append(crm)
        return crm

    def write(self, name: str, text: str) -> None:
        """Write a template's file."""
        (self.folder / "templates").mkdir(exist_ok=True)
        (self.folder / "templates" / name).write_text(text, encoding="utf-8")

    def filled(self) -> Crm:
        """With the template `hello` and three customers, of whom one has no address."""
        self.write("hello.txt", "Subject: Dear {{ customer.name }}\n\nWe bake.")
        crm = self.open()
        anna, bea = (ContactPoint(kind="email", value=f"{name}@example.org") for name in ("anna", "bea"))
        crm.customers.save_all(
            [
                CustomerDraft(name="Anna", contact_points=(anna,)),
                CustomerDraft(name="Bea", contact_points=(bea,), locale="pl"),
                CustomerDraft(name="Celina"),
            ]
        )
        return crm

    def apply(self, crm: Crm) -> HandedOver:
        """Plan, and apply, which hands over."""
        return crm.strategy.apply(crm.strategy.plan().number).handed

    @property
    def delivered(self) -> list[str]:
        """What the pigeons brought."""
        file = self.folder / "delivered.txt"
        return file.read_text(encoding="utf-8").splitlines() if file.exists() else []

    @property
    def rehearsed(self) -> dict[str, str]:
        """The files of the rehearsal, by their place in it."""
        folder = self.folder / "rehearsal"
        return {
            path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8")
            for path in sorted(folder.rglob("*.txt"))
        }


def _bakery(folder: Path, clock: FakeClock, address: str | None) -> Iterator[Bakery]:
    (folder / "plugins").mkdir()
    (folder / "plugins" / "post.py").write_text(_SOURCE, encoding="utf-8")
    (folder / "plugins" / "post.toml").write_text(_MANIFEST, encoding="utf-8")
    clock.set(NOW)
    found = Bakery(folder, clock, address)
    yield found
    for crm in found.opened:
        crm.close()


@pytest.fixture
def bakery(tmp_path: Path, clock: FakeClock) -> Iterator[Bakery]:
    """It is 4 May 2026, 10:00."""
    yield from _bakery(tmp_path, clock, None)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def bakery_both(
    request: pytest.FixtureRequest, tmp_path: Path, clock: FakeClock, crm_ready: ReadyDatabases
) -> Iterator[Bakery]:
    """The bakery, on both engines in turn."""
    if request.param == "sqlite":
        yield from _bakery(tmp_path, clock, None)
        return
    server = request.getfixturevalue("crm_postgres")
    address = crm_ready.copy_tables(tmp_path, (), server)
    yield from _bakery(tmp_path, clock, address)
    server.drop_database(address)
