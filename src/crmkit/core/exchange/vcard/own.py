"""What crmkit knows and the format has no property for, so that a card brings everything back.

Whatever a column of an import can mean travels as `X-CRMKIT-KIND;X-NAME=name:value`, and becomes a column of
that meaning again: `field:size` is `X-CRMKIT-FIELD;X-NAME=size:37`, `customer_type` is
`X-CRMKIT-CUSTOMER-TYPE:regular`.
"""

from __future__ import annotations

from typing import Final

from crmkit.core.exchange.vcard.card import Property
from crmkit.core.exchange.vcard.escaping import escaped

PREFIX: Final = "X-CRMKIT-"
# A parameter of FN: the customer has no name, and the card had to have one.
MADE_UP: Final = "X-CRMKIT-MADE-UP"


def own_property(target: str, value: str) -> Property:
    """The property that carries `value` for the import target `target`."""
    kind, _, name = target.partition(":")
    params = (("X-NAME", name),) if name else ()
    return Property(PREFIX + kind.upper().replace("_", "-"), escaped(value), params)


def own_target(found: Property) -> str | None:
    """The import target that a property of crmkit's own stands for; None for other properties."""
    if not found.name.startswith(PREFIX):
        return None
    kind, name = found.name.removeprefix(PREFIX).lower().replace("-", "_"), found.param("X-NAME")
    return f"{kind}:{name}" if name else kind
