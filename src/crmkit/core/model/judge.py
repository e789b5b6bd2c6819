"""Who says which customers may be the same, in place of the core's rules: what a judge is asked, and says."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Literal

from attrs import frozen

if TYPE_CHECKING:
    from crmkit.core.duplicates.person import Person

Level = Literal["same", "similar", "different"]


@frozen
class ComparedField:
    """A declared field that takes part, and how `crm.toml` says its values are compared: `exact`, `name`,
    `text`, `number`, `code`, `date` or `email`."""

    name: str
    compare: str


@frozen(kw_only=True)
class JudgeQuestion:
    """Everybody to compare with everybody.

    `people` are by id, ascending; `values` of each belong to `fields`. Worth comparing are two who share a
    key in one of `blocks`: each maps ids to keys, as `[matching.duplicates]` says, without those that too
    many share. `progress(n)` may be told the comparisons made so far.
    """

    people: Mapping[int, Person]
    fields: Sequence[ComparedField]
    blocks: Sequence[Mapping[int, Sequence[str]]]
    progress: Callable[[int], None] | None = None


@frozen
class Evidence:
    """One thing that was compared: a rule's name or a field's, the level of agreement, and its weight in
    points (log2 of how much likelier it is of one person than of two)."""

    rule: str
    level: Level
    points: float


@frozen(kw_only=True)
class JudgedPair:
    """Two who may be one: the `probability` that they are (0 to 1), and the evidence; its points add up to
    the score."""

    one: int
    other: int
    probability: float
    evidence: tuple[Evidence, ...]


@frozen(kw_only=True)
class Judged:
    """What a judge found, likely or not (the core draws the line), among so many `compared` pairs."""

    pairs: Sequence[JudgedPair]
    compared: int


@frozen(kw_only=True)
class DuplicateJudge:
    """Another judge of pairs, chosen by `judge` of `[matching.duplicates]`.

    `judge(question)` judges; None where there is too little to go by, and the rules judge then. It may raise
    `ExtraMissing`. The same question has the same answer.
    """

    name: str
    doc: str
    judge: Callable[[JudgeQuestion], Judged | None]
