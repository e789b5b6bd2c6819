"""What a column of a file can mean."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, NamedTuple

from crmkit.core.errors import Invalid, NotFound
from crmkit.core.nearest import nearest_few
from crmkit.core.normalise.text import quoted
from crmkit.core.phrase import phrase

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
    "name", "given_name", "family_name", "is_organization", "lifecycle", "customer_type", "owner", "locale",
    "timezone", "preferred_channel", "preferred_time", "uid", "archived_at", "restricted_at",
)  # fmt: skip
POINTS: Final = ("email", "phone", "handle", "address")
_PARTS: Final = tuple(f"address.{part}" for part in ADDRESS)
# What may be followed by a label, as in `email:work`.
LABELLED: Final = frozenset((*POINTS, *_PARTS))
_COUNTED: Final = re.compile(r"([a-z.]+) ([2-9]|[1-9][0-9])").fullmatch
CONSENTS: Final = ("consent", "consent_at", "consent_history", "opt_out")
LINE: Final = ("line.product", "line.quantity", "line.unit_price")
_INTERACTION: Final = (
    "customer", "email", "type", "at", "amount", "currency", "source", "source_ref", "channel", "direction",
    "outlet", "employee", *LINE, "payload", "purchase.source", "purchase.source_ref", "superseded",
)  # fmt: skip

PLAIN: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "customers": (*ATTRIBUTES, "organization", *POINTS, *_PARTS, "primary", "verified", "tag", "ignore"),
        "interactions": (*_INTERACTION, "ignore"),
    }
)
NAMED: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "customers": ("identity", "field", "preference", "inferred", "relationship", *CONSENTS),
        "interactions": ("identity", "payload"),
    }
)
# Several columns may mean these.
SEVERAL: Final = frozenset(
    (*POINTS, "tag", "identity", "ignore", "customer", "preference", "inferred", "relationship")
)
# What each target means, in the order in which a reference lists them.
MEANINGS: Final[Mapping[str, Mapping[str, str]]] = MappingProxyType(
    {
        "customers": {
            "name": "The whole name, of a person or an organisation",
            "given_name": "First name",
            "family_name": "Last name",
            "is_organization": "Whether it is an organisation: yes or no, person or company",
            "organization": "The name of the organisation at which a person works; it is found or added",
            "email": "E-mail address; `email:work` labels it; several in a cell are parted by `;` or `,`",
            "phone": "Phone number; `phone:mobile` labels it",
            "handle:NETWORK": "Name in a network, such as `handle:instagram`",
            "address": "A whole postal address; `address:home` labels it",
            "address.PART": "A part of one: " + ", ".join(ADDRESS) + "; `address.city:home` labels it",
            "primary": "Which of several points is the primary one: `email:work`, as exports write it",
            "verified": "When which of them was verified: `email anna@example.org 2026-05-01`",
            "tag": "Tags, parted by `,`, `;` or `|`",
            "identity:SCHEME": "The customer's number in another system, a scheme of `[identities]`",
            "field:NAME": "A field of `[fields]`",
            "preference:TOPIC": "What the customer likes, as they said",
            "inferred:TOPIC": "What the customer likes, as was concluded",
            "consent:PURPOSE:CHANNEL": "A state (yes, granted, subscribed, no, withdrawn, …) or the day on "
            "which they agreed",
            "consent_at:PURPOSE:CHANNEL": "When what the column `consent:…` beside it says was said",
            "consent_history:PURPOSE:CHANNEL": "Every word on it, as exports write it: "
            "`granted · 2026-05-01T10:00:00+02:00 · source web form`",
            "opt_out:PURPOSE:CHANNEL": "Yes, or the day, where they objected; no says nothing",
            "relationship:KIND": "A reference to another customer, such as `shop:12` or an e-mail address; "
            "` since 2020-01-01` and ` until 2024-12-31` may follow it",
            "owner": "The employee who looks after them, by name or e-mail address",
            "lifecycle": "prospect, lead, customer or former, or what other systems call these",
            "customer_type": "The sort of customer",
            "locale": "Language, such as `pl` or `en_GB`",
            "timezone": "IANA time zone",
            "preferred_channel": "The channel by which they like to hear from you",
            "preferred_time": "When they like to hear from you",
            "uid": "The number that crmkit gave them, here or in another installation; any other number is "
            "left out",
            "archived_at": "Since when they are in the archive",
            "restricted_at": "Since when what is kept of them must not be used",
            "ignore": "Nothing: the column is left out",
        },
        "interactions": {
            "customer": "Whose it is: an id, an e-mail address, a phone number or `scheme:value`",
            "email": "Whose it is, by e-mail address",
            "identity:SCHEME": "Whose it is, by the number in another system",
            "type": "The kind of contact",
            "at": "When it was, in the time zone of the business unless it says another",
            "amount": "Money, as written",
            "currency": "Its currency",
            "source": "The system that recorded it",
            "source_ref": "Its number there: with it, it is recorded once",
            "channel": "The way they were in touch",
            "direction": "in or out",
            "outlet": "Where",
            "employee": "Who of the staff",
            "payload": "What the type says, as one JSON object; `payload:KEY` goes before it",
            "purchase.source": "Of a refund: the `source` of the purchase",
            "purchase.source_ref": "Of a refund: the `source_ref` of the purchase",
            "superseded": "Yes, where another row holds instead: such a row is left out",
            "payload:KEY": "A key of the type's payload, such as `payload:text`",
            "line.product": "What was bought",
            "line.quantity": "How many",
            "line.unit_price": "At what price",
            "ignore": "Nothing: the column is left out",
        },
    }
)


def parse_target(text: str, what: str, words: Words) -> Target:
    """The target that `text` names in a file of `what` (`customers` or `interactions`). Raises `Invalid`."""
    plain = _unnested(text.strip(), what)
    kind, _, name = plain.partition(":")
    name = name.strip()
    if found := _COUNTED(kind):
        # The second of its kind, as exports write it; parts of one address belong together by it.
        kind, number = found.groups()
        name = f"{name}#{number}" if kind.startswith("address") else name
        plain = f"{kind}:{name}" if name else kind
    if name and kind in NAMED[what]:
        return Target(kind, _stored(kind, name, words))
    if plain in PLAIN[what]:
        return Target(plain)
    if name and kind in LABELLED and what == "customers":
        return Target(kind, name)
    raise Invalid(
        phrase("A column of {what} cannot mean {text}", what=what, text=quoted(text)),
        hint=_meant(nearest_few(plain, targets_of(what)), what),
    )


def _meant(near: Sequence[str], what: str) -> str:
    command = f"crm {what} import --help"
    if not near:
        return phrase("See what it can mean: {command}", command=command)
    return phrase(
        "Did you mean {near}? All that it can mean: {command}", near=", ".join(near), command=command
    )


def _unnested(text: str, what: str) -> str:
    """`identity:shop` for the key `shop` of the object `identity`, which is called `identity.shop`."""
    kind, dot, name = text.partition(".")
    if dot and kind.partition(" ")[0] in NAMED[what]:
        return f"{kind}:{name}"
    return "address" if text == "address.value" else text


def targets_of(what: str) -> list[str]:
    """Every target of a file of `what`, as people write them."""
    return [*(name for name in PLAIN[what] if name != "ignore"), *map(_shape, NAMED[what]), "ignore"]


def _shape(kind: str) -> str:
    return f"{kind}:PURPOSE:CHANNEL" if kind in CONSENTS else f"{kind}:NAME"


def _stored(kind: str, name: str, words: Words) -> str:
    try:
        if kind == "identity":
            return str(words.identity_schemes[name].name)
        if kind == "field":
            return str(words.fields[name].name)
        if kind in CONSENTS:
            purpose, _, channel = name.partition(":")
            return f"{words.purposes[purpose.strip()].name}:{words.channels[channel.strip()].name}"
    except NotFound as error:
        raise Invalid(error.message, hint=error.hint) from None
    return _relationship(name) if kind == "relationship" else name


def _relationship(name: str) -> str:
    from crmkit.core.customers.ties import kind_of

    return kind_of(name)
