"""The engine on another clock: the same code over a ledger that is thrown away."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

import attrs

from crmkit.core.clock import FakeClock
from crmkit.core.effects.entering import Entry, enter
from crmkit.core.errors import Invalid, PluginError, ReadOnly
from crmkit.core.model.strategy import CLAIMED, DONE, HANDING_OVER, PENDING, WITHHELD
from crmkit.core.phrase import phrase
from crmkit.core.segments.stays import notice
from crmkit.core.store.bulk import driver_changed
from crmkit.core.store.scratch import Scratch, scratch
from crmkit.core.store.unit import Transaction
from crmkit.core.strategy.advancing import advance
from crmkit.core.strategy.foresight import FORESEEN_INDEXES, Foresight, foreseen_table
from crmkit.core.strategy.gates import pass_through
from crmkit.core.strategy.proposing import PER_ENTRY, Proposal, has_turns, proposals
from crmkit.core.strategy.rendering import Due, Letters
from crmkit.core.strategy.telling import tell_sources

if TYPE_CHECKING:
    import sqlalchemy as sa

    from crmkit.core.crm import Crm
    from crmkit.core.kernel import Kernel
    from crmkit.core.model.rule_source import RuleSource
    from crmkit.core.strategy.past import Past
    from crmkit.core.strategy.rules import Rule

# What the engine reads of a row in the ledger.
_READ: Final = (
    "id", "origin", "step", "occasion", "customer_id", "plan_id", "action", "state", "actor", "created_at",
    "settled_at", "channel", "purpose", "contact_at", "recipient", "due_at", "rehearsed",
    "arm",
)  # fmt: skip
_EFFECT_INDEXES: Final = (("origin", "step", "customer_id"), ("customer_id",), ("recipient",), ("due_at",))
_STAY: Final = ("id", "segment", "customer_id", "entered_at", "left_at")
_STAY_INDEXES: Final = (("segment", "customer_id"),)


@attrs.define
class Virtual:
    """A business whose clock is set by hand, and whose ledger begins as a copy and is thrown away.

    `kernel` is as any other, except that it cannot write.
    """

    kernel: Kernel
    connection: sa.Connection
    clock: FakeClock
    letters: Letters
    tried: Collection[str] = ()
    _number: int = 0

    def turn(self, rules: Sequence[Rule], now: int) -> list[Proposal]:
        """What a plan of these rules says at the instant `now`; what it says is entered in the ledger, as
        applying it would. Later turns count on it."""
        self.clock.set(now)
        self._settle(now)
        self._notice_entries(rules, now)
        proposed = list(proposals(self.kernel, self.connection, rules, now, self.letters))
        pass_through(self.kernel, self.connection, proposed, now)
        enter(self.connection, [self._entry(each, now) for each in proposed if each.stands], now)
        self._settle(now)
        with self._unit(now) as tx:
            tell_sources(self.kernel, tx, proposed)
        return proposed

    def advance(self, sources: Sequence[RuleSource], now: int) -> None:
        """Have the sources bring their own tables, of which they have copies, up to the instant `now`."""
        self.clock.set(now)
        self._settle(now)
        with self._unit(now) as tx:
            advance(self.kernel, tx, sources)

    def has_turns(self, rule: Rule, now: int) -> bool:
        """Whether it is anybody's turn who has not had it."""
        return has_turns(self.kernel, self.connection, rule, now)

    @property
    def crm(self) -> Crm:
        """The business as plugins' functions know it."""
        return self.kernel.crm()

    @contextmanager
    def _unit(self, now: int) -> Iterator[Transaction]:
        """A unit of work on the scratch tables; what is logged in it is thrown away, as they are."""
        yield Transaction(
            connection=self.connection, actor=self.kernel.house, at=now,
            random=self.kernel.random.randbytes, is_trial=True, tried=self.tried,
        )  # fmt: skip

    def _entry(self, proposal: Proposal, now: int) -> Entry:
        self._number += 1
        action, contact = proposal.step.action, proposal.contact
        is_external, is_withheld = action.prepare is not None, proposal.state == WITHHELD
        due_at = (proposal.until or now) if is_external else None
        state = WITHHELD if is_withheld else PENDING if is_external else DONE
        return Entry(
            number=self._number, origin=proposal.rule.origin, step=proposal.step.id,
            occasion=proposal.occasion, customer_id=proposal.customer_id, plan_id=None, action=action.name,
            params="", actor="", state=state, channel=contact.channel if contact else None,
            purpose=contact.purpose if contact else None, due_at=None if is_withheld else due_at,
            contact_at=due_at if contact else None, recipient=contact.address if contact else None,
            arm=proposal.arm,
        )  # fmt: skip

    def _settle(self, now: int) -> None:
        """What has come due has been handed over, when it was due."""
        change = (
            f"UPDATE effect SET state = '{DONE}', settled_at = coalesce(due_at, created_at), "  # noqa: S608
            "contact_at = CASE WHEN channel IS NULL THEN NULL ELSE coalesce(due_at, created_at) END, "
            "due_at = NULL "
            f"WHERE state IN ('{PENDING}', '{CLAIMED}', '{HANDING_OVER}') AND due_at <= ?"
        )
        mark = "?" if self.kernel.store.is_sqlite else "%s"
        driver_changed(self.connection, change.replace("?", mark), (now,))

    def _notice_entries(self, rules: Sequence[Rule], now: int) -> None:
        for rule in rules:
            if rule.declared.once == PER_ENTRY and rule.who is not None:
                tx = Transaction(
                    connection=self.connection, actor=self.kernel.house, at=now,
                    random=self.kernel.random.randbytes,
                )  # fmt: skip
                notice(self.kernel, tx, rule.origin, rule.who, None)


