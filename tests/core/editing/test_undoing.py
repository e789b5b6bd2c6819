"""Undoing a mass edit: what still is as it left it goes back, the rest stays and is listed."""

from __future__ import annotations

import pytest
from attrs import evolve
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crmkit import Crm, CustomerDraft
from crmkit.core.clock import FakeClock
from crmkit.core.editing import Changes
from crmkit.core.errors import Conflict, Invalid, NotAllowed, NotFound
from crmkit.core.store.verifying import verify
from tests.core.editing.test_editing import LEADS, all_of

BIG = Changes(
    fields={"bread": "rye", "allergies": "milk;gluten", "budget": "12.50", "district": None},
    tags=("vip",),
    untag=("old",),
    lifecycle="former",
    locale="pl",
    archive=True,
)
changes = st.builds(
    Changes,
    fields=st.fixed_dictionaries(
        {},
        optional={
            "bread": st.sampled_from((None, "rye", "wheat", "spelt")),
            "allergies": st.sampled_from((None, "nuts", "milk;nuts")),
            "district": st.sampled_from((None, "south")),
        },
    ),
    tags=st.sampled_from(((), ("vip",))),
    untag=st.sampled_from(((), ("old",))),
    lifecycle=st.sampled_from((None, "former", "lead")),
    archive=st.sampled_from((None, True)),
)


def test_all_goes_back_to_what_it_was(shop: Crm) -> None:
    """Fields of every kind, tags, stage and archive are afterwards as they were before."""
    shop.customers.tag("Anna", "old")
    shop.customers.tag("Bea", "vip")
    before = all_of(shop)
    shop.editing.apply(LEADS, BIG)
    assert all_of(shop) != before
    preview = shop.undo.preview("edit:1")
    receipt = shop.undo.undo("EDIT:1")
    assert all_of(shop) == before
    assert receipt.done == preview.will
    assert receipt.done == ("put 20 values back (customers: 3)", "put 3 tags back as they were")
    assert not receipt.left


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(first=changes, second=changes)
def test_undoing_in_reverse_restores_whatever_was_done(shop: Crm, first: Changes, second: Changes) -> None:
    """Two edits, undone the later first, leave everybody as they were."""
    before = all_of(shop)
    refs = [shop.editing.apply("true", each).ref for each in (first, second) if each.what]
    for ref in reversed([ref for ref in refs if ref]):
        assert not shop.undo.undo(ref).left
    assert all_of(shop) == before


def test_what_was_changed_since_stays_and_is_listed(shop: Crm) -> None:
    """A value that somebody has changed since is theirs: it stays, with the reason, the others go back."""
    shop.editing.apply(LEADS, Changes(fields={"bread": "rye"}, tags=("vip",), lifecycle="customer"))
    shop.customers.update("Anna", CustomerDraft(fields={"bread": "spelt"}, lifecycle="former"))
    shop.customers.untag("Bea", "vip")
    receipt = shop.undo.undo("edit:1")
    assert [(each.customer_id, each.what, each.reason) for each in receipt.left] == [
        (1, "Anna: lifecycle", "it was changed since"),
        (1, "Anna: bread", "it was changed since"),
    ]
    anna, bea = shop.customers.get("Anna"), shop.customers.get("Bea")
    assert (anna.lifecycle, anna.fields["bread"], anna.tags) == ("former", "spelt", ())
    assert (bea.lifecycle, bea.fields["bread"], bea.tags) == ("lead", "rye", ())


def test_a_preview_of_an_undo_changes_nothing(shop: Crm) -> None:
    """Looking at what an undo would do leaves everything, and the edit can still be undone."""
    shop.editing.apply(LEADS, BIG)
    after = all_of(shop)
    assert shop.undo.preview("edit:1").will
    assert all_of(shop) == after
    assert shop.undo.last() is not None


def test_an_edit_is_undone_once(shop: Crm) -> None:
    """A second undo is refused, and what is offered as last is what came before."""
    shop.editing.apply(LEADS, Changes(tags=("a",)))
    shop.editing.apply(LEADS, Changes(tags=("b",)))
    last = shop.undo.last()
    assert last is not None
    assert last.ref == "edit:2"
    shop.undo.undo("edit:2")
    for attempt in (shop.undo.undo, shop.undo.preview):
        with pytest.raises(Conflict, match="edit:2 was undone before"):
            attempt("edit:2")
    last = shop.undo.last()
    assert last is not None
    assert last.ref == "edit:1"
    assert [each.undone_at is None for each in shop.undo.recent()] == [False, True]


