"""Voiding the interactions that an import recorded."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from crmkit.core.customers.sets import rows_among
from crmkit.core.exchange.tally import Tally
from crmkit.core.model.interaction import VOIDED
from crmkit.core.people.visibility import seen_among
from crmkit.core.phrase import Phrase, nphrase, phrase
from crmkit.core.store.bulk import driver_rows
from crmkit.core.words.payloads import Voided, encode_payload
from crmkit.core.words.voids import undo_of

if TYPE_CHECKING:
    from crmkit.core.crm import Crm
    from crmkit.core.store.unit import Transaction

_COLUMNS = "seq, customer_id, occurred_at, source, source_ref, superseded_by, type"
_AT_ONCE = 10_000


def void_imported(
    crm: Crm, tx: Transaction, spans: Sequence[tuple[int, int]], ref: str, tally: Tally
) -> None:
    """Void the interactions of these spans of the log. The numbers under which they came are free again.

    What was corrected or voided since stays as it is, and so does what the actor does not see.
    """
    for first, last in spans:
        for start in range(first, last + 1, _AT_ONCE):
            _void(crm, tx, _rows(tx, start, min(last, start + _AT_ONCE - 1)), ref, tally)


def _rows(tx: Transaction, first: int, last: int) -> list[Any]:
    mark = "?" if tx.connection.dialect.name == "sqlite" else "%s"
    lock = "" if mark == "?" else " FOR UPDATE"
    where = f"seq BETWEEN {mark} AND {mark} AND customer_id IS NOT NULL"
    return driver_rows(
        tx.connection, f"SELECT {_COLUMNS} FROM interaction WHERE {where} ORDER BY seq{lock}", (first, last)
    )


def _void(crm: Crm, tx: Transaction, rows: Sequence[Any], ref: str, tally: Tally) -> None:
    ids = sorted({row[1] for row in rows})
    seen = frozenset(seen_among(tx.connection, crm.kernel, crm.actor, ids))
    word = crm.words.interaction_types[VOIDED]
    entries, freed = [], []
    for seq, customer_id, occurred_at, source, source_ref, successor, type_ in rows:
        if type_ == VOIDED:
            continue
        if customer_id not in seen:
            tally.leave(customer_id, _named(seq), phrase("you do not see whose it is"))
        elif successor is not None:
            since = phrase("it was corrected or voided since, by {number}", number=successor)
            tally.leave(customer_id, _named(seq), since)
        else:
            origin = f"{source}:{source_ref}" if source_ref else ""
            text, version = encode_payload(word, Voided(reason=str(undo_of(ref, origin))))
            entries.append(
                (
                    customer_id, VOIDED, None, None, tx.actor.id, None, occurred_at, tx.at, tx.at, None,
                    None, text, version, None, None, seq, None, None, tx.actor.name,
                )
            )  # fmt: skip
            freed.append(seq)
    tx.append_interactions(entries)
    # Reading runs the statement: a mended file can be imported under the same numbers again.
    list(rows_among(tx.connection, "UPDATE interaction SET source_ref = NULL WHERE seq", freed))
    tally.add(nphrase("void {count} interaction", "void {count} interactions", len(freed)))


def _named(seq: int) -> Phrase:
    return phrase("interaction {number}", number=seq)
