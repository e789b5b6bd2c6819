"""What people say of pairs, and merging those that nobody doubts."""

from __future__ import annotations

import json

import pytest
import sqlalchemy as sa

from crmkit import Crm, Invalid, NotFound
from tests.core.duplicates.conftest import draft, found, saved

HOME = {"street": "Długa 12", "postcode": "31-147", "city": "Kraków"}


def three(crm: Crm) -> list[int]:
    """Anna Nowak three times, each pair of them suggested."""
    return saved(
        crm,
        draft("Anna Nowak", email="anna@example.org", **HOME),
        draft("Nowak Anna", phone="+48 512 100 200", **HOME),
        draft("Anna Nowak", identity="shop:1", phone="+48 512 100 200", **HOME),
    )


def test_dismissed_stays_dismissed(crm_both: Crm) -> None:
    """A pair that somebody said are two is not suggested again, however alike; until it is taken back."""
    a, b, _ = three(crm_both)
    assert len(found(crm_both)) == 3
    crm_both.duplicates.dismiss(b, a)
    report = crm_both.duplicates.scan()
    assert (report.open, report.dismissed, report.added) == (2, 1, 0)
    assert [(p.customer_id, p.other_id) for p in crm_both.duplicates.list(state="dismissed")[0]] == [(a, b)]
    assert crm_both.duplicates.compare(a, b).state == "dismissed"
    crm_both.duplicates.reopen(a, b)
    assert len(found(crm_both)) == 3


def test_who_was_never_suggested_can_be_dismissed(crm: Crm) -> None:
    """People say so before a scan does."""
    a, b, _ = three(crm)
    crm.duplicates.dismiss(a, b)
    assert (a, b) not in found(crm)
    with pytest.raises(Invalid, match="Both are"):
        crm.duplicates.dismiss(a, a)
    with pytest.raises(NotFound):
        crm.duplicates.dismiss(a, 999)


def test_a_dismissal_outlives_merges(crm_both: Crm) -> None:
    """What was said of a customer holds for whoever they are merged into."""
    a, b, c = three(crm_both)
    crm_both.duplicates.scan()
    crm_both.duplicates.dismiss(b, c)
    crm_both.merging.merge(a, c)
    assert found(crm_both) == {}
    assert crm_both.duplicates.compare(a, b).state == "dismissed"
    assert crm_both.duplicates.count("dismissed") == 1


def test_a_dismissal_wins_over_a_suggestion_at_a_merge(crm_both: Crm) -> None:
    """Where both merged customers make a pair with a third, the pair that was dismissed is the one kept."""
    a, b, c = three(crm_both)
    crm_both.duplicates.scan()
    crm_both.duplicates.dismiss(b, c)
    crm_both.merging.merge(a, b)
    assert crm_both.duplicates.compare(a, c).state == "dismissed"
    assert found(crm_both) == {}


def test_a_dismissal_counts_in_both_orders(crm: Crm) -> None:
    """Where merges left a pair twice, the "no" wins, and the list has it once."""
    a, b, _ = three(crm)
    crm.duplicates.scan()
    with crm.transaction() as tx:
        row = {"score": 1, "reasons": "{}", "state": "dismissed", "found_at": 1, "actor": ""}
        tx.execute(sa.insert(crm.tables.duplicate).values(customer_id=b, other_id=a, **row))
    assert (a, b) not in {(p.customer_id, p.other_id) for p in crm.duplicates.list()[0]}
    assert (a, b) not in found(crm)
    with crm.reading() as run:
        rows = run(
            sa.select(crm.tables.duplicate.c.state).where(crm.tables.duplicate.c.customer_id.in_((a, b)))
        )
        assert sorted(rows.scalars()).count("dismissed") == 1


def test_merging_all_that_are_sure(crm_both: Crm) -> None:
    """One run merges each group into who has most on record; the plan before it is what is done."""
    ids = three(crm_both)
    others = saved(
        crm_both, draft("Jan Lis", phone="+48 600 100 300"), draft("Jan Lis", phone="+48 600 100 300")
    )
    crm_both.duplicates.scan()
    plan = crm_both.duplicates.merge(dry_run=True)
    assert plan.refs == ()
    assert {(group.survivor, group.losers, group.why) for group in plan.groups} == {
        (ids[2], (ids[0], ids[1]), "most on record"),
        (others[0], (others[1],), "on record longest"),
    }
    done = crm_both.duplicates.merge()
    assert (done.groups, len(done.refs)) == (plan.groups, 1)
    assert crm_both.customers.count() == 2
    assert crm_both.customers.resolve(ids[0]) == ids[2]
    assert crm_both.duplicates.list()[0] == []
    assert crm_both.duplicates.merge().groups == []


