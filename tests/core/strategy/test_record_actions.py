"""Rules that make and move records, and what undo makes of them."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from crmkit import Crm
from crmkit.core.model.acting import ActionItem
from crmkit.core.strategy.rules import Broken

Open = Callable[..., Crm]
Fill = Callable[[Crm], Crm]
ORDERS = """
[records.cake_order]
doc = "A cake"
title = "{flavour} for {whom}"
states = ["ordered", "ready", "collected", "cancelled"]
[records.cake_order.moves]
ordered = ["ready", "cancelled"]
ready = ["collected"]
[records.cake_order.fields]
flavour = { type = "choice", choices = ["cheese", "poppy"], required = true }
whom = "text"
wanted = "date"
"""
NEW = """[rules.new]
run = "daily"
who = "id <= 2"
record = "cake_order"
fields = { flavour = "cheese", whom = "{{ customer.name }}", wanted = 2026-05-09 }
state = "ordered"
owner = "Olaf"
"""
MOVE = '[rules.move]\nrun = "daily"\nmove = "cake_order"\nfrom = "ready"\nto = "collected"\n'


def _states(crm: Crm) -> list[tuple[int, str | None]]:
    page = crm.records.list("cake_order", order="id", archived=True)
    return [(each.customer_id, each.state) for each in page.records]


def test_records_are_made_and_taken_back(bakery: Open, three: Fill) -> None:
    """Each customer's own, with their texts; an undo archives those that nobody touched since."""
    crm = three(bakery(ORDERS + NEW))
    crm.people.add("Olaf", role="manager")
    number = crm.strategy.plan().number
    assert crm.strategy.apply(number).done == 2
    first, second = crm.records.list("cake_order", order="id").records
    assert (first.title, first.state, str(first.fields["wanted"])) == (
        "cheese for Anna",
        "ordered",
        "2026-05-09",
    )
    assert second.title == "cheese for Bea"
    assert crm.records.history("cake_order", first.id)[0].source == f"plan:{number}"
    crm.records.move("cake_order", second.id, "ready")
    receipt = crm.undo.undo(f"plan:{number}")
    assert [(each.customer_id, each.reason) for each in receipt.left] == [(2, "the record was changed since")]
    assert [each.id for each in crm.records.list("cake_order").records] == [second.id]
    assert crm.records.get("cake_order", first.id).archived_at is not None


def test_records_are_moved_and_moved_back(bakery: Open, three: Fill) -> None:
    """Only open ones in the state that is meant; back go those that were not moved since."""
    crm = three(bakery(ORDERS + MOVE))
    made = [
        crm.records.add("cake_order", customer, {"flavour": "cheese"}, state).id
        for customer, state in ((1, "ready"), (1, "ready"), (1, "ordered"), (2, "ready"), (3, "cancelled"))
    ]
    number = crm.strategy.plan().number
    report = crm.strategy.apply(number)
    assert (report.done, dict(report.failed)) == (
        2,
        {"there is no open cake_order that can move to collected": 1},
    )
    assert _states(crm) == [
        (1, "collected"), (1, "collected"), (1, "ordered"), (2, "collected"), (3, "cancelled"),
    ]  # fmt: skip
    with crm.transaction() as tx:  # a state out of which no move leads is left by hand
        table = crm.tables.records["cake_order"]
        tx.execute(table.update().where(table.c.id == made[3]).values(state="ready"))
    receipt = crm.undo.undo(f"plan:{number}")
    assert [(each.customer_id, each.reason) for each in receipt.left] == [(2, "the record was moved since")]
    assert _states(crm)[:4] == [(1, "ready"), (1, "ready"), (1, "ordered"), (2, "ready")]


def test_without_from_all_that_may(bakery: Open, three: Fill) -> None:
    """Whatever state leads there."""
    rules = '[rules.move]\nrun = "daily"\nwho = "id = 1"\nmove = "cake_order"\nto = "cancelled"\n'
    crm = three(bakery(ORDERS + rules))
    for state in ("ordered", "ready", "collected"):
        crm.records.add("cake_order", 1, {"flavour": "poppy"}, state)
    assert crm.strategy.apply(crm.strategy.plan().number).done == 1
    assert _states(crm) == [(1, "cancelled"), (1, "ready"), (1, "collected")]


