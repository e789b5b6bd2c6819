"""Records of a type from `crm.toml`: added, changed, moved, found, listed."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from crmkit.core.clock import FakeClock
from crmkit.core.crm import Crm
from crmkit.core.errors import Ambiguous, Conflict, CrmError, Invalid, NotAllowed, NotFound
from crmkit.core.model.customer import CustomerDraft
from crmkit.core.model.money import Money
from crmkit.core.model.record import Record, RecordDraft, titled

T = "cake_order"


def add(crm: Crm, customer: str | int = "anna", state: str | None = None, **fields: Any) -> Record:
    """An order for a cheese cake, or for what `fields` say."""
    return crm.records.add(T, customer, {"flavour": "cheese", **fields}, state)


def test_values_of_every_type_come_back(crm: Crm) -> None:
    """A new record begins in the first state, takes defaults, and keeps values of each type as given."""
    values = {
        "flavour": "poppy seed",
        "occasion": "wedding",
        "wanted": date(2026, 12, 24),
        "price": Money(25000, "PLN"),
        "weight": Decimal("2.50"),
        "glazed": True,
        "tasted": 1_767_265_200_000_000,
        "number": "A1",
    }
    record = crm.records.add(T, "anna", values, owner="jan")
    assert record.fields == {**values, "tiers": 1}
    assert (record.state, record.version, record.owner_id) == ("ordered", 1, 1)
    assert record.title == "poppy seed for wedding"
    assert crm.records.get(T, record.id) == crm.records.get(T, "cake_order:1") == record


def test_references_lead_to_people_and_records(crm: Crm) -> None:
    """References take what a person types, and keep the uid of somebody, or a record's reference."""
    first = add(crm)
    record = add(crm, baker="jan", for_whom="zaneta@example.org", follows=str(first.id))
    assert record.fields["baker"] == crm.people.get("jan").uid
    assert record.fields["for_whom"] == crm.customers.get("zaneta lis").uid
    assert record.fields["follows"] == first.ref
    for field in ("baker", "for_whom", "follows"):
        with pytest.raises(Invalid, match=field):
            add(crm, **{field: "nobody"})


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"flavour": "lemon"}, "flavour"),
        ({"flavour": None}, "cannot be without flavour"),
        ({"flavor": "cheese"}, 'Did you mean "flavour"'),
        ({"wanted": "soon"}, "wanted"),
        ({"price": "12 EUR"}, "price"),
        ({"tiers": Decimal("1.5")}, "tiers"),
    ],
)
def test_wrong_values_are_refused_by_name(crm: Crm, fields: dict[str, Any], said: str) -> None:
    """What does not fit is refused with the field's name, and nothing is written."""
    with pytest.raises(Invalid, match=said):
        add(crm, **fields)
    assert crm.records.count(T) == 0


def test_only_allowed_moves_are_made(crm: Crm) -> None:
    """A move that is not allowed is refused with those that are, and one to the same state does nothing."""
    record = add(crm)
    moved = crm.records.move(T, record.id, "Baking")
    assert (moved.state, moved.version) == ("baking", 2)
    assert crm.records.move(T, record.id, "baking").version == 2
    with pytest.raises(Invalid, match="ready, cancelled"):
        crm.records.move(T, record.id, "collected")
    with pytest.raises(Invalid, match='Did you mean "ready"'):
        crm.records.move(T, record.id, "raedy")
    crm.records.move(T, record.id, "cancelled")
    with pytest.raises(Invalid, match="there it ends"):
        crm.records.move(T, record.id, "ordered")
    assert crm.records.get(T, record.id).state == "cancelled"


def test_a_type_without_states_has_none(crm: Crm) -> None:
    """A type may be nothing but a thing that belongs to somebody."""
    tin = crm.records.add("tin", "anna")
    assert (tin.state, tin.title, tin.fields) == (None, "Tin 1", {})
    with pytest.raises(Invalid, match="has no states"):
        crm.records.move("tin", tin.id, "returned")


