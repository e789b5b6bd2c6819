"""Mass edits: previewed, done to everybody meant, and nobody else."""

from __future__ import annotations

from typing import Any

import pytest
from attrs import evolve

from crmkit import Crm, CustomerDraft
from crmkit.core.editing import Changes
from crmkit.core.editing.mass import Mass
from crmkit.core.errors import Conflict, Invalid, NotAllowed
from crmkit.core.predicates import PredicateError

LEADS = "lifecycle = 'lead'"
RYE = Changes(fields={"bread": "rye"}, tags=("vip",), lifecycle="customer")


def all_of(crm: Crm) -> dict[str, Any]:
    """Everybody as on record, without the version."""
    found, _ = crm.customers.list(100, archived=True)
    return {each.name: evolve(crm.customers.get(each.id), version=0) for each in found}


def entries(crm: Crm, ref: str) -> list[tuple[Any, ...]]:
    """What the change log says an edit did, customer by customer."""
    found, _ = crm.customers.list(100, archived=True)
    return [
        (change.customer_id, change.entity, change.field, change.old, change.new)
        for each in found
        for change in reversed(crm.customers.history(each.id))
        if change.source == ref
    ]


def test_everybody_meant_is_changed_and_nobody_else(shop: Crm) -> None:
    """Those for whom the condition holds change, without the archived; the log says which edit it was."""
    before = all_of(shop)
    report = shop.editing.apply(LEADS, RYE)
    assert report.ref == "edit:1"
    assert (report.matched, report.changed, report.unchanged, report.refused) == (3, 3, 0, 0)
    after = all_of(shop)
    assert {name for name in after if after[name] != before[name]} == {"Anna", "Bea", "Celina"}
    assert all(
        after[name].tags == ("vip",) and after[name].fields["bread"] == "rye" for name in ("Anna", "Bea")
    )
    assert entries(shop, "edit:1")[:4] == [
        (1, "customer", "lifecycle", "lead", "customer"),
        (1, "tag", "", None, "vip"),
        (1, "field", "bread", None, "rye"),
        (2, "customer", "lifecycle", "lead", "customer"),
    ]


def test_a_preview_tells_and_changes_nothing(shop: Crm) -> None:
    """A preview gives the same counts, shows samples, and leaves no trace, not even a number."""
    before = all_of(shop)
    preview = shop.editing.preview(LEADS, RYE)
    assert (preview.ref, preview.matched, preview.changed) == (None, 3, 3)
    assert {change.customer_id for change in preview.samples} == {1, 2, 3}
    assert all_of(shop) == before
    assert shop.undo.recent() == []
    report = shop.editing.apply(LEADS, RYE)
    assert evolve(report, ref=None, samples=preview.samples) == preview


def test_plugins_decide_as_for_single_saves(shop: Crm) -> None:
    """Whom a plugin refuses stays as they are in every respect, and is listed; what it replaces counts."""
    report = shop.editing.apply(LEADS, Changes(fields={"bread": "spelt"}, untag=("x",), archive=True))
    assert [(each.customer_id, each.reason) for each in report.skipped] == [(2, "No spelt for her")]
    assert (report.changed, report.refused) == (2, 1)
    assert shop.customers.get(2).archived_at is None
    shop.editing.apply("name = 'Dan'", Changes(fields={"bread": "wheat"}))
    assert shop.customers.get(4).tags == ("wheaty",)


def test_the_same_edit_again_changes_nothing(shop: Crm) -> None:
    """An edit that finds all as it wants it has no reference and leaves no trace."""
    shop.editing.apply("district = 'north'", Changes(tags=("VIP",)))
    again = shop.editing.apply("district = 'north'", Changes(tags=("vip",)))
    assert (again.ref, again.changed, again.unchanged) == (None, 0, 4)
    assert [each.ref for each in shop.undo.recent()] == ["edit:1"]


def test_tags_come_off_and_the_archive_gives_back(shop: Crm) -> None:
    """Tags are taken off whoever has them; bringing back looks in the archive by itself."""
    shop.customers.tag("Anna", "old", "vip")
    report = shop.editing.apply(LEADS, Changes(untag=("Old",)))
    assert (report.matched, report.changed) == (3, 1)
    assert shop.customers.get("Anna").tags == ("vip",)
    assert shop.editing.apply(LEADS, Changes(archive=False)).changed == 1
    assert shop.customers.get("Ewa").archived_at is None


