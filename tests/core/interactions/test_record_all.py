"""Recording many interactions at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest
import sqlalchemy as sa
from attrs import evolve

from crmkit.core.errors import Ambiguous, NotAllowed
from crmkit.core.interactions.service import Interactions
from crmkit.core.kernel import HOUSE, Kernel
from crmkit.core.model.customer import ContactPoint, CustomerDraft, Identity
from crmkit.core.model.interaction import InteractionDraft
from crmkit.core.model.people import Actor, Employee, Role
from tests.core.interactions.conftest import add_customers


def sales(count: int, source: str = "till") -> list[InteractionDraft]:
    """Purchases of the three customers, each with a reference of its own."""
    return [
        InteractionDraft(customer=1 + i % 3, type="purchase", amount=i, source=source, source_ref=f"{i:06}")
        for i in range(count)
    ]


def log(kernel: Kernel) -> list[tuple[Any, ...]]:
    """What is on record, but for numbers and instants."""
    table = kernel.tables.interaction
    columns = [
        c for c in table.c if c.name not in ("seq", "recorded_at", "known_at", "occurred_at", "identity_id")
    ]
    with kernel.reading() as connection:
        return [tuple(row) for row in connection.execute(sa.select(*columns).order_by(table.c.seq))]


def test_many_are_recorded_in_order(interactions: Interactions) -> None:
    """A batch is on record in its own order, and the report says under which numbers."""
    report = interactions.record_all(sales(50))
    assert (report.recorded, report.repeated, report.refused) == (50, 0, ())
    assert [interactions.get(seq).amount for seq in report.seqs if seq] == list(range(50))
    assert list(report.seqs) == sorted(seq for seq in report.seqs if seq)


def test_recording_a_batch_twice_changes_nothing(interactions: Interactions, kernel: Kernel) -> None:
    """The second time, all are repeated and have their first numbers."""
    first = interactions.record_all(sales(30))
    before = log(kernel)
    again = interactions.record_all(sales(30))
    assert (again.recorded, again.repeated) == (0, 30)
    assert list(again.seqs) == list(first.seqs)
    assert log(kernel) == before


def test_a_repetition_inside_the_batch_points_to_the_first(interactions: Interactions) -> None:
    """Of several drafts with one reference the first is recorded, the others have its number."""
    one = sales(1)[0]
    report = interactions.record_all([one, evolve(one, amount=7), *sales(3)[1:], one])
    assert (report.recorded, report.repeated) == (3, 2)
    assert report.seqs[0] == report.seqs[1] == report.seqs[4]


def test_what_repeats_a_refused_draft_gets_its_own_chance(interactions: Interactions) -> None:
    """A reference is not used up by a draft that was refused."""
    one = sales(1)[0]
    report = interactions.record_all([evolve(one, customer=99), evolve(one, customer="shop:99"), one, one])
    assert (report.recorded, report.repeated) == (1, 1)
    assert [refusal.index for refusal in report.refused] == [0, 1]
    assert report.seqs[2] == report.seqs[3] is not None


MIXED: Sequence[InteractionDraft] = (
    *sales(4),
    *sales(2),
    InteractionDraft(customer=99, type="visit", source="till", source_ref="x"),
    InteractionDraft(customer="shop:2", type="visit", source="till", source_ref="x"),
    InteractionDraft(customer=1, type="visitt"),
    InteractionDraft(customer="c3@example.org", type="note", payload={"text": "x"}),
    InteractionDraft(
        customer=CustomerDraft(name="Zosia", identities=(Identity("shop", "new"),)), type="visit", source="a"
    ),
    InteractionDraft(
        customer=CustomerDraft(name="Zosia", identities=(Identity("shop", "new"),)), type="visit", source="b"
    ),
    InteractionDraft(customer="shop:2", type="visit", source="till", source_ref="x"),
)


@pytest.mark.parametrize("size", [1, 2, 5])
def test_where_a_batch_is_split_does_not_matter(
    interactions: Interactions, kernel: Kernel, size: int
) -> None:
    """Parts of a batch lead to the same record and the same counts as the whole."""
    reports = [interactions.record_all(MIXED[at : at + size]) for at in range(0, len(MIXED), size)]
    assert sum(report.recorded for report in reports) == 8
    assert sum(report.repeated for report in reports) == 3
    refused = [at * size + refusal.index for at, report in enumerate(reports) for refusal in report.refused]
    assert refused == [6, 8]
    split = log(kernel)
    with kernel.store.writing() as connection:
        connection.exec_driver_sql("DELETE FROM interaction")
    whole = interactions.record_all(MIXED)
    assert (whole.recorded, whole.repeated, len(whole.refused)) == (8, 3, 2)
    assert log(kernel) == split


def test_each_refusal_says_why_and_holds_nobody_up(interactions: Interactions) -> None:
    """Single items are refused with index, reason and class of reason; the rest is recorded."""
    report = interactions.record_all(
        [
            InteractionDraft(customer=1, type="purchas"),
            InteractionDraft(customer=1, type="visit"),
            InteractionDraft(customer="shp:1", type="visit"),
            InteractionDraft(customer=1, type="note", amount=5),
            None,  # type: ignore[list-item]
        ]
    )
    assert report.recorded == 1
    assert [(refusal.index, refusal.code) for refusal in report.refused] == [
        (0, "not_found"), (2, "not_found"), (3, "invalid"), (4, "invalid"),
    ]  # fmt: skip
    assert 'Did you mean "purchase"?' in report.refused[0].reason
    assert [seq is None for seq in report.seqs] == [True, False, True, True, True]


def test_customers_are_found_or_created(interactions: Interactions, kernel: Kernel) -> None:
    """A CustomerDraft leads to whom it matches, else to a new customer; an ambiguous one is refused."""
    with kernel.store.writing() as connection:
        connection.exec_driver_sql(
            "UPDATE contact_point SET normalised = 'c1@example.org' WHERE customer_id = 2"
        )

    def by_mail(address: str) -> InteractionDraft:
        points = (ContactPoint(kind="email", value=address),)
        return InteractionDraft(customer=CustomerDraft(name="Ola", contact_points=points), type="visit")

    known = InteractionDraft(customer=CustomerDraft(identities=(Identity("shop", "1"),)), type="visit")
    report = interactions.record_all(
        [known, by_mail("c3@example.org"), by_mail("new@example.org"), by_mail("c1@example.org")]
    )
    assert [refusal.code for refusal in report.refused] == [Ambiguous.code]
    found = [interactions.get(seq) for seq in report.seqs if seq]
    assert [each.customer_id for each in found] == [1, 3, 4]
    assert found[0].identity_id is not None
    assert found[1].contact_point_id is not None
    assert found[2].contact_point_id is not None


def test_an_iterable_of_any_length_goes_in_parts(
    interactions: Interactions, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Long batches are recorded a part at a time, with indices and numbers of the whole."""
    monkeypatch.setattr("crmkit.core.interactions.recording.AT_ONCE", 7)
    drafts = sales(30)
    drafts[10] = evolve(drafts[10], customer=99)
    report = interactions.record_all(iter(drafts))
    assert (report.recorded, [refusal.index for refusal in report.refused]) == (29, [10])
    assert len(report.seqs) == 30
    assert interactions.get(report.seqs[29] or 0).amount == 29


