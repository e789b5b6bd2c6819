"""Recording one interaction."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from crmkit.core.errors import Ambiguous, CrmError, Invalid, NotFound, Rejected
from crmkit.core.interactions.recording import Recording
from crmkit.core.interactions.service import Interactions
from crmkit.core.kernel import HOUSE, Kernel
from crmkit.core.model.interaction import Interaction, InteractionDraft
from crmkit.core.words.payloads import Line, Note, Purchase
from tests.core.interactions.conftest import DAY, add_customers, add_decider, open_kernel


def test_what_is_recorded_is_returned_and_read_back(interactions: Interactions, kernel: Kernel) -> None:
    """The interaction that `record` returns is the one on record, with every value it was given."""
    bread = Purchase(lines=(Line(product="rye", unit_price=1250),), order="A-7")
    made = interactions.record(
        1, "purchase", amount=1250, payload=bread, channel="in_person", direction="in", outlet="Main",
        source="till", source_ref="7",
    )  # fmt: skip
    assert isinstance(made, Interaction)
    assert made == interactions.get(made.seq)
    assert (made.customer_id, made.amount, made.currency, made.payload) == (1, 1250, "PLN", bread)
    assert made.occurred_at == made.recorded_at == made.known_at == kernel.clock.now()


def test_a_mapping_does_for_a_payload(interactions: Interactions) -> None:
    """A payload given by its keys is read back as the type's class."""
    made = interactions.record(1, "note", payload={"text": "Likes rye"})
    assert interactions.get(made.seq or 0).payload == Note(text="Likes rye")


def test_a_draft_may_be_given_whole(interactions: Interactions) -> None:
    """`record` takes an InteractionDraft as well."""
    made = interactions.record(InteractionDraft(customer="shop:2", type="visit"))
    assert interactions.get(made.seq or 0).customer_id == 2


@pytest.mark.parametrize("reference", [2, "2", " shop:2 ", "c2@example.org", "C2@Example.org"])
def test_every_reference_leads_to_the_customer(interactions: Interactions, reference: Any) -> None:
    """Ids, identities and e-mail addresses name the customer; the key is kept for a later un-merge."""
    made = interactions.get(interactions.record(reference, "visit").seq or 0)
    assert made.customer_id == 2
    assert (made.identity_id is not None) == ("shop" in str(reference))
    assert (made.contact_point_id is not None) == ("@" in str(reference))


def test_a_shared_address_is_never_guessed(interactions: Interactions, kernel: Kernel) -> None:
    """An e-mail address that two customers have is refused with both candidates."""
    with kernel.store.writing() as connection:
        connection.exec_driver_sql(
            "UPDATE contact_point SET normalised = 'both@example.org' WHERE customer_id < 3"
        )
    with pytest.raises(Ambiguous) as caught:
        interactions.record("both@example.org", "visit")
    assert sorted(caught.value.details["candidates"]) == [1, 2]


WRONG: list[tuple[dict[str, Any], type[CrmError], str]] = [
    ({"customer": 99}, NotFound, "no customer"),
    ({"customer": -1}, NotFound, "no customer"),
    ({"customer": 10**30}, NotFound, "no customer"),
    ({"customer": "shop:99"}, NotFound, "no customer"),
    ({"customer": "nobody@example.org"}, NotFound, "no customer"),
    ({"customer": 1.5}, Invalid, "not a customer"),
    ({"type": "purchas"}, NotFound, 'Did you mean "purchase"'),
    ({"channel": "phne"}, NotFound, 'Did you mean "phone"'),
    ({"direction": "up"}, Invalid, "neither in nor out"),
    ({"employee_id": 77}, NotFound, "no employee"),
    ({"at": "yesterday"}, Invalid, "not an instant"),
    ({"at": 10**19}, Invalid, "more than a day from now"),
    ({"at": 1_767_225_601}, Invalid, "in seconds or milliseconds"),
    ({"at": 1_767_225_601_000}, Invalid, "in seconds or milliseconds"),
    ({"amount": 12.5}, Invalid, "whole number of minor units"),
    ({"amount": True}, Invalid, "whole number of minor units"),
    ({"amount": 2**63}, Invalid, "not an amount"),
    ({"amount": -1}, Invalid, "cannot be negative"),
    ({"amount": 1, "currency": "XYZ"}, Invalid, "not a currency"),
    ({"type": "note", "amount": 1}, Invalid, "carries no amount"),
    ({"source_ref": "7"}, Invalid, "needs the source"),
    ({"source": "till", "source_ref": "a\x00b"}, Invalid, "source_ref"),
    ({"outlet": 5}, Invalid, "not text"),
    ({"payload": {"lins": []}}, Invalid, "did you mean `lines`"),
    ({"payload": [1]}, Invalid, "payload"),
    ({"payload": Purchase(lines=(Line(product="rye", unit_price=-1),))}, Invalid, "refund"),
    ({"payload": {"lines": [{"product": "rye", "quantity": "-2"}]}}, Invalid, "refund"),
]


