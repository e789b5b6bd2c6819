"""Plans and what comes of them: acts, drops, and the ledger of effects."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from attrs import field, frozen

# What becomes of a proposal: `act`, unless a gate drops or holds it.
ACT: Final = "act"
HELD: Final = "held"
DROPPED: Final = "dropped"
# What has become of an act once its plan is applied.
DONE: Final = "done"
SKIPPED: Final = "skipped"
FAILED: Final = "failed"
UNDONE: Final = "undone"
# A plan.
WAITING: Final = "waiting"
EMPTY: Final = "nothing to do"
PARTLY: Final = "partly applied"
APPLIED: Final = "applied"
TAKEN_BACK: Final = "undone"
REPLACED: Final = "replaced"


@frozen(kw_only=True)
class ActionItem:
    """One customer for whom an action is performed, or taken back.

    `params` is an instance of the action's class; `effect` the number in the ledger; `source` is what the
    change log and interactions should name, `plan:12`; `result` is what `perform` gave, for an undo.
    """

    effect: int
    customer_id: int
    params: Any
    rule: str
    source: str
    result: str | None = None


@frozen
class Performed:
    """What an action left for item `index` of its batch: `result` is for its undo, such as a number."""

    index: int
    result: str | None = None


@frozen(kw_only=True)
class Act:
    """One line of a plan: what is to be done for whom, by which rule, and what became of it.

    `occasion` is what the act belongs to, and is done once for: a day of a schedule (`2026-05-04`), an event
    (`seq:7`), an entry into the rule's condition (`entry:…`), or `ever`. `state` is `act`, `held` or
    `dropped`, and once applied `done`, `skipped`, `failed` or `undone`; `gate` decided it, for `reason`.
    `says` tells what it does.
    """

    number: int
    rule: str
    step: str
    occasion: str
    customer_id: int
    action: str
    says: str
    params: Mapping[str, Any] = field(factory=dict)
    state: str = ACT
    gate: str | None = None
    reason: str | None = None


@frozen(kw_only=True)
class RuleCount:
    """How many acts, holds and drops (by reason) a plan has of one rule."""

    rule: str
    acts: int
    held: int = 0
    dropped: Mapping[str, int] = field(factory=dict)


@frozen(kw_only=True)
class Plan:
    """A plan: made at `at`, of `rules` in their order; `state` is waiting, partly applied, applied, replaced
    (by a newer one, before it was applied), undone, or nothing to do.

    `digest` is of the rules as they were; they are in `effective`, as text.
    """

    number: int
    at: int
    actor: str
    state: str
    rules: tuple[RuleCount, ...]
    digest: str
    effective: str = field(default="", repr=False)
    applied_at: int | None = None

    @property
    def ref(self) -> str:
        """`plan:12`."""
        return f"plan:{self.number}"

    @property
    def acts(self) -> int:
        """How many acts it has."""
        return sum(each.acts for each in self.rules)

    @property
    def held(self) -> int:
        """How many acts it holds back."""
        return sum(each.held for each in self.rules)

    @property
    def dropped(self) -> int:
        """How many proposals came to nothing."""
        return sum(sum(each.dropped.values()) for each in self.rules)


@frozen(kw_only=True)
class ApplyReport:
    """What applying a plan did; acts + skipped + failed is all that was asked for."""

    plan: int
    done: int
    skipped: Mapping[str, int] = field(factory=dict)
    failed: Mapping[str, int] = field(factory=dict)
    left: int = 0
    state: str = APPLIED


@frozen(kw_only=True)
class Decision:
    """One decision about a customer, for `why`: when, by which rule, what, and for what reason."""

    at: int
    rule: str
    step: str
    state: str
    says: str
    plan: int | None = None
    gate: str | None = None
    reason: str | None = None
