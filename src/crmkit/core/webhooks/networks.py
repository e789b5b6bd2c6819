"""Which addresses of the Internet Protocol a request may go to."""

from __future__ import annotations

import ipaddress
from typing import Final

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

# Where whole networks of the older protocol are reached by way of the newer: the older address decides.
_TRANSLATED: Final = ("64:ff9b::/96", "64:ff9b:1::/48", "::/96", "::ffff:0:0:0/96")
# What is routed in the newer protocol; all else is somebody's own, or nobody's.
_ROUTED: Final = "2000::/3"
_OWN: Final = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "127.0.0.0/8", "fc00::/7",
               "::1/128")  # fmt: skip
# Global by the book, and yet nobody's server: relays, and what stands for others.
_NOBODYS: Final = ("192.88.99.0/24", "192.0.0.0/24", "2001::/23", "3fff::/20")


def is_allowed(address: Address, *, internal: bool) -> bool:
    """Whether a request may go to `address`; with `internal` also within one's own network.

    Never to what is multicast, reserved, unspecified or link-local: there are the services that tell a
    machine of the cloud its secrets.
    """
    return all(_is_public(each) or (internal and _within(each, _OWN)) for each in _meant(address))


def _meant(address: Address) -> list[Address]:
    """The address, or those of the older protocol that it leads to."""
    if isinstance(address, ipaddress.IPv4Address) or _within(address, ("::/127",)):
        return [address]
    if address.ipv4_mapped is not None:
        return [address.ipv4_mapped]
    if address.sixtofour is not None:
        return [address.sixtofour]
    if address.teredo is not None:
        return [address, *address.teredo]
    if _within(address, _TRANSLATED):
        return [ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF)]
    return [address]


def _is_public(address: Address) -> bool:
    if not address.is_global or address.is_multicast or address.is_reserved or _within(address, _NOBODYS):
        return False
    return address.version == 4 or _within(address, (_ROUTED,))


def _within(address: Address, networks: tuple[str, ...]) -> bool:
    return any(address in ipaddress.ip_network(each) for each in networks)
