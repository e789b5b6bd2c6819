"""What is sent, as the parameters of an action: by a template, or a letter that somebody wrote."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from attrs import field, frozen
from attrs.validators import instance_of


def _ids(given: Iterable[str]) -> tuple[str, ...]:
    return tuple(given)


@frozen(kw_only=True)
class Letter:
    """What somebody wrote to one customer, in place of a template: the texts as they are read.

    `references` and `thread` are as in `crmkit.plugin.Message`; `employee_id` is who wrote it.
    """

    text: str
    subject: str = ""
    references: tuple[str, ...] = field(default=(), converter=_ids)
    thread: str = ""
    employee_id: int | None = None


def _letter(given: Letter | Mapping[str, Any] | None) -> Letter | None:
    return Letter(**given) if isinstance(given, Mapping) else given


@frozen(kw_only=True)
class Sending:
    """What is sent: the template, by which channel and for which purpose.

    `version` is the digest of the template as it was when the rule was understood, `links` are addresses of
    the reader's own that a program gave, `letter` is what stands in place of a template; rules write none of
    these. `pages` names routes, by their `link`, of which each message has an address of its own: the token
    in it names the message's effect.
    """

    pages: ClassVar[tuple[str, ...]] = ()
    template: str = field(default="", validator=instance_of(str))
    channel: str = field(validator=instance_of(str))
    purpose: str = field(default="", validator=instance_of(str))
    version: str = field(default="", validator=instance_of(str))
    links: Mapping[str, str] = field(factory=dict, hash=False)
    letter: Letter | None = field(default=None, converter=_letter)
