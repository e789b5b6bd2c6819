"""From where a request comes, and whom it is counted for."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from typing import Final

_NETWORK: Final = 64


def client_of(peer: str, forwarded: Sequence[str], proxies: int) -> str:
    """The address of whoever asks: `peer`, or, behind `proxies` of the business's own, the one which the
    farthest of them was asked by. What stands before that in `X-Forwarded-For` anybody may have written."""
    if not proxies:
        return peer
    said = [each.strip() for line in forwarded for each in line.split(",")]
    if len(said) < proxies:
        return peer
    return _address(said[-proxies]) or peer


def network_of(client: str) -> str:
    """What requests are counted for: the address, or its /64, as many as one house has of the newer ones."""
    try:
        address = ipaddress.ip_address(client.partition("%")[0])
    except ValueError:
        return client
    if isinstance(address, ipaddress.IPv4Address):
        return str(address)
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return str(ipaddress.ip_network((address, _NETWORK), strict=False))


def _address(text: str) -> str | None:
    """An address, whatever stands around it: `[::1]:80`, `192.0.2.1:4711`."""
    bare = text.partition("]")[0].removeprefix("[") if text.startswith("[") else text
    if bare.count(":") == 1:
        bare = bare.partition(":")[0]
    try:
        return str(ipaddress.ip_address(bare.partition("%")[0]))
    except ValueError:
        return None
