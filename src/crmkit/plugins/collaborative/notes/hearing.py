"""Who hears of what was written: kept when it is recorded, and said to the writer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from crmkit import NotAllowed
from crmkit.plugin import _, ngettext, shown
from crmkit.plugins.collaborative.notes.model import Heard, Name
from crmkit.plugins.collaborative.notes.naming import Directory, names_in
from crmkit.plugins.collaborative.notes.tables import FOLLOW, MENTION, PIN

if TYPE_CHECKING:
    from crmkit import Crm, Employee, Interaction
    from crmkit.plugin import Transaction
    from crmkit.plugins.collaborative.settings import Settings

NOTE: Final = "note"
VOIDED: Final = "voided"
# So many names in a receipt, and so many of who hears by following.
_NAMED: Final = 12


def after_interactions(
    interactions: Sequence[Interaction], crm: Crm, tx: Transaction, _settings: Settings
) -> None:
    """Keep who is mentioned, and let pins go with what corrects what is pinned."""
    corrections = [each for each in interactions if each.corrects is not None]
    if corrections:
        _move_pins(corrections, crm, tx)
    written = {each.seq: names for each in interactions if (names := names_in(text_of(each)))}
    if not written:
        return
    hearing, directory = Hearing(crm), Directory(crm)
    by_seq = {each.seq: each for each in interactions}
    rows = [
        row
        for seq, names in written.items()
        for row in _mentions(by_seq[seq], [directory.meant(name) for name in names], hearing, tx.at)
    ]
    if rows:
        table = crm.plugins.table(MENTION)
        known = tx.execute(sa.select(table.c.seq, table.c.employee_id).where(table.c.seq.in_(written)))
        there = {tuple(row) for row in known}
        fresh = [row for row in rows if (row["seq"], row["employee_id"]) not in there]
        if fresh:
            tx.execute(sa.insert(table), fresh)


def remarks(interactions: Sequence[Interaction], crm: Crm, _settings: Settings) -> Iterator[tuple[int, str]]:
    """What the receipt says: who hears of a note, who does not see the customer, and who is nobody."""
    for each in interactions:
        if each.type == NOTE or names_in(text_of(each)):
            for sentence in _sentences(heard(each, crm)):
                yield each.seq, sentence


def text_of(interaction: Interaction) -> str:
    """What one of us wrote by hand; empty for what customers and other programs say."""
    if interaction.type != NOTE and (interaction.employee_id is None or interaction.source is not None):
        return ""
    payload = interaction.payload
    text = payload.get("text") if isinstance(payload, Mapping) else getattr(payload, "text", None)
    return text if isinstance(text, str) else ""


def heard(interaction: Interaction, crm: Crm) -> Heard:
    """Who hears of an interaction, by its text and by following its customer."""
    directory, hearing = Directory(crm), Hearing(crm)
    names = tuple(directory.meant(name) for name in names_in(text_of(interaction)))
    meant = {employee.id: employee for name in names for employee in name.employees}
    blind = frozenset(
        id_ for id_, employee in meant.items() if not hearing.sees(employee, interaction.customer_id)
    )
    followers = [
        each
        for each in _followers(interaction.customer_id, crm)
        if each.id not in meant and each.id != interaction.employee_id
    ]
    seeing = tuple(each for each in followers if hearing.sees(each, interaction.customer_id))
    return Heard(names=names, blind=blind, followers=seeing)


class Hearing:
    """Who sees whom, each asked once."""

    def __init__(self, crm: Crm) -> None:
        self._crm = crm
        self._known: dict[tuple[int, int], bool] = {}

    def sees(self, employee: Employee, customer_id: int) -> bool:
        """Whether an employee sees a customer at this moment."""
        key = employee.id, customer_id
        if key not in self._known:
            self._known[key] = self._asked(employee, customer_id)
        return self._known[key]

    def _asked(self, employee: Employee, customer_id: int) -> bool:
        try:
            theirs = self._crm.acting_as(str(employee.id))
        except NotAllowed:
            return False
        return theirs.actor.may("customers.read") and bool(theirs.customers.summaries([customer_id]))


def _mentions(
    interaction: Interaction, names: Iterable[Name], hearing: Hearing, at: int
) -> Iterator[dict[str, Any]]:
    """A row for each who hears of it; who is named by name and by team has one, by name."""
    rows: dict[int, dict[str, Any]] = {}
    for name in sorted(names, key=lambda each: each.team is not None):
        for employee in name.employees:
            if employee.id == interaction.employee_id or employee.id in rows:
                continue
            if hearing.sees(employee, interaction.customer_id):
                rows[employee.id] = {
                    "customer_id": interaction.customer_id, "seq": interaction.seq,
                    "employee_id": employee.id, "team": name.team, "at": at, "seen_at": None,
                }  # fmt: skip
    yield from rows.values()


def _move_pins(corrections: Sequence[Interaction], crm: Crm, tx: Transaction) -> None:
    table = crm.plugins.table(PIN)
    pinned = sa.select(table.c.seq).where(table.c.seq.in_([each.corrects for each in corrections]))
    known = set(tx.execute(pinned).scalars())
    for each in corrections:
        if each.corrects not in known:
            continue
        this = table.c.seq == each.corrects
        if each.type == VOIDED:
            tx.execute(sa.delete(table).where(this))
        else:
            tx.execute(sa.update(table).where(this).values(seq=each.seq, customer_id=each.customer_id))


def _followers(customer_id: int, crm: Crm) -> list[Employee]:
    table = crm.plugins.table(FOLLOW)
    with crm.reading() as execute:
        ids = set(execute(sa.select(table.c.employee_id).where(table.c.customer_id == customer_id)).scalars())
    return [each for each in crm.people.list() if each.id in ids] if ids else []


def _sentences(found: Heard) -> Iterator[str]:
    hears = dict.fromkeys(
        employee.name for name in found.names for employee in name.employees if employee.id not in found.blind
    )
    if hears:
        yield ngettext(
            "{names} will see it in the feed", "{names} will see it in their feeds", len(hears),
            names=_listed(list(hears)),
        )  # fmt: skip
    if found.followers:
        yield ngettext(
            "{names} will see it, as a follower", "{names} will see it, as followers", len(found.followers),
            names=_listed([each.name for each in found.followers]),
        )  # fmt: skip
    hidden = dict.fromkeys(
        employee.name for name in found.names for employee in name.employees if employee.id in found.blind
    )
    for called in list(hidden)[:_NAMED]:
        yield _("{name} does not see this customer, and will not hear of it", name=called)
    for name in [each for each in found.names if each.problem][:_NAMED]:
        yield shown(name.problem)


def _listed(names: Sequence[str]) -> str:
    told = list(names[:_NAMED])
    if len(names) > _NAMED:
        more = len(names) - _NAMED
        told.append(ngettext("{count} other", "{count} others", more))
    if len(told) == 1:
        return told[0]
    return _("{names} and {last}", names=", ".join(told[:-1]), last=told[-1])
