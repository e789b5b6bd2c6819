"""A club that writes news and offers by pigeon, on both engines; its pigeons note what they deliver."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from attrs import define

from crmkit import ContactPoint, Crm, CustomerDraft
from crmkit.core.clock import FakeClock
from crmkit.testing import open_crm
from crmkit.testing.ready import ReadyDatabases

DAY = 86_400_000_000
# 4 May 2026, 10:00 in Warsaw.
NOW = 1_777_881_600_000_000
CHANNEL = "post.pigeon"
TOML = """
timezone = "Europe/Warsaw"
[web]
url = "https://club.example"
[purposes.news]
type = "marketing"
wording = "I want news."
wording_version = 2
confirm = "confirm"
[purposes.offers]
type = "marketing"
[purposes.orders]
type = "contract"
[limits]
marketing = "1 per 7 days"
quiet_hours = "21:00-08:00"
"""
_MANIFEST = 'name = "post"\ntitle = "Post"\ndoc = "Pigeons"\n'
_SOURCE = '''
"""Delivers by pigeon."""
from crmkit.plugin import Channel, Performed, hookimpl

def deliver(messages, crm):
    for index, message in enumerate(messages):
        with (crm.config.directory / "delivered.txt").open("a", encoding="utf-8") as file:
            file.write(f"{message.to} {message.subject}\\n")
        yield Performed(index, "pigeon")

@hookimpl
def crmkit_register_interaction_words():
    yield Channel(name="pigeon", doc="By pigeon", contact_kind="email", deliver=deliver)
'''


@define
class Club:
    """The business in `folder`; Anna and Ben share an address, Celina has her own, as customers 1 to 3."""

    folder: Path
    clock: FakeClock
    address: str | None
    crm: Crm

    @property
    def delivered(self) -> list[str]:
        """What the pigeons brought."""
        file = self.folder / "delivered.txt"
        return file.read_text(encoding="utf-8").splitlines() if file.exists() else []

    def later(self, days: float = 1) -> int:
        """Let time pass; what time it is then."""
        self.clock.advance(round(days * 86_400))
        return self.clock.now()

    def another(self) -> Crm:
        """The same business, opened by somebody else."""
        return open_crm(self.folder, TOML, plugins=("post",), database=self.address, clock=self.clock)

    def sent(self, customer: int, purpose: str) -> int:
        """The number of a message that was sent to somebody who agreed to it."""
        if purpose != "orders":
            self.crm.consents.grant(customer, purpose, CHANNEL)
        found = self.crm.messages.send(customer, "hello", purpose=purpose, channel=CHANNEL)
        assert found.effect is not None
        return found.effect


def _club(folder: Path, clock: FakeClock, address: str | None) -> Iterator[Club]:
    (folder / "plugins").mkdir()
    (folder / "plugins" / "post.py").write_text(_SOURCE, encoding="utf-8")
    (folder / "plugins" / "post.toml").write_text(_MANIFEST, encoding="utf-8")
    (folder / "templates").mkdir()
    (folder / "templates" / "hello.txt").write_text("Subject: Hello\n\nHello.\n", encoding="utf-8")
    (folder / "templates" / "confirm.txt").write_text("Subject: Confirm\n\nPlease.\n", encoding="utf-8")
    clock.set(NOW)
    crm = open_crm(folder, TOML, plugins=("post",), database=address, clock=clock)
    shared, own = (ContactPoint(kind="email", value=f"{name}@example.org") for name in ("ab", "celina"))
    crm.customers.save_all([CustomerDraft(name=name) for name in ("Anna", "Ben", "Celina")])
    points = {1: shared, 2: shared, 3: own}
    crm.customers.save_all([CustomerDraft(id=id_, contact_points=(point,)) for id_, point in points.items()])
    crm.rehearsal.end()
    yield Club(folder, clock, address, crm)
    crm.close()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def club(
    request: pytest.FixtureRequest, tmp_path: Path, clock: FakeClock, crm_ready: ReadyDatabases
) -> Iterator[Club]:
    """It is 4 May 2026, 10:00, and the business is live."""
    if request.param == "sqlite":
        yield from _club(tmp_path, clock, None)
        return
    server = request.getfixturevalue("crm_postgres")
    address = crm_ready.copy_tables(tmp_path, (), server)
    yield from _club(tmp_path, clock, address)
    server.drop_database(address)
