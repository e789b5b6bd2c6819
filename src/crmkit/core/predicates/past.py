"""What can be known of the past, and what a copy of the log alone can answer."""

from __future__ import annotations

from typing import Final

from crmkit.core.phrase import phrase
from crmkit.core.predicates.attributes import FOREVER, IN_THE_LOG, LOG_KEYS, WITH_PAST
from crmkit.core.predicates.tree import (
    Aggregate,
    Attribute,
    Birthday,
    Consented,
    FieldValue,
    HasTag,
    Key,
    Related,
    Several,
    TraitValue,
    Tree,
    walk,
)

_SPELLED: Final = {HasTag: "has_tag", Consented: "consent", Related: "any", Birthday: "is_birthday"}


def without_past(tree: Tree) -> str | None:
    """The first word whose value in the past is not on record, or None."""
    for node in walk(tree):
        match node:
            case Attribute(name) if name not in WITH_PAST and name not in FOREVER:
                return name
            case Several(name, group) if group in ("contact", "choice"):
                return name
            case Related(kind):
                return phrase("the relationship {kind}", kind=kind)
            case Aggregate() if node.source.kind == "record":
                return node.source.name
            case TraitValue() if not node.trait.past:
                return node.name
    return None


def outside_log(tree: Tree) -> str | None:
    """The first word that a copy of the log without personal data does not have, or None."""
    return next((word for node in walk(tree) if (word := _outside(node)) is not None), None)


def _outside(node: Tree) -> str | None:
    match node:
        case Attribute(name):
            return None if name in IN_THE_LOG else name
        case Key(name, place):
            return None if place == "column" and name in LOG_KEYS else name
        case FieldValue() | Several() | TraitValue():
            return node.name
        case HasTag() | Consented() | Related() | Birthday():
            return _SPELLED[type(node)]
        case Aggregate() if node.source.kind == "record":
            return node.source.name
    return None
