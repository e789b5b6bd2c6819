"""`crm effects`, and what the doctor, the status and a restore say of the ledger."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from crmkit import Crm
from tests.cli.conftest import Shell
from tests.core.effects.outside import Outside, write_plugin


@pytest.fixture
def sending(shop: Shell) -> Callable[[], Outside]:
    """Open the shop, with a courier and two customers; close it before the shell is used."""
    write_plugin(shop.folder)
    file = shop.folder / "crm.toml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("plugins = []", 'plugins = ["courier"]'), encoding="utf-8")
    shop.run("db", "upgrade")
    for name in ("Anna Nowak", "Bea Lis"):
        shop.run("customers", "add", "--name", name)
    return lambda: Outside(Crm.open(file), shop.folder)


def test_a_person_looks_and_decides(shop: Shell, sending: Callable[[], Outside]) -> None:
    """Listed, shown with what to do next, retried, resolved; what makes no sense is explained."""
    outside = sending()
    outside.go_live()
    outside.enter("refused", "doubt", customers=(1, 2))
    outside.crm.close()
    shop.run("worker", "--once")
    listed = shop.json("effects", "list")
    assert [(each["effect"], each["customer"], each["state"]) for each in listed] == [
        (4, "Bea Lis", "unconfirmed"),
        (3, "Anna Nowak", "unconfirmed"),
        (2, "Bea Lis", "failed"),
        (1, "Anna Nowak", "failed"),
    ]
    assert [
        each["effect"] for each in shop.json("effects", "list", "--state", "failed", "--customer", "1")
    ] == [1]
    assert "--after 4" in shop.run("effects", "list", "--limit", "1").stderr
    shown = shop.run("effects", "show", "3")
    assert "no answer" in shown.stdout
    assert "crm effects resolve 3 --as done" in shown.stderr
    said = shop.run("doctor", status=6).stdout
    assert "2 effects are unconfirmed" in said
    assert "2 effects have failed within a week" in said
    assert shop.json("status")["effects"] == {"unconfirmed": 2, "failed": 2, "waiting_for_plugin": 0}
    assert "2 unconfirmed" in shop.run("status").stdout
    assert "2 effects are done now" in shop.run("effects", "resolve", "3", "4", "--as", "done").stderr
    assert shop.json("effects", "retry", "1")["effects"] == [{"effect": 1, "state": "pending"}]
    assert shop.error("effects", "retry", "2", "4", status=5)["message"] == "Effect 4 is done, and not failed"
    assert shop.json("effects", "show", "2")["state"] == "failed"
    assert shop.error("effects", "show", "9", status=3)["message"] == "There is no effect 9"


def test_a_restore_says_what_it_holds_back(shop: Shell, sending: Callable[[], Outside]) -> None:
    """What was open is unconfirmed, and the business rehearses again: both are said."""
    outside = sending()
    outside.go_live()
    outside.enter("")
    outside.crm.close()
    shop.run("db", "backup", "b.db")
    said = shop.run("db", "restore", "b.db", "--force", "--yes").stderr
    assert "1 effect that was open is unconfirmed now" in said
    assert "crm go-live" in said
    assert shop.json("effects", "list")[0]["state"] == "unconfirmed"


def test_what_was_rehearsed(shop: Shell, sending: Callable[[], Outside]) -> None:
    """A rehearsal is told from what has happened."""
    outside = sending()
    outside.enter("")
    outside.crm.close()
    shop.run("worker", "--once")
    assert "rehearsed" in shop.run("effects", "list").stdout
    assert [each["rehearsed"] for each in shop.json("effects", "list", "--state", "rehearsed")] == [True]


def test_a_person_stops_what_is_under_way(shop: Shell, sending: Callable[[], Outside]) -> None:
    """Paused, seen where one looks, resumed; cancelled for good, after a yes where it is many."""
    outside = sending()
    outside.go_live()
    outside.enter("", customers=(1, 2), plan_id=7)
    outside.crm.close()
    assert "✓ Paused everything" in shop.run("effects", "pause").stderr
    shop.run("worker", "--once")
    assert outside.delivered() == []
    assert "crm effects resume" in shop.run("effects", "list").stderr
    assert "Paused: everything" in shop.run("status").stdout
    assert "Everything is paused" in shop.run("doctor").stdout
    assert "cancelled" in shop.run("effects", "cancel", "1").stderr
    assert shop.json("effects", "resume")["resumed"] == "everything"
    assert "needs a yes" in shop.run("effects", "cancel", "plan:7", status=2).stderr
    assert shop.json("effects", "cancel", "plan:7", "--yes")["cancelled"] == 1
    shop.run("worker", "--once")
    assert outside.delivered() == []
    assert shop.error("effects", "cancel", "1", status=5)["message"].startswith("Not all of these wait")
    shop.error("effects", "cancel", status=5)
    for wrong in (["cancel", "one"], ["cancel", "plan:1", "2"]):
        shop.run("effects", *wrong, status=2)
