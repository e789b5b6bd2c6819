"""A bakery that has written to its customers, and reads what comes back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from attrs import asdict, define

from crmkit import ContactPoint, Crm, CustomerDraft, Interaction
from crmkit.plugins.email.incoming.found import Found
from crmkit.plugins.email.incoming.reading import read_messages
from crmkit.testing import FakeClock, open_crm
from tests.plugins.imap_server import imap
from tests.plugins.post_office import PostOffice, post_office

__all__ = ["imap"]
# 4 May 2026, 10:00 UTC.
NOW = 1_777_888_800_000_000
_BAKERY = """
[purposes.orders]
type = "service"
[rules.hello]
run = "daily at 00:00"
once = "ever"
send_email = "hello"
purpose = "orders"
[plugins.email]
from = "Rye Bakery <post@rye.example>"
host = "127.0.0.1"
port = {port}
security = "none"
timeout = 5
"""


@define
class Bakery:
    """An open business, and the identifiers of the messages that it has sent, by address."""

    crm: Crm
    ids: dict[str, str]

    def read(self, *raw: bytes, **more: bool) -> dict[str, int]:
        """Read messages as they come in from outside; what came of them, but zeros."""
        found = [
            Found(raw=each, place="test", key=str(number), **{"has_come": True, **more})
            for number, each in enumerate(raw)
        ]
        report = asdict(read_messages(self.crm, found))
        return {name: count for name, count in report.items() if count}

    def timeline(self, customer: int) -> list[Interaction]:
        """What is on a customer's timeline, but for what the bakery itself has sent by the ledger."""
        entries = self.crm.interactions.timeline(customer).interactions
        return [each for each in entries if each.source != "effect"]

    def suppressed(self, address: str) -> list[str]:
        """For which reasons nothing goes to an address."""
        return [each.reason for each in self.crm.suppressions.state("email", address)]


Open = Callable[..., Bakery]


@pytest.fixture
def office() -> Iterator[PostOffice]:
    """The mail server that messages go out by."""
    with post_office() as server:
        yield server


@pytest.fixture
def open_bakery(tmp_path: Path, clock: FakeClock, office: PostOffice) -> Iterator[Open]:
    """Opens the bakery with these customers, to whom it says hello; `settings` go on where the file ends,
    under [plugins.email], which they may name."""
    clock.set(NOW)
    opened: list[Crm] = []
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "hello.txt").write_text("Subject: Hello\n\nDear customer,\n")

    def open_(*addresses: str, settings: str = "", database: str | None = None) -> Bakery:
        toml = _BAKERY.format(port=office.port) + settings.removeprefix("[plugins.email]\n")
        crm = open_crm(tmp_path, toml, plugins=("email",), database=database, clock=clock)
        opened.append(crm)
        for number, address in enumerate(addresses or ("anna@example.com", "jan@example.com"), 1):
            point = ContactPoint(kind="email", value=address)
            crm.customers.save(CustomerDraft(name=f"Person {number}", contact_points=(point,)))
        crm.rehearsal.end()
        crm.strategy.apply(crm.strategy.plan().number)
        return Bakery(crm, {each.to: str(each.message["Message-ID"]) for each in office.taken})

    yield open_
    for crm in opened:
        crm.close()
