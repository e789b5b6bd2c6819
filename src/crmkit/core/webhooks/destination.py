"""Where a webhook's address leads: taken apart, resolved, and refused where it may not go."""

from __future__ import annotations

import ipaddress
import re
import socket
from typing import Final

from attrs import frozen

from crmkit.core.errors import Invalid
from crmkit.core.phrase import phrase
from crmkit.core.webhooks.networks import is_allowed

_PORTS: Final = {"http": 80, "https": 443}
# One way to read it, for every reader: no user, no backslash, no fragment, no blank, only ASCII.
_URL: Final = re.compile(
    r"(?P<scheme>https?)://(?P<host>\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::(?P<port>[0-9]{1,5}))?"
    r"(?P<path>/[!-~]*|\?[!-~]*)?",
    re.IGNORECASE,
)
_NUMERIC: Final = re.compile(r"(?:0x[0-9a-f]*|[0-9]+)(?:\.(?:0x[0-9a-f]*|[0-9]+))*\.?", re.IGNORECASE)
_LOCAL: Final = ("localhost", "local", "internal", "localdomain", "home.arpa")


@frozen
class Url:
    """A webhook's address, taken apart. `host` is a name in lower case, or an address without brackets."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def authority(self) -> str:
        """What the header `Host` says: the port only where it is not the usual one."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def shown(self) -> str:
        """What a person may read: what comes behind the host may be secret."""
        return f"{self.scheme}://{self.authority}"


def parse_url(text: str) -> Url:
    """The address, taken apart. Raises `Invalid`; the message does not repeat it, as it may hold a secret."""
    found = _URL.fullmatch(text)
    if found is None or "\\" in text or "#" in text:
        raise Invalid(
            "it is not an address such as https://example.com/hook: without user, password, # and blanks",
            hint="Write an international name in its ASCII form, xn--…",
        )
    scheme, host = found["scheme"].lower(), found["host"].lower().strip("[]")
    port = int(found["port"] or _PORTS[scheme])
    if not 1 <= port <= 65_535:
        raise Invalid(
            phrase("the address has the port {port}, and there is none", port=port),
            hint="Ports are from 1 to 65535.",
        )
    path = found["path"] or "/"
    return Url(scheme, _host(host), port, path if path.startswith("/") else f"/{path}")


def _host(host: str) -> str:
    if ":" in host or _NUMERIC.fullmatch(host):
        try:
            return str(ipaddress.ip_address(host))
        except ValueError:
            raise Invalid(
                phrase('the host "{host}" is no address in its usual form', host=host),
                hint="Write it with four decimal numbers, such as 192.0.2.7, or a name.",
            ) from None
    labels = host.removesuffix(".").split(".")
    if len(host) > 253 or not all(0 < len(each) <= 63 for each in labels):
        raise Invalid(phrase('the host "{host}" is no name', host=host[:80]), hint="Correct it.")
    return host


def refuse_literal(url: Url, *, internal: bool) -> None:
    """Raise `Invalid` for what can be told without asking anybody: an address within, or a local name."""
    try:
        address = ipaddress.ip_address(url.host)
    except ValueError:
        name = url.host.removesuffix(".")
        if not internal and (name in _LOCAL or name.endswith(tuple(f".{each}" for each in _LOCAL))):
            raise _refused(url.host) from None
    else:
        if not is_allowed(address, internal=internal):
            raise _refused(url.host)


def destinations(url: Url, *, internal: bool) -> list[str]:
    """The addresses to connect to, each of them looked at. A single one that may not be refuses all.

    Raises `Invalid` for those, and `OSError` where the name cannot be resolved.
    """
    refuse_literal(url, internal=internal)
    found = resolve(url.host, url.port)
    for text in found:
        if not is_allowed(ipaddress.ip_address(text.partition("%")[0]), internal=internal):
            raise _refused(url.host, text)
    return found


def resolve(host: str, port: int) -> list[str]:
    """The addresses of a host, as the system knows them. Raises `OSError`."""
    answers = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    found = list(dict.fromkeys(str(answer[4][0]) for answer in answers))
    if not found:
        raise OSError("no address")
    return found


def _refused(host: str, address: str = "") -> Invalid:
    return Invalid(
        phrase(
            "the address leads to {address}, which is not on the public Internet", address=address or host
        ),
        hint="For an address within your own network: internal = true.",
    )
