"""What a business can set under `[plugins.operational.deals]` and `[plugins.operational.quotas]`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from attrs import field, frozen

from crmkit.plugin import phrase

if TYPE_CHECKING:
    from attrs import Attribute

WON: Final = "won"
LOST: Final = "lost"
REASONS: Final = ("price", "competitor", "no decision", "timing", "other")
_SPAN: Final = re.compile(r"([1-9][0-9]{0,3}) ?(day|week|month)s?")
_DAYS: Final = {"day": 1, "week": 7, "month": 30}
_CLOSED: Final = {WON: ("closed won", "closedwon"), LOST: ("closed lost", "closedlost")}
_NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,47}")


def _probability(_: object, __: Attribute[int | None], value: int | None) -> None:
    if value is not None and not 0 <= value <= 100:
        raise ValueError(phrase("{value} is not a probability from 0 to 100", value=value))


def _span(_: object, __: Attribute[str | None], value: str | None) -> None:
    if value is not None and not _SPAN.fullmatch(value):
        raise ValueError(
            phrase('"{value}" is not a length of time such as "14 days" or "3 weeks"', value=value)
        )


def _name(_: object, __: Attribute[str], value: str) -> None:
    if not _NAME.fullmatch(value):
        raise ValueError(
            phrase(
                '"{value}" is no name: write lower-case letters, digits and _, a letter first', value=value
            )
        )


@frozen(kw_only=True)
class Stage:
    """A stage of a pipeline."""

    name: str = field(validator=_name, metadata={"doc": "What it is called."})
    probability: int | None = field(
        default=None,
        validator=_probability,
        metadata={"doc": "How likely a deal in it is won, in percent; 50 where nothing is said."},
    )
    also: tuple[str, ...] = field(
        default=(),
        metadata={"doc": 'What other systems call it, as in files that are imported: "Demo held".'},
    )
    needs: tuple[str, ...] = field(default=(), metadata={"doc": "Fields that a deal must have to come in."})
    stale_after: str | None = field(
        default=None,
        validator=_span,
        metadata={"doc": 'After how long in it a deal is stale: "14 days", "3 weeks".'},
    )

    @property
    def called(self) -> tuple[str, ...]:
        """What files call it beside its name: what is declared, and how others say won and lost."""
        return (*self.also, *_CLOSED.get(self.name, ()))

    @property
    def days(self) -> int | None:
        """After how many days a deal is stale in it."""
        found = _SPAN.fullmatch(self.stale_after or "")
        return int(found[1]) * _DAYS[found[2]] if found else None

    @property
    def chance(self) -> int:
        """The probability in percent."""
        if self.name in (WON, LOST):
            return 100 if self.name == WON else 0
        return 50 if self.probability is None else self.probability


DEFAULT_STAGES: Final = (
    Stage(name="new", probability=10, stale_after="14 days"),
    Stage(name="qualified", probability=25, stale_after="21 days"),
    Stage(name="proposal", probability=50, stale_after="30 days"),
    Stage(name="negotiation", probability=75, stale_after="30 days"),
)


@frozen(kw_only=True)
class Pipeline:
    """The stages that deals go through. Whatever is said, every pipeline ends in `won` and `lost`."""

    stages: tuple[Stage, ...] = field(
        default=DEFAULT_STAGES,
        metadata={"doc": "Its stages in their order; won and lost follow by themselves."},
    )
    moves: Mapping[str, tuple[str, ...]] = field(
        factory=dict,
        metadata={"doc": "Stage → the stages into which it leads; without any, every move is allowed."},
    )

    @stages.validator
    def _stages(self, _: Attribute[Any], stages: tuple[Stage, ...]) -> None:
        names = [each.name for each in stages]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(phrase('it has two stages "{name}"', name=twice[0]))
        if not {*names} - {WON, LOST}:
            raise ValueError(phrase("it has no stage beside won and lost"))

    def __attrs_post_init__(self) -> None:
        mentioned = {*self.moves, *(into for each in self.moves.values() for into in each)}
        for name in sorted(mentioned - {each.name for each in self.every}):
            raise ValueError(phrase('its moves name "{name}", which is none of its stages', name=name))

    @property
    def open(self) -> tuple[Stage, ...]:
        """The stages in which a deal is open."""
        return tuple(each for each in self.stages if each.name not in (WON, LOST))

    @property
    def every(self) -> tuple[Stage, ...]:
        """All stages in their order, with `won` and `lost` at the end."""
        given = {each.name: each for each in self.stages}
        return (*self.open, *(given.get(name, Stage(name=name)) for name in (WON, LOST)))

    def stage(self, name: str | None) -> Stage | None:
        """The stage of that name."""
        return next((each for each in self.every if each.name == name), None)

    def leads_to(self, name: str) -> tuple[str, ...]:
        """The stages into which a deal can move; one that is closed can be opened again."""
        others = [each.name for each in self.every if each.name != name]
        if self.moves:
            return tuple(each for each in others if each in self.moves.get(name, ()))
        closed = name in (WON, LOST)
        return tuple(each for each in others if not closed or each not in (WON, LOST))


@frozen(kw_only=True)
class DealSettings:
    """The settings of deals."""

    pipelines: Mapping[str, Pipeline] = field(
        factory=dict,
        metadata={
            "doc": "Pipelines by name, the first is the usual one; without any: new, qualified, proposal, "
            "negotiation, won, lost."
        },
    )
    lost_reasons: tuple[str, ...] = field(
        default=REASONS, metadata={"doc": "Why deals are lost; one of them is given with each."}
    )

    @pipelines.validator
    def _names(self, attribute: Attribute[Any], pipelines: Mapping[str, Pipeline]) -> None:
        for name in pipelines:
            _name(self, attribute, name)

    @lost_reasons.validator
    def _some(self, _: Attribute[Any], reasons: tuple[str, ...]) -> None:
        if not reasons:
            raise ValueError(phrase("name one reason at least"))

    @property
    def all(self) -> Mapping[str, Pipeline]:
        """The pipelines by name; the usual one, called `sales`, where none is declared."""
        return self.pipelines or {"sales": Pipeline()}

    @property
    def usual(self) -> str:
        """The pipeline of deals that name none."""
        return next(iter(self.all))


@frozen(kw_only=True)
class Quota:
    """What somebody, or a team, is to win, in major units of the business's own currency."""

    month: Decimal | None = field(default=None, metadata={"doc": "In each month."})
    quarter: Decimal | None = field(default=None, metadata={"doc": "In each quarter."})
    year: Decimal | None = field(default=None, metadata={"doc": "In each year."})

    def __attrs_post_init__(self) -> None:
        given = [each for each in (self.month, self.quarter, self.year) if each is not None]
        if len(given) != 1:
            raise ValueError(phrase("say one of month, quarter and year"))
        if given[0] <= 0:
            raise ValueError(phrase("a quota is more than nothing"))

    @property
    def a_year(self) -> Decimal:
        """What it comes to in a year."""
        for each, times in ((self.month, 12), (self.quarter, 4), (self.year, 1)):
            if each is not None:
                return each * times
        raise AssertionError
