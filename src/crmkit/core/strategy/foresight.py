"""Whom conditions mean where nothing but the time goes on, without asking everybody each time.

Many conditions can then only become true, such as `days_since(purchase) > 90`, or only stop being so. Asked
at both ends of some weeks, they tell of all but a few how they stand in between; each day in between only
those few are asked about. The answers are exactly those that everybody would give.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa
from attrs import define, evolve, field

from crmkit.core.predicates.course import course
from crmkit.core.predicates.sql.moments import NOW
from crmkit.core.predicates.sql.selecting import conjuncts
from crmkit.core.predicates.tree import Aggregate, AllOf, Between, Compare, walk
from crmkit.core.segments.embedding import filled

if TYPE_CHECKING:
    from crmkit.core.kernel import Kernel
    from crmkit.core.predicates.predicate import Predicate
    from crmkit.core.predicates.sql.moments import Shift
    from crmkit.core.predicates.sql.prepared import Prepared
    from crmkit.core.predicates.tree import Condition

_DAY: Final = 86_400_000_000
# So far ahead is asked at once, of what is asked again after so little.
_AHEAD: Final = 16 * _DAY
_SOON: Final = 2 * _DAY
# Where more than this share of the customers is in doubt, everybody can be asked as well.
_FEW: Final = 0.25
# Where so few are, it is looked twice as far ahead the next time.
_HARDLY_ANY: Final = 0.02
_FARTHEST: Final = 64 * _DAY
_FOREVER: Final = 2**62


def foreseen_table() -> sa.Table:
    """Where the answers are kept: of each condition, by its number, who meets it for sure, and who may."""
    columns = (sa.Column(name, sa.BigInteger) for name in ("number", "is_sure", "customer_id"))
    return sa.Table("foreseen", sa.MetaData(), *columns)


FORESEEN_INDEXES: Final = (("number", "is_sure", "customer_id"),)


def foreseen_members(kernel: Kernel, predicate: Predicate, now: int) -> sa.Select[Any] | None:
    """As `Foresight.select`; None also where there is no foresight."""
    return None if kernel.foresight is None else kernel.foresight.select(predicate, now)


@define(eq=False)
class _Asked:
    """A condition that is asked again and again: of its parts, which must all hold, those that only `rise`
    and those that only `fall` (what stays the same is among the first), and whether there are `others`; and
    whether all but those `stays` as it is.

    What is kept of it holds from `first` to `last`; where too many are in doubt, it is not `is_of_use`.
    """

    number: int
    predicate: Predicate
    rising: Prepared | None
    falling: Prepared | None
    others: bool
    stays: bool
    at: int | None = None
    first: int = 0
    last: int = -1
    ahead: int = _AHEAD
    doubtful: int = 0
    is_of_use: bool = False

    def covers(self, now: int) -> bool:
        """Whether what is kept says anything of the instant: each moment that the parts ask for then lies
        between those of both ends. Where a month is longer than the next, it may not."""
        if self.stays or not self.first <= now <= self.last:
            return self.first <= now <= self.last
        parts = [each for each in (self.rising, self.falling) if each is not None]
        return all(_lies(each, self.first, now, self.last) for each in parts)


@define(eq=False, slots=False)
class Foresight:
    """What is known of conditions on the one connection of a simulation, which begins at `start`."""

    kernel: Kernel
    connection: sa.Connection
    start: int
    table: sa.Table
    _asked: dict[Any, _Asked | None] = field(factory=dict)

    def select(self, predicate: Predicate, now: int, since: int | None = None) -> sa.Select[Any] | None:
        """SELECT of `customer_id` of those whom the condition means at the instant, without those whom it is
        known to have meant ever `since`; None where it has to be asked of everybody."""
        key = (predicate.tree, id(predicate.context))
        if key not in self._asked:
            self._asked[key] = self._parted(predicate)
        asked = self._asked[key]
        if asked is None:
            return None
        before = asked.at
        asked.at = now
        if not asked.covers(now):
            if before is None or not 0 < now - before <= _SOON:
                return None
            self._look_ahead(asked, now)
        if not asked.is_of_use or not asked.covers(now):
            return None
        return self._known(asked, now, is_of_all=since is None or not asked.first <= since <= now)

    def _is_still(self, tree: Condition) -> bool:
        """Whether nothing of what the condition asks for is on record that has yet to happen."""
        interaction, consent = self.kernel.tables.interaction, self.kernel.tables.by_name["consent"]
        types = {each.source.name for each in walk(tree) if isinstance(each, Aggregate)}
        later = (
            sa.select(interaction.c.seq).where(
                interaction.c.type.in_(types), interaction.c.occurred_at > self.start
            ),
            sa.select(consent.c.id).where(consent.c.at > self.start),
        )
        return all(self.connection.execute(each.limit(1)).first() is None for each in later)

    @cached_property
    def _customers(self) -> int:
        counted = sa.select(sa.func.count()).select_from(self.kernel.tables.customer)
        return int(self.connection.execute(counted).scalar_one())

    def _parted(self, predicate: Predicate) -> _Asked | None:
        rising, falling, others, stays = [], [], False, True
        for each, shift in _conjuncts(predicate):
            how = course(each)
            stays = stays and (how.stays or not (how.rises or how.falls))
            if shift == NOW and how.rises:
                rising.append(each)
            elif shift == NOW and how.falls:
                falling.append(each)
            else:
                others = True
        if not (rising or falling) or not self._is_still(predicate.tree):
            return None
        return _Asked(
            len(self._asked), predicate, self._prepared(predicate, rising),
            self._prepared(predicate, falling), others, stays,
        )  # fmt: skip

    def _prepared(self, whole: Predicate, parts: Sequence[Condition]) -> Prepared | None:
        if not parts:
            return None
        tree = parts[0] if len(parts) == 1 else AllOf(tuple(parts))
        return self.kernel.statements.prepare(evolve(whole, tree=tree))

    def _look_ahead(self, asked: _Asked, now: int) -> None:
        """Keep who meets the condition all the time from now on for some weeks, and who at some time."""
        goes_on = asked.is_of_use and asked.falling is None and not asked.others and now >= asked.last
        if asked.doubtful < self._customers * _HARDLY_ANY:
            asked.ahead = min(2 * asked.ahead, _FARTHEST) if asked.is_of_use else asked.ahead
        else:
            asked.ahead = _AHEAD
        asked.first, asked.last = now, _FOREVER if asked.stays else now + asked.ahead
        end = now if asked.stays else asked.last
        mine = self.table.c.number == asked.number
        if goes_on:  # whoever met it at the end of the last weeks does from now on
            self.connection.execute(self.table.update().where(mine).values(is_sure=1))
        else:
            self.connection.execute(self.table.delete().where(mine))
            if not asked.others:
                self._keep(asked, 1, _all_of(asked, rising=now, falling=end))
        sure = sa.select(self.table.c.customer_id).where(mine, self.table.c.is_sure == 1)
        asked.doubtful = 0
        if asked.others or not asked.stays:
            # EXCEPT binds no stronger than INTERSECT on every engine, so the whole stands by itself.
            may = _all_of(asked, rising=end, falling=now).subquery("may")
            asked.doubtful = self._keep(asked, 0, sa.except_(sa.select(may.c[0]), sure))
        asked.is_of_use = asked.doubtful <= self._customers * _FEW

    def _keep(self, asked: _Asked, is_sure: int, ids: Any) -> int:
        found = ids.subquery("found")
        rows = sa.select(
            sa.literal(asked.number, sa.BigInteger), sa.literal(is_sure, sa.BigInteger), found.c[0]
        )
        kept = self.table.insert().from_select(["number", "is_sure", "customer_id"], rows)
        return self.connection.execute(kept.execution_options(preserve_rowcount=True)).rowcount

    def _known(self, asked: _Asked, now: int, *, is_of_all: bool) -> sa.Select[Any]:
        columns = self.table.c
        mine = sa.select(columns.customer_id).where(columns.number == asked.number)
        sure, doubtful = (mine.where(columns.is_sure == value) for value in (1, 0))
        if not asked.doubtful:
            return sure if is_of_all else doubtful
        some = filled(self.kernel.statements.narrowed(asked.predicate, doubtful, now=now), now)
        if not is_of_all:
            return some
        both = sa.union_all(sure, some).subquery("foreseen_members")
        return sa.select(both.c[0].label("customer_id"))


def _conjuncts(predicate: Predicate) -> Iterator[tuple[Condition, Shift]]:
    """The conditions that must all hold; each end of a span by itself, for time moves them apart."""
    for each, shift in conjuncts(predicate.tree, NOW):
        if isinstance(each, Between):
            yield Compare(">=", each.value, each.low), shift
            yield Compare("<=", each.value, each.high), shift
        else:
            yield each, shift


def _all_of(asked: _Asked, *, rising: int, falling: int) -> Any:
    """Those of whom each part holds, at its own instant."""
    parts = []
    if asked.rising is not None:
        parts.append(filled(asked.rising, rising))
    if asked.falling is not None:
        parts.append(filled(asked.falling, falling))
    return parts[0] if len(parts) == 1 else sa.intersect(*parts)


def _lies(part: Prepared, first: int, now: int, last: int) -> bool:
    low, this, high = (part.values(each) for each in (first, now, last))
    return all(low[name] <= value <= high[name] for name, value in this.items())
