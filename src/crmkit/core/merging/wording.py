"""Tables in a person's words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from crmkit.core.phrase import Phrase, joined, nphrase, phrase

if TYPE_CHECKING:
    from collections.abc import Iterable


# How many rows of each table that has a name among people; of none, to be said of as many as there are.
_KNOWN: Final = {
    "access": nphrase("{count} entry of who read what", "{count} entries of who read what", 0),
    "change": nphrase("{count} entry of history", "{count} entries of history", 0),
    "consent": nphrase("{count} consent", "{count} consents", 0),
    "contact_point": nphrase("{count} contact point", "{count} contact points", 0),
    "customer_alias": nphrase("{count} older number", "{count} older numbers", 0),
    "customer_choice": nphrase("{count} choice", "{count} choices", 0),
    "customer_field": nphrase("{count} set of fields", "{count} sets of fields", 0),
    "customer_tag": nphrase("{count} tag", "{count} tags", 0),
    "duplicate": nphrase("{count} suspected duplicate", "{count} suspected duplicates", 0),
    "identity": nphrase("{count} identity", "{count} identities", 0),
    "interaction": nphrase("{count} interaction", "{count} interactions", 0),
    "legal_hold": nphrase("{count} legal hold", "{count} legal holds", 0),
    "preference": nphrase("{count} preference", "{count} preferences", 0),
    "privacy_request": nphrase("{count} privacy request", "{count} privacy requests", 0),
    "relationship": nphrase("{count} relationship", "{count} relationships", 0),
    "review": nphrase("{count} item to review", "{count} items to review", 0),
    "segment_stay": nphrase("{count} stay in a segment", "{count} stays in segments", 0),
    "trait_value": nphrase("{count} kept trait", "{count} kept traits", 0),
}


def counted(table: str, count: int) -> Phrase:
    """`1 contact point`, `3 interactions`; a plugin's table by its name."""
    if table in _KNOWN:
        return _KNOWN[table].of(count)
    name = table.removeprefix("record_").replace("_", " ")
    if table.startswith("record_"):
        return nphrase("{count} {name}", "{count} {name} records", count, name=name)
    return rows_of(table, count)


def counts(tables: Iterable[tuple[str, int]]) -> Phrase:
    """`1 contact point, 3 interactions`."""
    return joined(phrase(", "), (counted(table, count) for table, count in tables))


def rows_of(table: str, count: int) -> Phrase:
    """`3 rows of operational_task`."""
    return nphrase("{count} row of {table}", "{count} rows of {table}", count, table=table)
