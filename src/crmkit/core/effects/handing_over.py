"""One pass over the ledger: what is due is handed over to the world outside.

Each line is taken by one worker (`turns`), prepared (`preparing`), looked at once more and marked
(`opening`), and only then handed over (`answers`). Killed anywhere, run twice or run by ten workers, it leads
to the same: nothing is lost, and nothing goes out twice without the other side noticing.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from attrs import asdict

from crmkit.core.effects.answers import HandingOver
from crmkit.core.effects.opening import open_lines
from crmkit.core.effects.preparing import prepare
from crmkit.core.effects.turns import claim, is_anything_due, recover
from crmkit.core.errors import Conflict
from crmkit.core.model.strategy import HandedOver

if TYPE_CHECKING:
    from crmkit.core.effects.line import Line
    from crmkit.core.kernel import Kernel

# Whoever stops a worker waits for no more than these.
_AT_ONCE: Final = 100
_LONGEST: Final = 20_000_000
_STATES: Final = ("done", "rehearsed", "failed", "unconfirmed", "skipped")


def hand_over(kernel: Kernel, *, limit: int = 2_000, plan: int | None = None) -> HandedOver:
    """Hand over up to `limit` lines that are due, of all or of one plan; a bounded pass.

    Raises `Conflict` inside a unit of work: what has left the house cannot be rolled back.
    """
    return _pass(kernel, limit, plan, None)


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


def _pass(kernel: Kernel, limit: int, plan: int | None, number: int | None) -> HandedOver:
    if kernel.current is not None:
        raise Conflict(
            "Nothing is handed over inside a transaction", hint="End it first: what leaves cannot come back."
        )
    counts = Counter[str]()
    if number is not None or is_anything_due(kernel, plan):
        counts["recovered"] = recover(kernel)
        _batches(kernel, limit, plan, number, counts)
    return HandedOver(
        **{state: counts[state] for state in _STATES}, later=counts["pending"], recovered=counts["recovered"]
    )


def _batches(kernel: Kernel, limit: int, plan: int | None, number: int | None, counts: Counter[str]) -> None:
    start = kernel.clock.now()
    while limit > 0 and 0 <= kernel.clock.now() - start < _LONGEST:
        lines = claim(kernel, min(limit, _AT_ONCE), plan, number)
        if not lines:
            return
        limit -= len(lines)
        _batch(kernel, lines, counts)


def _batch(kernel: Kernel, lines: list[Line], counts: Counter[str]) -> None:
    """Lines of one action and one channel."""
    action = kernel.words.actions.get(lines[0].action)
    prepare(kernel, action, lines)
    ready, rehearses = open_lines(kernel, lines)
    counts.update(line.outcome.state for line in lines if line.outcome is not None)
    if ready:
        assert action is not None
        HandingOver(kernel, action, ready, rehearses, counts).run()
