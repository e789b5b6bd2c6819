"""What holds of merges whatever the data: taken back they leave no trace, and many are like one by one."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest
import sqlalchemy as sa

from crmkit import Crm
from tests.core.merging.worlds import differing, dump, gone_plugin, last_change, populate, random_pairs
from tests.soaking import soaking


@pytest.mark.parametrize("seed", range(soaking(1, 8)))
def test_merges_taken_back_in_any_order_leave_the_database_as_it_was(crm_both: Crm, seed: int) -> None:
    """Chains, shared survivors, clashes of every sort, a vanished plugin's tables: every row is as before."""
    random = Random(seed)
    ids = populate(crm_both, random, 12, gone_plugin(crm_both))
    until = last_change(crm_both)
    before = dump(crm_both, until=until)
    pairs = random_pairs(random, ids, 8)
    numbers = [crm_both.merging.merge_all(pairs[:4]).number]
    numbers += [crm_both.merging.merge(*pair).number for pair in pairs[4:6]]
    numbers.append(crm_both.merging.merge_all(pairs[6:]).number)
    assert dump(crm_both, until=until) != before
    random.shuffle(numbers)
    left = [stay for number in numbers for stay in crm_both.merging.unmerge(number).left]
    assert differing(before, dump(crm_both, until=until)) == {}
    assert left == []
    _search_agrees(crm_both)


@pytest.mark.parametrize(("seed", "chains"), [(1, False), (2, True)])
def test_many_at_once_are_as_one_after_the_other(crm_both: Crm, seed: int, chains: bool) -> None:
    """The set-based path and the path of single pairs lead to the same rows."""
    random = Random(100 + seed)
    ids = populate(crm_both, random, 12, gone_plugin(crm_both))
    until = last_change(crm_both)
    pairs = random_pairs(random, ids, 7, chains=chains)
    at_once = crm_both.merging.merge_all(pairs)
    together = dump(crm_both, until=until)
    _search_agrees(crm_both)
    crm_both.merging.unmerge(at_once.number)
    for survivor, loser in pairs:
        crm_both.merging.merge(survivor, loser)
    singly = dump(crm_both, until=until)
    assert differing(_comparable(together, chains), _comparable(singly, chains)) == {}


@pytest.mark.parametrize("seed", [5])
def test_nothing_is_left_on_merged_ids_and_sums_are_kept(crm_both: Crm, seed: int) -> None:
    """No column that leads to customers holds the number of somebody who was merged; points add up."""
    random = Random(200 + seed)
    gone = gone_plugin(crm_both)
    ids = populate(crm_both, random, 12, gone)
    points = sa.select(sa.func.sum(gone["gone_account"].c.points))
    with crm_both.reading() as read:
        total = read(points).scalar_one()
    losers = {pair[1] for pair in crm_both.merging.merge_all(random_pairs(random, ids, 8)).pairs}
    from crmkit.core.store.contracts import load_contracts

    with crm_both.kernel.reading() as connection:
        assert connection.execute(points).scalar_one() == total
        for contract in load_contracts(connection):
            for column in contract.customer_columns:
                query = sa.text(f'SELECT DISTINCT "{column}" FROM "{contract.table}"')
                assert not losers & set(connection.execute(query).scalars())
        several = sa.text(
            "SELECT customer_id, kind FROM contact_point WHERE is_primary = 1 "
            "GROUP BY customer_id, kind HAVING count(*) > 1"
        )
        assert connection.execute(several).all() == []


def _comparable(found: dict[str, Any], chains: bool) -> dict[str, Any]:
    """Without what tells one merge from several: numbers of entries, and the order of words in a fold.

    With chains, one after the other passes through more clashes: which of two like ties stays may differ.
    """
    plain = dict(found)
    plain["consent"] = sorted(latest_words(found["consent"]).items())
    plain["customer"] = [
        tuple(" ".join(sorted(value.split())) if place == 6 else value for place, value in enumerate(row))
        for row in found["customer"]
    ]
    for name in ("gone_link", "relationship", "duplicate") if chains else ():
        plain[name] = [row[1:3] for row in found[name]]
    return {name: sorted(rows, key=repr) for name, rows in plain.items()}


def latest_words(rows: list[tuple[Any, ...]]) -> dict[tuple[Any, ...], str]:
    """The last word of each customer on each purpose and channel."""
    ordered = sorted(rows, key=lambda row: (row[5], row[0]))
    return {(row[1], row[2], row[3]): row[4] for row in ordered}


def _search_agrees(crm: Crm) -> None:
    from crmkit.core.store.search_index import search_agrees

    with crm.kernel.store.writing() as connection:
        assert search_agrees(connection)
