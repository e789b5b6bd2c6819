"""Test messages to colleagues."""

from __future__ import annotations

import pytest

from crmkit import Conflict, Crm, CrmError, Invalid, NotAllowed, NotFound
from tests.core.messages.conftest import TOML, Bakery

WEB = '\n[web]\nurl = "https://post.rye.example"\n'


def staffed(bakery: Bakery) -> Crm:
    """The bakery with two who work there, one who has left, and one without an address."""
    crm = bakery.filled()
    crm.people.add("Vera", email="vera@rye.example", role="clerk")
    crm.people.add("Olga", email="olga@rye.example", role="clerk")
    crm.people.add("Zoe", role="clerk")
    crm.people.deactivate("Olga")
    bakery.write("hello.txt", "Subject: Dear {{ customer.name }}\n\n{{ links.unsubscribe }}")
    bakery.write("hello.pl.txt", "Subject: Cześć {{ customer.name }}\n\n{{ links.unsubscribe }}")
    return bakery.open(TOML.replace('"orders"', '"greetings"') + WEB)


def test_a_colleague_gets_what_a_customer_would(bakery_both: Bakery) -> None:
    """By the channel itself, marked, with links that lead nowhere; no ledger or timeline tells of it."""
    crm = staffed(bakery_both)
    crm.rehearsal.end()
    sent = crm.messages.test("hello", "vera", customer=2, channel="pigeon")
    assert (sent.employee.name, sent.file) == ("Vera", None)
    (line,) = bakery_both.delivered
    assert line.startswith("test-")
    assert line.endswith(" vera@rye.example [Test] Cześć Bea https://post.rye.example/u/preview")
    assert crm.effects.list() == ()
    assert crm.interactions.timeline(2).interactions == ()
    assert bakery_both.rehearsed == {}
    (access,) = [each for each in crm.access.list()[0] if each.action == "test"]
    assert (access.what, access.customers, access.customer_id) == ("hello", 1, 2)
    assert crm.messages.test(
        "hello", "VERA@rye.example", channel="pigeon", language="pl"
    ).message.subject == ("[Test] Cześć Anna Nowak")


def test_a_rehearsal_writes_it_to_a_file(bakery: Bakery) -> None:
    """Which goes when the customer in whose words it is does."""
    crm = staffed(bakery)
    sent = crm.messages.test("hello", "vera", customer=1, channel="pigeon")
    assert list(bakery.rehearsed) == ["2026-05-04/test-1-hello-vera@rye.example.txt"]
    assert sent.file is not None
    assert "Subject: [Test] Dear Anna" in sent.file.read_text(encoding="utf-8")
    assert bakery.delivered == []
    assert crm.privacy.preview(1).elsewhere == ("1 of the files in rehearsal/",)


@pytest.mark.parametrize(
    ("to", "error"),
    [
        ("anna@example.org", NotFound),
        ("Anna", NotFound),
        ("nobody@rye.example", NotFound),
        ("olga@rye.example", NotAllowed),
        ("Zoe", Invalid),
        ("", NotFound),
    ],
)
def test_only_who_works_here_gets_one(bakery: Bakery, to: str, error: type[Exception]) -> None:
    """No customer, nobody else, and nobody who has left."""
    crm = staffed(bakery)
    crm.rehearsal.end()
    with pytest.raises(error):
        crm.messages.test("hello", to, customer=1, channel="pigeon")
    assert bakery.delivered == []


def test_not_too_many(bakery: Bakery) -> None:
    """Thirty an hour, by all together."""
    crm = staffed(bakery)
    for _ in range(30):
        crm.messages.test("hello", "vera", channel="pigeon")
    with pytest.raises(Conflict, match="30 test messages"):
        crm.messages.test("hello", "vera", channel="pigeon")
    bakery.clock.advance(hours=2)
    crm.messages.test("hello", "vera", channel="pigeon")


def test_what_cannot_be_sent_is_told(bakery: Bakery) -> None:
    """No permission, no means, a channel that refuses, a template that is wrong, a restricted customer."""
    crm = staffed(bakery)
    crm.rehearsal.end()
    crm.people.add("Iga", role="viewer", email="x@lost.example")
    with pytest.raises(NotAllowed):
        crm.acting_as("Iga").messages.test("hello", "vera", channel="pigeon")
    with pytest.raises(CrmError, match="Not sent: no such loft"):
        crm.messages.test("hello", "Iga", channel="pigeon")
    with pytest.raises(CrmError, match="no means to deliver"):
        crm.messages.test("hello", "vera", channel="smoke")
    with pytest.raises(NotFound, match="There is no template"):
        crm.messages.test("helo", "vera", channel="pigeon")
    with pytest.raises(Conflict), crm.transaction():
        crm.messages.test("hello", "vera", channel="pigeon")
    crm.privacy.restrict(1)
    with pytest.raises(Invalid, match="restricted"):
        crm.messages.test("hello", "vera", customer=1, channel="pigeon")