def test_the_log_says_that_it_was_undone(shop: Crm) -> None:
    """Undoing is a change like any other: who did it and of what stands in the history."""
    shop.editing.apply("name = 'Anna'", Changes(fields={"bread": "rye"}))
    shop.undo.undo("edit:1")
    newest = shop.customers.history("Anna")[0]
    assert (newest.source, newest.field, newest.old, newest.new) == ("undo:edit:1", "bread", "rye", None)


def test_a_field_that_is_gone_is_left(shop: Crm) -> None:
    """A field that is not declared any more cannot be written, so its values stay."""
    shop.editing.apply(LEADS, Changes(fields={"district": "south", "bread": "rye"}))
    words = shop.kernel.words
    fields = type(words.fields)("fields", [each for each in words.fields if each.name != "district"])
    shop.kernel.__dict__["words"] = evolve(words, fields=fields)
    receipt = shop.undo.undo("edit:1")
    assert {each.reason for each in receipt.left} == {"the field is not declared any more"}
    assert len(receipt.left) == 3


def test_values_that_somebody_else_has_now_stay_free(shop: Crm) -> None:
    """A unique value that was cleared, and taken by another meanwhile, is not given to both."""
    shop.customers.update("Anna", CustomerDraft(fields={"card": "7"}))
    shop.editing.apply(LEADS, Changes(fields={"card": None}))
    shop.customers.update("Dan", CustomerDraft(fields={"card": "7"}))
    (left,) = shop.undo.undo("edit:1").left
    assert (left.what, left.reason) == ("Anna: card", "somebody else has that value now")


def test_whom_one_does_not_see_one_does_not_undo(shop: Crm) -> None:
    """Customers beyond an employee's view stay, and how many they are is told; without the right, nothing."""
    ola = shop.people.add("Ola", role="seller")
    shop.people.add("Reader", role="reader")
    shop.customers.update("Anna", CustomerDraft(owner_id=ola.id))
    shop.editing.apply(LEADS, Changes(tags=("vip",)))
    with pytest.raises(NotAllowed):
        shop.acting_as("Reader").undo.undo("edit:1")
    receipt = shop.acting_as("Ola").undo.undo("edit:1")
    assert [(each.what, each.reason) for each in receipt.left] == [("2 customers", "you do not see them")]
    assert [shop.customers.get(id_).tags for id_ in (1, 2)] == [(), ("vip",)]


def test_only_ones_own_actions_are_offered(shop: Crm) -> None:
    """Each person's last action is their own; the list shows everybody's."""
    shop.people.add("Ola", role="administrator")
    shop.editing.apply(LEADS, Changes(tags=("a",)))
    assert shop.acting_as("Ola").undo.last() is None
    assert [each.actor for each in shop.acting_as("Ola").undo.recent()] == ["crmkit"]


@pytest.mark.parametrize(
    ("ref", "error", "told"),
    [
        ("7", Invalid, "not a reference"),
        ("edit:x", Invalid, "not a reference"),
        ("edti:7", NotFound, '"edti"'),
        ("edit:7", NotFound, "There is no edit:7"),
    ],
)
def test_what_is_no_action_is_refused(shop: Crm, ref: str, error: type[Exception], told: str) -> None:
    """A reference that names nothing says how one looks, and how to find those there are."""
    with pytest.raises(error, match=told):
        shop.undo.undo(ref)


def test_who_was_merged_or_erased_since_is_left(shop: Crm) -> None:
    """A loser's values went into somebody else, an erased person's are gone: both are told, the rest goes
    back, and the change log still verifies."""
    shop.editing.apply(LEADS, Changes(fields={"bread": "rye"}))
    shop.merging.merge("Dan", "Anna")
    shop.privacy.erase("Celina")
    receipt = shop.undo.undo("edit:1")
    assert [(each.what, each.reason) for each in receipt.left] == [
        ("Dan", "they were merged with somebody else since"),
        ("1 value", "of people who were erased since"),
    ]
    assert shop.customers.get("Dan").fields["bread"] == "rye"
    with shop.kernel.store.reading() as connection:
        audit = verify(connection)
    assert [finding for finding in audit.findings if finding.level == "error"] == []
    assert audit.erased > 0


def test_undo_of_a_merge_is_offered_too(shop: Crm, clock: FakeClock) -> None:
    """The last action is the last of any kind, and each is undone by its reference."""
    shop.editing.apply(LEADS, Changes(tags=("a",)))
    clock.advance(60)
    ref = shop.merging.merge("Dan", "Anna").ref
    last = shop.undo.last()
    assert last is not None
    assert last.ref == ref
    assert [each.ref for each in shop.undo.recent()] == [ref, "edit:1"]
    shop.undo.undo(ref)
    assert shop.customers.get("Anna").id == 1
