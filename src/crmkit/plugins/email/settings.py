"""What a business can set under `[plugins.email]`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any, Final, Literal

from attrs import field, frozen

from crmkit.plugin import Secret, phrase
from crmkit.plugins.email.incoming.imap_settings import ImapSettings

if TYPE_CHECKING:
    from attrs import Attribute

PORTS: Final = {"starttls": 587, "tls": 465, "none": 25}
_LOOPBACK: Final = re.compile(r"localhost|127(?:\.[0-9]{1,3}){3}|::1")
_HOST: Final = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,252})|[0-9A-Fa-f:.]{2,45}")
_MAILBOX: Final = re.compile(r"[^<>]*<[^\s<>@]+@[^\s<>@]+>|[^\s<>@]+@[^\s<>@]+")
_MAILTO: Final = re.compile(r"mailto:[!-;=?-~]+@[!-;=?-~]+")
_LONGEST: Final = 120
# With what says whose bounce it is, it has to fit into the 64 characters before an @.
_RETURN_PATH: Final = re.compile(r"[A-Za-z0-9._-]{1,24}@[^\s<>@]+")
_LABELS: Final = re.compile(
    r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*"
)
_LONGEST_SELECTOR: Final = 100
_RATE: Final = re.compile(r"([1-9][0-9]{0,8})/(second|minute|hour|day)")
_UNITS: Final = {"second": 1, "minute": 60, "hour": 3_600, "day": 86_400}
_CONNECTIONS: Final = (1, 32)
_PER_CONNECTION: Final = (1, 100_000)


def _one_mailbox(_: object, __: Attribute[str | None], value: str | None) -> None:
    if value is not None and (not _MAILBOX.fullmatch(value.strip()) or not value.isprintable()):
        raise ValueError(
            phrase("{value} is not an address such as Rye Bakery <post@rye.example>", value=repr(value))
        )


def _host(_: object, __: Attribute[str | None], value: str | None) -> None:
    if value is not None and not _HOST.fullmatch(value):
        raise ValueError(
            phrase(
                "{value} is not the name of a mail server; an international one is written as xn--…, "
                "and the port apart, as port",
                value=repr(value),
            )
        )


def _port(_: object, __: Attribute[int | None], value: int | None) -> None:
    if value is not None and not 1 <= value <= 65_535:
        raise ValueError(phrase("{value} is not a port from 1 to 65535", value=value))


def _seconds(_: object, __: Attribute[int], value: int) -> None:
    if not 1 <= value <= _LONGEST:
        raise ValueError(
            phrase("{value} is not a number of seconds from 1 to {longest}", value=value, longest=_LONGEST)
        )


def _mailto(_: object, __: Attribute[str | None], value: str | None) -> None:
    if value is not None and not _MAILTO.fullmatch(value):
        raise ValueError(
            phrase("{value} is not an address such as mailto:stop@rye.example", value=repr(value))
        )


def _resolver(_: object, __: Attribute[str | None], value: str | None) -> None:
    if value is None:
        return
    host, port = server_of(value)
    try:
        ip_address(host)
    except ValueError:
        raise ValueError(
            phrase("{value} is not a name server such as 10.0.0.2 or 10.0.0.2:53", value=repr(value))
        ) from None
    if not port.isascii() or not port.isdigit() or not 1 <= int(port) <= 65_535:
        raise ValueError(
            phrase("{value} is not a name server such as 10.0.0.2 or 10.0.0.2:53", value=repr(value))
        )


def server_of(text: str) -> tuple[str, str]:
    """(address, port) of a name server: `10.0.0.2`, `10.0.0.2:53`, `[::1]:53`."""
    if text.startswith("[") and "]" in text:
        host, _, port = text[1:].partition("]")
        return host, port.removeprefix(":") or "53"
    if text.count(":") > 1:
        return text, "53"
    host, _, port = text.partition(":")
    return host, port or "53"


def _from_to(lowest: int, highest: int) -> Any:
    def check(_: object, __: Attribute[int], value: int) -> None:
        if not lowest <= value <= highest:
            raise ValueError(
                phrase(
                    "{value} is not a number from {lowest} to {highest:,}",
                    value=value,
                    lowest=lowest,
                    highest=highest,
                )
            )

    return check


def _bounces(_: object, __: Attribute[str | None], value: str | None) -> None:
    if value is not None and not _RETURN_PATH.fullmatch(value):
        raise ValueError(
            phrase(
                "{value} is not an address such as bounces@rye.example, of at most 24 characters "
                "before the @",
                value=repr(value),
            )
        )


def _one_rate(_: object, __: Attribute[str | None], value: str | None) -> None:
    if value is not None:
        per_second(value)


def _each_rate(_: object, __: Attribute[Mapping[str, str]], value: Mapping[str, str]) -> None:
    for domain, rate in value.items():
        _is_domain(domain)
        per_second(rate)


def _selectors(_: object, __: Attribute[Mapping[str, object]], value: Mapping[str, object]) -> None:
    for selector in value:
        if not is_selector(selector):
            raise ValueError(
                phrase(
                    "{selector} is not the name of a key: small letters, digits and hyphens",
                    selector=repr(selector),
                )
            )


def is_selector(text: str) -> bool:
    """Whether it can name a key in the DNS."""
    return len(text) <= _LONGEST_SELECTOR and _LABELS.fullmatch(text) is not None


def _own_domain(_: object, __: Attribute[str | None], value: str | None) -> None:
    if value is not None:
        _is_domain(value)


def _is_domain(text: str) -> None:
    if not text.isprintable() or "@" in text or "." not in text or text != text.lower().strip():
        raise ValueError(phrase("{text} is not a domain such as rye.example", text=repr(text)))


def per_second(rate: str) -> float:
    """How many a second that is: `"600/minute"` is 10.0. Raises `ValueError`."""
    found = _RATE.fullmatch(rate)
    if found is None:
        raise ValueError(
            phrase('{rate} is not a rate such as "600/minute" (or /second, /hour, /day)', rate=repr(rate))
        )
    return int(found[1]) / _UNITS[found[2]]


@frozen(kw_only=True)
class DkimSection:
    """A key that signs messages."""

    key: Secret = field(
        metadata={"doc": "Where the private key is: `file:PATH` or `env:NAME`. `crm mail key` makes one."}
    )
    domain: str | None = field(
        default=None,
        validator=_own_domain,
        metadata={"doc": "The domain that publishes the key, if it is not the one of `from`."},
    )


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
    unknown: Literal["ignore", "prospect"] = field(
        default="ignore",
        metadata={
            "doc": "What becomes of senders who are not on record: `ignore` counts their mail and keeps "
            "nothing; with `prospect` they are added. They have agreed to nothing."
        },
    )
    unknown_limit: int = field(
        default=50,
        validator=_from_to(1, 100_000),
        metadata={"doc": "How many prospects mail makes in an hour; the mail of others waits, parked."},
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

    return_path: str | None = field(
        default=None,
        validator=_bounces,
        metadata={
            "doc": "The mailbox for what comes back, such as `bounces@rye.example`: each message names it "
            "with a mark of its own (`bounces+…@rye.example`), which the mailbox has to take."
        },
    )
    connections: int = field(
        default=8,
        validator=_from_to(*_CONNECTIONS),
        metadata={"doc": "Connections to the mail server at the same time, from 1 to 32."},
    )
    per_connection: int = field(
        default=100,
        validator=_from_to(*_PER_CONNECTION),
        metadata={"doc": "Messages after which a connection is closed and made anew."},
    )
    rate: str | None = field(
        default=None,
        validator=_one_rate,
        metadata={"doc": "The most that is sent in all, such as `600/minute`."},
    )
    rates: Mapping[str, str] = field(
        factory=dict,
        validator=_each_rate,
        metadata={"doc": 'The most that is sent to one domain, such as `"gmail.com" = "100/minute"`.'},
    )
    dkim: Mapping[str, DkimSection] = field(
        factory=dict,
        validator=_selectors,
        metadata={"doc": "Keys that sign messages, each under its selector; every message is signed by all."},
    )
    capture: str | None = field(
        default=None,
        validator=_one_mailbox,
        metadata={"doc": "The address to which employees send a copy of what they write to customers."},
    )
    authserv_id: str | None = field(
        default=None,
        metadata={
            "doc": "How your mail server calls itself in `Authentication-Results`: what it says of a "
            "sender is believed, and without it nobody who writes as an employee."
        },
    )
    imap: ImapSettings | None = field(
        default=None, metadata={"doc": "The mailbox on a mail server that `crm worker` reads."}
    )

    def __attrs_post_init__(self) -> None:
        if self.security == "none" and self.host and not _LOOPBACK.fullmatch(self.host.lower()):
            raise ValueError(
                phrase('security = "none" is for a server on this machine only; use "starttls" or "tls"')
            )
        if (self.user is None) != (self.password is None):
            raise ValueError(phrase("user and password belong together: one of them is missing"))

    @property
    def delivers(self) -> bool:
        """Whether messages can be handed over."""
        return bool(self.from_ and self.host)

    @property
    def smtp_port(self) -> int:
        """The port of the mail server."""
        return self.port or PORTS[self.security]
