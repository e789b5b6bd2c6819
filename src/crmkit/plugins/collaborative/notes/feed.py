"""The feed: what is new of the customers that concern somebody."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from attrs import evolve

from crmkit import Invalid, NotFound
from crmkit.plugin import fold, phrase, read_cursor, write_cursor
from crmkit.plugins.collaborative.notes.tables import FOLLOW, MENTION, READER

if TYPE_CHECKING:
    from crmkit import Crm, Interaction, Team
    from crmkit.plugins.collaborative.notes.looking import Scope, Window
    from crmkit.plugins.collaborative.notes.model import Entry, FeedPage, Reading
    from crmkit.plugins.collaborative.notes.settings import NotesSettings


class Feed:
    """What was recorded last, for whoever `crm` acts for: nothing of customers whom they do not see."""

    def __init__(self, crm: Crm) -> None:
        self._crm = crm
        self._reader, self._mention = crm.plugins.table(READER), crm.plugins.table(MENTION)
        self._settings: NotesSettings = crm.plugins.settings("collaborative").notes

    def mine(
        self,
        *,
        limit: int = 20,
        cursor: str | None = None,
        since: int | None = None,
        unread: bool = False,
        after: int = 0,
        up_to: int | None = None,
    ) -> FeedPage:
        """A page of one's own feed: customers whom one follows or looks after, and what mentions one.

        `since` is an instant; `unread` leaves out what one has read or written; `after` and `up_to` are
        numbers of entries: only those after the one and up to the other. Raises `Invalid` where nobody in
        particular asks.
        """
        from crmkit.plugins.collaborative.notes import looking

        me = self._me()
        window = self._window(cursor, since)
        if unread:
            window = evolve(window, read_to=self.reading().read_to, but_by=me)
        scope = looking.mine(self._crm, me, unseen=unread)
        if up_to is not None:
            window = evolve(window, before=min(up_to + 1, window.before or up_to + 1))
        return self._page(scope, evolve(window, after=after), limit)

    def team(
        self, name: str, *, limit: int = 20, cursor: str | None = None, since: int | None = None
    ) -> FeedPage:
        """A page of a team's feed: customers whom members follow or look after, and what mentions the team.

        Raises `NotFound`.
        """
        from crmkit.plugins.collaborative.notes import looking

        team = self._team(name)
        members = {fold(member) for member in team.members}
        ids = [each.id for each in self._crm.people.list() if fold(each.name) in members]
        return self._page(looking.team(self._crm, team.name, ids), self._window(cursor, since), limit)

    def customer(
        self, customer: str | int, *, limit: int = 20, cursor: str | None = None, since: int | None = None
    ) -> FeedPage:
        """A page of a customer's feed; of an organisation with that of its people."""
        from crmkit.plugins.collaborative.notes import looking

        customers = self._crm.customers
        found = customers.get(customer)
        people = customers.people_of(found.id) if found.is_organization else []
        scope = looking.these(self._crm, [found.id, *people])
        return self._page(scope, self._window(cursor, since, all_types=True), limit)

    def everything(self, *, limit: int = 20, cursor: str | None = None, since: int | None = None) -> FeedPage:
        """A page of what was recorded last of all customers whom one sees."""
        from crmkit.plugins.collaborative.notes.looking import Scope

        return self._page(Scope(), self._window(cursor, since), limit)

    def reading(self) -> Reading:
        """How far one has read."""
        from crmkit.plugins.collaborative.notes.model import Reading

        with self._crm.reading() as execute:
            row = execute(sa.select(self._reader).where(self._reader.c.employee_id == self._me())).first()
        if row is None:
            return Reading(read_to=0)
        return Reading(read_to=row.read_to, digest=bool(row.digest), told_to=row.told_to)

    def read(self, up_to: int | None = None) -> Reading:
        """Mark everything as read, or what was recorded up to number `up_to`; what is newer is unread."""
        me, before = self._me(), self.reading()
        self._crm.require("customers.read")
        end = sa.select(sa.func.coalesce(sa.func.max(self._crm.tables.interaction.c.seq), 0))
        with self._crm.transaction() as tx:
            newest = tx.execute(end).scalar_one()
            read_to = newest if up_to is None else min(up_to, newest)
            self._set(tx, me, read_to=read_to)
            mention = self._mention
            theirs = sa.update(mention).where(mention.c.employee_id == me)
            seen = theirs.where(mention.c.seq <= read_to, mention.c.seen_at.is_(None))
            tx.execute(seen.values(seen_at=tx.at))
            if read_to < before.read_to:
                tx.execute(theirs.where(mention.c.seq > read_to).values(seen_at=None))
        return evolve(before, read_to=read_to, before=before.read_to)

    def digest(self, wanted: bool) -> bool:
        """Whether one gets digests by e-mail from now on; whether that is a change."""
        me, before = self._me(), self.reading()
        if before.digest is not wanted:
            with self._crm.transaction() as tx:
                self._set(tx, me, digest=int(wanted))
        return before.digest is not wanted

    def unread_mentions(self) -> int:
        """How many entries that mention one are unread."""
        from crmkit.plugins.collaborative.notes import looking

        self._crm.require("customers.read")
        scope = looking.mine(self._crm, self._me(), unseen=True)
        with self._crm.reading() as execute:
            return len(looking.mentioning(self._crm, execute, scope, 100))

    def _set(self, tx: Any, employee_id: int, **values: int) -> None:
        reader = self._reader
        done = tx.execute(sa.update(reader).where(reader.c.employee_id == employee_id).values(**values))
        if not done.rowcount:
            fresh = {"employee_id": employee_id, "read_to": 0, "digest": 1, "tells_to": 0, "told_to": 0}
            tx.execute(sa.insert(reader).values(**fresh | values))

    def _me(self) -> int:
        if self._crm.actor.id is None:
            raise Invalid("Whose feed?", hint="Say who you are: crm --as EMPLOYEE feed; or crm feed --all")
        return self._crm.actor.id

    def _team(self, name: str) -> Team:
        for team in self._crm.people.teams():
            if fold(team.name) == fold(name):
                return team
        raise NotFound(phrase('There is no team "{team}"', team=name), hint="Run: crm people teams list")

    def _window(self, cursor: str | None, since: int | None, *, all_types: bool = False) -> Window:
        from crmkit.plugins.collaborative.notes.looking import Window

        before = None if cursor is None else read_cursor(cursor, 1)[0]
        leave_out = () if all_types else self._settings.leave_out
        return Window(before=before, since=since, leave_out=leave_out)

    def _page(self, scope: Scope, window: Window, limit: int) -> FeedPage:
        from crmkit.plugins.collaborative.notes.looking import look
        from crmkit.plugins.collaborative.notes.model import FeedPage

        crm = self._crm
        crm.require("customers.read")
        if limit < 1:
            raise Invalid(
                phrase("A page of {limit} entries shows nothing", limit=limit),
                hint="Give a limit of 1 or more.",
            )
        with crm.reading() as execute:
            seqs = look(crm, execute, scope, window, limit + 1)
            found = crm.interactions.among(seqs[:limit])
            entries = self._entries(found, execute) if found else ()
        more = write_cursor(seqs[limit - 1]) if len(seqs) > limit else None
        return FeedPage(entries=entries, next_cursor=more)

    def _entries(self, found: Sequence[Interaction], execute: Any) -> tuple[Entry, ...]:
        from crmkit.plugins.collaborative.notes.model import Entry

        crm, me = self._crm, self._crm.actor.id
        customers = {each.id: each.name for each in crm.customers.summaries({i.customer_id for i in found})}
        employee = crm.tables.employee
        staff = {each.employee_id for each in found if each.employee_id}
        names = dict(
            execute(sa.select(employee.c.id, employee.c.name).where(employee.c.id.in_(staff))).all()
            if staff
            else ()
        )
        read_to = self.reading().read_to if me is not None else 0
        why = _Why(crm, execute, found, me)
        return tuple(
            Entry(
                interaction=each,
                customer=customers.get(each.customer_id, ""),
                employee=names.get(each.employee_id),
                is_new=me is not None
                and each.employee_id != me
                and (each.seq > read_to or each.seq in why.unseen),
                because=why.because(each),
            )
            for each in found
        )


