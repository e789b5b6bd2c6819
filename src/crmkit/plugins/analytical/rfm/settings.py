"""What a business can set under `[plugins.analytical.rfm]`."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from attrs import field, frozen

from crmkit.plugin import phrase
from crmkit.plugins.analytical.rfm.cells import OTHER, STANDARD, cells, own, standard

if TYPE_CHECKING:
    from attrs import Attribute

_MOST: Final = 10


def _few(_: object, __: Attribute[int], value: int) -> None:
    if not 2 <= value <= _MOST:
        raise ValueError(phrase("{value} scores: there can be 2 to {most}", value=value, most=_MOST))


def _rising(instance: Any, attribute: Attribute[Any], value: tuple[Any, ...]) -> None:
    if value and len(value) != instance.scores - 1:
        raise ValueError(
            phrase(
                "{name}: there are {many} breaks, and {scores} scores have {wanted}",
                name=attribute.name,
                many=len(value),
                scores=instance.scores,
                wanted=instance.scores - 1,
            )
        )
    if len(set(value)) != len(value):
        raise ValueError(phrase("{name} names a break twice", name=attribute.name))
    if any(each < 0 for each in value):
        raise ValueError(phrase("{name} has a break below zero", name=attribute.name))


def _sorted(values: Any) -> Any:
    return tuple(sorted(values))


def _segments(instance: Any, _: Attribute[Any], value: Mapping[str, str]) -> None:
    for text in value.values():
        for cell in cells(text):
            if max(cell) > instance.scores:
                raise ValueError(
                    phrase('"{text}" goes beyond the {scores} scores', text=text, scores=instance.scores)
                )


def _names(instance: Any, _: Attribute[Any], value: Mapping[str, str]) -> None:
    for name in value:
        if name not in instance.segments and name not in STANDARD:
            raise ValueError(
                phrase('"{name}" is no segment; there are {names}', name=name, names=", ".join(STANDARD))
            )
    if len(set(value.values())) != len(value):
        raise ValueError(phrase("two segments have one name"))


@frozen(kw_only=True)
class RfmSettings:
    """How customers are scored by their purchases.

    The higher a score, the better: bought more lately, more often, for more. Without breaks of its own a
    measure is scored by quantiles over all customers who ever bought.
    """

    scores: int = field(default=5, validator=_few, metadata={"doc": "How many scores there are."})
    recency: tuple[int, ...] = field(
        default=(),
        converter=_sorted,
        validator=_rising,
        metadata={"doc": "Breaks of one's own, in days: [30, 90, 180, 365] gives 5 up to 30 days, then 4."},
    )
    frequency: tuple[int, ...] = field(
        default=(),
        converter=_sorted,
        validator=_rising,
        metadata={"doc": "Breaks of one's own, in purchases: [2, 4, 8, 12] gives 2 from 2 on."},
    )
    monetary: tuple[Decimal, ...] = field(
        default=(),
        converter=_sorted,
        validator=_rising,
        metadata={"doc": "Breaks of one's own, in the business's currency: [50, 100, 250, 1000]."},
    )
    segments: Mapping[str, str] = field(
        factory=dict,
        validator=_segments,
        metadata={"doc": 'Segments of one\'s own in place of the usual ones: regulars = "R4-5 FM3-5".'},
    )
    names: Mapping[str, str] = field(
        factory=dict,
        validator=_names,
        metadata={"doc": 'Other names for segments: champions = "stars".'},
    )

    @property
    def cells(self) -> Mapping[tuple[int, int], str]:
        """The segment of each (recency, frequency-and-monetary)."""
        found = own(self.segments, self.scores) if self.segments else standard(self.scores)
        return {cell: self.names.get(name, name) for cell, name in found.items()}

    @property
    def order(self) -> tuple[str, ...]:
        """The names of the segments that there can be, as they are listed."""
        listed = (*self.segments, OTHER) if self.segments else tuple(STANDARD)
        used = set(self.cells.values())
        shown = (self.names.get(name, name) for name in listed)
        return tuple(name for name in dict.fromkeys(shown) if name in used)
