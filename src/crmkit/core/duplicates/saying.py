"""What agrees and differs, in a person's words: `family_name:similar` as `similar family name`."""

from __future__ import annotations

from typing import Final

from crmkit.core.language import N_
from crmkit.core.phrase import Phrase, phrase

_RULES: Final = (
    N_("given name"), N_("family name"), N_("organization"), N_("letters"), N_("email"), N_("phone"),
    N_("street"), N_("house number"), N_("postcode"), N_("city"), N_("region"), N_("identity"),
    N_("household"), N_("birthday"),
)  # fmt: skip
_LEVELS: Final = (N_("same"), N_("similar"), N_("different"))
_AGREEMENTS: Final = (
    N_("same given name"), N_("similar given name"), N_("different given name"),
    N_("same family name"), N_("similar family name"), N_("different family name"),
    N_("same organization"), N_("similar organization"), N_("different organization"),
    N_("same email"), N_("similar email"), N_("different email"),
    N_("same phone"), N_("similar phone"), N_("different phone"),
    N_("same street"), N_("similar street"), N_("different street"),
    N_("same house number"), N_("different house number"),
    N_("same postcode"), N_("similar postcode"), N_("different postcode"),
    N_("same city"), N_("similar city"), N_("different city"),
    N_("same region"), N_("similar region"), N_("different region"),
    N_("same identity"), N_("similar identity"),
    N_("same birthday"), N_("similar birthday"), N_("different birthday"),
)  # fmt: skip


def called(rule: str) -> Phrase:
    """A rule in words: `given name`; one about a declared field by the field's name."""
    return phrase(rule.replace("_", " "))


def said_of(reason: str) -> Phrase:
    """`rule:level`, as a pair keeps it, in words."""
    rule, _, level = reason.partition(":")
    if rule == "household":
        return phrase("may be one household")
    if rule == "letters":
        return phrase("look-alike letters")
    whole = f"{level} {rule.replace('_', ' ')}"
    if whole in _AGREEMENTS or level not in _LEVELS:
        return Phrase(whole)
    return phrase("{field}: {level}", field=rule.replace("_", " "), level=Phrase(level))
