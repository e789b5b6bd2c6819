"""Consents out of the rows of a file: what a row says, and what of it is news."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from crmkit.core.customers.changing import as_json
from crmkit.core.customers.consent import ASKED, GRANTED, WITHDRAWN, consents_of
from crmkit.core.customers.sets import Numbers, rows_among
from crmkit.core.errors import CrmError, Invalid
from crmkit.core.exchange.consent_history import Entry, read_entry
from crmkit.core.exchange.lists import parted
from crmkit.core.exchange.mapping import FileMapping
from crmkit.core.exchange.reading_words import consent_state, yes_or_no
from crmkit.core.exchange.written import is_month_first, moment_as_written
from crmkit.core.instants import parse_instant
from crmkit.core.normalise.text import quoted
from crmkit.core.phrase import phrase
from crmkit.core.store.bulk import insert_rows

if TYPE_CHECKING:
    from crmkit.core.crm import Crm
    from crmkit.core.model.customer import Consent
    from crmkit.core.store.unit import Transaction

_COLUMNS: Final = (
    "id", "customer_id", "purpose", "channel", "state", "at", "source", "wording_version", "evidence",
    "actor",
)  # fmt: skip
KEPT: Final = phrase("had objected, or withdrawn, before: a consent without a day does not outweigh that")


class Said(NamedTuple):
    """What a row says on one purpose and channel: `at` is None where it gives no day; `words` are its own.

    `history` is an entry of the history that another CRM kept, with its own evidence.
    """

    purpose: str
    channel: str
    state: str
    at: int | None
    words: str
    history: Entry | None = None


class ConsentRows:
    """Reads the columns `consent:…`, `consent_at:…` and `opt_out:…`."""

    def __init__(self, crm: Crm, mapping: FileMapping) -> None:
        self._tz = crm.kernel.tz
        self._clock = crm.clock
        self._month_first = is_month_first(crm.config.crs)
        days = {name: i for i, name in mapping.named("consent_at")}
        self._stated = [(i, name, days.get(name)) for i, name in mapping.named("consent")]
        stated = {name for _, name, _ in self._stated}
        self._dated = [(i, name) for name, i in days.items() if name not in stated]
        self._objected = [(i, name) for i, name in mapping.named("opt_out")]
        self._histories = mapping.named("consent_history")
        self._header = mapping.header

    def __bool__(self) -> bool:
        return bool(self._stated or self._dated or self._objected or self._histories)

    def said(self, cells: list[str]) -> tuple[Said, ...]:
        """What a row says. Raises `Invalid` for what is neither a state nor a day."""
        found = [self._past(name, text, i) for i, name in self._histories for text in parted(cells[i])]
        for i, name, day in self._stated:
            when = self._at(cells[day]) if day is not None and cells[day].strip() else None
            state, at = self._state(cells[i])
            if state:
                found.append(self._entry(name, state, when if at is None else at, i, cells[i]))
        for i, name in self._dated:
            if text := cells[i].strip():
                found.append(self._entry(name, GRANTED, self._at(text), i, text))
        for i, name in self._objected:
            objected, at = self._objection(cells[i].strip())
            if objected:
                found.append(self._entry(name, WITHDRAWN, at, i, cells[i]))
        return tuple(found)

    def _past(self, name: str, text: str, column: int) -> Said:
        """An entry of a history; it comes before the last word, which it may be."""
        entry = read_entry(text)
        state = consent_state(entry.state) if entry is not None else None
        if entry is None or not state or not (entry.wording.isdecimal() or not entry.wording):
            raise Invalid(
                phrase("{text} is no entry of a history of consent", text=quoted(text)),
                hint="Write: granted · 2026-05-01T10:00:00+02:00",
            )
        return self._entry(name, state, self._at(entry.at), column, text)._replace(history=entry)

    def _entry(self, name: str, state: str, at: int | None, column: int, text: str) -> Said:
        purpose, _, channel = name.partition(":")
        return Said(purpose, channel, state, at, f"{self._header(column)}: {text.strip()}")

    def _state(self, text: str) -> tuple[str, int | None]:
        state = consent_state(text)
        if state == ASKED:  # nothing was said yet; a history tells when they were asked
            return "", None
        return (GRANTED, self._at(text)) if state is None else (state, None)

    def _objection(self, text: str) -> tuple[bool, int | None]:
        if not text:
            return False, None
        try:
            return bool(yes_or_no(text)), None
        except Invalid:
            return True, self._at(text)

    def _at(self, text: str) -> int:
        now = self._clock.now()
        try:
            at = parse_instant(moment_as_written(text, self._month_first), self._tz, now)
        except CrmError:
            raise Invalid(
                phrase("{text} is neither a state of consent nor a day", text=quoted(text)),
                hint="Write yes, no, or the day as 2026-05-01.",
            ) from None
        if at > now:
            raise Invalid(
                phrase("{text} is in the future; nobody can have consented then", text=quoted(text))
            )
        return at


class ConsentWriter:
    """Appends what is news about customers' consents, and says whose it was."""

    def __init__(self, file: str) -> None:
        self._file = file

    def write(
        self, tx: Transaction, said: Sequence[tuple[int, int, tuple[Said, ...]]], source: str
    ) -> tuple[set[int], list[str]]:
        """`said` are (customer, line, what the row says). Whose consent changed, and what was left as it was.

        A consent without a day never outweighs an objection on record; nor is anything said twice.
        """
        ids = sorted({id_ for id_, _, _ in said})
        uids: dict[int, str] = dict(rows_among(tx.connection, "SELECT id, uid FROM customer WHERE id", ids))
        history = _History(consents_of(tx.connection, ids))
        numbers = Numbers(tx.connection, "consent", len(said))
        rows, notes = [], list[str]()
        for id_, line, entries in said:
            for each in entries:
                at = tx.at if each.at is None else each.at
                if history.forbids(id_, each):
                    notes.append(KEPT)
                elif history.is_news(id_, each, at):
                    rows.append(self._row(tx, numbers.take(), id_, line, each, at, source))
        insert_rows(tx.connection, "consent", _COLUMNS, rows)
        for row in rows:
            _log(tx, row, uids[row[1]], source)
        return {row[1] for row in rows}, notes

    def _row(
        self, tx: Transaction, number: int, id_: int, line: int, said: Said, at: int, source: str
    ) -> tuple[Any, ...]:
        if (told := said.history) is not None:
            wording = int(told.wording) if told.wording else None
            return (
                number, id_, said.purpose, said.channel, said.state, at, told.source, wording,
                told.evidence, told.by or tx.actor.name,
            )  # fmt: skip
        evidence = f"{self._file}, line {line}: {said.words}"
        return (
            # Nobody knows which of our wordings they agreed to elsewhere: None.
            number, id_, said.purpose, said.channel, said.state, at, source, None, evidence, tx.actor.name,
        )  # fmt: skip


