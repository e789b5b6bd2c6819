"""Tables in a person's words."""

from __future__ import annotations

from typing import Final

_WORDS: Final = {
    "access": ("entry of who read what", "entries of who read what"),
    "change": ("entry of history", "entries of history"),
    "consent": ("consent", "consents"),
    "contact_point": ("contact point", "contact points"),
    "customer_alias": ("older number", "older numbers"),
    "customer_choice": ("choice", "choices"),
    "customer_field": ("set of fields", "sets of fields"),
    "customer_tag": ("tag", "tags"),
    "duplicate": ("suspected duplicate", "suspected duplicates"),
    "identity": ("identity", "identities"),
    "interaction": ("interaction", "interactions"),
    "legal_hold": ("legal hold", "legal holds"),
    "preference": ("preference", "preferences"),
    "privacy_request": ("privacy request", "privacy requests"),
    "relationship": ("relationship", "relationships"),
    "review": ("item to review", "items to review"),
    "segment_stay": ("stay in a segment", "stays in segments"),
    "trait_value": ("kept trait", "kept traits"),
}


def counted(table: str, count: int) -> str:
    """`1 contact point`, `3 interactions`; a plugin's table by its name."""
    if table in _WORDS:
        return f"{count:,} {_WORDS[table][count != 1]}"
    name = table.removeprefix("record_").replace("_", " ")
    if table.startswith("record_"):
        return f"{count:,} {name}" if count == 1 else f"{count:,} {name} records"
    return f"{count:,} row of {table}" if count == 1 else f"{count:,} rows of {table}"