def test_changes_are_logged_field_by_field(crm: Crm) -> None:
    """A creation is one entry with the values, a change one for each field, an update of nothing none."""
    record = add(crm, price="99.50")
    crm.records.update(T, record.id, {"price": "120", "occasion": "name day"}, owner="jan")
    crm.records.update(T, record.id, {"price": "120.00"})
    crm.records.move(T, record.id, "baking")
    told = [(each.action, each.field, each.old, each.new) for each in crm.records.history(T, record.id)]
    assert told[0] == ("changed", "state", "ordered", "baking")
    assert set(told[1:4]) == {
        ("changed", "price", "99.50 PLN", "120.00 PLN"),
        ("changed", "occasion", None, "name day"),
        ("changed", "owner", None, "Jan Piekarz"),
    }
    begun = {"state": "ordered", "flavour": "cheese", "price": "99.50 PLN", "tiers": 1}
    assert told[4:] == [("created", "", None, begun)]
    assert crm.records.get(T, record.id).version == 3
    entities = {each.entity for each in crm.customers.history("anna")}
    assert entities == {"customer", "record:cake_order"}


def test_a_stale_version_is_refused(crm: Crm) -> None:
    """Whoever changes what somebody else changed since they looked is told so."""
    record = add(crm)
    crm.records.update(T, record.id, {"tiers": 3}, version=1)
    with pytest.raises(Conflict, match="you saw version 1, now it is 2"):
        crm.records.update(T, record.id, {"tiers": 2}, version=1)
    with pytest.raises(Conflict):
        crm.records.move(T, record.id, "baking", version=1)


