"""What a row says of its contact points by name: which are the primary ones, and when which were verified."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from attrs import evolve

from crmkit.core.errors import Invalid
from crmkit.core.model.customer import ContactPoint
from crmkit.core.normalise.text import quoted
from crmkit.core.phrase import phrase


def with_primary(points: Sequence[ContactPoint], names: Sequence[str]) -> list[ContactPoint]:
    """The points, of which the first that is called `email:work` and so on is the primary one of its kind."""
    left = set(names)
    marked = []
    for point in points:
        name = point_name(point.kind, point.label)
        marked.append(evolve(point, is_primary=True) if name in left else point)
        left.discard(name)
    return marked


def point_name(kind: str, label: str) -> str:
    """What a contact point is called by what it is: `email:work`."""
    return f"{kind}:{label}" if label else kind


def verified_text(kind: str, value: str, at: str) -> str:
    """That a contact point was verified, as it stands in a cell: `email anna@example.org 2026-05-01T…`."""
    return f"{kind} {value} {at}"


def with_verified(
    points: Sequence[ContactPoint], said: Sequence[str], instant: Callable[[str], int]
) -> list[ContactPoint]:
    """The points with when they were verified. Raises `Invalid` for what is no such text."""
    known: dict[tuple[str, str], int] = {}
    for text in said:
        rest, _, at = text.rpartition(" ")
        kind, _, value = rest.partition(" ")
        if not value:
            raise Invalid(
                phrase("{text} does not say which contact point was verified when", text=quoted(text)),
                hint="Write: email anna@example.org 2026-05-01",
            )
        known[kind, value] = instant(at)
    return [
        evolve(point, verified_at=known[point.kind, _written(point)])
        if (point.kind, _written(point)) in known
        else point
        for point in points
    ]


def _written(point: ContactPoint) -> str:
    parts = (point.street, point.city, point.postcode, point.region, point.country)
    return point.value or ", ".join([text for text in parts if text])
