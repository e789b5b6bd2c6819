"""Which words a condition or an expression speaks of itself."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from attrs import frozen

from crmkit.core.language import N_
from crmkit.core.predicates.tree import (
    Aggregate,
    Consented,
    FieldValue,
    Formula,
    InSegment,
    Key,
    Several,
    TraitValue,
    Tree,
    WasIn,
    parts,
    walk,
)

# Of a record type's own fields: they are in no vocabulary, and are called `deal.region` here.
RECORD_FIELDS: Final = "record_fields"
RECORD_FIELD: Final = N_("record field")


@frozen
class Mention:
    """A word of `vocabulary`, by any name that means it there."""

    vocabulary: str
    name: str


def mentioned(tree: Tree) -> Iterator[Mention]:
    """The words that `tree` names; what segments and formulas stand for says that at its own place."""
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        yield from _named(node)
        if not isinstance(node, Formula | InSegment | WasIn):
            waiting.extend(parts(node))


def _named(node: Tree) -> Iterator[Mention]:
    match node:
        case TraitValue() | Formula():
            yield Mention("traits", node.name)
        case FieldValue() | Several():
            yield Mention("fields", node.name)
        case InSegment() | WasIn():
            yield Mention("segments", node.name)
        case Consented():
            yield Mention("channels", node.channel)
        case Aggregate():
            yield from _of_aggregate(node)


def _of_aggregate(node: Aggregate) -> Iterator[Mention]:
    if node.source.kind != "record":
        yield Mention("interaction_types", node.source.name)
        return
    yield Mention("record_types", node.source.name)
    keys = {each.name for part in parts(node) for each in walk(part) if isinstance(each, Key)}
    yield from (Mention(RECORD_FIELDS, f"{node.source.name}.{name}") for name in sorted(keys))
