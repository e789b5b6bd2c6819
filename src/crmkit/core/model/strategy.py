"""Plans and what comes of them: acts, drops, and the ledger of effects."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from attrs import field, frozen

# What becomes of a proposal: `act`, unless a gate drops or holds it.
ACT: Final = "act"
HELD: Final = "held"
# Left undone by chance, and on record all the same: also a state in the ledger.
WITHHELD: Final = "withheld"
DROPPED: Final = "dropped"
# What has become of an act once its plan is applied: `entered`, then the ledger knows; else these.
ENTERED: Final = "entered"
# An effect in the ledger. The outside world is reached by way of these first four; what leads there is
# committed before, so that an interrupted one is known to be so.
PENDING: Final = "pending"
CLAIMED: Final = "claimed"
HANDING_OVER: Final = "handing_over"
UNCONFIRMED: Final = "unconfirmed"
DONE: Final = "done"
SKIPPED: Final = "skipped"
FAILED: Final = "failed"
UNDONE: Final = "undone"
# Groups of a rule that is measured; its variants have names of their own.
CONTROL: Final = "control"
TREATED: Final = "treated"
# Of all rules: whom they leave alone for a stated time.
GLOBAL: Final = "global"
# A plan.
WAITING: Final = "waiting"
EMPTY: Final = "nothing to do"
PARTLY: Final = "partly applied"
APPLIED: Final = "applied"
TAKEN_BACK: Final = "undone"
REPLACED: Final = "replaced"


@frozen(kw_only=True)
class ProposedAct:
    """One act that a rule proposes, as plugins review it before it is in a plan.

    `params` is an instance of the action's class. Of an act that reaches the customer, `channel`, `purpose`
    and the normalised `address` say how; else they are None. `until` is when it would go out (microseconds
    UTC) where that is not at once. `rule` is empty where somebody does it by hand.
    """

    rule: str
    step: str
    occasion: str
    customer_id: int
    action: str
    params: Any
    channel: str | None = None
    purpose: str | None = None
    address: str | None = None
    until: int | None = None


@frozen(kw_only=True)
class Act:
    """One line of a plan: what is to be done for whom, by which rule, and what became of it.

    `occasion` is what the act belongs to, and is done once for: a day of a schedule (`2026-05-04`), an event
    (`seq:7`), an entry into the rule's condition (`entry:…`), or `ever`. `state` is `act`, `held`,
    `withheld` (the customer is in a control group) or `dropped`, and once applied `skipped`, or what the
    ledger says of the effect: `pending`, `claimed`, `handing_over`, `unconfirmed`, `done`, `failed`,
    `withheld` or `undone`. `gate` decided it, for `reason`. `until` is
    when what is held goes on by itself (microseconds UTC), None when a person has to say so. `says` tells
    what it does. `arm` is the customer's group where the rule is measured: `control`, `treated` or a
    variant, and `global` of those whom all rules leave alone.
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
    until: int | None = None
    arm: str | None = None


@frozen(kw_only=True)
class RuleCount:
    """How many acts, holds and drops (by gate) a plan has of one rule, and how many it withholds from a
    control group.

    `contacts` of the acts reach the customer; `timed` of the holds go on by themselves, the first at the
    instant `first_until` and the last at `last_until`.
    """

    rule: str
    acts: int
    held: int = 0
    dropped: Mapping[str, int] = field(factory=dict)
    contacts: int = 0
    timed: int = 0
    first_until: int | None = None
    last_until: int | None = None
    withheld: int = 0


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
    def timed(self) -> int:
        """How many of those go on by themselves."""
        return sum(each.timed for each in self.rules)

    @property
    def withheld(self) -> int:
        """How many it withholds from control groups."""
        return sum(each.withheld for each in self.rules)

    @property
    def dropped(self) -> int:
        """How many proposals came to nothing."""
        return sum(sum(each.dropped.values()) for each in self.rules)


@frozen(kw_only=True)
class HandedOver:
    """What a pass over the ledger came to: how many were done, were rehearsed, and so on. `later` are to be
    tried again, or wait; `recovered` were left behind by somebody who was interrupted."""

    done: int = 0
    rehearsed: int = 0
    failed: int = 0
    unconfirmed: int = 0
    skipped: int = 0
    later: int = 0
    recovered: int = 0


@frozen(kw_only=True)
class ApplyReport:
    """What applying a plan did: done + pending + withheld + skipped + failed is all that was asked for.

    `pending` acts reach outside and were entered in the ledger; `handed` says what has come of those that
    were due at once. The others are handed over when they are due."""

    plan: int
    done: int
    pending: int = 0
    withheld: int = 0
    handed: HandedOver = field(factory=HandedOver)
    skipped: Mapping[str, int] = field(factory=dict)
    failed: Mapping[str, int] = field(factory=dict)
    left: int = 0
    state: str = APPLIED


@frozen(kw_only=True)
class Effect:
    """A row of the ledger: one act upon one occasion for one customer, and what became of it.

    `state` is `pending` (due at `due_at`), `claimed`, `handing_over`, `done`, `failed`, `unconfirmed`,
    `skipped`, `withheld` or `undone`, for `reason`. `origin` is such as `rule:birthday`; `customer_id` is
    None once they were erased. `channel` and `purpose` say how it reaches the customer, `recipient` where,
    and `contact_at` when it did or will. `attempts` is how often it was handed over; `rehearsed` that it went
    to a file. `arm` is the customer's group where the rule is measured. Instants are microseconds UTC.
    """

    number: int
    origin: str
    step: str
    occasion: str
    customer_id: int | None
    plan: int | None
    action: str
    params: Mapping[str, Any]
    says: str
    state: str
    actor: str
    created_at: int
    reason: str | None = None
    result: str | None = None
    settled_at: int | None = None
    channel: str | None = None
    purpose: str | None = None
    contact_at: int | None = None
    recipient: str | None = None
    due_at: int | None = None
    attempts: int = 0
    rehearsed: bool = False
    arm: str | None = None

    @property
    def ref(self) -> str:
        """`effect:12`."""
        return f"effect:{self.number}"

    @property
    def rule(self) -> str | None:
        """The rule that it is of, if it is of one."""
        kind, _, name = self.origin.partition(":")
        return name if kind == "rule" else None


@frozen(kw_only=True)
class Applicable:
    """What one step of a rule would do for a customer now, and what the gates say to it.

    `state` is `act`, `held`, `withheld` or `dropped`, as of an `Act`; `gate` decided it, for `reason`.
    `until` is when what is held goes on by itself (microseconds UTC). `says` tells what it does, `priority`
    is the rule's. `channel` is given where it reaches the customer. `arm` is the customer's group where the
    rule is measured.
    """

    customer_id: int
    rule: str
    step: str
    occasion: str
    action: str
    says: str
    priority: int
    state: str = ACT
    gate: str | None = None
    reason: str | None = None
    until: int | None = None
    channel: str | None = None
    arm: str | None = None


@frozen(kw_only=True)
class Decision:
    """One decision about a customer, for `why`: when, by which rule, what, and for what reason.

    `until` is when what is held goes on by itself.
    """

    at: int
    rule: str
    step: str
    state: str
    says: str
    plan: int | None = None
    gate: str | None = None
    reason: str | None = None
    until: int | None = None
