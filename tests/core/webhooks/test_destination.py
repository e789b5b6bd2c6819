"""Where requests may go: every way to write an address that is not public is refused."""

from __future__ import annotations

import ipaddress

import pytest

from crmkit.core.errors import Invalid
from crmkit.core.webhooks import destination
from crmkit.core.webhooks.destination import destinations, parse_url
from crmkit.core.webhooks.networks import is_allowed

# Address, whether it is public, whether it may be somebody's own network.
ADDRESSES = [
    ("8.8.8.8", True, False),
    ("2606:4700::1111", True, False),
    ("127.0.0.1", False, True),
    ("127.8.8.8", False, True),
    ("10.1.2.3", False, True),
    ("172.16.0.1", False, True),
    ("172.32.0.1", True, False),
    ("192.168.1.1", False, True),
    ("100.64.0.1", False, True),
    ("169.254.169.254", False, False),
    ("0.0.0.0", False, False),
    ("224.0.0.1", False, False),
    ("255.255.255.255", False, False),
    ("240.0.0.1", False, False),
    ("192.0.2.1", False, False),
    ("192.88.99.1", False, False),
    ("::", False, False),
    ("::1", False, True),
    ("fc00::1", False, True),
    ("fe80::1", False, False),
    ("ff02::1", False, False),
    ("2001:db8::1", False, False),
    ("4000::1", False, False),
    ("::ffff:127.0.0.1", False, True),
    ("::ffff:169.254.169.254", False, False),
    ("::ffff:8.8.8.8", True, False),
    ("::127.0.0.1", False, True),
    ("2002:7f00:1::", False, True),
    ("2002:a9fe:a9fe::", False, False),
    ("64:ff9b::127.0.0.1", False, True),
    ("64:ff9b::8.8.8.8", True, False),
    ("64:ff9b:1::10.0.0.1", False, True),
    ("2001:0:808:808::f7f7:f7f7", False, False),
]


@pytest.mark.parametrize(("text", "public", "own"), ADDRESSES)
def test_which_networks(text: str, public: bool, own: bool) -> None:
    """Public addresses always, one's own network when it is said to be, and others never."""
    address = ipaddress.ip_address(text)
    assert is_allowed(address, internal=False) is public
    assert is_allowed(address, internal=True) is (public or own)


@pytest.mark.parametrize(
    "url",
    [
        "ftp://example.com/",
        "file:///etc/passwd",
        "example.com/hook",
        "https://",
        "https://user@example.com/",
        "https://user:hunter2@example.com/",
        "https://example.com@127.0.0.1/",
        "https://127.0.0.1\\@example.com/",
        "https://example.com#@127.0.0.1/",
        "https://example.com/a b",
        "https://example.com/\r\nHost: other",
        "https://bücher.example/",
        "https://①②⑦.0.0.1/",
        "https://2130706433/",
        "https://0x7f000001/",
        "https://0x7f.1/",
        "https://0177.0.0.1/",
        "https://127.1/",
        "https://127.0.0.1./",
        "https://example..com/",
        "https://[::1/",
        "https://[fe80::1%25eth0]/",
        "https://example.com:0/",
        "https://example.com:65536/",
        f"https://{'a' * 64}.example/",
    ],
)
def test_addresses_that_could_be_read_in_two_ways(url: str) -> None:
    """They are refused before anybody reads them, and not repeated whole: they may hold a secret."""
    with pytest.raises(Invalid) as caught:
        parse_url(url)
    assert "hunter2" not in caught.value.message


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/",
        "http://[::1]/",
        "http://[::ffff:7f00:1]/",
        "http://localhost/",
        "http://LOCALHOST./",
        "http://a.localhost/",
        "http://printer.local/",
        "http://metadata.google.internal/",
    ],
)
def test_what_is_plainly_within(url: str) -> None:
    """It is refused without asking anybody."""
    with pytest.raises(Invalid, match="not on the public Internet"):
        destinations(parse_url(url), internal=False)


def test_one_private_answer_among_public_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that leads to both is refused as a whole, within one's own network as well for link-local."""
    url = parse_url("https://hooks.example/x")
    monkeypatch.setattr(destination, "resolve", lambda *_: ["8.8.8.8", "10.0.0.1"])
    with pytest.raises(Invalid, match=r"leads to 10\.0\.0\.1, which"):
        destinations(url, internal=False)
    assert destinations(url, internal=True) == ["8.8.8.8", "10.0.0.1"]
    monkeypatch.setattr(destination, "resolve", lambda *_: ["8.8.8.8", "fe80::1%eth0"])
    with pytest.raises(Invalid, match="fe80::1%eth0"):
        destinations(url, internal=True)


def test_taken_apart() -> None:
    """Port and path have their usual values, and what is shown ends with the host."""
    url = parse_url("HTTPS://Hooks.Example:8443/in?token=abc")
    assert (url.scheme, url.host, url.port, url.path) == ("https", "hooks.example", 8443, "/in?token=abc")
    assert url.shown == "https://hooks.example:8443"
    assert parse_url("http://example.com").path == "/"
    assert parse_url("http://example.com?x=1").path == "/?x=1"
    assert parse_url("http://[2606:4700::1111]:80/").authority == "[2606:4700::1111]"
