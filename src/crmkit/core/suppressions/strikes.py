"""Failed deliveries that may pass: each adds to a score that halves with time, and enough are too many."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa

from crmkit.core.store.unit import Transaction

_DAY: Final = 86_400_000_000
HALF_LIFE: Final = 7 * _DAY
LIMIT: Final = 3.0
# How long an address rests that has gone over the limit.
REST: Final = 14 * _DAY
_THOUSAND: Final = 1_000


def add_strike(tx: Transaction, kind: str, digest: str, weight: float, at: int) -> float:
    """Count a failed delivery at an instant; the score at the later of it and the last one."""
    lock = " FOR UPDATE" if tx.connection.dialect.name == "postgresql" else ""
    select = sa.text(f"SELECT score, at FROM address_strike WHERE digest = :digest{lock}")  # noqa: S608
    row = tx.execute(select, {"digest": digest}).first()
    score, now = weight, at
    if row is not None:
        now = max(at, row.at)
        score = _left(row.score / _THOUSAND, now - row.at) + _left(weight, now - at)
    write = sa.text(
        "INSERT INTO address_strike (kind, digest, score, at) VALUES (:kind, :digest, :score, :at) "
        "ON CONFLICT (digest) DO UPDATE SET score = excluded.score, at = excluded.at"
    )
    given = {"kind": kind, "digest": digest, "score": round(score * _THOUSAND), "at": now}
    tx.execute(write, given)
    return score


def clear_strikes(tx: Transaction, digest: str) -> bool:
    """Forget the score; whether there was one."""
    statement = sa.text("DELETE FROM address_strike WHERE digest = :digest")
    return bool(tx.execute(statement, {"digest": digest}).rowcount)


def _left(score: float, age: int) -> float:
    """What is left of a score after some microseconds."""
    return float(score * 0.5 ** (age / HALF_LIFE))
