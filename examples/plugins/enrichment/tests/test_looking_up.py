"""Organisations are completed from the register."""

from __future__ import annotations

from typing import Any

import pytest

from crmkit import Crm, CustomerDraft, Identity
from crmkit.testing import FakeClock, run_crm
from crmkit_enrichment.looking_up import look_up_due

MILL = {"industry": "Milling", "employees": 12, "owner": "Zofia Quernstone"}


def firm(crm: Crm, name: str, number: str) -> int:
    """An organisation with its number in the register; its id."""
    draft = CustomerDraft(
        name=name, is_organization=True, identities=(Identity("enrichment.register", number),)
    )
    return crm.customers.save(draft).id


def files(crm: Crm) -> list[str]:
    """What is kept outside of the database."""
    folder = crm.config.directory / "enrichment"
    return [path.read_text(encoding="utf-8") for path in sorted(folder.glob("*"))]


def test_what_the_register_says_is_on_record(crm_both: Crm, register: Any) -> None:
    """With where it is from; whom it does not know, and people, are left as they are."""
    crm = crm_both
    register.entries["PL 1"] = MILL
    mill, other = firm(crm, "Mill", "PL 1"), firm(crm, "Other", "PL9")
    crm.customers.save(CustomerDraft(name="A person", identities=(Identity("enrichment.register", "PL2"),)))
    look_up_due(crm)
    assert crm.customers.get(mill).fields == {"enrichment.industry": "Milling", "enrichment.employees": 12}
    assert {each.source for each in crm.customers.history(mill) if each.entity == "field"} == {
        "enrichment:register"
    }
    assert not any(crm.customers.get(other).fields.values())
    assert register.asked == ["PL 1", "PL9"]
    look_up_due(crm)
    assert len(register.asked) == 2


def test_what_a_person_entered_stands(crm: Crm, register: Any, clock: FakeClock) -> None:
    """The register keeps up to date what it filled, and nothing else."""
    register.entries["PL1"] = MILL
    mill = firm(crm, "Mill", "PL1")
    look_up_due(crm)
    crm.customers.save(CustomerDraft(id=mill, fields={"enrichment.industry": "Stone milling"}))
    register.entries["PL1"] = {"industry": "Grain", "employees": 14}
    clock.advance(days=91)
    look_up_due(crm)
    fields = crm.customers.get(mill).fields
    assert fields == {"enrichment.industry": "Stone milling", "enrichment.employees": 14}
    assert len(files(crm)) == 1


@pytest.mark.parametrize(("mood", "pause"), [(429, 60), (500, 300)])
def test_it_backs_off(crm: Crm, register: Any, clock: FakeClock, mood: int, pause: int) -> None:
    """A register in trouble is asked once in a pass, then after pauses that grow, or as it says itself."""
    register.entries["PL1"] = MILL
    mill = firm(crm, "Mill", "PL1")
    register.mood = mood
    look_up_due(crm)
    clock.advance(seconds=pause - 1)
    look_up_due(crm)
    assert len(register.asked) == 1
    clock.advance(seconds=1)
    look_up_due(crm)
    assert len(register.asked) == 2
    (row,) = run_crm("--config", crm.config.path, "enrichment", "list", "--problems", "--json").json
    assert (row["customer"], row["tries"]) == ("Mill", 2)
    assert str(mood) in row["problem"]
    register.mood = 0
    clock.advance(days=1)
    look_up_due(crm)
    assert crm.customers.get(mill).fields["enrichment.employees"] == 12
    assert run_crm("--config", crm.config.path, "enrichment", "list", "--problems", "--json").json == []


def test_files_are_handed_out_and_erased(crm_both: Crm, register: Any) -> None:
    """What lies in files is in the privacy export and goes with the customer, also after a merge."""
    crm = crm_both
    register.entries |= {"PL1": MILL, "PL2": {**MILL, "owner": "Adam Quernstone"}}
    mill, twin = firm(crm, "Mill", "PL1"), firm(crm, "The mill", "PL2")
    look_up_due(crm)
    assert "Zofia Quernstone" in crm.privacy.export(mill).to_json()
    assert "Adam" not in crm.privacy.export(mill).to_json()
    crm.merging.merge(twin, mill)
    exported = crm.privacy.export(twin).to_json()
    assert "Zofia" in exported
    assert "Adam" in exported
    assert crm.privacy.preview(twin).elsewhere == ("2 extracts of the register",)
    assert len(files(crm)) == 2
    crm.privacy.erase(twin)
    assert files(crm) == []


def test_who_is_erased_meanwhile_leaves_nothing(
    crm: Crm, register: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the register's answer and the record somebody erases them: no file stays behind."""
    from crmkit_enrichment import looking_up

    register.entries["PL1"] = MILL
    mill = firm(crm, "Mill", "PL1")
    discard = looking_up.discard

    def erase_first(crm: Crm, names: list[str]) -> None:
        monkeypatch.setattr(looking_up, "discard", discard)
        crm.privacy.erase(mill)
        discard(crm, names)

    monkeypatch.setattr(looking_up, "discard", erase_first)
    look_up_due(crm)
    assert files(crm) == []
