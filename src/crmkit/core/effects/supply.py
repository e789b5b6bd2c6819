"""Supply: the lines that one hand-over has claimed, prepared in pages, in the order in which they leave."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Final

from attrs import define, field

from crmkit.core.effects.preparing import prepare
from crmkit.core.effects.reviewing import review
from crmkit.core.effects.turns import claim, give_back, renew, soon

if TYPE_CHECKING:
    from crmkit.core.effects.line import Line
    from crmkit.core.kernel import Kernel
    from crmkit.core.model.words import Action
    from crmkit.core.store.unit import Transaction

# What is claimed is safe: whoever is killed leaves it to the others. What is prepared grows old.
CLAIMED_AT_ONCE: Final = 1_000
_PAGE: Final = 200
_FRESH: Final = 1_000_000


@define
class Supply:
    """Lines of one action and one channel, up to `limit`, of all plans or of one; none more once `is_over`.
    A patient one waits for what is due soon, such as by a rate, so that connections stay open."""

    kernel: Kernel
    limit: int
    is_over: Callable[[], bool]
    plan: int | None = None
    number: int | None = None
    is_patient: bool = False
    _claimed: deque[Line] = field(factory=deque)
    _ready: deque[Line] = field(factory=deque)

    @property
    def first(self) -> Line | None:
        """The next line; None when there are no more."""
        if not self._ready and not self._claimed:
            return None
        return self._ready[0] if self._ready else self._claimed[0]

    def claim(self, like: Line | None = None) -> None:
        """Take up what is due, if it is of the same kind as `like`."""
        size = min(self.limit, CLAIMED_AT_ONCE)
        while size > 0 and not self.is_over():
            lines = claim(self.kernel, size, self.plan, self.number, like)
            pause = soon(self.kernel, self.plan, like) if self.is_patient and not lines else None
            if pause is None:
                self.limit -= len(lines)
                self._claimed.extend(lines)
                return
            self.kernel.clock.sleep(pause)

    def ahead(self, action: Action | None, count: int) -> Sequence[Line]:
        """The next lines, up to `count`, prepared; none when there are no more."""
        if not self._ready and self._claimed:
            page = [self._claimed.popleft() for _ in range(min(_PAGE, len(self._claimed)))]
            # Kept first: whoever fails to prepare gives them back.
            self._ready.extend(page)
            prepare(self.kernel, action, page)
        lines, now = list(islice(self._ready, count)), self.kernel.clock.now()
        # Asked of a page together, unless it has become old.
        if any(not 0 <= now - line.reviewed_at < _FRESH for line in lines):
            review(self.kernel, action, list(self._ready))
            for line in self._ready:
                line.reviewed_at = now
        return lines

    def settled(self, lines: Iterable[Line]) -> None:
        """These of the next lines have left the supply."""
        gone = {line.id for line in lines}
        stay: list[Line] = []
        while gone and self._ready:
            line = self._ready.popleft()
            if line.id in gone:
                gone.remove(line.id)
            else:
                stay.append(line)
        self._ready.extendleft(reversed(stay))

    def renew(self, tx: Transaction) -> None:
        """Keep what waits here in hand, where it has waited for long."""
        renew(tx, [*self._ready, *self._claimed])

    def drain(self) -> list[Line]:
        """All that is left, which is nobody's concern here any more."""
        lines = [*self._ready, *self._claimed]
        self._ready.clear()
        self._claimed.clear()
        return lines

    def give_back(self) -> None:
        """Leave all that is left to others, at once."""
        lines = self.drain()
        if lines:
            with self.kernel.unit(self.kernel.house) as tx:
                give_back(tx, lines)