class _History:
    """What some customers have consented to, on record and by what a batch has added."""

    def __init__(self, consents: Sequence[Consent]) -> None:
        self._known = {
            (each.customer_id, each.purpose, each.channel, each.state, each.at) for each in consents
        }
        # In the order of time, so the last of each stays.
        self._current = {
            (each.customer_id, each.purpose, each.channel): (each.at, each.state)
            for each in consents
            if each.state != ASKED
        }

    def forbids(self, id_: int, said: Said) -> bool:
        """Whether it is a consent without a day over an objection."""
        now = self._current.get((id_, said.purpose, said.channel))
        return said.at is None and said.state == GRANTED and now is not None and now[1] == WITHDRAWN

    def is_news(self, id_: int, said: Said, at: int) -> bool:
        """Whether it adds anything; if so, it is taken as said."""
        key = (id_, said.purpose, said.channel)
        now = self._current.get(key)
        if (said.at is None and now is not None and now[1] == said.state) or (
            (*key, said.state, at) in self._known
        ):
            return False
        self._known.add((*key, said.state, at))
        if said.state != ASKED and (now is None or at >= now[0]):
            self._current[key] = (at, said.state)
        return True


def _log(tx: Transaction, row: tuple[Any, ...], uid: str, source: str) -> None:
    told = as_json({"purpose": row[2], "channel": row[3], "state": row[4]})
    tx.append_change(("created", "consent", row[0], row[1], row[2], None, told, source, uid))