@pytest.mark.parametrize(("values", "error", "text"), WRONG, ids=lambda value: str(value)[:40])
def test_what_is_wrong_is_refused_with_the_reason(
    interactions: Interactions, values: dict[str, Any], error: type[CrmError], text: str
) -> None:
    """A value that does not do is refused by an error that says what, and nothing is recorded."""
    draft = InteractionDraft(**{"customer": 1, "type": "purchase", **values})
    with pytest.raises(error) as caught:
        interactions.record(draft)
    assert text in str(caught.value)
    assert interactions.count() == 0


def test_tomorrow_is_a_slip_that_is_forgiven(interactions: Interactions, kernel: Kernel) -> None:
    """A clock that runs ahead by up to a day is accepted, more is not."""
    now = kernel.clock.now()
    interactions.record(1, "visit", at=now + DAY)
    with pytest.raises(Invalid):
        interactions.record(1, "visit", at=now + DAY + 1)


def test_the_same_reference_is_recorded_once(interactions: Interactions) -> None:
    """Recording a (source, source_ref) again returns what is on record and adds nothing."""
    first = interactions.record(1, "purchase", amount=5, source="till", source_ref="1")
    again = interactions.record(2, "purchase", amount=9, source="till", source_ref="1")
    assert again == first
    assert interactions.count() == 1


def test_history_was_known_when_it_happened(interactions: Interactions, kernel: Kernel) -> None:
    """A record from the past counts as known then, and says when it was recorded."""
    then = kernel.clock.now() - 100 * DAY
    made = interactions.record(InteractionDraft(customer=1, type="visit", at=then, history=True))
    late = interactions.record(InteractionDraft(customer=1, type="visit", at=then))
    assert isinstance(made, Interaction)
    assert isinstance(late, Interaction)
    assert (made.known_at, made.recorded_at) == (then, kernel.clock.now())
    assert late.known_at == kernel.clock.now()


def test_inside_a_transaction_the_number_is_known_at_its_end(
    interactions: Interactions, kernel: Kernel
) -> None:
    """In a unit of work `record` gives a Recording; its number comes with the flush."""
    with kernel.unit(HOUSE):
        recording = interactions.record(1, "visit")
        assert isinstance(recording, Recording)
        assert recording.seq is None
    assert recording.seq is not None
    assert interactions.get(recording.seq).type == "visit"


def test_a_refused_record_leaves_the_rest_of_the_transaction(
    interactions: Interactions, kernel: Kernel
) -> None:
    """Whoever catches the error of one record in a unit of work keeps the others."""
    with kernel.unit(HOUSE):
        interactions.record(1, "visit")
        with pytest.raises(NotFound):
            interactions.record(99, "visit")
    assert interactions.count() == 1


def test_a_refund_is_for_a_purchase_of_the_same_customer(interactions: Interactions) -> None:
    """The purchase that a refund names exists, is a purchase, and is this customer's, corrected or not."""
    seq = interactions.record(1, "purchase", amount=100).seq or 0
    with pytest.raises(Invalid, match="another customer's"):
        interactions.record(2, "refund", amount=100, payload={"purchase": seq})
    with pytest.raises(NotFound, match="no purchase 999"):
        interactions.record(1, "refund", amount=100, payload={"purchase": 999})
    visit = interactions.record(1, "visit").seq
    with pytest.raises(Invalid, match="is a visit"):
        interactions.record(1, "refund", amount=100, payload={"purchase": visit})
    interactions.correct(seq, amount=90)
    interactions.record(1, "refund", amount=90, payload={"purchase": seq})
    assert interactions.count("refund") == 1


@pytest.fixture
def guarded(database: str, tmp_path: Path) -> Any:
    """A business whose local plugin decides on what is recorded."""
    kernel = open_kernel(database, tmp_path, plugin=add_decider(tmp_path))
    add_customers(kernel, 1)
    yield Interactions(kernel, HOUSE)
    kernel.store.close()


def test_a_decider_refuses_replaces_and_rejects(guarded: Interactions) -> None:
    """Plugins correct and refuse single drafts, and may refuse the whole unit of work."""
    with pytest.raises(Rejected, match="the till is closed"):
        guarded.record(1, "visit", outlet="closed")
    made = guarded.record(1, "visit", outlet="old name")
    assert guarded.get(made.seq or 0).outlet == "new name"
    with pytest.raises(Rejected, match="The alarm is on"):
        guarded.record_all(
            [InteractionDraft(customer=1, type="visit", outlet=name) for name in ("a", "alarm")]
        )
    assert guarded.count() == 1
    report = guarded.record_all(
        [InteractionDraft(customer=1, type="visit", outlet=name) for name in ("a", "closed", "old name", "b")]
    )
    assert [(refusal.index, refusal.code) for refusal in report.refused] == [(1, "refused")]
    assert [guarded.get(seq).outlet for seq in report.seqs if seq] == ["a", "new name", "b"]