def test_a_chain_is_not_a_group(crm: Crm) -> None:
    """A like B and B like C make nobody merge A with C, of whom somebody said that they are two."""
    a, _, c = three(crm)
    crm.duplicates.scan()
    crm.duplicates.dismiss(a, c)
    plan = crm.duplicates.merge(dry_run=True)
    assert plan.customers == 1
    assert plan.apart == 1


def test_a_score_below_the_threshold_is_refused(crm: Crm) -> None:
    """Pairs below it are not on the list, so merging them would silently do nothing."""
    with pytest.raises(Invalid, match="Pairs of fewer than 16 points"):
        crm.duplicates.merge(5)


def test_pages(crm: Crm) -> None:
    """The list comes in pages, the surest pair first, each pair once."""
    saved(crm, *(draft("Anna Nowak", city="Kraków") for _ in range(6)))
    crm.duplicates.scan()
    seen, after = [], None
    while True:
        page, after = crm.duplicates.list(4, after)
        seen += [(pair.customer_id, pair.other_id) for pair in page]
        if after is None:
            break
    assert len(seen) == len(set(seen)) == 15
    with pytest.raises(Invalid, match="not a place on this list"):
        crm.duplicates.list(after="nonsense")


def test_a_comparison_adds_up(crm: Crm) -> None:
    """The points of the rules make the score, and both sides' values stand beside them."""
    a, b, _ = three(crm)
    told = crm.duplicates.compare(a, b)
    assert sum(rule.points for rule in told.rules) == told.score
    assert told.is_suggested
    street = next(rule for rule in told.rules if rule.rule == "street")
    assert (street.level, street.ours, street.theirs) == ("same", ("Długa 12",), ("Długa 12",))
    assert told == crm.duplicates.compare("shop:1", b) or told.customer_id == a


def test_the_list_holds_no_value(crm: Crm) -> None:
    """What is kept of a pair are names of rules: nothing of it needs erasing but the row."""
    three(crm)
    crm.duplicates.scan()
    with crm.reading() as run:
        kept = list(run(sa.select(crm.tables.duplicate.c.reasons)).scalars())
    words = {word for text in kept for side in json.loads(text).values() for word in side}
    assert {word.partition(":")[2] for word in words} <= {"same", "similar", "different", ""}


def test_whom_somebody_new_looks_like(crm_both: Crm) -> None:
    """A similar name with the same phone, or the same name, is told at once; a couple's number is not."""
    a, b, _ = three(crm_both)
    new, couple = saved(
        crm_both, draft("Ana Nowak", phone="+48 512 100 200"), draft("Piotr Nowak", phone="+48 512 100 200")
    )
    told = crm_both.duplicates.look_alikes(new)
    assert {each.id: each.reasons for each in told}[b] == ("same phone", "similar name")
    assert "Nowak Anna" in str(next(each for each in told if each.id == b))
    assert crm_both.duplicates.look_alikes(couple) == []
    crm_both.duplicates.dismiss(new, b)
    assert b not in {each.id for each in crm_both.duplicates.look_alikes(new)}
    assert a in {each.id for each in crm_both.duplicates.look_alikes(b)}


def test_the_worker_compares_who_has_changed(crm_both: Crm) -> None:
    """The first run looks at everybody, later ones at those who changed; run twice it does nothing twice."""
    from crmkit.core.duplicates.jobs import scan_changes

    three(crm_both)
    scan_changes(crm_both)
    assert crm_both.duplicates.count() == 3
    with crm_both.transaction() as tx:
        tx.execute(sa.delete(crm_both.tables.duplicate))
    scan_changes(crm_both)
    assert crm_both.duplicates.count() == 0
    saved(crm_both, draft("Anna Nowakk", phone="+48 512 100 200"))
    scan_changes(crm_both)
    assert crm_both.duplicates.count() == 2
