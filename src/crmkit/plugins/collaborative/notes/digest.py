"""The digest: once a turn, each employee who has unread entries is told of them by e-mail."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import sqlalchemy as sa
from attrs import frozen

from crmkit import CrmError
from crmkit.plugin import joined, nphrase, parse_schedule, phrase, shown_instant, zone_of
from crmkit.plugins.collaborative.notes.feed import Feed
from crmkit.plugins.collaborative.notes.model import MENTIONED, Entry, FeedPage
from crmkit.plugins.collaborative.notes.tables import READER

if TYPE_CHECKING:
    from crmkit import Crm, Employee

# Who was at it this long ago without an end was killed; or the mail could not go out, and may now.
_GIVEN_UP: Final = 300_000_000
_LATER: Final = "later"
_SHOWN: Final = 30
_WIDE: Final = 200


@frozen
class _Turn:
    """Somebody's turn of the digest, which is ours to tell: what comes after `told_to`, up to `tells_to`."""

    employee: Employee
    occasion: str
    told_to: int
    tells_to: int


def send_due(schedule: str, crm: Crm) -> None:
    """Tell everybody whose turn it is, each once.

    A turn is taken before it is told, and put down as told after that. Killed in between, it is told again
    under the same key, by which mail servers notice a repetition.
    """
    period = parse_schedule(schedule).latest(crm.clock.now(), zone_of(crm))
    if period is None:
        return
    for employee in crm.people.list():
        if employee.email and (turn := _taken(crm, employee, period.occasion)) is not None:
            _tell(crm, turn)


def _taken(crm: Crm, employee: Employee, occasion: str) -> _Turn | None:
    """The employee's turn, if it is due and nobody else is at it."""
    reader, log = crm.plugins.table(READER), crm.tables.interaction
    given_up = crm.clock.now() - _GIVEN_UP
    with crm.transaction() as tx:
        row = tx.execute(sa.select(reader).where(reader.c.employee_id == employee.id)).first()
        if row is None:
            values = {"employee_id": employee.id, "read_to": 0, "digest": 1, "tells_to": 0, "told_to": 0}
            tx.execute(sa.insert(reader).values(**values))
            row = tx.execute(sa.select(reader).where(reader.c.employee_id == employee.id)).one()
        if not row.digest:
            return None
        again = row.turn == occasion
        if again and (row.telling_since is None or row.telling_since > given_up):
            return None
        end = tx.execute(sa.select(sa.func.coalesce(sa.func.max(log.c.seq), 0))).scalar_one()
        tells_to = row.tells_to if again else end
        mine = sa.update(reader).where(
            reader.c.id == row.id,
            reader.c.turn.is_not_distinct_from(row.turn),
            reader.c.telling_since.is_not_distinct_from(row.telling_since),
        )
        took = tx.execute(mine.values(turn=occasion, tells_to=tells_to, telling_since=tx.at))
        return _Turn(employee, occasion, row.told_to, tells_to) if took.rowcount else None


def _tell(crm: Crm, turn: _Turn) -> None:
    page = _unread(crm, turn)
    if page.entries:
        (told,) = crm.people.tell(
            [turn.employee.id],
            subject=_subject(crm, page),
            text=_letter(crm, page),
            key=f"digest/{turn.occasion}",
        )
        if told.state == _LATER:
            return
    reader = crm.plugins.table(READER)
    with crm.transaction() as tx:
        this = sa.update(reader).where(
            reader.c.employee_id == turn.employee.id, reader.c.turn == turn.occasion
        )
        tx.execute(this.values(told_to=turn.tells_to, telling_since=None))


def _unread(crm: Crm, turn: _Turn) -> FeedPage:
    """What the employee has not read nor been told of, as they would see it; nothing where they may not
    look."""
    try:
        feed = Feed(crm.acting_as(str(turn.employee.id)))
        return feed.mine(limit=_SHOWN, unread=True, after=turn.told_to, up_to=turn.tells_to)
    except CrmError:
        return FeedPage()


def _subject(crm: Crm, page: FeedPage) -> str:
    unread = (
        nphrase("more than {count} unread entry", "more than {count} unread entries", _SHOWN)
        if page.next_cursor
        else nphrase("{count} unread entry", "{count} unread entries", len(page.entries))
    )
    mentions = sum(MENTIONED in each.because for each in page.entries)
    by_name = nphrase("{count} for you by name", "{count} for you by name", mentions)
    said = joined(", ", (unread, by_name) if mentions else (unread,))
    return joined(": ", (crm.config.crs.name, said))


def _letter(crm: Crm, page: FeedPage) -> str:
    """The entries by customer, in the order of the feed, and how to have no more of these."""
    by_customer: dict[int, list[Entry]] = {}
    for each in page.entries:
        by_customer.setdefault(each.interaction.customer_id, []).append(each)
    lines: list[str] = []
    for id_, entries in by_customer.items():
        lines += [f"{entries[0].customer} (#{id_})", *(_line(crm, each) for each in entries), ""]
    if page.next_cursor:
        lines += [phrase("There is more."), ""]
    lines += [
        phrase("All of it: crm feed --unread"),
        phrase("No more of these e-mails: crm feed digest off"),
    ]
    return joined("\n", lines)


def _line(crm: Crm, entry: Entry) -> str:
    interaction = entry.interaction
    said = crm.interactions.summary(interaction)
    said = said if len(said) <= _WIDE else said[: _WIDE - 1] + "…"
    type_: str = interaction.type
    what = phrase("{type} by {employee}", type=type_, employee=entry.employee) if entry.employee else type_
    if MENTIONED in entry.because:
        what = phrase("{what} (mentions you)", what=what)
    head = joined("", (f"  {shown_instant(crm, interaction.occurred_at)}  ", what))
    return joined(": ", (head, said) if said else (head,))
