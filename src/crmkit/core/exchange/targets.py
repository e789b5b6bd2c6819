"""What a column of a file can mean."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from crmkit.core.errors import Invalid, NotFound
from crmkit.core.nearest import nearest
from crmkit.core.normalise.text import quoted

if TYPE_CHECKING:
    from crmkit.core.words.registry import Words


class Target(NamedTuple):
    """`email` is Target("email"), `identity:shop` is Target("identity", "shop")."""

    kind: str
    name: str = ""

    def __str__(self) -> str:
        return f"{self.kind}:{self.name}" if self.name else self.kind


IGNORE: Final = Target("ignore")
ADDRESS: Final = ("street", "city", "postcode", "region", "country")
# What only one column, or one fixed value, can give.
ATTRIBUTES: Final = (
    "name", "given_name", "family_name", "organization", "lifecycle", "customer_type", "owner", "locale",
    "timezone", "preferred_channel", "preferred_time",
)  # fmt: skip
_CUSTOMER_LISTS: Final = ("email", "phone", "handle", "address", "tag")
LINE: Final = ("line.product", "line.quantity", "line.unit_price")
_INTERACTION: Final = (
    "customer", "email", "type", "at", "amount", "currency", "source", "source_ref", "channel", "direction",
    "outlet", "employee", *LINE,
)  # fmt: skip

PLAIN: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "customers": (*ATTRIBUTES, *_CUSTOMER_LISTS, *(f"address.{part}" for part in ADDRESS), "ignore"),
        "interactions": (*_INTERACTION, "ignore"),
    }
)
NAMED: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {"customers": ("identity", "field", "preference"), "interactions": ("identity", "payload")}
)
# Several columns may mean these.
SEVERAL: Final = frozenset((*_CUSTOMER_LISTS, "identity", "ignore", "customer"))


def parse_target(text: str, what: str, words: Words) -> Target:
    """The target that `text` names in a file of `what` (`customers` or `interactions`). Raises `Invalid`."""
    kind, _, name = text.strip().partition(":")
    if name and kind in NAMED[what]:
        return Target(kind, _stored(kind, name.strip(), words))
    if text.strip() in PLAIN[what]:
        return Target(text.strip())
    every = [*PLAIN[what], *(f"{kind}:NAME" for kind in NAMED[what])]
    near = nearest(text.strip(), PLAIN[what])
    meant = f'Did you mean "{near}"? ' if near else ""
    raise Invalid(
        f"A column of {what} cannot mean {quoted(text)}", hint=f"{meant}It can mean: {', '.join(every)}."
    )


def _stored(kind: str, name: str, words: Words) -> str:
    vocabularies: dict[str, Any] = {"identity": words.identity_schemes, "field": words.fields}
    if kind not in vocabularies:
        return name
    try:
        return str(vocabularies[kind][name].name)
    except NotFound as error:
        raise Invalid(error.message, hint=error.hint) from None
