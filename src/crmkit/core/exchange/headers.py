"""What a column means, guessed from its header."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Final

from crmkit.core.errors import Invalid
from crmkit.core.exchange import rejects
from crmkit.core.exchange.header_words import CUSTOMERS, INTERACTIONS
from crmkit.core.exchange.targets import IGNORE, Target, parse_target, targets_of
from crmkit.core.nearest import nearest_few
from crmkit.core.normalise import fold

if TYPE_CHECKING:
    from crmkit.core.words.registry import Words

# Of short headers a letter is much: "VIP" is no zip code.
_ALIKE: Final = 0.68
_WORDS: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


def guess(header: str, what: str, words: Words) -> Target | None:
    """What the column called `header` means in a file of `what`; None when nobody can tell."""
    if header in (rejects.LINE, rejects.REASON):
        return IGNORE
    ways = (_by_word, spelled_out, _by_table)
    return next((found for way in ways if (found := way(header, what, words))), None)


def near_targets(header: str, what: str, words: Words) -> list[str]:
    """What a column whose header is no word known here might mean, by its spelling; the likeliest first."""
    known = {**dict(_table(what)), **{folded(each): each for each in targets_of(what)}}
    known |= {folded(each.name): f"identity:{each.name}" for each in words.identity_schemes}
    if what == "customers":
        known |= {folded(each.name): f"field:{each.name}" for each in words.fields}
    return list(dict.fromkeys(known[each] for each in nearest_few(folded(header), known, alike=_ALIKE)))


def spelled_out(header: str, what: str, words: Words) -> Target | None:
    """A header that is itself a target, such as `address.city` or `identity:shop`; None where it is none."""
    try:
        return parse_target(header, what, words)
    except Invalid:
        return None


def folded(header: str) -> str:
    """`firstName`, `First_Name` and `FIRST NAME` are the same header."""
    return fold(_WORDS.sub(" ", header))


def _by_word(header: str, what: str, words: Words) -> Target | None:
    """A declared field's name or label; an identity scheme's, alone or as `customer_SCHEME`."""
    wanted = folded(header)
    for scheme in words.identity_schemes:
        names = {folded(scheme.name), folded(scheme.label)} - {""}
        if wanted in names or any(wanted in (f"customer {name}", f"{name} id") for name in names):
            return Target("identity", scheme.name)
    if what == "customers":
        for field in words.fields:
            if wanted in (folded(field.name), folded(words.fields.shown(field)), folded(field.label)):
                return Target("field", field.name)
    return None


def _by_table(header: str, what: str, words: Words) -> Target | None:
    found = _table(what).get(folded(header))
    return None if found is None else spelled_out(found, what, words)


@cache
def _table(what: str) -> Mapping[str, str]:
    rows = CUSTOMERS if what == "customers" else INTERACTIONS
    table: dict[str, str] = {}
    for target, headers in rows.items():
        for header in headers.split(", "):
            table.setdefault(fold(header), target)
    return table
