"""What an undo did, counted, and what it left."""

from __future__ import annotations

from attrs import define, field

from crmkit.core.undo.values import Left


@define
class Tally:
    """Sentences with how often each was done, and what was left, each with its reason."""

    counts: dict[str, int] = field(factory=dict)
    left: list[Left] = field(factory=list)

    def add(self, what: str, count: int) -> None:
        """Count what was done: `what` is words with `{}` for the number and `(s)` for a plural's ending."""
        if count:
            self.counts[what] = self.counts.get(what, 0) + count

    def leave(self, customer_id: int | None, what: str, reason: str) -> None:
        """Note that something stays as it is."""
        self.left.append(Left(customer_id=customer_id, what=what, reason=reason))

    @property
    def words(self) -> tuple[str, ...]:
        """In counted words."""
        return tuple(
            what.replace("(s)", "" if count == 1 else "s").format(f"{count:,}")
            for what, count in self.counts.items()
        )
