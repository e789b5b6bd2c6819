"""The values of the experience: contacts, waits, matters, ratings, and where it turned."""

from __future__ import annotations

from fractions import Fraction
from statistics import median
from typing import Final

from attrs import field, frozen

MINUTE: Final = 60_000_000
THEY, WE, WROTE, EVENT, BOUGHT = "they", "we", "written to", "event", "bought"


@frozen(kw_only=True)
class Rating:
    """What the customer thought: `score` on a scale from `worst` to `best`, and whether that is bad (-1),
    good (1) or neither."""

    score: int
    worst: int
    best: int
    mood: int
    of: str = ""

    @property
    def share(self) -> float:
        """0 for the worst, 1 for the best."""
        return (self.score - self.worst) / (self.best - self.worst)


@frozen(kw_only=True)
class Contact:
    """A point of contact as the customer lived it. Instants and lengths are microseconds.

    `side` is `they`, `we`, `written to` (no person did), `bought`, or `event`. `again` tells that they had to
    ask again, `waited` how long they had when this answered them, `handed` that another of us than before
    dealt with the matter. `matter` counts from 1.
    """

    seq: int
    at: int
    type: str
    side: str
    label: str = ""
    what: str = ""
    channel: str | None = None
    employee_id: int | None = None
    asks: bool = False
    answers: bool = False
    again: bool = False
    handed: bool = False
    waited: int | None = None
    matter: int | None = None
    rating: Rating | None = None


@frozen(kw_only=True)
class Wait:
    """From an asking to the first answer; `answered_at` is None while they wait."""

    asked_at: int
    answered_at: int | None = None
    employee_id: int | None = None
    channel: str | None = None

    @property
    def minutes(self) -> int | None:
        """How many whole minutes it was."""
        return None if self.answered_at is None else (self.answered_at - self.asked_at) // MINUTE


@frozen(kw_only=True)
class Matter:
    """Askings and answers that belong together."""

    number: int
    began: int
    askings: int
    employee_id: int | None = None


@frozen(kw_only=True)
class Turn:
    """Something after which the customer bought at most half as often, or at least twice as often.

    `before` and `after` are purchases in so many days before and after it.
    """

    at: int
    type: str
    what: str
    before: int
    days_before: int
    after: int
    days_after: int

    @property
    def rates(self) -> tuple[Fraction, Fraction]:
        """Purchases a day, before and after."""
        return Fraction(self.before, self.days_before), Fraction(self.after, self.days_after)

    @property
    def strength(self) -> Fraction:
        """How many times as often, or as seldom; one purchase more on each side, so that none is no end."""
        first = Fraction(self.before + 1, self.days_before)
        second = Fraction(self.after + 1, self.days_after)
        return max(first / second, second / first)


@frozen(kw_only=True)
class Experience:
    """One customer's story, oldest contact first, and what it comes to."""

    customer_id: int
    contacts: tuple[Contact, ...] = ()
    waits: tuple[Wait, ...] = ()
    matters: tuple[Matter, ...] = ()
    hand_offs: tuple[int, ...] = ()
    kept: int = 0
    broken: int = 0
    dropped: int = 0
    turns: tuple[Turn, ...] = field(default=())

    @property
    def waiting_since(self) -> int | None:
        """Since when they wait; None where nobody does."""
        return next((each.asked_at for each in self.waits if each.answered_at is None), None)

    @property
    def answered(self) -> tuple[Wait, ...]:
        """The waits that are over."""
        return tuple(each for each in self.waits if each.answered_at is not None)

    @property
    def longest(self) -> Wait | None:
        """The longest wait that is over."""
        return max(self.answered, key=lambda each: each.minutes or 0, default=None)

    @property
    def usual_wait(self) -> float | None:
        """Half of the waits were shorter, in minutes."""
        found = [each.minutes for each in self.answered if each.minutes is not None]
        return float(median(found)) if found else None

    @property
    def askings(self) -> int:
        """How often they asked."""
        return sum(each.askings for each in self.matters)

    @property
    def asked_again(self) -> int:
        """In how many matters they had to ask more than once."""
        return sum(each.askings > 1 for each in self.matters)

    @property
    def effort(self) -> float | None:
        """Askings to a matter."""
        return self.askings / len(self.matters) if self.matters else None

    @property
    def ratings(self) -> tuple[tuple[int, Rating], ...]:
        """When they rated us, and how."""
        return tuple((each.at, each.rating) for each in self.contacts if each.rating is not None)
