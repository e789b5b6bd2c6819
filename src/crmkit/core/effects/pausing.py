"""When an effect that could not be handed over is tried again, and when it is given up."""

from __future__ import annotations

from random import Random
from typing import Final

from crmkit.core.effects.line import Line, Outcome
from crmkit.core.model.strategy import FAILED, PENDING, UNCONFIRMED

_LONGEST: Final = 10 * 86_400.0
HOUR: Final = 3_600_000_000
GIVE_UP_AFTER: Final = 48 * HOUR
_MINUTE: Final = 60_000_000
_PAUSES: Final = (_MINUTE, 5 * _MINUTE, 15 * _MINUTE, HOUR, 3 * HOUR)
# Not all at once again, where all have failed at once.
_SPREAD: Final = 0.2


def later(
    line: Line,
    reason: str,
    now: int,
    random: Random,
    *,
    seconds: float | None = None,
    may_have_arrived: bool = False,
) -> Outcome:
    """Another try after `seconds`, or else after a pause that grows from try to try; once it was tried for
    48 hours, none: then it has failed, or nobody knows."""
    if line.give_up_at is not None and now >= line.give_up_at:
        tries = "1 try" if line.attempts == 1 else f"{line.attempts} tries"
        state = UNCONFIRMED if may_have_arrived else FAILED
        return Outcome(state=state, reason=f"given up after {tries} in 48 hours: {reason}")
    due = now + _pause(line.attempts, random, seconds)
    if line.give_up_at is not None:
        due = min(due, line.give_up_at)
    return Outcome(state=PENDING, reason=reason, due_at=max(due, now + 1))


def _pause(attempts: int, random: Random, seconds: float | None) -> int:
    if isinstance(seconds, int | float) and 0 < seconds < _LONGEST:  # a NaN is neither
        return round(seconds * 1_000_000)
    pause = _PAUSES[min(max(attempts, 1), len(_PAUSES)) - 1]
    return round(pause * (1 + _SPREAD * (2 * random.random() - 1)))
