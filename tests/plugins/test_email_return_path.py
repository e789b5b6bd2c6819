"""Bounces come to an address that says which message they are about, and nobody else can make one."""

from __future__ import annotations

import pytest

from crmkit.plugins.email.return_path import effect_of, return_path
from tests.plugins.mail_business import Live, five, sent, toml
from tests.plugins.post_office import post_office

_PATH = {"return_path": "bounces@rye.example"}


def test_each_message_has_its_own(live: Live) -> None:
    """The envelope names the effect; the message itself says nothing of it."""
    with post_office() as office:
        crm = live(toml(office, **_PATH), five())
        assert sent(crm) == {"done": 5}
        senders = {each.sender: each for each in office.taken}
    assert len(senders) == 5
    for sender, taken in senders.items():
        number = effect_of(crm, sender)
        assert number is not None
        assert crm.effects.get(number).recipient == taken.to
        assert sender.encode() not in taken.raw
        local, _, domain = sender.partition("@")
        assert (len(local) <= 64, local == local.lower(), domain) == (True, True, "rye.example")


def test_servers_change_capitals(live: Live) -> None:
    """However a server writes it, it is the same address."""
    crm = live(toml(25, **_PATH), [])
    path = return_path(crm)
    assert path is not None
    address = path.of(42).address
    assert [effect_of(crm, each) for each in (address.upper(), f"<{address}>", f" {address}\n")] == [
        42,
        42,
        42,
    ]


@pytest.mark.parametrize(
    "change",
    [
        lambda address: address.replace("+", "+a"),
        lambda address: address.replace("@", "a@"),
        lambda address: address[:10] + ("a" if address[10] != "a" else "b") + address[11:],
        lambda address: address.replace("rye", "evil"),
        lambda address: address.replace("bounces+", "other+"),
        lambda _address: "bounces@rye.example",
        lambda _address: "bounces+@rye.example",
        lambda _address: "",
        lambda _address: "bounces+żółć@rye.example",
    ],
)
def test_no_other_address_is_one(live: Live, change: object) -> None:
    """What was changed, guessed or sent elsewhere names no message."""
    crm = live(toml(25, **_PATH), [])
    path = return_path(crm)
    assert path is not None
    assert effect_of(crm, change(path.of(42).address)) is None  # type: ignore[operator]


def test_without_it_the_sender_gets_them(live: Live) -> None:
    """Where no mailbox for them is set, bounces go to whom messages are from."""
    with post_office() as office:
        crm = live(toml(office), five()[:1])
        assert sent(crm) == {"done": 1}
        assert office.taken[0].sender == "post@rye.example"
    assert return_path(crm) is None
    assert effect_of(crm, "bounces+abc@rye.example") is None
