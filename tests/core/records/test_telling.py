"""What a type asks of its states: fields that must be there, and what goes onto the timeline."""

from __future__ import annotations

from pathlib import Path

import pytest

from crmkit import Crm, CustomerDraft, Invalid
from crmkit.core.model.record import RecordDraft
from crmkit.testing.business import write_business
from crmkit.testing.opening import open_crm

TOML = """
[records.cake_order]
fields.flavour = "text"
fields.price = "money"
fields.reason = "text"
states = ["ordered", "ready", "collected", "refused"]
needs = { collected = ["price"], refused = ["reason"] }
tells = { collected = "cake_order.collected", refused = "complaint" }
amount = "price"
"""


@pytest.fixture
def crm_toml() -> str:
    """A bakery that takes orders."""
    return TOML


@pytest.fixture
def bakery(crm_both: Crm) -> Crm:
    """With a customer who ordered a cake."""
    crm_both.customers.save(CustomerDraft(name="Anna"))
    crm_both.records.add("cake_order", "anna", {"flavour": "cheese"})
    return crm_both


def _timeline(crm: Crm) -> list[tuple[str, int | None]]:
    return [(each.type, each.amount) for each in crm.interactions.timeline("anna").interactions]


def test_a_state_that_needs_a_field_is_not_reached_without_it(bakery: Crm) -> None:
    """It says which field is missing; with it the move is made, and the field cannot be cleared after."""
    with pytest.raises(Invalid, match=r'cake_order:1 cannot be "collected" without price'):
        bakery.records.move("cake_order", 1, "collected")
    assert _timeline(bakery) == []

    bakery.records.update("cake_order", 1, {"price": "25"})
    bakery.records.move("cake_order", 1, "collected")

    with pytest.raises(Invalid, match="without price"):
        bakery.records.update("cake_order", 1, {"price": None})
    bakery.records.update("cake_order", 1, {"flavour": "poppy seed"})


def test_a_state_that_tells_goes_onto_the_timeline_once(bakery: Crm) -> None:
    """With what it was worth; a second move into the state where it is says nothing."""
    bakery.records.update("cake_order", 1, {"price": "25"})
    bakery.records.move("cake_order", 1, "ready")
    bakery.records.move("cake_order", 1, "collected")
    bakery.records.move("cake_order", 1, "collected")

    (told,) = bakery.interactions.timeline("anna").interactions
    assert (told.type, told.amount, told.payload.record) == ("cake_order.collected", 2500, "cake_order:1")
    assert (told.payload.before, told.payload.state, told.payload.title) == ("ready", "collected", "cheese")

    bakery.records.move("cake_order", 1, "ready")
    bakery.records.move("cake_order", 1, "collected")
    assert len(bakery.interactions.timeline("anna").interactions) == 2


def test_a_record_that_begins_in_a_state_tells_it(bakery: Crm) -> None:
    """Also by a type of the core that carries no amount."""
    bakery.records.add("cake_order", "anna", {"flavour": "rye", "reason": "burnt"}, "refused")

    assert _timeline(bakery) == [("complaint", None)]


def test_coming_back_can_tell_something_else(tmp_path: Path) -> None:
    """A state may tell one thing to whoever comes from there, and nothing or another thing to all others."""
    toml = TOML.replace('refused = "complaint" }', '"collected > ready" = "cake_order.returned" }')
    with open_crm(tmp_path, toml) as crm:
        crm.customers.save(CustomerDraft(name="Anna"))
        crm.records.add("cake_order", "anna", {"flavour": "rye", "price": "4"})
        for state in ("ready", "collected", "ready"):
            crm.records.move("cake_order", 1, state)

        told = [type_ for type_, _ in _timeline(crm)]
    assert told == ["cake_order.returned", "cake_order.collected"]


def test_only_what_begins_in_a_state_can_be_told(tmp_path: Path) -> None:
    """With `> ready` it is told once, however often a record comes back to that state."""
    toml = TOML.replace('refused = "complaint" }', '"> ready" = "cake_order.made" }')
    with open_crm(tmp_path, toml) as crm:
        crm.customers.save(CustomerDraft(name="Anna"))
        crm.records.add("cake_order", "anna", {"flavour": "rye", "price": "4"}, "ready")
        for state in ("ordered", "ready"):
            crm.records.move("cake_order", 1, state)

        assert _timeline(crm) == [("cake_order.made", 400)]


