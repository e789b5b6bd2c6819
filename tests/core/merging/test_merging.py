"""Merging two customers and telling them apart again, as a data steward meets it."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from crmkit import Crm, CustomerDraft, InteractionDraft
from crmkit.core.errors import Conflict, Invalid, NotAllowed, NotFound
from crmkit.core.model.customer import ContactPoint, Customer, Identity
from crmkit.testing import Recorder
from tests.core.merging.worlds import gone_plugin


def _save(crm: Crm, name: str, email: str, **more: object) -> Customer:
    point = ContactPoint(kind="email", value=email)
    return crm.customers.save(CustomerDraft(name=name, contact_points=(point,), **more))  # type: ignore[arg-type]


@pytest.fixture
def two(crm_both: Crm) -> tuple[Crm, Customer, Customer]:
    """Anna, and Ania who is the same."""
    anna = _save(crm_both, "Anna Nowak", "anna@example.org", tags=("vip",))
    ania = _save(
        crm_both, "Ania Nowak", "ania@example.org", tags=("vip", "bread"), lifecycle="customer",
        identities=(Identity("shop", "7"),), fields={"bread": "rye", "card": "C1"}, locale="pl",
    )  # fmt: skip
    return crm_both, anna, ania


def test_the_survivor_has_everything_and_old_references_lead_there(
    two: tuple[Crm, Customer, Customer],
) -> None:
    """Values fill gaps, one primary address stays, and id, uid and number of the other one lead on."""
    crm, anna, ania = two
    crm.interactions.record(ania.id, "note", payload={"text": "likes rye"})
    receipt = crm.merging.merge(anna.id, ania.id)
    merged = crm.customers.get(anna.id)
    assert (receipt.ref, receipt.dropped) == ("merge:1", {"customer_tag": 1})
    assert [crm.customers.resolve(each) for each in (ania.id, str(ania.id), ania.uid, "shop:7")] == [
        anna.id
    ] * 4
    assert (merged.name, merged.lifecycle, merged.locale) == ("Anna Nowak", "customer", "pl")
    assert merged.fields == {"bread": "rye", "card": "C1"}
    assert [point.is_primary for point in merged.contact_points] == [True, False]
    assert merged.version == anna.version + 1
    assert [each.id for each in crm.customers.find("ania@example.org")] == [anna.id]
    assert len(crm.interactions.timeline(ania.uid).interactions) == 1
    again: Any = crm.interactions.record(ania.id, "note", payload={"text": "again"})
    assert again.customer_id == anna.id


def test_a_preview_says_what_a_merge_would_do_and_writes_nothing(
    two: tuple[Crm, Customer, Customer],
) -> None:
    """Both sides, what would move, be dropped and filled; afterwards both are as they were."""
    crm, anna, ania = two
    preview = crm.merging.preview(anna.id, ania.id)
    assert (preview.survivor.customer.id, [side.customer.id for side in preview.losers]) == (
        anna.id,
        [ania.id],
    )
    assert (preview.moved["customer_tag"], preview.dropped[0].table) == (1, "customer_tag")
    assert {fill.column: fill.new for fill in preview.fills} == {
        "locale": "pl", "lifecycle": "customer", "bread": "rye", "card": "C1",
    }  # fmt: skip
    assert crm.customers.get(ania.id) == ania
    assert crm.merging.list() == []


def test_the_stricter_consent_wins_until_the_merge_is_taken_back(
    two: tuple[Crm, Customer, Customer],
) -> None:
    """One said no, the other yes later: the merged customer's answer is no, told by the merge itself."""
    crm, anna, ania = two
    crm.consent.withdraw(anna.id, "offers", "phone")
    crm.consent.grant(ania.id, "offers", "phone")
    receipt = crm.merging.merge(anna.id, ania.id)
    last = crm.consent.current(anna.id)["offers", "phone"]
    assert (last.state, last.source, receipt.withdrawn) == ("withdrawn", "merge:1", 1)
    crm.merging.unmerge(receipt.number)
    assert crm.consent.state(anna.id, "offers", "phone") == "withdrawn"
    assert crm.consent.state(ania.id, "offers", "phone") == "granted"


