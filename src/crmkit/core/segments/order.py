"""Which segments speak of which others."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from crmkit.core.phrase import phrase
from crmkit.core.predicates.predicate import parse
from crmkit.core.predicates.tree import InSegment, WasIn, walk
from crmkit.core.segments.meaning import condition_of

if TYPE_CHECKING:
    from crmkit.core.kernel import Kernel
    from crmkit.core.model.words import Segment


def needed_by(kernel: Kernel, segment: Segment) -> Sequence[str]:
    """The segments that `segment` speaks of, each after those that it speaks of itself.

    Raises `PredicateError` where they go round in a circle.
    """
    found: dict[str, None] = {}
    for name in sorted(_mentioned(kernel, segment)):
        other = kernel.words.segments[name]
        found.update(dict.fromkeys(needed_by(kernel, other)))
        found[other.name] = None
    return list(found)


def _mentioned(kernel: Kernel, segment: Segment) -> set[str]:
    """The segments named in the condition itself, which the tree holds with all that they stand for."""
    predicate = parse(
        condition_of(segment), kernel.context, where=phrase('segment "{name}"', name=segment.name)
    )
    return {node.name for node in walk(predicate.tree) if isinstance(node, InSegment | WasIn)}
