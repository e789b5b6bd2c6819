"""`[matching.duplicates]`: which customers are suggested as being the same."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal

from attrs import field, frozen

from crmkit.core.config.checks import distinct
from crmkit.core.config.control import share
from crmkit.core.config.faults import fault
from crmkit.core.phrase import phrase

if TYPE_CHECKING:
    from attrs import Attribute

BLOCKS = ("email", "phone", "name", "address", "number", "date", "letters")
_NOTHING: Mapping[str, Any] = MappingProxyType({})
_LARGEST_POINTS = 1000.0


def _points(_: object, __: Attribute[Any], value: float | None) -> None:
    if value is not None and not abs(value) <= _LARGEST_POINTS:
        raise fault(phrase("points lie between -1000 and 1000"))


def _above_zero(_: object, __: Attribute[Any], value: float) -> None:
    if not 0 < value <= _LARGEST_POINTS:
        raise fault(phrase("must be above 0, and at most 1000"))


def _pair_or_more(_: object, __: Attribute[Any], value: int) -> None:
    if not 2 <= value <= 10_000:
        raise fault(phrase("must be between 2 and 10000"))


def _some(_: object, __: Attribute[Any], value: int) -> None:
    if value < 1:
        raise fault(phrase("{value} is less than 1", value=value))


@frozen(kw_only=True)
class DuplicateRule:
    """`[matching.duplicates.rules.NAME]`: what agreement in one thing is worth; a field's name adds it."""

    compare: Literal["exact", "name", "text", "number", "code", "date", "email"] | None = field(
        default=None,
        metadata={"doc": "How its values are compared; what fits the field's type, if not given."},
    )
    same: float | None = field(
        default=None, validator=_points, metadata={"doc": "Points for the same value; each doubles the odds."}
    )
    similar: float | None = field(
        default=None, validator=_points, metadata={"doc": "Points for a value that is nearly the same."}
    )
    different: float | None = field(
        default=None, validator=_points, metadata={"doc": "Points for different values, mostly below 0."}
    )


@frozen(kw_only=True)
class DuplicateSettings:
    """`[matching.duplicates]`: which customers are suggested as being the same."""

    judge: str = field(
        default="rules",
        metadata={"doc": "Who judges pairs: the rules below, or a judge that a plugin brings: splink."},
    )
    expected_precision: str = field(
        default="99%",
        validator=share,
        metadata={
            "doc": "Another judge than the rules: which share of the suggested pairs should be one customer."
        },
    )
    threshold: float = field(
        default=16.0, validator=_above_zero, metadata={"doc": "The points from which a pair is suggested."}
    )
    sure: float = field(
        default=24.0,
        validator=_above_zero,
        metadata={"doc": "The points from which pairs are merged together, when a merge names no others."},
    )
    blocks: tuple[Literal["email", "phone", "name", "address", "number", "date", "letters"], ...] = field(
        default=BLOCKS,
        validator=distinct,
        metadata={"doc": "What two customers must have in common to be compared at all; one is enough."},
    )
    largest_block: int = field(
        default=100,
        validator=_pair_or_more,
        metadata={"doc": "In larger groups with something in common only neighbours are compared."},
    )
    most_pairs: int = field(
        default=1_000_000,
        validator=_some,
        metadata={"doc": "At which number of suggested pairs a scan ends."},
    )
    warn: bool = field(default=True, metadata={"doc": "Whether adding one customer says whom it looks like."})
    rules: Mapping[str, DuplicateRule] = field(
        default=_NOTHING, metadata={"doc": "What agreement is worth, by rule or by field."}
    )