def test_what_came_since_goes_to_whom_it_belongs_or_is_listed(
    two: tuple[Crm, Customer, Customer],
) -> None:
    """Work done after a merge outlives its undo: each write is on the right side, or on the list."""
    crm, anna, ania = two
    account = gone_plugin(crm)["gone_account"]
    with crm.transaction() as tx:
        tx.execute(
            sa.insert(account),
            [{"customer_id": anna.id, "points": 10}, {"customer_id": ania.id, "points": 5}],
        )
    receipt = crm.merging.merge(anna.id, ania.id)
    by_number: Any = crm.interactions.record("shop:7", "note", payload={"text": "by number"})
    by_mail: Any = crm.interactions.record("ania@example.org", "note", payload={"text": "by mail"})
    plain: Any = crm.interactions.record(anna.id, "note", payload={"text": "by id"})
    corrected: Any = crm.interactions.correct(by_number.seq, payload={"text": "put right"})
    crm.customers.update(anna.id, CustomerDraft(locale="en", tags=("late",)))
    with crm.transaction() as tx:
        tx.execute(sa.update(account).values(points=account.c.points + 7))
    undone = crm.merging.unmerge(receipt.number)
    owners = {seq: crm.interactions.get(seq).customer_id for seq in (by_number.seq, by_mail.seq, plain.seq)}
    assert list(owners.values()) == [ania.id, ania.id, anna.id]
    assert crm.interactions.get(corrected.seq).customer_id == ania.id
    assert crm.customers.get(anna.id).locale == "en"
    assert undone.followed == 3
    left = sorted((each.customer_id, each.what) for each in undone.left)
    said = ["1 interaction added since the merge", "1 tag added since the merge", "locale"]
    assert left == [(anna.id, each) for each in said]
    with crm.reading() as read:
        balance = dict(read(sa.select(account.c.customer_id, account.c.points)).all())
    assert balance == {anna.id: 17, ania.id: 5}


def test_what_came_by_phone_goes_back_with_the_number(two: tuple[Crm, Customer, Customer]) -> None:
    """Recorded for a phone number, as a reference or in a draft, an interaction goes with the number."""
    crm, anna, ania = two
    number = ContactPoint(kind="phone", value="+48512345678")
    crm.customers.update(ania.id, CustomerDraft(contact_points=(number,)))
    merge = crm.merging.merge(anna.id, ania.id).number
    wanted = ("+48 512 345 678", "+48 512-345-678", CustomerDraft(id=anna.id, contact_points=(number,)))
    drafts = [InteractionDraft(customer=each, type="note", payload={"text": "rang"}) for each in wanted]
    report = crm.interactions.record_all(drafts)
    assert report.refused == ()
    seqs = [seq or 0 for seq in report.seqs]
    assert [crm.interactions.get(seq).customer_id for seq in seqs] == [anna.id] * 3
    crm.merging.unmerge(merge)
    assert [crm.interactions.get(seq).customer_id for seq in seqs] == [ania.id] * 3


def test_saving_somebody_who_was_merged_reaches_the_survivor(two: tuple[Crm, Customer, Customer]) -> None:
    """A former id is as good as the present one, but for what was seen of the record before the merge."""
    crm, anna, ania = two
    crm.merging.merge(anna.id, ania.id)
    saved = crm.customers.save(CustomerDraft(id=ania.id, name="Anna Maria Nowak"))
    assert (saved.id, saved.name) == (anna.id, "Anna Maria Nowak")
    with pytest.raises(Conflict, match="was merged into Anna Maria Nowak"):
        crm.customers.save(CustomerDraft(id=ania.id, version=saved.version, locale="en"))
    with pytest.raises(NotFound):
        crm.customers.save(CustomerDraft(id=99, name="Nobody"))


def test_what_came_since_is_listed_also_when_the_first_pair_was_erased(crm_both: Crm) -> None:
    """One of several merged pairs is erased: what the others did since is told at the undo as before."""
    crm = crm_both
    people = [_save(crm, f"Person {n}", f"p{n}@example.org") for n in range(4)]
    pairs = [(people[0].id, people[1].id), (people[2].id, people[3].id)]
    number = crm.merging.merge_all(pairs).number
    crm.interactions.record(people[2].id, "note", payload={"text": "by id"})
    by_mail = crm.interactions.record("p3@example.org", "note", payload={"text": "by mail"})
    crm.privacy.erase(people[0].id)
    undone = crm.merging.unmerge(number)
    assert [each.what for each in undone.left] == ["1 interaction added since the merge", "1 erased person"]
    assert crm.interactions.get(by_mail.seq or 0).customer_id == people[3].id


