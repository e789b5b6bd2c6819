"""Rules that do not stand in `crm.toml`: a plugin brings them, and says whose turn it is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from attrs import frozen

if TYPE_CHECKING:
    import sqlalchemy as sa

    from crmkit.core.crm import Crm
    from crmkit.core.store.unit import Transaction


@frozen(kw_only=True)
class SourcedRule:
    """One rule of a source: `said` is what would stand under `[rules.NAME]`, without `run` and `on`.

    `turns(step, now)` selects `(customer_id, occasion)` of those whose turn it is at the step of that id, at
    the instant `now` (microseconds UTC). A turn that is in the ledger is not taken again; one that a gate
    left out is told to the source, whose business it is to name it no more. Steps have an `only_if` of their
    own; the rule has no `who`. With `asks` its plans wait for a person; without, whoever started it has
    agreed to what it does, and each plan is applied at once. `meant` is the condition on whom it is for, if
    one says so: it chooses nobody, and is asked only for what a comparison of the groups could show.
    """

    name: str
    said: Mapping[str, Any]
    turns: Callable[[str, int], sa.Select[Any]]
    asks: bool = False
    doc: str = ""
    meant: str = ""


@frozen(kw_only=True)
class LeftOut:
    """A turn that was not taken: `gate` is what decided so, `reason` a sentence."""

    rule: str
    step: str
    occasion: str
    customer_id: int
    gate: str
    reason: str


@frozen(kw_only=True)
class RuleSource:
    """Where a plugin's rules come from; a rule `spring` of the source `campaign` is `campaign:spring`.

    `rules(crm)` yields the rules that there are at this moment. `advance(crm, tx)` brings the source's own
    tables up to `tx.at`, before anybody is asked whose turn it is: set-based, and twice the same as once.
    `left_out(turns, crm, tx)` hears which turns were not taken, in the unit of work that keeps the plan, or
    applies it. `next_at(crm, now)` is the next instant after `now` at which `advance` has something to do,
    None where nothing is to come by itself.

    `tables` names the tables of its plugin that these functions write. A simulation has its own copies of
    them, on which the functions work unchanged: all their statements go through `tx.execute` or
    `crm.reading()`. Nobody reads the log then: what `tx.is_trial` says need not be recorded.
    """

    name: str
    doc: str
    rules: Callable[[Crm], Iterable[SourcedRule]]
    tables: tuple[str, ...] = ()
    advance: Callable[[Crm, Transaction], None] | None = None
    left_out: Callable[[Sequence[LeftOut], Crm, Transaction], None] | None = None
    next_at: Callable[[Crm, int], int | None] | None = None
    owner: str = ""