class _Why:
    """Why entries are in the feed of an employee."""

    def __init__(self, crm: Crm, execute: Any, found: Sequence[Interaction], me: int | None) -> None:
        self.unseen: set[int] = set()
        self._mentions: set[int] = set()
        self._follows: set[int] = set()
        self._owns: set[int] = set()
        if me is None:
            return
        mention, follow, customer = crm.plugins.table(MENTION), crm.plugins.table(FOLLOW), crm.tables.customer
        seqs, whose = [each.seq for each in found], {each.customer_id for each in found}
        named = sa.select(mention.c.seq, mention.c.seen_at).where(
            mention.c.employee_id == me, mention.c.seq.in_(seqs)
        )
        for seq, seen_at in execute(named):
            self._mentions.add(seq)
            if seen_at is None:
                self.unseen.add(seq)
        followed = sa.select(follow.c.customer_id).where(
            follow.c.employee_id == me, follow.c.customer_id.in_(whose)
        )
        self._follows = set(execute(followed).scalars())
        owned = sa.select(customer.c.id).where(customer.c.id.in_(whose), customer.c.owner_id == me)
        self._owns = set(execute(owned).scalars())

    def because(self, interaction: Interaction) -> tuple[str, ...]:
        """The reasons, the strongest first."""
        from crmkit.plugins.collaborative.notes.model import FOLLOWS, MENTIONED, OWNER

        reasons = (
            (MENTIONED, interaction.seq in self._mentions),
            (FOLLOWS, interaction.customer_id in self._follows),
            (OWNER, interaction.customer_id in self._owns),
        )
        return tuple(reason for reason, holds in reasons if holds)
