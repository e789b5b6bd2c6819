"""Rules that are tried out: what they will do, and what they would have done."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from attrs import field, frozen


class TriedAct(NamedTuple):
    """One act of a rule that was tried out: at which turn, for whom. `until` is when it would go out where
    that is later. Instants are microseconds UTC."""

    at: int
    rule: str
    step: str
    occasion: str
    customer_id: int
    until: int | None = None


@frozen
class Stopped:
    """What one gate stopped of one rule: how many people it met, and how often in all."""

    people: int
    times: int


@frozen(kw_only=True)
class SimulatedRule:
    """What one rule will do: `acts` by month (`2026-05`), for how many `people`, in how many `turns`.

    `stopped` is by gate. `most` is the highest number of acts in one turn, `held` how many acts a person
    would have to ask for, because there are more at once than `max_acts`.
    """

    rule: str
    turns: int
    acts: Mapping[str, int]
    people: int
    most: int
    held: int = 0
    stopped: Mapping[str, Stopped] = field(factory=dict)

    @property
    def total(self) -> int:
        """How many acts in all."""
        return sum(self.acts.values())


@frozen(kw_only=True)
class Simulation:
    """What the rules will do from `since` to `until` (days, the last one included), if nothing but the time
    goes on.

    `per_person` says how many people have so many acts, `contacts` how many are contacted so often.
    `left_out` are the rules that could not be tried, with the reason. `notes` is what to keep in mind.
    `acts` is there where it was asked for.
    """

    since: date
    until: date
    months: tuple[str, ...]
    rules: tuple[SimulatedRule, ...]
    people: int
    customers: int
    per_person: Mapping[int, int]
    contacts: Mapping[int, int]
    left_out: Mapping[str, str] = field(factory=dict)
    notes: tuple[str, ...] = ()
    acts: tuple[TriedAct, ...] = ()

    @property
    def total(self) -> int:
        """How many acts in all."""
        return sum(each.total for each in self.rules)


@frozen(kw_only=True)
class Aftermath:
    """What happened within `within` after the acts: of `judged` of them that time is over, and for `with_one`
    an interaction of the type `outcome` followed; `amount` is what these came to, in minor units.

    `others` and `others_with_one` are the same for customers for whom the rule would have done nothing then,
    each counted as often as there were turns with acts, and `others_share` the share of them, where every
    turn weighs as much as it had acts. It describes; it says nothing of what the rule would have changed.
    """

    outcome: str
    within: str
    judged: int
    with_one: int
    amount: int
    currency: str
    running: int
    others: int
    others_with_one: int
    others_share: float | None

    @property
    def share(self) -> float | None:
        """The share of the acts that it followed; None without any."""
        return self.with_one / self.judged if self.judged else None


@frozen(kw_only=True)
class Backtest:
    """What a rule would have done in the turns from `since` to before `until` (days), by what was known then.

    `months` has the acts of each month; `stopped` is by gate. `acts` says for whom and when.
    """

    rule: str
    says: str
    since: date
    until: date
    turns: int
    months: Mapping[str, int]
    acts: tuple[TriedAct, ...]
    people: int
    held: int
    stopped: Mapping[str, Stopped]
    aftermath: Aftermath
    notes: tuple[str, ...] = ()
