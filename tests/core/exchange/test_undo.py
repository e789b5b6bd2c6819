"""Undo of imports: what nobody touched goes, what was changed goes back, everything else is listed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from crmkit.core.crm import Crm
from crmkit.core.errors import Conflict, NotAllowed, NotFound
from crmkit.core.exchange import import_customers, import_interactions
from crmkit.core.exchange.review import settle, waiting
from crmkit.core.model.customer import ContactPoint, CustomerDraft, Identity
from crmkit.core.records.importing import import_records
from crmkit.core.store.verifying import verify
from tests.core.exchange.test_customers import counts

Write = Callable[..., Path]


def sound(crm: Crm) -> bool:
    """Whether the change log can be verified."""
    with crm.kernel.reading() as connection:
        return not verify(connection).findings


def test_untouched_customers_go_and_come_again(crm: Crm, csv_file: Write) -> None:
    """All of an import can be taken back, its log stays sound, and the file can be imported again."""
    file = csv_file(
        "shop,name,email,Company,tag,consent:newsletter:post\n"
        "1,Anna,a@example.org,Acme,vip,2024-05-01\n2,Jan,j@example.org,Acme,,no\n1,Ann,a2@example.org,,,\n"
    )
    report = import_customers(crm, file)
    assert report.ref is not None
    last = crm.undo.last()
    assert last is not None
    assert last.ref == report.ref
    before = crm.customers.count()
    preview = crm.undo.preview(report.ref)
    assert preview.will == ("remove 3 customers",)
    assert crm.customers.count() == before == 3
    receipt = crm.undo.undo(report.ref)
    assert (receipt.done, receipt.left) == (preview.will, ())
    assert crm.customers.count() == 0
    assert crm.customers.find("Anna") == []
    assert sound(crm)
    with pytest.raises(Conflict):
        crm.undo.undo(report.ref)
    assert counts(import_customers(crm, file))[:2] == (3, 2)


def test_touched_customers_stay_and_are_listed(crm: Crm, csv_file: Write) -> None:
    """Who was changed, contacted or tied to since stays, with the reason; the others go."""
    rows = "".join(f"{i},A{i},Acme\n" for i in range(1, 6))
    import_customers(crm, csv_file(f"shop,name,Company\n{rows}"))
    crm.customers.tag("shop:1", "vip")
    crm.interactions.record("shop:2", "note", payload={"text": "hello"})
    friend = crm.customers.save(CustomerDraft(name="Friend"))
    crm.customers.relate(friend.id, "knows", "shop:3")
    receipt = crm.undo.undo("import:1")
    assert receipt.done == ("remove 2 customers",)
    reasons = {left.what: left.reason for left in receipt.left}
    assert len(reasons) == 4
    assert "changed something" in reasons["customer 1"]
    assert "recorded" in reasons["customer 2"]
    assert sum("tied" in reason for reason in reasons.values()) == 2
    assert {each.name for each in crm.customers.list()[0]} == {"A1", "A2", "A3", "Acme", "Friend"}
    assert sound(crm)


def test_updates_go_back_where_nobody_has_changed_them(crm: Crm, csv_file: Write) -> None:
    """Values, tags, addresses, ties and consents of an import go; later ones and objections stay."""
    for number, name in ((1, "Anna"), (2, "Jan")):
        draft = CustomerDraft(name=name, identities=(Identity("shop", str(number)),), tags=("old",))
        crm.customers.save(draft)
    before = [crm.customers.get(f"shop:{number}") for number in (1, 2)]
    header = "shop,name,email,identity:odoo,field:size,tag,preference:colour,Company,consent:newsletter:post"
    file = csv_file(
        f"{header},opt_out:newsletter:phone\n1,Anna N.,a@example.org,o1,37,vip,red,Acme,yes,\n"
        "2,Jan K.,j@example.org,o2,38,vip,,,,yes\n"
    )
    assert counts(import_customers(crm, file)) == (2, 0, 2, 0, 0)
    crm.customers.update("shop:2", CustomerDraft(name="Jan Kot"))
    receipt = crm.undo.undo("import:1")
    anna, jan = (crm.customers.get(f"shop:{number}") for number in (1, 2))
    for each, old in ((anna, before[0]), (jan, before[1])):
        assert (each.tags, each.contact_points, each.preferences) == (("old",), (), ())
        assert each.identities == old.identities
        assert each.fields == {}
    assert (anna.name, jan.name) == ("Anna", "Jan Kot")
    assert crm.customers.relationships("shop:1") == []
    assert crm.consent.state("shop:1", "newsletter", "post") is None
    assert crm.consent.state("shop:2", "newsletter", "phone") == "withdrawn"
    reasons = sorted(left.reason for left in receipt.left)
    assert reasons == ["an objection is not taken back by an undo", "it was changed since"]
    assert crm.customers.find("a@example.org") == []
    assert sound(crm)


def test_interactions_are_voided_and_their_numbers_free(crm: Crm, csv_file: Write) -> None:
    """The log keeps what was recorded and says that it is void; a mended file records the same numbers."""
    import_customers(crm, csv_file("shop,name\n1,Anna\n2,Jan\n", "c.csv"))
    file = csv_file("shop,at,amount,receipt\n1,2024-05-01,5.00,R1\n2,2024-05-02,6.00,R2\n")
    defaults = {"type": "purchase"}
    import_interactions(crm, file, defaults=defaults, source="till")
    second = crm.interactions.timeline("shop:2").interactions[0]
    crm.interactions.correct(second.seq, amount=700)
    receipt = crm.undo.undo("import:2")
    assert receipt.done == ("void 1 interaction",)
    assert "corrected" in receipt.left[0].reason
    assert crm.interactions.timeline("shop:1").interactions == ()
    voids = crm.interactions.timeline("shop:1", superseded=True).interactions
    assert any("it came as till:R1" in getattr(each.payload, "reason", "") for each in voids)
    again = import_interactions(crm, file, defaults=defaults, source="till")
    assert (again.created, again.unchanged) == (1, 1)
    crm.undo.undo("import:3")
    crm.interactions.void(crm.interactions.timeline("shop:2").interactions[0].seq, "test")
    assert crm.undo.undo("import:1").done == ("remove 2 customers",)
    assert sound(crm)


def test_records_go_and_go_back(crm: Crm, csv_file: Write) -> None:
    """Records that an import added go; those it changed get their values and their state back."""
    crm.customers.save(CustomerDraft(name="Anna", identities=(Identity("shop", "1"),)))
    old = crm.records.add("order", "shop:1", {"number": "A1", "flavour": "plain"})
    file = csv_file("shop,number,flavour,state\n1,A1,cherry,baked\n1,A2,lemon,\n1,A3,nut,\n")
    report = import_records(crm, "order", file)
    assert (report.created, report.updated) == (2, 1)
    third = next(each for each in crm.records.list("order").records if each.fields["number"] == "A3")
    crm.records.update("order", third.id, {"flavour": "hazelnut"})
    receipt = crm.undo.undo(str(report.ref))
    assert receipt.done == ("remove 1 record", "put 1 record back")
    assert [left.what for left in receipt.left] == [f"order:{third.id}"]
    back = crm.records.get("order", old.id)
    assert (back.state, back.fields["flavour"]) == ("ordered", "plain")
    assert len(crm.records.list("order").records) == 2


def test_undo_needs_the_right_and_a_number(crm: Crm, csv_file: Write) -> None:
    """Unknown imports are not found, and a clerk may not undo one."""
    import_customers(crm, csv_file("shop,name\n1,Anna\n"))
    crm.people.add("Cleo", role="clerk")
    with pytest.raises(NotAllowed):
        crm.acting_as("Cleo").undo.undo("import:1")
    with pytest.raises(NotFound):
        crm.undo.preview("import:9")


def test_ambiguous_rows_are_settled_by_a_person(crm: Crm, csv_file: Write) -> None:
    """A row that fits two waits; it becomes one of them, somebody new, or nothing."""
    both = (ContactPoint(kind="email", value="both@example.org"),)
    for number in ("1", "2"):
        crm.customers.save(CustomerDraft(name=f"P{number}", identities=(Identity("shop", number),)))
        crm.customers.update(f"shop:{number}", CustomerDraft(contact_points=both))
    rows = "".join(f"N{i},both@example.org,t{i}\n" for i in range(4))
    report = import_customers(crm, csv_file(f"name,email,tag\n{rows}"))
    assert report.rejected == 4
    first, second, third, _ = waiting(crm)
    assert (first.draft.name, len(first.candidates)) == ("N0", 2)
    (done,) = settle(crm, [first.number], "shop:2")
    assert crm.customers.get("shop:2").tags == ("t0",)
    assert not done.created
    (done,) = settle(crm, [second.number], "new")
    assert done.created
    assert crm.customers.get(done.customer_id or 0).name == "N1"
    assert settle(crm, [third.number], "drop")[0].customer_id is None
    with pytest.raises(NotFound):
        settle(crm, [third.number], "drop")
    assert crm.undo.undo("import:1").done == ("take 1 row off the review list",)
    assert waiting(crm) == []