def test_history_tells_nothing(bakery: Crm) -> None:
    """Records that are brought in from the past have not happened today."""
    drafts = [RecordDraft(customer="anna", fields={"flavour": "rye", "price": "4"}, state="collected")]

    report = bakery.records.save_all("cake_order", drafts, history=True)

    assert (report.created, _timeline(bakery)) == (1, [])


DECIDER = """
from attrs import evolve
from crmkit.plugin import Refusal, Replace, hookimpl

@hookimpl
def crmkit_before_records_saved(record_type, drafts, records, crm):
    for index, draft in enumerate(drafts):
        flavour = draft.fields.get("flavour")
        before = records[draft.id].fields.get("flavour") if draft.id else None
        is_read = isinstance(draft.customer, int) and draft.state in (None, "ordered")
        if draft.customer is not None and not is_read:
            yield Refusal(index, f"nobody has read {draft}")
        elif flavour == "durian":
            yield Refusal(index, f"{record_type}s of durian smell, {before or 'nothing'} does not")
        elif flavour == "best":
            yield Replace(index, evolve(draft, fields={**draft.fields, "flavour": "rye"}))
        elif flavour == "odd":
            yield Replace(index, evolve(draft, fields={"colour": "red"}))
"""


def test_plugins_correct_and_refuse_records(tmp_path: Path) -> None:
    """One batch of which one is refused, one corrected, one corrected wrongly and one left alone."""
    from crmkit.core.opening import upgrade_database

    (tmp_path / "plugins").mkdir()
    (tmp_path / "plugins" / "taste.py").write_text(DECIDER)
    (tmp_path / "plugins" / "taste.toml").write_text(
        'name = "taste"\ntitle = "Taste"\ndoc = "Taste"\ntable_prefix = "taste_"\n'
    )
    path = write_business(tmp_path, TOML, plugins=["taste"])
    upgrade_database(path, strict=True)
    with Crm.open(path, strict=True) as crm:
        crm.customers.save(CustomerDraft(name="Anna"))
        crm.records.add("cake_order", "anna", {"flavour": "cheese"})
        drafts = [
            RecordDraft(customer="anna", fields={"flavour": flavour}) for flavour in ("best", "odd", "plum")
        ]
        report = crm.records.save_all(
            "cake_order", [RecordDraft(id=1, fields={"flavour": "durian"}), *drafts]
        )

        # Written as people do, read by the plugin as it is kept.
        crm.records.add("cake_order", "ANNA", {"flavour": " best "}, "Ordered")

        assert [each.reason for each in report.refused] == [
            "cake_orders of durian smell, cheese does not",
            'A cake_order has no field "colour"',
        ]
        titles = [each.title for each in crm.records.list("cake_order", order="id").records]
    assert titles == ["cheese", "rye", "plum", "rye"]


def test_what_nobody_declares_is_found(tmp_path: Path) -> None:
    """`crm check` names a told interaction that there is not; saving goes on without it."""
    from crmkit.core.records.checking import faults_of_records

    toml = TOML.replace('"complaint"', '"complant"')
    with open_crm(tmp_path, toml) as crm:
        (finding,) = faults_of_records(crm.kernel)
        crm.customers.save(CustomerDraft(name="Anna"))
        crm.records.add("cake_order", "anna", {"flavour": "rye", "reason": "burnt"}, "refused")

    assert "complant" in finding.message
    assert "complaint" in finding.hint


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('needs = { collected = ["pirce"] }', "pirce"),
        ('needs = { colected = ["price"] }', "colected"),
        ('tells = { colected = "complaint" }', "colected"),
        ('tells = { "ordered > colected" = "complaint" }', "colected"),
        ('amount = "flavour"', "not a field of money"),
    ],
)
def test_a_wrong_declaration_is_refused(tmp_path: Path, line: str, said: str) -> None:
    """With the name that is wrong."""
    from crmkit import ConfigError

    toml = '[records.cake_order]\nfields.flavour = "text"\nfields.price = "money"\n'
    path = write_business(tmp_path, toml + 'states = ["ordered", "collected"]\n' + line)

    with pytest.raises(ConfigError) as error:
        Crm.open(path)
    assert said in str(error.value.details["problems"])
