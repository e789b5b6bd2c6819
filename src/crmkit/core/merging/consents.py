"""Consents that differ: the stricter word holds for the person that two records turned out to be."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import sqlalchemy as sa

from crmkit.core.customers.consent import GRANTED, WITHDRAWN, consents_of, last_words
from crmkit.core.merging.values import Pair
from crmkit.core.model.customer import Consent


class Withdrawal(NamedTuple):
    """A consent that is withdrawn in the survivor's name; `at` is not before what it overrules."""

    pair: Pair
    purpose: str
    channel: str
    at: int
    wording_version: int | None


def withdrawals(connection: sa.Connection, pairs: Sequence[Pair], at: int) -> list[Withdrawal]:
    """The withdrawals to append: where one said yes and the other took it back, the answer is no."""
    ids = sorted({id_ for pair in pairs for id_ in (pair.loser, pair.survivor)})
    histories: dict[int, list[Consent]] = {}
    for consent in consents_of(connection, ids):
        histories.setdefault(consent.customer_id, []).append(consent)
    words = {id_: last_words(history) for id_, history in histories.items()}
    found: list[Withdrawal] = []
    for pair in pairs:
        own, other = words.setdefault(pair.survivor, {}), words.get(pair.loser, {})
        for key, theirs in sorted(other.items()):
            mine = own.get(key)
            later = theirs if mine is None or _order(theirs) > _order(mine) else mine
            if mine is not None and {mine.state, theirs.state} == {GRANTED, WITHDRAWN}:
                # A clock that went back must not let the older yes be the last word.
                when = max(at, later.at)
                found.append(Withdrawal(pair, *key, when, later.wording_version))
                later = Consent(
                    customer_id=pair.survivor, purpose=key[0], channel=key[1], state=WITHDRAWN, at=when,
                    id=2**62 + pair.step,
                )  # fmt: skip
            own[key] = later
    return found


def _order(consent: Consent) -> tuple[int, int]:
    return consent.at, consent.id or 0
