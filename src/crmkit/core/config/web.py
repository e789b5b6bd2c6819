"""Where the public reaches the business."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from attrs import field, frozen

from crmkit.core.config.faults import fault
from crmkit.core.phrase import phrase

if TYPE_CHECKING:
    from attrs import Attribute

_URL: Final = re.compile(
    r"https://[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?::[0-9]{1,5})?(?:/[A-Za-z0-9._~/-]*)?|"
    r"http://(?:localhost|127\.0\.0\.1|\[::1\])(?::[0-9]{1,5})?"
)
_MOST_PROXIES: Final = 10
_LONGEST_CONTACT: Final = 200


def _url(_: object, __: Attribute[str | None], value: str | None) -> None:
    if value is not None and not _URL.fullmatch(value):
        raise fault(phrase('"{value}" is not an address such as https://post.rye.example', value=value))


def _contact(_: object, __: Attribute[str | None], value: str | None) -> None:
    if value is not None and (not value.strip() or not value.isprintable() or len(value) > _LONGEST_CONTACT):
        raise fault(phrase("A contact is one line that people can read, such as hello@rye.example"))


def _port(_: object, __: Attribute[int], value: int) -> None:
    if not 0 <= value <= 65_535:
        raise fault(phrase("{value} is not a port from 0 to 65535", value=value))


def _proxies(_: object, __: Attribute[int], value: int) -> None:
    if not 0 <= value <= _MOST_PROXIES:
        raise fault(
            phrase(
                "{value} is not a number from 0 to {most_proxies}", value=value, most_proxies=_MOST_PROXIES
            )
        )


@frozen(kw_only=True)
class WebSettings:
    """`[web]`: the pages that customers reach by the links in their messages, served by `crm serve`."""

    url: str | None = field(
        default=None,
        validator=_url,
        metadata={"doc": "Where the public reaches them: https://post.rye.example. No links without it."},
    )
    host: str = field(default="127.0.0.1", metadata={"doc": "The address that `crm serve` listens at."})
    port: int = field(default=8484, validator=_port, metadata={"doc": "The port that it listens at."})
    proxies: int = field(
        default=0,
        validator=_proxies,
        metadata={"doc": "How many proxies of yours stand before it, each of which says whom it speaks for."},
    )
    privacy: str | None = field(
        default=None,
        validator=_url,
        metadata={"doc": "The business's own page on privacy, which every page links to."},
    )
    contact: str | None = field(
        default=None,
        validator=_contact,
        metadata={"doc": "How people reach the business, as each page says: an e-mail address or a number."},
    )

    @property
    def base(self) -> str | None:
        """The address without a slash at its end."""
        return self.url.rstrip("/") if self.url else None