def test_batches_lead_to_the_same_as_one(shop: Crm) -> None:
    """What an edit leads to does not depend on where its batches end."""
    report = shop.editing.apply("district = 'north'", RYE, archived=True, batch_size=2)
    assert (report.ref, report.matched, report.changed) == ("edit:1", 5, 5)
    assert {customer.tags for customer in all_of(shop).values()} == {("vip",)}
    (action,) = shop.undo.recent()
    assert action.what.endswith("(5 customers)")


def test_who_changed_between_batches_is_left_out(shop: Crm, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever no longer meets the condition when their batch is written is not edited."""
    batch = Mass._batch

    def meddling(self: Mass, *given: Any) -> None:
        batch(self, *given)
        shop.customers.update("Celina", CustomerDraft(lifecycle="former"))

    monkeypatch.setattr(Mass, "_batch", meddling)
    report = shop.editing.apply(LEADS, Changes(lifecycle="customer"), batch_size=2)
    assert (report.matched, report.changed) == (2, 2)
    assert shop.customers.get("Celina").lifecycle == "former"


def test_an_edit_that_fails_half_way_says_how_far_it_came(shop: Crm, monkeypatch: pytest.MonkeyPatch) -> None:
    """What earlier batches wrote stays under the reference, and the error says how to go on or back."""
    batch = Mass._batch

    def failing(self: Mass, tx: Any, actor: Any, ids: Any, source: str, start: int, total: int) -> None:
        if start:
            raise Conflict("The cellar is flooded")
        batch(self, tx, actor, ids, source, start, total)

    monkeypatch.setattr(Mass, "_batch", failing)
    with pytest.raises(Conflict, match=r"flooded \(edit:1 had changed 2 customers by then\)") as caught:
        shop.editing.apply(LEADS, RYE, batch_size=2)
    assert "crm undo edit:1" in caught.value.hint
    monkeypatch.undo()
    assert "not finished" in shop.undo.recent()[0].what
    assert shop.editing.apply(LEADS, RYE).changed == 1
    shop.undo.undo("edit:1")
    assert [shop.customers.get(id_).lifecycle for id_ in (1, 2, 3)] == ["lead", "lead", "customer"]


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        (Changes(), "what is to change"),
        (Changes(fields={"bread": "cake"}), "not one of its choices"),
        (Changes(fields={"nothing": "x"}), "no field"),
        (Changes(lifecycle="friend"), "lifecycle stage"),
        (Changes(fields={"card": "7"}), "card is unique"),
        (Changes(tags=("Vip",), untag=("vip",)), "both"),
    ],
)
def test_what_nobody_could_have_is_refused_at_once(shop: Crm, changes: Changes, told: str) -> None:
    """A value that is wrong for everybody is refused before anybody is looked for."""
    with pytest.raises(Invalid, match=told):
        shop.editing.apply(LEADS, changes)


def test_a_condition_is_needed_and_understood(shop: Crm) -> None:
    """Without a condition nothing is edited; one that cannot be understood points at the place."""
    with pytest.raises(Invalid, match="whom"):
        shop.editing.apply(" ", RYE)
    with pytest.raises(PredicateError, match="lifecycl"):
        shop.editing.apply("lifecycl = 'lead'", RYE)


def test_only_those_seen_are_edited(shop: Crm) -> None:
    """Somebody who sees their own customers edits these; who may not write edits nobody."""
    ola = shop.people.add("Ola", role="seller")
    shop.people.add("Reader", role="reader")
    shop.customers.update("Anna", CustomerDraft(owner_id=ola.id))
    report = shop.acting_as("Ola").editing.apply("true", RYE)
    assert (report.matched, report.changed) == (1, 1)
    for attempt in (shop.acting_as("Reader").editing.apply, shop.acting_as("Reader").editing.preview):
        with pytest.raises(NotAllowed):
            attempt("true", RYE)


def test_no_value_is_kept_outside_of_the_log(shop: Crm) -> None:
    """What an edit is called names fields and never values, which an erasure could not find there."""
    shop.editing.apply(LEADS, Changes(fields={"district": "Ulica Sezamkowa"}, tags=("sezamkowa",)))
    (action,) = shop.undo.recent()
    assert action.what == "set district; added a tag (3 customers)"


def test_an_edit_is_one_with_what_its_caller_does(shop: Crm) -> None:
    """Inside a transaction that fails, the edit is gone with the rest."""
    before = all_of(shop)

    def fail() -> None:
        with shop.transaction():
            assert shop.editing.apply(LEADS, RYE).changed
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert all_of(shop) == before
    assert shop.undo.last() is None
