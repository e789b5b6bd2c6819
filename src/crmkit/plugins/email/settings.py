"""What a business can set under `[plugins.email]`."""

from __future__ import annotations

import re
from ipaddress import ip_address
from typing import TYPE_CHECKING, Final, Literal

from attrs import field, frozen

from crmkit.plugin import Secret

if TYPE_CHECKING:
    from attrs import Attribute

PORTS: Final = {"starttls": 587, "tls": 465, "none": 25}
_LOOPBACK: Final = re.compile(r"localhost|127(?:\.[0-9]{1,3}){3}|::1")
_HOST: Final = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,252})|[0-9A-Fa-f:.]{2,45}")
_MAILBOX: Final = re.compile(r"[^<>]*<[^\s<>@]+@[^\s<>@]+>|[^\s<>@]+@[^\s<>@]+")
_MAILTO: Final = re.compile(r"mailto:[!-;=?-~]+@[!-;=?-~]+")
_LONGEST: Final = 120


def _one_mailbox(_: object, __: Attribute[str | None], value: str | None) -> None:
    if value is not None and (not _MAILBOX.fullmatch(value.strip()) or not value.isprintable()):
        raise ValueError(f"{value!r} is not an address such as Rye Bakery <post@rye.example>")


def _host(_: object, __: Attribute[str | None], value: str | None) -> None:
    if value is not None and not _HOST.fullmatch(value):
        raise ValueError(
            f"{value!r} is not the name of a mail server; an international one is written as xn--…, "
            "and the port apart, as port"
        )


def _port(_: object, __: Attribute[int | None], value: int | None) -> None:
    if value is not None and not 1 <= value <= 65_535:
        raise ValueError(f"{value} is not a port from 1 to 65535")


def _seconds(_: object, __: Attribute[int], value: int) -> None:
    if not 1 <= value <= _LONGEST:
        raise ValueError(f"{value} is not a number of seconds from 1 to {_LONGEST}")


def _mailto(_: object, __: Attribute[str | None], value: str | None) -> None:
    if value is not None and not _MAILTO.fullmatch(value):
        raise ValueError(f"{value!r} is not an address such as mailto:stop@rye.example")


def _resolver(_: object, __: Attribute[str | None], value: str | None) -> None:
    if value is None:
        return
    host, port = server_of(value)
    try:
        ip_address(host)
    except ValueError:
        raise ValueError(f"{value!r} is not a name server such as 10.0.0.2 or 10.0.0.2:53") from None
    if not port.isascii() or not port.isdigit() or not 1 <= int(port) <= 65_535:
        raise ValueError(f"{value!r} is not a name server such as 10.0.0.2 or 10.0.0.2:53")


def server_of(text: str) -> tuple[str, str]:
    """(address, port) of a name server: `10.0.0.2`, `10.0.0.2:53`, `[::1]:53`."""
    if text.startswith("[") and "]" in text:
        host, _, port = text[1:].partition("]")
        return host, port.removeprefix(":") or "53"
    if text.count(":") > 1:
        return text, "53"
    host, _, port = text.partition(":")
    return host, port or "53"


@frozen(kw_only=True)
class Settings:
    """The settings of the e-mail plugin."""

    own_addresses: tuple[str, ...] = field(
        default=(), metadata={"doc": "The business's own addresses: mail from them went out."}
    )
    maildir: str | None = field(
        default=None,
        metadata={"doc": "A Maildir, relative to crm.toml, that `crm worker` reads every minute."},
    )
    refused_domains: tuple[str, ...] = field(
        default=(),
        metadata={"doc": "Domains of throw-away addresses: nobody is saved with or written to at one."},
    )
    from_: str | None = field(
        default=None,
        validator=_one_mailbox,
        metadata={"doc": "Who messages are from: `Rye Bakery <post@rye.example>`. Needed to send."},
    )
    reply_to: str | None = field(
        default=None, validator=_one_mailbox, metadata={"doc": "Where answers go, if not to `from`."}
    )
    host: str | None = field(
        default=None,
        validator=_host,
        metadata={"doc": "The mail server that messages are handed to. Needed to send."},
    )
    port: int | None = field(
        default=None,
        validator=_port,
        metadata={"doc": "Its port: 587, or 465 with `tls`, or 25 with `none`, unless it is another."},
    )
    security: Literal["starttls", "tls", "none"] = field(
        default="starttls",
        metadata={"doc": "How the connection is encrypted; `none` only for a server on this machine."},
    )
    user: str | None = field(default=None, metadata={"doc": "The name to log in with, if the server asks."})
    password: Secret | None = field(
        default=None, metadata={"doc": "Where the password is: `env:NAME` or `file:PATH`."}
    )
    timeout: int = field(
        default=60,
        validator=_seconds,
        metadata={"doc": f"Seconds to wait for an answer of the server, from 1 to {_LONGEST}."},
    )
    unsubscribe: str | None = field(
        default=None,
        validator=_mailto,
        metadata={
            "doc": "A `mailto:` address, named in marketing messages for mail programs' own unsubscribe "
            "button. What arrives there is yours to act upon."
        },
    )
    clicks: bool = field(
        default=False,
        metadata={"doc": "Whether links in marketing messages tell when they are followed."},
    )
    opens: bool = field(
        default=False,
        metadata={"doc": "Whether marketing messages have an image that tells when they are opened."},
    )
    resolver: str | None = field(
        default=None,
        validator=_resolver,
        metadata={
            "doc": "The name server that `crm mail preflight` asks, if not the system's: `10.0.0.2:53`."
        },
    )

    def __attrs_post_init__(self) -> None:
        if self.security == "none" and self.host and not _LOOPBACK.fullmatch(self.host.lower()):
            raise ValueError(
                'security = "none" is for a server on this machine only; use "starttls" or "tls"'
            )
        if (self.user is None) != (self.password is None):
            raise ValueError("user and password belong together: one of them is missing")

    @property
    def delivers(self) -> bool:
        """Whether messages can be handed over."""
        return bool(self.from_ and self.host)

    @property
    def smtp_port(self) -> int:
        """The port of the mail server."""
        return self.port or PORTS[self.security]