def test_in_a_transaction_the_numbers_come_with_its_end(interactions: Interactions, kernel: Kernel) -> None:
    """Inside a unit of work the report's numbers are unknown until the flush, then all are there."""
    interactions.record_all(sales(1))
    with kernel.unit(HOUSE):
        report = interactions.record_all(sales(3))
        assert list(report.seqs[1:]) == [None, None]
    assert [interactions.get(seq).amount for seq in report.seqs if seq] == [0, 1, 2]


def test_a_failed_transaction_leaves_nothing(interactions: Interactions, kernel: Kernel) -> None:
    """An exception that leaves the unit of work undoes every record in it."""

    def fail() -> None:
        with kernel.unit(HOUSE):
            interactions.record_all(sales(3))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert interactions.count() == 0


def clerk(kernel: Kernel, sees: str = "own", *permissions: str) -> Actor:
    """An employee of the database who sees their own customers only."""
    with kernel.store.writing() as connection:
        connection.execute(
            sa.insert(kernel.tables.employee).values(
                id=1, uid="u", name="Ewa", fold="ewa", role="clerk", active=1, created_at=0
            )
        )
    role = Role(name="clerk", permissions=frozenset(permissions), sees=sees)
    return Actor(
        name="Ewa", role=role, employee=Employee(id=1, uid="u", name="Ewa", email=None, role="clerk")
    )


def test_nobody_records_for_whom_they_do_not_see(
    kernel: Kernel, acting: Callable[[Actor], Interactions]
) -> None:
    """To a clerk, customers of others are not there: neither to record for nor to read of."""
    ewa = clerk(kernel, "own", "interactions.record", "customers.read")
    with kernel.store.writing() as connection:
        connection.exec_driver_sql("UPDATE customer SET owner_id = 1 WHERE id = 2")
    hers = acting(ewa)
    wanted: list[int | str] = [1, "1", 2, "shop:2", "shop:3", "c3@example.org", "c2@example.org"]
    report = hers.record_all(InteractionDraft(customer=each, type="visit") for each in wanted)
    assert [refusal.index for refusal in report.refused] == [0, 1, 4, 5]
    assert {refusal.code for refusal in report.refused} == {"not_found"}
    assert {each.employee_id for each in hers.list().interactions} == {1}
    Interactions(kernel, HOUSE).record(1, "visit")
    assert hers.count() == 3
    assert hers.totals()[0].count == 3


def test_recording_needs_the_permission(kernel: Kernel, acting: Callable[[Actor], Interactions]) -> None:
    """Without the permission nothing is recorded or read; creating customers needs theirs."""
    ewa = acting(clerk(kernel, "all", "interactions.record"))
    assert ewa.record(1, "visit").seq
    for refused in (lambda: ewa.correct(1, outlet="x"), ewa.list, lambda: ewa.void(1, "x")):
        with pytest.raises(NotAllowed):
            refused()
    with pytest.raises(NotAllowed):
        ewa.record(CustomerDraft(name="New"), "visit")


def test_a_full_batch_on_both_databases(interactions: Interactions, kernel: Kernel) -> None:
    """A few thousand go the fast way of each database and read back whole."""
    add_customers(kernel, 500)
    drafts = [
        InteractionDraft(
            customer=f"shop:{1 + i % 500}", type="note", payload={"text": f"ż {i}\t"}, outlet=None
        )
        for i in range(3_000)
    ]
    report = interactions.record_all(drafts)
    assert report.recorded == 3_000
    assert interactions.get(report.seqs[2_999] or 0).payload.text == "ż 2999\t"
