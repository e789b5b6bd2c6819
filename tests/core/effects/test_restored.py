"""A restored business sends nothing by itself that may have gone out since."""

from __future__ import annotations

from pathlib import Path

from crmkit.core.clock import FakeClock
from crmkit.core.model.strategy import HandedOver
from crmkit.core.opening import migrations_of
from crmkit.core.store.backup import backup
from crmkit.core.store.engine import Store
from crmkit.core.store.restore import restore
from tests.core.effects.outside import Outside


def test_open_effects_are_in_doubt(outside: Outside, clock: FakeClock, tmp_path: Path) -> None:
    """Due, claimed, on their way when the backup was made: unconfirmed; and the business rehearses again."""
    done = outside.enter("")
    outside.hand_over()
    due, claimed, going = outside.enter("", "", "")
    later = clock.now() + 300_000_000
    outside.change(claimed, state="claimed", lease_until=later, token=1)
    outside.change(going, state="handing_over", lease_until=later, token=1)
    kernel = outside.crm.kernel
    saved = backup(kernel.store, tmp_path / "b.backup")
    outside.crm.close()
    target = Store.open(outside.crm.config.database())
    report = restore(saved.path, target, migrations_of(kernel.loaded), force=True, without_ledger=True)
    target.close()
    assert (report.unconfirmed, report.rehearses) == (3, True)
    clock.advance(days=1)
    assert outside.hand_over() == HandedOver()
    assert outside.states() == {"done": 1, "unconfirmed": 3}
    assert "restored from a backup" in outside.row(due).reason
    outside.crm.effects.resolve(due, "retry")
    assert outside.hand_over() == HandedOver(rehearsed=1)
    assert outside.delivered() == done
