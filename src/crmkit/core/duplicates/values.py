"""What is said of pairs of customers who may be the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from attrs import field, frozen

from crmkit.core.phrase import Phrase, joined, phrase

OPEN: Final = "open"
DISMISSED: Final = "dismissed"
STATES: Final = (OPEN, DISMISSED)


@frozen(kw_only=True)
class Duplicate:
    """A suggested pair, the lower id first.

    `score` is in points (one more doubles the odds). `reasons` name what agrees, each as `rule:level`;
    `against` what differs; `doubts` what keeps the pair out of a merge of many. `state` is `open` or
    `dismissed`: a person said that they are two. Instants are microseconds UTC.
    """

    id: int
    customer_id: int
    other_id: int
    score: float
    reasons: tuple[str, ...] = ()
    against: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()
    state: str = OPEN
    found_at: int = 0
    settled_at: int | None = None
    actor: str = ""


@frozen(kw_only=True)
class Compared:
    """One rule of a comparison: its level (`same`, `similar`, `different`), points, and both sides' values.

    `level` is None where a value is missing on a side, which speaks neither for nor against.
    """

    rule: str
    doc: str
    level: str | None
    points: float
    ours: tuple[str, ...] = ()
    theirs: tuple[str, ...] = ()


@frozen(kw_only=True)
class Comparison:
    """Two customers, rule by rule. `score` is the sum of the points; from `threshold` on they are suggested.

    `state` is that of the suggested pair, None where they are not on the list. `judge` says whose the points
    are: of a pair that another judge than the rules has suggested, the evidence as it was then, with the
    `probability` that they are one.
    """

    customer_id: int
    other_id: int
    score: float
    threshold: float
    rules: Sequence[Compared]
    doubts: tuple[str, ...] = ()
    state: str | None = None
    judge: str = "rules"
    probability: float | None = None

    @property
    def is_suggested(self) -> bool:
        """Whether the points reach the threshold."""
        return self.score >= self.threshold


@frozen(kw_only=True)
class ScanReport:
    """What a scan did: `open` pairs wait afterwards, of whom `added` are new; `removed` no longer match.

    `compared` counts comparisons. `left_out` counts, by block, groups so large that only neighbours in them
    were compared; another judge than the rules leaves them out. `is_complete` is False when the scan ended at
    `most_pairs`. `judge` judged; `expected_precision` is the share of the found pairs that are expected to be
    one customer, None of the rules.
    """

    customers: int
    compared: int
    found: int
    added: int
    updated: int
    removed: int
    dismissed: int
    open: int
    seconds: float
    left_out: Mapping[str, int] = field(factory=dict)
    is_complete: bool = True
    judge: str = "rules"
    expected_precision: float | None = None


@frozen(kw_only=True)
class Group:
    """Customers who are merged into one: who stays, who goes into them, and why just this one stays."""

    survivor: int
    losers: tuple[int, ...]
    why: str
    score: float


@frozen(kw_only=True)
class MergeReport:
    """What a merge of suggested pairs did or would do; `refs` such as `merge:7` take it back.

    `doubtful` pairs reach the score and wait for a person; `apart` are those of a larger group of whom not
    every two reach it.
    """

    groups: Sequence[Group]
    doubtful: int
    apart: int
    min_score: float
    refs: tuple[str, ...] = ()

    @property
    def customers(self) -> int:
        """How many customers go into others."""
        return sum(len(group.losers) for group in self.groups)


@frozen(kw_only=True)
class LookAlike:
    """Somebody on record whom a customer just saved looks like, with the reasons in words."""

    id: int
    name: str
    reasons: tuple[str, ...]

    @property
    def told(self) -> Phrase:
        """Who, and why: for a person."""
        return phrase(
            "{name}: {reasons}", name=f"{self.name} ({self.id})", reasons=joined(phrase(", "), self.reasons)
        )
