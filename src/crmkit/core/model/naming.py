"""What every customer has, in a person's words."""

from __future__ import annotations

from typing import Final

from crmkit.core.language import N_
from crmkit.core.phrase import Phrase, phrase

# Columns of the table `customer`, and what hangs on one.
_COLUMNS: Final = (
    N_("name"), N_("given name"), N_("family name"), N_("lifecycle"), N_("customer type"), N_("owner"),
    N_("is organization"), N_("locale"), N_("timezone"), N_("preferred channel"), N_("preferred time"),
    N_("archived"), N_("restricted"), N_("source"), N_("version"), N_("archived at"), N_("restricted at"),
    N_("state"), N_("email"), N_("phone"), N_("address"), N_("handle"),
)  # fmt: skip
_PARTS: Final = (
    N_("contact point"), N_("identity"), N_("preference"), N_("consent"), N_("relationship"), N_("tag"),
    N_("segment"), N_("suppression"), N_("legal hold"), N_("privacy request"),
)  # fmt: skip


def column_named(column: str) -> Phrase:
    """A column in words: `owner` for `owner_id`, `given name` for `given_name`."""
    return phrase(column.removesuffix("_id").replace("_", " "))


def part_named(entity: str) -> Phrase:
    """Something that hangs on a customer, by its table: `contact point`."""
    return phrase(entity.replace("_", " "))
