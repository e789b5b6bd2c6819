"""What other programs send here of their own accord."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, Literal

from attrs import field, frozen

from crmkit.core.config.faults import fault
from crmkit.core.config.secrets import Secret
from crmkit.core.phrase import phrase

if TYPE_CHECKING:
    from attrs import Attribute

_NOTHING: Mapping[str, Any] = MappingProxyType({})
_WHAT: Final = re.compile(r"customers|interactions|records:[a-z][a-z0-9_.]*")
_MOST: Final = 5
_MOST_STRANGERS: Final = 10_000


def _what(_: object, __: Attribute[str], value: str) -> None:
    if not _WHAT.fullmatch(value):
        raise fault(phrase('"{value}" is not customers, interactions or records:TYPE', value=value))


def _secrets(_: object, __: Attribute[Any], value: Secret | tuple[Secret, ...]) -> None:
    if isinstance(value, tuple) and not 1 <= len(value) <= _MOST:
        raise fault(phrase("must be one secret, or a list of at most {most}", most=_MOST))


def _several(_: object, __: Attribute[int], value: int) -> None:
    if not 1 <= value <= _MOST_STRANGERS:
        raise fault(
            phrase(
                "{value} is not between 1 and {most_strangers:,}", value=value, most_strangers=_MOST_STRANGERS
            )
        )


@frozen(kw_only=True)
class IncomingDeclaration:
    """`[incoming.NAME]`: a program elsewhere that reports here what happened, by signed requests to
    `/in/NAME`."""

    what: str = field(
        default="interactions",
        validator=_what,
        metadata={"doc": "What it sends: customers, interactions, or records:TYPE for a record type."},
    )
    secret: Secret | tuple[Secret, ...] = field(
        validator=_secrets,
        metadata={
            "doc": "What its requests are signed with, as env:NAME or file:PATH: base64, as whsec_…; a list "
            "while one replaces another."
        },
    )
    map: Mapping[str, str] = field(
        default=_NOTHING,
        metadata={"doc": "What its keys mean: the key, dotted where nested, and its target."},
    )
    defaults: Mapping[str, str] = field(
        default=_NOTHING, metadata={"doc": "One value for all it sends: the target, and the value."}
    )
    unknown: Literal["refuse", "ignore"] = field(
        default="ignore", metadata={"doc": "What becomes of a request with a key that nobody can tell."}
    )
    unknown_customers: Literal["refuse", "prospect"] = field(
        default="refuse",
        metadata={
            "doc": "What becomes of interactions of people who are not on record: refused, or the people "
            "become prospects, who have agreed to nothing."
        },
    )
    unknown_name: str | None = field(
        default=None,
        metadata={"doc": "The key that says what such a prospect is called; else by address or number."},
    )
    unknown_limit: int = field(
        default=50,
        validator=_several,
        metadata={"doc": "How many become prospects by this door in an hour; others are refused."},
    )
    doc: str = field(default="", metadata={"doc": "One line on what it is."})

    @property
    def secrets(self) -> tuple[Secret, ...]:
        """All secrets that it may sign with."""
        return (self.secret,) if isinstance(self.secret, Secret) else self.secret
