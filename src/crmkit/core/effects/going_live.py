"""`crm.rehearsal`: what a rehearsal has come to, what would become real, and going live."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Final

import sqlalchemy as sa
from attrs import frozen

from crmkit.core.config.edit import ConfigEdit
from crmkit.core.effects.rehearsal import folder_of, is_rehearsing
from crmkit.core.errors import Conflict
from crmkit.core.instants import format_instant
from crmkit.core.jobs import Finding
from crmkit.core.language import _
from crmkit.core.model.strategy import PENDING
from crmkit.core.people.current import allowed
from crmkit.core.phrase import phrase
from crmkit.core.store.locks import PLAN_LOCK, one_at_a_time
from crmkit.core.store.setting import LIVE_AT, read_setting
from crmkit.core.strategy.gates.consent import MARKETING
from crmkit.core.strategy.rules import Broken, Rule, rules_of

if TYPE_CHECKING:
    from pathlib import Path

    from crmkit.core.kernel import Kernel
    from crmkit.core.model.people import Actor

APPLY: Final = "strategy.apply"


@frozen(kw_only=True)
class Readiness:
    """What going live would make real, and what is not ready for it.

    `rules` are (rule, what it does outside); `channels` are (channel that a rule uses, whether it has means
    to deliver); `unworded` are marketing purposes in use without the sentence that customers agreed to;
    `unlinked` are templates that rules send as marketing, and by which nobody can unsubscribe;
    `broken` are (rule, why it cannot be understood). `rehearsed` effects went to files, and count as never
    done; `pending` ones wait in the ledger, and will go out. `clock` is set where crm.toml sets the time.
    `findings` are what the channels in use have to say. `live_at` is None in a rehearsal, else since when it
    is over (microseconds UTC).
    """

    live_at: int | None
    rules: Sequence[tuple[str, str]]
    channels: Sequence[tuple[str, bool]]
    unworded: Sequence[str]
    broken: Sequence[tuple[str, str]]
    rehearsed: int
    pending: int
    clock: str | None
    unlinked: Sequence[str] = ()
    findings: Sequence[Finding] = ()

    @property
    def is_rehearsing(self) -> bool:
        """Whether the business has not gone live."""
        return self.live_at is None


class Rehearsal:
    """Rehearsing and going live, for one actor."""

    def __init__(self, kernel: Kernel, actor: Actor) -> None:
        self._kernel = kernel
        self._actor = actor

    @property
    def is_on(self) -> bool:
        """Whether what would leave the house is written to files."""
        with self._kernel.reading() as connection:
            return is_rehearsing(connection)

    @property
    def folder(self) -> Path:
        """Where its files are."""
        return folder_of(self._kernel)

    def readiness(self) -> Readiness:
        """What going live would make real, and what is not ready for it."""
        from crmkit.core.messages.linting import unlinked

        kernel = self._kernel
        found = rules_of(kernel)
        rules = [rule for rule in found if isinstance(rule, Rule)]
        used = sorted({channel for rule in rules for channel, _ in _touched(rule)})
        findings = tuple(self._told_by(used))
        with kernel.reading() as connection:
            allowed(kernel, connection, self._actor, APPLY)
            return Readiness(
                live_at=_live_at(connection),
                rules=tuple((rule.name, says) for rule in rules if (says := _outside(rule))),
                channels=tuple((name, kernel.words.channels[name].deliver is not None) for name in used),
                unworded=tuple(unworded(kernel, rules)),
                broken=tuple((each.name, each.error.message) for each in found if isinstance(each, Broken)),
                rehearsed=self._count(connection, rehearsed=1),
                pending=self._count(connection, state=PENDING),
                clock=kernel.config.crs.clock,
                unlinked=tuple(unlinked(kernel)),
                findings=findings,
            )

    def end(self) -> None:
        """Go live: from now on what rules send leaves the house.

        Raises `Conflict` where crm.toml sets the clock, or it is live already; `NotAllowed`.
        """
        kernel = self._kernel
        if kernel.config.crs.clock is not None:
            raise Conflict(
                phrase(
                    "{path} sets the clock to {clock}",
                    path=kernel.config.path.name,
                    clock=kernel.config.crs.clock,
                ),
                hint="Real messages go out on real days: crm clock --real",
            )
        with kernel.unit(self._actor) as tx:
            allowed(kernel, tx.connection, self._actor, APPLY)
            # Whoever looks whether it is a rehearsal holds this lock until that is on record.
            one_at_a_time(tx.connection, PLAN_LOCK)
            if not is_rehearsing(tx.connection):
                raise Conflict("This business is live already", hint="To rehearse again: crm go-live --back")
            tx.execute(kernel.tables.setting.insert().values(key=LIVE_AT, value=str(tx.at)))
            tx.append_change(("created", "setting", 0, None, LIVE_AT, None, str(tx.at), "", ""))

    def begin_again(self) -> None:
        """Go back to rehearsing, as after a restore of a backup that is only to be looked at.

        Raises `Conflict` where it is a rehearsal already; `NotAllowed`.
        """
        kernel, table = self._kernel, self._kernel.tables.setting
        with kernel.unit(self._actor) as tx:
            allowed(kernel, tx.connection, self._actor, APPLY)
            one_at_a_time(tx.connection, PLAN_LOCK)
            if not tx.execute(table.delete().where(table.c.key == LIVE_AT)).rowcount:
                raise Conflict("This business is rehearsing already", hint="To make it real: crm go-live")
            tx.append_change(("removed", "setting", 0, None, LIVE_AT, None, None, "", ""))

    def set_clock(self, at: int | None) -> None:
        """Write into crm.toml that it is the instant `at` now; None: the machine's time again. It holds for
        whoever opens the business after that.

        Raises `Conflict` where the business is live, or crm.toml was changed meanwhile; `NotAllowed`.
        """
        kernel = self._kernel
        with kernel.reading() as connection:
            allowed(kernel, connection, self._actor, APPLY)
            if at is not None and not is_rehearsing(connection):
                raise Conflict(
                    "This business is live, and its clock is the machine's",
                    hint="Only a rehearsal can have another time; to rehearse again: crm go-live --back",
                )
        edit = ConfigEdit(kernel.config.path)
        if at is None:
            edit.remove(("crs", "clock"))
        else:
            local = datetime.fromisoformat(format_instant(at, kernel.tz, exact=True)).replace(tzinfo=None)
            said = _("the time of this rehearsal; the machine's again: crm clock --real")
            edit.set(("crs", "clock"), local.isoformat(), comment=said)
        edit.save()
        os.utime(kernel.config.path)  # the clock goes on from here, also where the file said so already

    def _told_by(self, channels: Sequence[str]) -> Iterator[Finding]:
        """What channels that deliver have to say. What goes wrong there is said, and holds nothing up."""
        crm = self._kernel.crm()
        for name in channels:
            channel = self._kernel.words.channels[name]
            if channel.deliver is None or channel.ready is None:
                continue
            try:
                yield from channel.ready(crm)
            except Exception as error:  # noqa: BLE001 - it is a plugin's
                yield Finding(
                    "warning", phrase("Whether {name} is ready is not known: {error}", name=name, error=error)
                )

    def _count(self, connection: sa.Connection, **wanted: object) -> int:
        table = self._kernel.tables.effect
        conditions = [table.c[name] == value for name, value in wanted.items()]
        counted = sa.select(sa.func.count()).select_from(table).where(*conditions)
        return int(connection.execute(counted).scalar_one())


def unworded(kernel: Kernel, rules: Sequence[Rule]) -> Iterator[str]:
    """Marketing purposes that rules write for, and whose sentence nobody has written down: nobody can tell
    what customers agreed to."""
    for name in sorted({purpose for rule in rules for _channel, purpose in _touched(rule)}):
        purpose = kernel.words.purposes.get(name)
        if purpose is not None and purpose.type == MARKETING and not purpose.wording.strip():
            yield name


def _touched(rule: Rule) -> Iterator[tuple[str, str]]:
    """(channel, purpose) of each step that reaches the customer."""
    for step in rule.steps:
        touches = step.action.touches
        touch = touches(step.params(step.given)) if touches is not None else None
        if touch is not None:
            yield touch.channel, touch.purpose


def _outside(rule: Rule) -> str:
    """What a rule does that reaches the world outside, in a few words."""
    steps = [step for step in rule.steps if step.action.prepare is not None]
    return "; ".join(step.action.says(step.params(step.given)) for step in steps)


def _live_at(connection: sa.Connection) -> int | None:
    value = read_setting(connection, LIVE_AT)
    return None if value is None else int(value)