def test_a_value_that_does_not_fit_one_customer(bakery: Open, three: Fill) -> None:
    """Hers is refused, the others' are made."""
    rules = (
        '[rules.new]\nrun = "daily"\nrecord = "cake_order"\n'
        'fields = { flavour = "{% if customer.id == 2 %}plum{% else %}poppy{% endif %}" }\n'
    )
    crm = three(bakery(ORDERS + rules))
    report = crm.strategy.apply(crm.strategy.plan().number)
    assert report.done == 2
    assert len(report.failed) == 1
    assert [each for each, _ in _states(crm)] == [1, 3]


@pytest.mark.parametrize(
    ("does", "says"),
    [
        ('tag = " "', "tag is empty"),
        (f'tag = "{"x" * 1001}"', "1001 characters"),
        ('untag = ""', "tag is empty"),
        ('action = "field.set"\nfield = "siez"\nvalue = "L"', "siez"),
        ('action = "field.set"\nfield = "when"\nvalue = "someday"', "someday"),
        ('action = "field.set"\nfield = "when"', ""),
        ('owner = "Nobody"', 'no employee "Nobody"'),
        ('owner = "Left"', "no longer works here"),
        ('lifecycle = "custommer"', '"custommer" is not a lifecycle stage'),
        ('note = " "', "empty"),
        ('record = "cake_oder"', "cake_oder"),
        ('record = "cake_order"', "cannot be without flavour"),
        ('record = "cake_order"\nfields = { flavor = "cheese" }', 'no field "flavor"'),
        ('record = "cake_order"\nfields = { flavour = "plum" }', "plum"),
        ('record = "cake_order"\nfields = { flavour = "cheese", wanted = "soon" }', "soon"),
        ('record = "cake_order"\nfields = { flavour = "cheese" }\nstate = "lost"', '"lost" is not a state'),
        ('record = "cake_order"\nfields = { flavour = "cheese" }\nowner = "Nobody"', "Nobody"),
        ('record = "cake_order"\nfields = { flavour = "{{ customer. }}" }', "fields.flavour, line 1"),
        ('record = "cake_order"\nfields = "cheese"', "a table is wanted"),
        ('move = "cake_order"\nto = "lost"', '"lost" is not a state'),
        ('move = "cake_order"\nto = "collected"\nfrom = "ordered"', "cannot move"),
        ('move = "cake_order"\nto = "ready"\nfrom = "cancelled"', "is closed"),
        ('move = "cake_order"\nto = "ordered"', 'can move to "ordered"'),
        ('move = "cake_order"', 'needs "to"'),
        ('webhook = "shpo"', 'no webhook "shpo"'),
        ('file = "../out.txt"\nline = "x"', "beside crm.toml"),
        ('file = "out.txt"\nline = ["x"]', "has no cells"),
        ('file = "out.txt"\nline = " "', "says nothing"),
    ],
)
def test_what_cannot_be_done_is_told_at_once(open_one: Callable[[str], Crm], does: str, says: str) -> None:
    """The rule is not understood, with the place and the reason; what can be done is."""
    crm = open_one(
        ORDERS
        + '[fields.when]\ntype = "date"\n[webhooks.shop]\nurl = "https://a.example/"\nsecret = "env:S"\n'
        f'[rules.r]\nrun = "daily"\n{does}\n'
    )
    (rule,) = crm.strategy.rules()
    if says:
        assert isinstance(rule, Broken)
        assert says in rule.error.message
        assert 'rule "r"' in rule.error.message
    else:
        assert not isinstance(rule, Broken)


def test_what_undo_is_given_has_types_of_its_own(bakery: Open, three: Fill) -> None:
    """One undo for records of several types; what is gone is told."""
    crm = three(bakery(ORDERS + '[records.tin]\ndoc = "A tin"\n[records.tin.fields]\nsize = "text"\n'))
    tin = crm.records.add("tin", 1, {"size": "L"})
    action = crm.words.actions["record.create"]
    given = [("tin", tin.id), ("cake_order", 99)]
    items = [
        ActionItem(
            effect=at,
            customer_id=1,
            params=action.params(type=name),
            rule="r",
            source="plan:1",
            result=str(id_),
        )
        for at, (name, id_) in enumerate(given)
    ]
    assert action.undo is not None
    with crm.transaction() as tx:
        refused = list(action.undo(items, crm, tx))
    assert [(each.index, each.reason) for each in refused] == [(1, "the record is gone")]
    assert crm.records.get("tin", tin.id).archived_at is not None
