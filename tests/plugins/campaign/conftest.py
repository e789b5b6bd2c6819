"""A bakery that writes to its customers by pigeon: what is in a customer's name says how that ends."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from crmkit import ContactPoint, Crm, CustomerDraft
from crmkit.core.instants import parse_instant
from crmkit.testing import FakeClock, open_crm
from crmkit.testing.ready import ReadyDatabases

Open = Callable[..., Crm]
Write = Callable[[str, str], Path]
BAKERY = """
timezone = "Europe/Warsaw"
[purposes.news]
type = "marketing"
wording = "Tell me what is new."
[purposes.receipts]
type = "contract"
[fields.born]
type = "date"
[segments.friends]
who = "has_tag('friend')"
[segments.handpicked]
kind = "static"
[views.of_friends]
where = "has_tag('friend')"
"""
_PIGEON = '''
"""Delivers by pigeon."""
from crmkit.plugin import Channel, Performed, Refusal, Unconfirmed, hookimpl

def deliver(messages, crm):
    for index, each in enumerate(messages):
        if "refused" in each.to:
            yield Refusal(index, "nobody lives there")
        elif "doubtful" in each.to:
            yield Unconfirmed(index, "the pigeon has not come back")
        else:
            yield Performed(index, each.key)

@hookimpl
def crmkit_register_interaction_words():
    yield Channel(name="pigeon", doc="By pigeon", contact_kind="email", deliver=deliver)
'''
_MANIFEST = 'name = "pigeons"\ntitle = "Pigeons"\ndoc = "Delivers by pigeon"\n'
# It fails for whoever has a comma in their name.
_LETTER = "Subject: News\n\nDear {{ customer.name }}{% if ',' in customer.name %}{{ 1 / 0 }}{% endif %}!\n"


def customer(name: str, *, agreed: bool = True, **more: object) -> CustomerDraft:
    """A friend of the bakery's, with an address."""
    local = "".join(each for each in name.lower() if each.isalnum())
    return CustomerDraft(
        name=name, tags=("friend",), **more,  # type: ignore[arg-type]
        contact_points=(ContactPoint(kind="email", value=f"{local}@example.org"),),
    )  # fmt: skip


def fill(crm: Crm, *names: str, silent: tuple[str, ...] = ()) -> dict[str, int]:
    """Put friends of these names on record, who agreed to news, but the silent ones; their numbers."""
    found = {}
    for name in names:
        found[name] = crm.customers.save(customer(name)).id
        if name not in silent:
            crm.consent.grant(found[name], "news", "pigeon")
    return found


def work(crm: Crm, passes: int = 3) -> None:
    """So many passes of the worker."""
    for _ in range(passes):
        crm.strategy.run_due()
        crm.effects.hand_over()


def at(clock: FakeClock, wall: str, zone: str = "Europe/Warsaw") -> None:
    """Set the clock to a time of day somewhere."""
    clock.set(parse_instant(wall, ZoneInfo(zone), 0))


def born(year: int, month: int, day: int) -> dict[str, date]:
    """The field of a birthday."""
    return {"born": date(year, month, day)}


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write a campaign's file."""

    def written(name: str, text: str) -> Path:
        file = tmp_path / "campaigns" / f"{name}.toml"
        file.parent.mkdir(exist_ok=True)
        file.write_text(text, encoding="utf-8")
        return file

    return written


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def bakery(
    request: pytest.FixtureRequest, tmp_path: Path, clock: FakeClock, crm_ready: ReadyDatabases
) -> Iterator[Open]:
    """Open the bakery, live, with more of `crm.toml`; again, it is the same database. It is 4 May 2026,
    10:00, a Monday."""
    opened: list[Crm] = []
    server = request.getfixturevalue("crm_postgres") if request.param == "postgresql" else None
    address = crm_ready.copy_tables(tmp_path, ("campaign",), server) if server else None
    for folder, name, text in (
        ("plugins", "pigeons.py", _PIGEON), ("plugins", "pigeons.toml", _MANIFEST),
        ("templates", "news.txt", _LETTER),
    ):  # fmt: skip
        (tmp_path / folder).mkdir(exist_ok=True)
        (tmp_path / folder / name).write_text(text, encoding="utf-8")

    def open_(more: str = "", *, live: bool = True) -> Crm:
        if not opened:
            at(clock, "2026-05-04 10:00")
        crm = open_crm(
            tmp_path, BAKERY + more, plugins=("campaign", "pigeons"), database=address, clock=clock
        )
        if live and not opened:
            crm.rehearsal.end()
        opened.append(crm)
        return crm

    yield open_
    for crm in opened:
        crm.close()
    if server is not None:
        server.drop_database(address)