@contextmanager
def virtual(
    kernel: Kernel,
    *,
    past: Past | None = None,
    letters: Callable[[Kernel, sa.Connection], Letters] = Letters,
    sources: Sequence[RuleSource] = (),
    tried: Collection[str] = (),
) -> Iterator[Virtual]:
    """The business on a clock of its own. Its ledger begins as a copy of the real one; where it is to decide
    as of the `past`, as an empty one. So do the tables that `sources` of rules write. `tried` are
    the rules asked about by name.

    Raises `ReadOnly` inside a unit of work.
    """
    if kernel.current is not None:
        raise ReadOnly("Rules are tried out outside of any unit of work", hint="End the transaction first.")
    clock = FakeClock(kernel.clock.now())
    tables = kernel.tables
    theirs = [_table_of(kernel, source, name) for source in sources for name in source.tables]
    shadows = ((tables.effect, _EFFECT_INDEXES), (tables.segment_stay, _STAY_INDEXES))
    seen = foreseen_table()
    with scratch(kernel.store, shadows, whole=theirs, new=[(seen, FORESEEN_INDEXES)]) as store:
        number = 0 if past is not None else _copied(store)
        for table in theirs if past is None else ():
            store.copy_whole(table)
        own = attrs.evolve(kernel, clock=clock, store=store, past=past, thread=threading.local())
        with own.planning() as connection:
            if past is None:
                own.foresight = Foresight(own, connection, clock.now(), seen)
            yield Virtual(own, connection, clock, letters(own, connection), tried, number)


def _table_of(kernel: Kernel, source: RuleSource, name: str) -> sa.Table:
    for table in kernel.plugins.tables[source.owner].metadata.tables.values():
        if table.name == name:
            return table
    raise PluginError(
        phrase(
            'The rules "{source}" write the table {name}, which the plugin {owner} does not have',
            source=source.name,
            name=name,
            owner=source.owner,
        ),
        hint=phrase("Whoever makes the plugin {owner} has to correct it.", owner=source.owner),
    )


def _copied(store: Scratch) -> int:
    """Copy what the engine reads; the highest number in the ledger."""
    store.copy("effect", (*_READ, "params"), "customer_id IS NOT NULL")
    store.copy("segment_stay", _STAY, "left_at IS NULL")
    found = store.connection.exec_driver_sql("SELECT coalesce(max(id), 0) FROM effect")
    return int(found.scalar_one())


class KnownLetters(Letters):
    """Texts are filled in once for each customer: what they are made of stands still."""

    def __init__(self, kernel: Kernel, connection: sa.Connection) -> None:
        super().__init__(kernel, connection)
        self._known: dict[tuple[str, int], Any] = {}

    def each(
        self, due: Sequence[Due], templates: Mapping[str, Any]
    ) -> Iterator[tuple[Due, dict[str, Any] | Invalid]]:
        """As `Letters.each`."""
        which = repr(sorted(templates.items()))
        missing = [one for one in due if (which, one[0]) not in self._known]
        for one, texts in super().each(missing, templates):
            self._known[which, one[0]] = texts
        for one in due:
            yield one, self._known[which, one[0]]


class NoLetters(Letters):
    """Texts stay as they are written: what they would have said then is not on record."""

    def each(
        self,
        due: Sequence[Due],
        templates: Mapping[str, Any],  # noqa: ARG002 - nothing is filled in
    ) -> Iterator[tuple[Due, dict[str, Any] | Invalid]]:
        """Nothing filled in."""
        for one in due:
            yield one, {}
