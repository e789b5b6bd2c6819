"""Putting right what is on record."""

from __future__ import annotations

from threading import Barrier, Thread

import pytest

from crmkit.core.errors import Conflict, Invalid, NotFound
from crmkit.core.interactions.service import Interactions
from crmkit.core.kernel import HOUSE, Kernel
from crmkit.core.model.interaction import InteractionDraft
from crmkit.core.words.payloads import Note, Purchase, Voided
from tests.core.interactions.conftest import DAY


def seq_of(interactions: Interactions, draft: InteractionDraft) -> int:
    """The number of `draft`, recorded."""
    return interactions.record(draft).seq or 0


@pytest.fixture
def sale(interactions: Interactions, kernel: Kernel) -> int:
    """A purchase of customer 1, found by their shop number, ten days ago."""
    return seq_of(
        interactions,
        InteractionDraft(
            customer="shop:1", type="purchase", amount=1250, at=kernel.clock.now() - 10 * DAY, outlet="Main",
            payload=Purchase(order="A"), source="till", source_ref="1",
        ),
    )  # fmt: skip


def test_a_correction_follows_the_original(interactions: Interactions, kernel: Kernel, sale: int) -> None:
    """The corrected interaction keeps what was right; the original stays and names its successor."""
    kernel.clock.sleep(60)
    better = interactions.get(interactions.correct(sale, amount=1300).seq or 0)
    original = interactions.get(sale)
    assert (better.amount, better.corrects, better.superseded_by) == (1300, sale, None)
    assert (original.amount, original.superseded_by) == (1250, better.seq)
    kept = ("customer_id", "type", "occurred_at", "outlet", "payload", "currency", "identity_id", "source")
    assert [getattr(better, name) for name in kept] == [getattr(original, name) for name in kept]
    assert better.known_at == better.recorded_at > original.known_at
    assert interactions.count() == 1


def test_the_source_still_knows_its_record(interactions: Interactions, sale: int) -> None:
    """Recording the original's source reference again is a repetition, not a second record."""
    interactions.correct(sale, amount=1)
    again = InteractionDraft(customer=1, type="purchase", source="till", source_ref="1")
    report = interactions.record_all([again])
    assert (report.repeated, list(report.seqs)) == (1, [sale])


def test_a_superseded_one_is_not_corrected_again(interactions: Interactions, sale: int) -> None:
    """A second correction is a conflict that names the successor; that one can be corrected."""
    better = interactions.correct(sale, amount=1).seq or 0
    with pytest.raises(Conflict, match=f"by {better}") as caught:
        interactions.correct(sale, amount=2)
    assert caught.value.details["successor"] == better
    assert interactions.get(interactions.correct(better, amount=2).seq or 0).corrects == better


def test_what_is_void_stays_void(interactions: Interactions, sale: int) -> None:
    """A voided interaction is no longer counted, and neither it nor its void can be changed."""
    marker = interactions.void(sale, "typed twice").seq or 0
    assert interactions.get(marker).payload == Voided(reason="typed twice")
    assert (interactions.count(), interactions.totals()) == (0, [])
    assert interactions.timeline(1).interactions == ()
    assert [each.seq for each in interactions.timeline(1, superseded=True).interactions] == [marker, sale]
    for seq in (sale, marker):
        with pytest.raises(Conflict, match="void"):
            interactions.correct(seq, amount=2)
        with pytest.raises(Conflict, match="void"):
            interactions.void(seq, "again")


def test_reassigning_moves_to_another_customer(interactions: Interactions, sale: int) -> None:
    """The interaction is on the other customer's timeline, under no key of the first."""
    moved = interactions.get(interactions.reassign(sale, "c2@example.org").seq or 0)
    assert (moved.customer_id, moved.identity_id) == (2, None)
    assert moved.contact_point_id is not None
    assert interactions.timeline(1).interactions == ()
    assert interactions.timeline(2).interactions == (moved,)


def test_the_type_can_be_corrected_where_the_payload_fits(interactions: Interactions) -> None:
    """A visit that was a note keeps its text; keys that the new type lacks are not dropped silently."""
    visit = interactions.record(1, "visit", payload={"text": "x"}).seq or 0
    assert interactions.get(interactions.correct(visit, type="note").seq or 0).payload == Note(text="x")
    long = interactions.record(1, "visit", payload={"text": "x", "minutes": 5}).seq or 0
    with pytest.raises(Invalid, match="minutes"):
        interactions.correct(long, type="note")


def test_what_cannot_be_corrected_is_named(interactions: Interactions, sale: int) -> None:
    """Unknown keys, unknown numbers and wrong values leave the record as it is."""
    with pytest.raises(Invalid, match='Did you mean "amount"'):
        interactions.correct(sale, amunt=5)
    with pytest.raises(Invalid, match="source_ref"):
        interactions.correct(sale, source_ref="9")
    with pytest.raises(Invalid):
        interactions.correct(sale, amount="x")
    with pytest.raises(NotFound):
        interactions.correct(999, amount=5)
    assert interactions.get(sale).superseded_by is None


def test_one_of_two_corrections_in_a_transaction_is_refused(
    interactions: Interactions, kernel: Kernel, sale: int
) -> None:
    """Two corrections of one interaction in a unit of work undo the whole unit."""

    def twice() -> None:
        with kernel.unit(HOUSE):
            interactions.correct(sale, amount=1)
            interactions.correct(sale, amount=2)

    with pytest.raises(Conflict):
        twice()
    assert interactions.get(sale).superseded_by is None


def test_of_racing_corrections_exactly_one_wins(interactions: Interactions, sale: int) -> None:
    """Threads that correct the same interaction at the same time: one succeeds, the others get a conflict."""
    barrier, won, lost = Barrier(6), list[int](), list[Conflict]()

    def correct(amount: int) -> None:
        barrier.wait()
        try:
            won.append(interactions.correct(sale, amount=amount).seq or 0)
        except Conflict as error:
            lost.append(error)

    threads = [Thread(target=correct, args=(amount,)) for amount in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(won), len(lost)) == (1, 5)
    assert interactions.get(sale).superseded_by == won[0]
    assert interactions.count() == 1
