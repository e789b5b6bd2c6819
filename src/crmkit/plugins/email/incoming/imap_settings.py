"""What a business can set under `[plugins.email.imap]`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final, Literal

from attrs import field, frozen

from crmkit.plugin import Secret, phrase

if TYPE_CHECKING:
    from attrs import Attribute

PORTS: Final = {"tls": 993, "starttls": 143, "none": 143}
_LOOPBACK: Final = re.compile(r"localhost|127(?:\.[0-9]{1,3}){3}|::1")
_HOST: Final = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,252})|[0-9A-Fa-f:.]{2,45}")
_SHORTEST, _LONGEST = 10, 86_400
_SMALLEST, _LARGEST = 1, 25


def _host(_: object, __: Attribute[str], value: str) -> None:
    if not _HOST.fullmatch(value):
        raise ValueError(
            phrase(
                "{value} is not the name of a mail server; the port is set apart, as port", value=repr(value)
            )
        )


def _port(_: object, __: Attribute[int | None], value: int | None) -> None:
    if value is not None and not 1 <= value <= 65_535:
        raise ValueError(phrase("{value} is not a port from 1 to 65535", value=value))


def _folder(_: object, __: Attribute[Any], value: str | None) -> None:
    if value is not None and (not value.strip() or not value.isprintable()):
        raise ValueError(phrase("{value} is not the name of a folder", value=repr(value)))


def _every(_: object, __: Attribute[int], value: int) -> None:
    if not _SHORTEST <= value <= _LONGEST:
        raise ValueError(
            phrase(
                "{value} is not a number of seconds from {shortest} to {longest}",
                value=value,
                shortest=_SHORTEST,
                longest=_LONGEST,
            )
        )


def _megabytes(_: object, __: Attribute[int], value: int) -> None:
    if not _SMALLEST <= value <= _LARGEST:
        raise ValueError(
            phrase(
                "{value} is not a number of megabytes from {smallest} to {largest}",
                value=value,
                smallest=_SMALLEST,
                largest=_LARGEST,
            )
        )


@frozen(kw_only=True)
class ImapSettings:
    """The mailbox that `crm worker` reads. Nothing in it is changed unless these settings say so."""

    host: str = field(validator=_host, metadata={"doc": "The mail server with the mailbox."})
    port: int | None = field(
        default=None,
        validator=_port,
        metadata={"doc": "Its port: 993, or 143 with `starttls` or `none`, unless it is another."},
    )
    security: Literal["tls", "starttls", "none"] = field(
        default="tls",
        metadata={"doc": "How the connection is encrypted; `none` only for a server on this machine."},
    )
    user: str = field(metadata={"doc": "The name to log in with."})
    password: Secret = field(metadata={"doc": "Where the password is: `env:NAME` or `file:PATH`."})
    folder: str = field(default="INBOX", validator=_folder, metadata={"doc": "Where mail comes in."})
    sent: str | None = field(
        default=None,
        validator=_folder,
        metadata={"doc": "The folder of what employees sent themselves; it goes onto timelines as theirs."},
    )
    move_to: str | None = field(
        default=None,
        validator=_folder,
        metadata={"doc": "A folder into which messages are moved once they are read; else they stay."},
    )
    mark_read: bool = field(
        default=False, metadata={"doc": "Whether messages are marked as read on the server."}
    )
    every: int = field(
        default=60, validator=_every, metadata={"doc": "Seconds between two looks into the mailbox."}
    )
    largest: int = field(
        default=10,
        validator=_megabytes,
        metadata={"doc": "Megabytes; of larger messages only the headers are read."},
    )

    def __attrs_post_init__(self) -> None:
        if self.security == "none" and not _LOOPBACK.fullmatch(self.host.lower()):
            raise ValueError(
                phrase('security = "none" is for a server on this machine only; use "tls" or "starttls"')
            )
        if self.move_to is not None and self.move_to in (self.folder, self.sent):
            raise ValueError(phrase("move_to is a folder that is read as well; name another"))

    @property
    def imap_port(self) -> int:
        """The port of the server."""
        return self.port or PORTS[self.security]

    @property
    def account(self) -> str:
        """What tells this mailbox from any other."""
        return f"{self.user}@{self.host.lower()}:{self.imap_port}"
