"""Conversations: which messages belong together, whose turn it is, and answers by the same channel."""

from __future__ import annotations

import pytest

from crmkit import Conflict, Crm, Invalid, NotFound
from crmkit.core.clock import FakeClock
from crmkit.testing import run_crm
from tests.plugins.collaborative.inbox_business import MONDAY, TOML, Bakery

HOUR = 3_600_000_000


@pytest.fixture
def crm_plugins() -> list[str]:
    """The plugins in use."""
    return ["email", "collaborative"]


@pytest.fixture
def crm_toml() -> str:
    """Mail goes to the counter."""
    return TOML


@pytest.fixture
def clock() -> FakeClock:
    """Monday at ten."""
    return FakeClock(MONDAY)


@pytest.fixture
def bakery(crm_both: Crm, clock: FakeClock) -> Bakery:
    """The bakery, with two at the counter."""
    people = crm_both.people
    people.add("Ewa", "ewa@rye.example", role="clerk")
    people.add("Bo", "bo@rye.example", role="clerk")
    people.add_team("Counter")
    people.join("Ewa", "Counter")
    return Bakery(crm_both, clock)


def test_a_thread_is_one_conversation(bakery: Bakery, clock: FakeClock) -> None:
    """Answers are known by what they name, whatever their subject; another subject is another conversation,
    and the same one within days is not. What machines write opens none."""
    anna = bakery.add("Anna Nowak", "anna@example.com")
    bakery.write("anna@example.com", "Is it fresh?", Message_ID="<1@example.com>")
    clock.advance(hours=1)
    bakery.write("anna@example.com", "And rye?", "Something else", Message_ID="<2@example.com>",
                 References="<0@example.com> <1@example.com>")  # fmt: skip
    bakery.write("anna@example.com", "Hello?", "Re: Bread", Message_ID="<3@example.com>")
    bakery.write("anna@example.com", "My invoice", "Invoice", Message_ID="<4@example.com>")
    bakery.write("anna@example.com", "I am away", "Out of office", Auto_Submitted="auto-replied")
    bread, invoice = bakery.all()
    assert (bread.subject, invoice.subject, bread.team, bread.state) == (
        "Bread",
        "Invoice",
        "Counter",
        "open",
    )
    assert bakery.texts(bread.id) == ["Is it fresh?", "And rye?", "Hello?"]
    assert bread.unanswered_since == MONDAY
    assert bakery.crm.trait("unanswered", anna) == 2
    assert [each.customer_id for each in bakery.all()] == [anna, anna]


def test_an_answer_goes_by_the_same_channel(bakery: Bakery, clock: FakeClock) -> None:
    """Beneath what it answers, through the ledger; then it is the customer's turn, and how long it took in
    working time is kept. Their next message opens it again, also once it was closed."""
    crm = bakery.crm
    bakery.add("Anna Nowak", "anna@example.com")
    bakery.write("anna@example.com", "Is it fresh?", Message_ID="<1@example.com>")
    (found,) = bakery.all("open")
    clock.advance(days=1)
    inbox, answering = bakery.as_("Ewa")
    rehearsed = answering.answer(found.id, "Of today.")
    assert rehearsed.is_rehearsal
    (file,) = (crm.config.directory / "rehearsal").rglob("*.txt")
    assert "Re: Bread" in file.read_text()
    assert bakery.all("open")