def test_of_two_moves_at_once_one_wins(crm: Crm) -> None:
    """Two people move a record from one state to two others: one of them is told what may follow now."""
    record = add(crm)
    outcomes: list[object] = []
    together = threading.Barrier(2)

    def move(state: str) -> None:
        together.wait()
        try:
            outcomes.append(crm.records.move(T, record.id, state, version=1).state)
        except CrmError as error:
            outcomes.append(error)

    threads = [threading.Thread(target=move, args=(state,)) for state in ("baking", "cancelled")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    won = [each for each in outcomes if isinstance(each, str)]
    assert len(won) == 1
    assert crm.records.get(T, record.id).state == won[0]
    assert [each.new for each in crm.records.history(T, record.id) if each.field == "state"] == won


def test_unique_values_belong_to_one_record(crm: Crm) -> None:
    """Another record's unique value is refused with its holder, on record and within a batch."""
    first = add(crm, number="A1")
    with pytest.raises(Conflict, match="belongs to cake_order:1"):
        add(crm, number="A1")
    report = crm.records.save_all(
        T,
        [
            RecordDraft(customer="anna", fields={"flavour": "cheese", "number": number})
            for number in ("B1", "B1", "A1")
        ],
    )
    assert (report.created, [each.index for each in report.refused]) == (1, [1, 2])
    crm.records.update(T, first.id, {"number": None})
    assert add(crm, number="A1").fields["number"] == "A1"


def test_many_at_once(crm: Crm) -> None:
    """A bulk save finds customers in every way, refuses what does not fit, and changes known records."""
    known = add(crm)
    drafts = [
        RecordDraft(customer=1, fields={"flavour": "cheese"}),
        RecordDraft(customer="zaneta@example.org", fields={"flavour": "chocolate"}, state="ready"),
        RecordDraft(customer="nobody@example.org", fields={"flavour": "cheese"}),
        RecordDraft(id=known.id, fields={"tiers": 4}, state="baking"),
        RecordDraft(id=known.id, state="collected"),
        RecordDraft(id=known.id, fields={"tiers": 4}),
        RecordDraft(id=999, fields={"tiers": 4}),
        RecordDraft(fields={"flavour": "cheese"}),
        RecordDraft(id=known.id, customer="zaneta@example.org"),
    ]
    report = crm.records.save_all(T, drafts, source="shop")
    assert (report.created, report.updated, report.unchanged) == (2, 1, 1)
    assert [each.index for each in report.refused] == [2, 4, 6, 7, 8]
    assert report.ids == [2, 3, None, 1, None, 1, None, None, None]
    assert crm.records.get(T, 3).state == "ready"
    assert crm.records.history(T, 3)[0].source == "shop"


def test_lists_are_narrowed_ordered_and_paged(crm: Crm) -> None:
    """A list goes by customer, state and owner, in any order, page by page without a gap or a repetition."""
    for day in (3, 1, None, 2, 1):
        add(crm, wanted=date(2026, 12, day) if day else None)
    add(crm, "zaneta", "collected")
    crm.records.update(T, 2, owner="jan")
    assert [each.id for each in crm.records.list(T).records] == [6, 5, 4, 3, 2, 1]
    assert [each.id for each in crm.records.list(T, open=True, order="id").records] == [1, 2, 3, 4, 5]
    assert [each.id for each in crm.records.list(T, "zaneta").records] == [6]
    assert [each.id for each in crm.records.list(T, state="collected").records] == [6]
    assert [each.id for each in crm.records.list(T, owner="jan").records] == [2]
    for order, wanted in (("wanted", [2, 5, 4, 1, 3, 6]), ("-wanted", [1, 4, 5, 2, 6, 3])):
        found, cursor = [], None
        while True:
            page = crm.records.list(T, order=order, limit=2, cursor=cursor)
            found += [each.id for each in page.records]
            cursor = page.next_cursor
            if cursor is None:
                break
        assert found == wanted
    with pytest.raises(Invalid, match='Did you mean "wanted"'):
        crm.records.list(T, order="wnated")
    for cursor in ("x", "é", crm.records.list(T, limit=1).next_cursor):
        with pytest.raises(Invalid, match="cursor"):
            crm.records.list(T, order="wanted", cursor=cursor)


def test_found_by_words_of_the_title(crm: Crm) -> None:
    """Accents and case do not matter; words may be begun; the archived are not found."""
    record = add(crm, occasion="Święto Żaby")
    add(crm, occasion="swing")
    assert [each.id for each in crm.records.find("zab swieto")] == [record.id]
    assert len(crm.records.find("CHEESE", T)) == 2
    assert crm.records.find("aby") == []
    assert crm.records.get(T, "żaby") == record
    with pytest.raises(Ambiguous, match="1 cheese for Święto Żaby"):
        crm.records.get(T, "cheese")
    crm.records.archive(T, record.id)
    assert crm.records.find("zaby") == []


@pytest.mark.parametrize("reference", [0, -1, 2**63, "99", "tin:1", "nothing", ""])
def test_unknown_references(crm: Crm, reference: int | str) -> None:
    """A reference that nothing answers to is not found, whatever it looks like."""
    add(crm)
    with pytest.raises(NotFound):
        crm.records.get(T, reference)
    with pytest.raises(NotFound, match="cak_order"):
        crm.records.get("cak_order", 1)


def test_archived_records_are_out_of_lists(crm: Crm, clock: FakeClock) -> None:
    """Archiving leaves a record out of lists and counts, and restoring brings it back; both are logged."""
    record = add(crm)
    assert crm.records.archive(T, record.id).archived_at == clock.now()
    assert crm.records.list(T).records == ()
    assert crm.records.count(T) == 0
    assert crm.records.count(T, archived=True) == 1
    assert crm.records.restore(T, record.id).archived_at is None
    assert [each.field for each in crm.records.history(T, record.id)] == ["archived_at", "archived_at", ""]


def test_rows_are_plain(crm: Crm) -> None:
    """Every record comes as a mapping of plain values, with a key for each field."""
    add(crm, price="99.5", wanted="2026-12-01", weight="1.25", glazed="yes")
    (row,) = crm.records.rows(T)
    assert (row["customer"], row["price"], row["wanted"]) == ("Anna Nowak", "99.50 PLN", "2026-12-01")
    assert (row["weight"], row["glazed"], row["baker"]) == ("1.25", True, None)
    assert set(row) > {each.name for each in crm.words.record_types[T].fields}


def test_records_are_seen_with_their_customer(crm: Crm) -> None:
    """Who does not see a customer does not see their records, in any way of asking, nor change them."""
    crm.customers.update("zaneta@example.org", CustomerDraft(owner_id=crm.people.get("jan").id))
    hidden, own = add(crm, "anna", occasion="secret"), add(crm, "zaneta", occasion="open")
    jan = crm.acting_as("jan")
    assert [each.id for each in jan.records.list(T).records] == [own.id]
    assert [each["id"] for each in jan.records.rows(T)] == [own.id]
    assert jan.records.count(T) == 1
    assert jan.records.find("secret") == []
    calls: list[Callable[[], object]] = [
        lambda: jan.records.get(T, hidden.id),
        lambda: jan.records.move(T, hidden.id, "baking"),
        lambda: jan.records.update(T, hidden.id, {"tiers": 2}),
        lambda: jan.records.archive(T, hidden.id),
        lambda: jan.records.history(T, hidden.id),
        lambda: add(jan, "anna"),
        lambda: jan.records.add(T, "zaneta", {"flavour": "cheese", "follows": hidden.ref}),
    ]
    for call in calls:
        with pytest.raises((NotFound, Invalid), match="There is no"):
            call()
    assert [each.code for each in jan.records.save_all(T, [RecordDraft(id=hidden.id)]).refused] == [
        "not_found"
    ]


def test_rights(opened: Callable[..., Crm]) -> None:
    """A viewer looks records up, and somebody without the right does not even that."""
    from tests.core.records.conftest import BAKERY

    crm = opened('[roles.till]\npermissions = ["customers.read"]\n', config=BAKERY)
    crm.customers.save(CustomerDraft(name="Anna"))
    add(crm)
    for name, role in (("Viv", "viewer"), ("Till", "till"), ("Cleo", "clerk")):
        crm.people.add(name, role=role)
    viewer, till = crm.acting_as("viv"), crm.acting_as("till")
    assert len(viewer.records.list(T).records) == 1
    with pytest.raises(NotAllowed):
        viewer.records.move(T, 1, "baking")
    with pytest.raises(NotAllowed):
        till.records.list(T)
    assert till.customers.profile(1).records == ()
    assert crm.acting_as("cleo").records.move(T, 1, "baking").state == "baking"


def test_records_on_the_customers_page(crm: Crm) -> None:
    """A page shows what is open, and additions and moves of all records, with their titles."""
    first, second = add(crm), add(crm, state="ready", occasion="wedding")
    crm.records.move(T, second.id, "collected")
    add(crm, "zaneta")
    page = crm.customers.profile("anna")
    assert [each.id for each in page.records] == [first.id]
    told = [(each.entity_id, each.field) for each in page.record_changes]
    assert told == [(second.id, "state"), (second.id, ""), (first.id, "")]
    assert page.record_titles == {first.ref: "cheese", second.ref: "cheese for wedding"}


def test_a_failing_unit_leaves_nothing(crm: Crm) -> None:
    """A record and its history are undone with the unit of work that they are part of."""

    def fail() -> None:
        with crm.transaction():
            add(crm)
            crm.records.move(T, 1, "baking")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert crm.records.count(T) == 0
    assert {each.entity for each in crm.customers.history("anna")} == {"customer"}


def test_observers_see_records(crm: Crm) -> None:
    """The change log is what plugins observe, so an order and its move are in it as they happened."""
    add(crm)
    crm.records.move(T, 1, "baking")
    with crm.reading() as execute:
        change = crm.tables.change
        told = change.select().where(change.c.entity == "record:cake_order").order_by(change.c.seq)
        found = execute(told).all()
    assert [(row.action, row.entity_id, row.customer_id, row.field) for row in found] == [
        ("created", 1, 1, ""),
        ("changed", 1, 1, "state"),
    ]


@pytest.mark.parametrize(
    ("pattern", "values", "title"),
    [
        ("flavour", {"flavour": "cheese"}, "cheese"),
        ("{flavour} for {occasion}", {"flavour": "cheese", "occasion": "tea"}, "cheese for tea"),
        ("{flavour} for {occasion}", {"flavour": "cheese"}, "cheese"),
        ("{flavour} for {occasion}", {"occasion": "tea"}, "tea"),
        ("Order {number} ({flavour})", {"number": "A1", "flavour": "x"}, "Order A1 (x)"),
        ("Order {number} ({flavour})", {"number": "A1"}, "Order A1"),
        ("Order {number}", {}, ""),
    ],
)
def test_titles(pattern: str, values: dict[str, str], title: str) -> None:
    """A title is made of what is there, without the words that would stand around nothing."""
    assert titled(pattern, values) == title
