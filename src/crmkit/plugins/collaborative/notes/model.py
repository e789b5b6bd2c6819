"""The values of shared work."""

from __future__ import annotations

from attrs import field, frozen

from crmkit import Employee, Interaction

MENTIONED = "mentioned"
FOLLOWS = "follows"
OWNER = "owner"


@frozen
class Name:
    """A name that somebody wrote after an @, and whom it means: employees, by a team's name perhaps.

    `problem` says why it means nobody.
    """

    written: str
    employees: tuple[Employee, ...] = ()
    team: str | None = None
    problem: str = ""


@frozen(kw_only=True)
class Heard:
    """Who hears of a note: `names` as they were written, of whose employees `blind` do not see the customer;
    `followers` are those who hear of it without being mentioned."""

    names: tuple[Name, ...] = ()
    blind: frozenset[int] = frozenset()
    followers: tuple[Employee, ...] = ()


@frozen(kw_only=True)
class Follower:
    """Somebody who follows a customer, since the instant `at`."""

    employee: Employee
    at: int


@frozen(kw_only=True)
class Pin:
    """An interaction that is kept in sight on its customer's page, up to the instant `until` if given."""

    interaction: Interaction
    employee: str | None
    at: int
    until: int | None = None


@frozen(kw_only=True)
class Entry:
    """An interaction in somebody's feed. `because` says why it is there: mentioned, follows, owner."""

    interaction: Interaction
    customer: str
    employee: str | None
    is_new: bool
    because: tuple[str, ...] = ()


@frozen(kw_only=True)
class FeedPage:
    """Entries, the last recorded first, and the cursor of the next page, if any."""

    entries: tuple[Entry, ...] = ()
    next_cursor: str | None = None


@frozen(kw_only=True)
class Reading:
    """How far somebody has read: up to entry `read_to`, before that `before`; whether they get digests."""

    read_to: int
    before: int = 0
    digest: bool = True
    told_to: int = field(default=0)