def test_history_reads_each_side_as_it_was(two: tuple[Crm, Customer, Customer]) -> None:
    """The log says what the merge filled and names both sides; undoing says so again."""
    crm, anna, ania = two
    number = crm.merging.merge(anna.id, ania.id).number
    told = {(each.action, each.field): each for each in crm.customers.history(anna.id) if each.source}
    assert told["changed", "bread"].new == "rye"
    assert told["merged", ""].new == {"id": ania.id, "uid": ania.uid}
    crm.merging.unmerge(number)
    assert crm.customers.history(ania.id)[0].action == "unmerged"
    assert crm.customers.history(anna.id)[0].action == "unmerged"


def test_a_merge_is_undone_once_and_never_after_an_erasure(two: tuple[Crm, Customer, Customer]) -> None:
    """Undone twice, unknown, or about people who were erased: refused, by name."""
    crm, anna, ania = two
    number = crm.merging.merge(anna.id, ania.id).number
    crm.merging.unmerge(number)
    with pytest.raises(Conflict, match="merge:1 was undone before"):
        crm.merging.unmerge(number)
    with pytest.raises(NotFound, match="merge:9"):
        crm.merging.unmerge(9)
    number = crm.merging.merge(anna.id, ania.id).number
    crm.privacy.erase(anna.id)
    with pytest.raises(Conflict, match="erased"):
        crm.merging.unmerge(number)
    with crm.reading() as read:
        assert read(sa.select(crm.tables.merge_removed.c.image).distinct()).scalars().all() == [None]


def test_circles_selves_and_strangers_are_refused(two: tuple[Crm, Customer, Customer]) -> None:
    """Nobody is merged with themselves, in a circle, or into two; unknown people are named."""
    crm, anna, ania = two
    with pytest.raises(Invalid, match="with themselves"):
        crm.merging.merge(anna.id, anna.id)
    with pytest.raises(Invalid, match="in a circle"):
        crm.merging.merge_all([(anna.id, ania.id), (ania.id, anna.id)])
    with pytest.raises(NotFound):
        crm.merging.merge(anna.id, 999)
    third = _save(crm, "Jan", "jan@example.org")
    with pytest.raises(Conflict, match="is to be merged into"):
        crm.merging.merge_all([(anna.id, third.id), (ania.id, third.id)])


def test_merging_needs_its_permission(two: tuple[Crm, Customer, Customer]) -> None:
    """A clerk may neither merge nor look at what a merge would do."""
    crm, anna, ania = two
    crm.people.add("Basia", role="clerk")
    clerk = crm.acting_as("Basia")
    for forbidden in (clerk.merging.merge, clerk.merging.preview):
        with pytest.raises(NotAllowed, match="may not merge"):
            forbidden(anna.id, ania.id)


def test_undo_offers_the_last_merge(two: tuple[Crm, Customer, Customer]) -> None:
    """`crm.undo` knows merges: it previews without writing, and takes back."""
    crm, anna, ania = two
    crm.merging.merge(anna.id, ania.id)
    last = crm.undo.last()
    assert last is not None
    assert last.ref == "merge:1"
    assert crm.undo.preview("merge:1").will[0] == f"make customer {ania.id} a customer of their own again"
    assert crm.customers.resolve(ania.id) == anna.id
    crm.undo.undo("merge:1")
    assert crm.customers.get(ania.id) == ania
    assert crm.undo.last() is None


def test_a_number_given_away_meanwhile_does_not_stop_the_undo(two: tuple[Crm, Customer, Customer]) -> None:
    """The row that was dropped comes back under another number when SQLite has used its own again."""
    crm, anna, ania = two
    with crm.transaction() as tx:
        tags = crm.tables.customer_tag
        tx.execute(sa.delete(tags).where(tags.c.customer_id == ania.id, tags.c.tag == "bread"))
    number = crm.merging.merge(anna.id, ania.id).number
    crm.customers.tag(anna.id, "new")
    crm.merging.unmerge(number)
    assert crm.customers.get(ania.id).tags == ("vip",)
    assert crm.customers.get(anna.id).tags == ("new", "vip")


def test_observers_are_told_of_a_merge(crm_both: Crm, recorder: Recorder) -> None:
    """A plugin that follows changes sees the merge as a change of the survivor."""
    anna, ania = _save(crm_both, "Anna", "a@example.org"), _save(crm_both, "Ania", "b@example.org")
    crm_both.merging.merge(anna.id, ania.id)
    seen = [change for batch in recorder.batches("after_customers_changed") for change in batch]
    assert ("merged", anna.id) in {(change.action, change.customer_id) for change in seen}
