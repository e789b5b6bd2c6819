"""A right that is taken away holds from the next call on, and from the next batch of what goes on long."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from crmkit import Crm, CustomerDraft, NotAllowed, NotFound
from crmkit.core.editing import Changes
from crmkit.core.instants import local_date
from crmkit.testing import FakeClock

EVERYBODY = "count(purchase) >= 0"


@pytest.fixture
def crm_toml() -> str:
    """Roles that see some customers."""
    may = '["customers.read", "customers.write", "customers.import", "customers.export"]'
    return (
        f'[roles.own]\npermissions = {may}\nsees = "own"\n[roles.team]\npermissions = {may}\nsees = "team"\n'
    )


def staffed(crm: Crm, role: str = "manager") -> Crm:
    """The business on behalf of Anna of the team shop, whose colleague Cole looks after customer 1."""
    crm.people.add_team("shop")
    anna = crm.people.add("Anna Nowak", role=role, teams=["shop"])
    cole = crm.people.add("Cole", teams=["shop"])
    for number in range(6):
        crm.customers.save(CustomerDraft(name=f"C {number}", owner_id=anna.id if number else cole.id))
    return crm.acting_as("Anna Nowak")


def test_a_role_that_is_changed_holds_at_once(crm_both: Crm) -> None:
    """Whoever has the CRM open for long is refused what their new role does not allow, and sees less."""
    anna = staffed(crm_both)
    assert anna.customers.count() == 6
    crm_both.people.update("Anna Nowak", role="own")
    assert anna.customers.count() == 5
    with pytest.raises(NotFound):
        anna.customers.get(1)
    with pytest.raises(NotAllowed):
        anna.rates.set("USD", "4")
    crm_both.people.update("Anna Nowak", role="viewer")
    with pytest.raises(NotAllowed):
        anna.customers.tag(2, "x")


def test_a_team_that_is_left_is_seen_no_more(crm_both: Crm) -> None:
    """Colleagues' customers are gone with the next call, and those who have left can do nothing at all."""
    anna = staffed(crm_both, "team")
    assert anna.customers.get(1).name == "C 0"
    crm_both.people.leave("Anna Nowak", "shop")
    with pytest.raises(NotFound):
        anna.customers.get(1)
    assert anna.customers.count() == 5
    crm_both.people.deactivate("Anna Nowak")
    for call in (anna.customers.count, anna.today, anna.customers.list, anna.segments.types):
        with pytest.raises(NotAllowed):
            call()


def test_who_stood_in_sees_nothing_more_when_that_is_over(crm_both: Crm, clock: FakeClock) -> None:
    """The day after the last day, by the same open CRM."""
    anna = staffed(crm_both, "own")
    today = local_date(clock.now(), crm_both.kernel.tz)
    crm_both.people.covers.add("Cole", stand_in="Anna Nowak", last_day=today)
    assert anna.customers.count() == 6
    clock.advance(days=1, hours=3)
    assert anna.customers.count() == 5
    with pytest.raises(NotFound):
        anna.customers.get(1)


def _import(crm: Crm, folder: Path, stop: Callable[..., None]) -> None:
    file = folder / "new.csv"
    file.write_text("name,email\n" + "".join(f"N {i},n{i}@a.example\n" for i in range(9)), encoding="utf-8")
    from crmkit.core.exchange.importing import import_customers

    import_customers(crm, file, progress=stop, batch_size=3)


def _edit(crm: Crm, _folder: Path, stop: Callable[..., None]) -> None:
    crm.editing.apply(EVERYBODY, Changes(tags=("new",)), progress=stop, batch_size=2)


@pytest.mark.parametrize("long", [_import, _edit])
@pytest.mark.parametrize("how", ["role", "left"])
def test_what_goes_on_long_stops_at_its_next_batch(
    crm_both: Crm, tmp_path: Path, long: Callable[..., None], how: str
) -> None:
    """An import and a mass edit whose employee loses the right end there; what is done stays, and no more is
    done."""
    anna = staffed(crm_both)
    told: list[object] = []

    def stop(*_: object) -> None:
        if not told:
            if how == "left":
                crm_both.people.deactivate("Anna Nowak")
            else:
                crm_both.people.update("Anna Nowak", role="viewer")
        told.append(_)

    with pytest.raises(NotAllowed):
        long(anna, tmp_path, stop)
    tagged, _ = crm_both.customers.list(100, tag="new")
    assert len(tagged) in (0, 2)
    assert crm_both.customers.count() in (6, 9)
    assert len(tagged) == 2 or crm_both.customers.count() == 9


def test_an_export_stops_at_its_next_batch(
    crm_both: Crm, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An export whose employee loses the right leaves no file."""
    monkeypatch.setattr("crmkit.core.exporting.customers._BATCH", 2)
    anna = staffed(crm_both)

    def stop(*_: object) -> None:
        crm_both.people.update("Anna Nowak", role="viewer")

    with pytest.raises(NotAllowed):
        anna.exporting.customers(tmp_path / "all.csv", progress=stop)
    assert not (tmp_path / "all.csv").exists()
