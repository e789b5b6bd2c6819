"""What an undo did, counted, and what it left."""

from __future__ import annotations

from attrs import define, field

from crmkit.core.phrase import Counted
from crmkit.core.undo.values import Left


@define
class Tally:
    """Sentences with how often each was done, and what was left, each with its reason."""

    done: dict[str, Counted] = field(factory=dict)
    left: list[Left] = field(factory=list)

    def add(self, done: Counted) -> None:
        """Note what was done; what is said in the same words is added up."""
        if done.times:
            before = self.done.get(done.many)
            self.done[done.many] = done.of(done.times + before.times) if before else done

    def leave(self, customer_id: int | None, what: str, reason: str) -> None:
        """Note that something stays as it is."""
        self.left.append(Left(customer_id=customer_id, what=what, reason=reason))

    @property
    def words(self) -> tuple[str, ...]:
        """In counted words."""
        return tuple(self.done.values())
