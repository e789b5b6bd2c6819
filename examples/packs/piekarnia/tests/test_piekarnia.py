"""The pack, taken in by `include`: it is right, and its rules act."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest

from crmkit import ContactPoint, Crm, CustomerDraft
from crmkit.testing import FakeClock, run_crm

PACK = Path(__file__).resolve().parents[1]
TOML = """
include = ["piekarnia/piekarnia.toml"]

[crs]
name = "Piekarnia Pod Kłosem"
currency = "PLN"
timezone = "Europe/Warsaw"
locale = "pl"
address = "ul. Chlebowa 1, 00-001 Warszawa"
plugins = ["email"]

[web]
url = "https://poczta.piekarnia.example"
"""
# Monday, 4 May 2026, 10:00 in Warsaw.
NOW = 1_777_881_600_000_000
_DAY = 86_400_000_000


@pytest.fixture
def business(tmp_path: Path) -> Path:
    """A bakery with the pack: its `crm.toml`."""
    shutil.copytree(PACK, tmp_path / "piekarnia")
    path = tmp_path / "crm.toml"
    path.write_text(TOML, encoding="utf-8")
    assert run_crm("--config", path, "db", "upgrade").status == 0
    return path


def test_it_is_right(business: Path) -> None:
    """`crm check` has nothing to say, nor has the check of the templates."""
    found = run_crm("--config", business, "check", "--json")
    assert (found.status, found.json["findings"]) == (0, [])
    assert "3 templates are right" in run_crm("--config", business, "templates", "check").stderr


def test_its_rules_act(business: Path) -> None:
    """Each does what it says, for whom it says, in Polish."""
    clock = FakeClock(NOW - 150 * _DAY)
    with Crm.open(business, strict=True, clock=clock) as crm:
        anna, jan, ola = (_customer(crm, name) for name in ("Anna Nowak", "Jan Wilk", "Ola Lis"))
        crm.customers.save(CustomerDraft(id=anna, fields={"urodziny": date(1990, 5, 4)}))
        for _ in range(15):
            crm.interactions.record(jan, "purchase", amount=1_200)
            clock.advance(days=8)
        clock.set(NOW)
        number = crm.records.add("tort", ola, {"smak": "makowy", "okazja": "chrzciny"}).id
        for state in ("w pracy", "gotowy"):
            crm.records.move("tort", number, state)
        crm.interactions.record(ola, "degustacja")
        crm.interactions.record(jan, "complaint")
        crm.strategy.apply(crm.strategy.plan().number)
        done = {(each.origin, each.customer_id): each.state for each in crm.effects.list()}
        assert done == {
            ("rule:urodziny", anna): "done",
            ("rule:tesknimy", jan): "done",
            ("rule:tort-gotowy", ola): "done",
            ("rule:po-degustacji", ola): "done",
            ("rule:reklamacja", jan): "done",
        }
    letters = "\n".join(path.read_text("utf-8") for path in (business.parent / "rehearsal").rglob("*.txt"))
    assert "Subject: Anna, wszystkiego najlepszego!" in letters
    assert "Subject: Dawno Cię nie było" in letters
    assert "Subject: Twój tort jest gotowy" in letters


def test_a_template_of_ones_own_goes_first(business: Path) -> None:
    """Beside `crm.toml` it takes the place of the pack's."""
    (business.parent / "templates").mkdir()
    (business.parent / "templates" / "tesknimy.txt").write_text(
        "Subject: Wróć!\n\nCzekamy.", encoding="utf-8"
    )
    with Crm.open(business, strict=True) as crm:
        assert crm.messages.template("tesknimy").variants[""].subject == "Wróć!"
        assert "wszystkiego" in crm.messages.template("urodziny").variants[""].subject


def _customer(crm: Crm, name: str) -> int:
    """A customer who agreed to be written to; their id."""
    given, family = name.split()
    point = ContactPoint(kind="email", value=f"{given.lower()}@example.org")
    draft = CustomerDraft(name=name, given_name=given, family_name=family, contact_points=(point,))
    saved = crm.customers.save(draft).id
    crm.consent.grant(saved, "listy", "email", source="przy ladzie")
    return saved
