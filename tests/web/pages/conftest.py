"""A bakery that writes news and offers by pigeon, live; its pigeons note what they deliver."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from attrs import define

from crmkit import ContactPoint, Crm, CustomerDraft
from crmkit.core.clock import FakeClock
from crmkit.testing import Page, Public, open_crm
from crmkit.testing.ready import ReadyDatabases

# 4 May 2026, 10:00 in Warsaw.
NOW = 1_777_881_600_000_000
CHANNEL = "post.pigeon"
FIELDS = """
[fields.birthday]
type = "date"
[fields.vegan]
type = "bool"
label = "I eat no animals"
[fields.size]
type = "choice"
choices = ["small", "large"]
"""
TOML = """
timezone = "Europe/Warsaw"
[web]
url = "https://post.rye.example"
contact = "hello@rye.example"
privacy = "https://rye.example/privacy"
[purposes.news]
type = "marketing"
doc = "News from the bakery"
wording = "Tell me what is new, at most twice a month."
wording_version = 2
confirm = "confirm"
[purposes.offers]
type = "marketing"
doc = "Offers"
[purposes.orders]
type = "contract"
doc = "How an order is doing"
[forms.club]
title = "Join the club"
text = "Bread for members."
fields = ["name", "email", "birthday", "vegan", "size", "message"]
required = ["name"]
purpose = "news"
channel = "post.pigeon"
"""
_MANIFEST = 'name = "post"\ntitle = "Post"\ndoc = "Pigeons"\n'
_SOURCE = '''
"""Delivers by pigeon."""
from crmkit.plugin import Channel, Later, Performed, hookimpl

def deliver(messages, crm):
    for index, message in enumerate(messages):
        if (crm.config.directory / "storm").exists():
            yield Later(index, "storm", 60)
            continue
        with (crm.config.directory / "delivered.txt").open("a", encoding="utf-8") as file:
            file.write(f"{message.purpose} to {message.to}\\n")
        yield Performed(index, "pigeon")

@hookimpl
def crmkit_register_interaction_words():
    yield Channel(name="pigeon", doc="By pigeon", label="Pigeon", contact_kind="email", deliver=deliver)
'''


@define
class Bakery:
    """The business in `folder`. Anna (customer 1) and Ben (2) have agreed to news and offers."""

    folder: Path
    clock: FakeClock
    crm: Crm
    public: Public

    @property
    def delivered(self) -> list[str]:
        """What the pigeons brought."""
        file = self.folder / "delivered.txt"
        return file.read_text(encoding="utf-8").splitlines() if file.exists() else []

    def sent(self, customer: int = 1, purpose: str = "news") -> int:
        """The number of a message that was delivered."""
        found = self.crm.messages.send(customer, "hello", purpose=purpose, channel=CHANNEL)
        assert found.effect is not None
        return found.effect

    def queued(self, customer: int = 1, purpose: str = "news") -> int:
        """The number of a message that is to be delivered in a minute, because there is a storm."""
        storm = self.folder / "storm"
        storm.touch()
        effect = self.sent(customer, purpose)
        storm.unlink()
        return effect

    def link(self, kind: str, effect: int) -> str:
        """The path of the page `kind` for a message."""
        page = {"unsubscribe": "u", "preferences": "p", "confirm": "y"}[kind]
        return f"/{page}/{self.crm.tokens.for_effect(kind, effect)}"

    def state(self, purpose: str, customer: int = 1) -> str | None:
        """What somebody said last on a purpose."""
        return self.crm.consents.state(customer, purpose, CHANNEL)

    def rows(self, customer: int = 1) -> int:
        """How many entries somebody's consent history has."""
        return len(self.crm.consents.show(customer))

    def gone(self) -> Page:
        """The page for a link that leads nowhere."""
        return self.public.get("/u/nonsense")


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def bakery(
    request: pytest.FixtureRequest, tmp_path: Path, clock: FakeClock, crm_ready: ReadyDatabases
) -> Iterator[Bakery]:
    """It is 4 May 2026, 10:00, and the business is live."""
    server = request.getfixturevalue("crm_postgres") if request.param == "postgresql" else None
    address = crm_ready.copy(tmp_path, FIELDS, (), server)
    yield from _opened(tmp_path, clock, address if server else None)
    if server is not None:
        server.drop_database(address)


@pytest.fixture
def small_bakery(tmp_path: Path, clock: FakeClock, crm_ready: ReadyDatabases) -> Iterator[Bakery]:
    """The same on SQLite only, for what has nothing to do with the database."""
    crm_ready.copy(tmp_path, FIELDS, (), None)
    yield from _opened(tmp_path, clock, None)


def _opened(folder: Path, clock: FakeClock, address: str | None) -> Iterator[Bakery]:
    for name, text in {
        "plugins/post.py": _SOURCE,
        "plugins/post.toml": _MANIFEST,
        "templates/hello.txt": "Subject: Hello\n\nHello.\n",
        "templates/confirm.txt": "Subject: Please confirm\n\nPlease.\n",
    }.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    clock.set(NOW)
    crm = open_crm(folder, TOML + FIELDS, plugins=("post",), database=address, clock=clock)
    for name in ("Anna", "Ben"):
        point = ContactPoint(kind="email", value=f"{name.lower()}@example.org")
        crm.customers.save(CustomerDraft(name=f"{name} Kowalska", contact_points=(point,)))
    for customer in (1, 2):
        for purpose in ("news", "offers"):
            crm.consents.grant(customer, purpose, CHANNEL, source="till")
    crm.rehearsal.end()
    clock.advance(60)
    yield Bakery(folder, clock, crm, Public(crm))
    crm.close()
