"""One pass over the ledger: what is due is handed over to the world outside.

Each line is taken by one worker (`turns`), prepared with others (`supply`, `preparing`), looked at once more
and marked when its turn comes (`opening`), and only then handed over (`answers`), so that few are ever on
their way. Killed anywhere, run twice or run by ten workers, it leads to the same: nothing is lost, and
nothing goes out twice without the other side noticing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from attrs import asdict

from crmkit.core.effects.answers import HandingOver
from crmkit.core.effects.rating import Rates
from crmkit.core.effects.supply import Supply
from crmkit.core.effects.turns import is_anything_due, recover
from crmkit.core.errors import Conflict
from crmkit.core.model.strategy import HandedOver

if TYPE_CHECKING:
    from crmkit.core.kernel import Kernel

# Then others have their turn.
_LONGEST: Final = 20_000_000
_STATES: Final = ("done", "rehearsed", "failed", "unconfirmed", "skipped")


def hand_over(
    kernel: Kernel, *, limit: int = 2_000, plan: int | None = None, patient: bool = False
) -> HandedOver:
    """Hand over up to `limit` lines that are due, of all or of one plan; a bounded pass. A patient one waits
    for what is due within a second.

    Raises `Conflict` inside a unit of work: what has left the house cannot be rolled back.
    """
    return _pass(kernel, limit, plan, None, is_patient=patient)


def hand_over_all(kernel: Kernel, plan: int) -> HandedOver:
    """Hand over everything of a plan that is due; `Conflict` as for `hand_over`."""
    counts = Counter[str]()
    while True:
        found = Counter(asdict(hand_over(kernel, plan=plan)))
        counts += found
        if not found.total():
            return HandedOver(**counts)


def hand_over_one(kernel: Kernel, number: int) -> HandedOver:
    """Hand over effect `number` if it is due; `Conflict` as for `hand_over`."""
    return _pass(kernel, 1, None, number)


def _pass(
    kernel: Kernel, limit: int, plan: int | None, number: int | None, *, is_patient: bool = False
) -> HandedOver:
    if kernel.current is not None:
        raise Conflict(
            "Nothing is handed over inside a transaction", hint="End it first: what leaves cannot come back."
        )
    counts = Counter[str]()
    if number is not None or is_anything_due(kernel, plan):
        counts["recovered"] = recover(kernel)
        _streams(kernel, Supply(kernel, limit, _ending(kernel), plan, number, is_patient), counts)
        while counts["done"] and kernel.observers.catch_up():
            pass
    return HandedOver(
        **{state: counts[state] for state in _STATES}, later=counts["pending"], recovered=counts["recovered"]
    )


def _streams(kernel: Kernel, supply: Supply, counts: Counter[str]) -> None:
    """One stream after the other, each of one action and one channel."""
    rates: dict[str, Rates] = {}
    while not supply.is_over():
        if supply.first is None:
            supply.claim()
        first = supply.first
        if first is None:
            return
        name = first.channel or ""
        drawn = rates.setdefault(name, Rates(name))
        HandingOver(kernel, kernel.words.actions.get(first.action), supply, counts, drawn).run()


def _ending(kernel: Kernel) -> Callable[[], bool]:
    """Whether a pass that begins now has gone on for long enough."""
    start = kernel.clock.now()
    # Set back, the clock says nothing about time.
    return lambda: kernel.is_stopping or not 0 <= kernel.clock.now() - start < _LONGEST
