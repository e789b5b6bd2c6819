"""Which column of a file is which: by the names that people give them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

_LOG: Final[Mapping[str, tuple[str, ...]]] = {
    "customer": ("customer_id", "customer", "client_id", "client", "user_id", "buyer", "email", "id"),
    "date": ("date", "day", "purchase_date", "order_date", "occurred_at", "at", "datetime", "time"),
    "amount": ("amount", "dollar_value", "value", "price", "total", "spend", "revenue", "sales"),
    "currency": ("currency",),
}  # fmt: skip
_SUMMARY: Final[Mapping[str, tuple[str, ...]]] = {
    "frequency": ("frequency", "x", "p1x"),
    "recency": ("recency", "t_x", "tx"),
    "age": ("t", "age", "t_cal", "periods", "n", "n_periods"),
    "monetary": ("monetary", "monetary_value", "zbar", "mean_spend", "m_x"),
    "weight": ("weight", "weights", "count", "customers"),
}


def found_columns(header: Sequence[str]) -> dict[str, int]:
    """The place of each column known, by what it holds: those of a summary where it has a frequency."""
    names = [_plain(name) for name in header]
    words = _SUMMARY if any(name in names for name in _SUMMARY["frequency"]) else _LOG
    places = {
        what: next((names.index(n) for n in known if n in names), None) for what, known in words.items()
    }
    return {what: place for what, place in places.items() if place is not None}


def known_names(what: str) -> str:
    """What a column may be called, for an error's hint."""
    return ", ".join({**_LOG, **_SUMMARY}[what])


def _plain(name: str) -> str:
    return "_".join(name.strip().lower().replace("-", " ").replace(".", "_").split())
