"""Messages go to the gateway once, and each answer means what it says."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from crmkit import Crm
from crmkit.testing import FakeClock, run_crm

Hello = Callable[..., dict[str, Any]]
ANNA, BAD, BUSY, MUTE = "+48600100200", "+48600100201", "+48600100202", "+48600100203"


def test_each_answer_has_its_state(crm_both: Crm, gateway: Any, say_hello: Hello) -> None:
    """Taken, refused for good, asked to wait, and silent: the last may have gone out, and is not repeated."""
    gateway.moods.update({BAD: 400, BUSY: 429, MUTE: "silent"})
    effects = say_hello(crm_both, ANNA, BAD, BUSY, MUTE)
    states = {number: effect.state for number, effect in effects.items()}
    assert states == {ANNA: "done", BAD: "failed", BUSY: "pending", MUTE: "unconfirmed"}
    assert "no such number" in effects[BAD].reason
    assert effects[BUSY].due_at == crm_both.clock.now() + 90_000_000
    assert effects[ANNA].result == "gw-1"
    crm_both.effects.hand_over()
    assert [each["to"] for each in gateway.taken] == [ANNA, MUTE]
    assert gateway.taken[0]["text"] == "Hello, Person 0! €5 for you"
    assert gateway.taken[0]["from"] == "Rye"


def test_what_was_busy_is_tried_again(crm: Crm, gateway: Any, say_hello: Hello, clock: FakeClock) -> None:
    """After the pause that the gateway asked for, the message goes, once."""
    gateway.moods[BUSY] = 429
    say_hello(crm, BUSY)
    gateway.moods.clear()
    crm.effects.hand_over()
    assert gateway.taken == []
    clock.advance(seconds=91)
    crm.effects.hand_over()
    crm.effects.hand_over()
    assert [each["to"] for each in gateway.taken] == [BUSY]


def test_nobody_is_there(crm: Crm, gateway: Any, say_hello: Hello) -> None:
    """A gateway that cannot be reached, or does not know us, leaves messages to wait."""
    gateway.shutdown()
    gateway.server_close()
    assert say_hello(crm, ANNA)[ANNA].state == "pending"


def test_no_faster_than_the_gateway_wants(crm: Crm, say_hello: Hello) -> None:
    """Beyond the rate, messages wait for their turn."""
    path = crm.config.path
    path.write_text(path.read_text(encoding="utf-8").replace("rate = 100.0", "rate = 1.0"), encoding="utf-8")
    with Crm.open(path, strict=True, clock=crm.clock) as slow:
        say_hello(slow, ANNA, BAD, BUSY)
        assert sorted(each.state for each in slow.effects.list()) == ["done", "pending", "pending"]


def test_costs_are_known(crm: Crm, say_hello: Hello, gateway: Any) -> None:
    """By month, and of a text before it is sent."""
    gateway.moods[MUTE] = "silent"
    say_hello(crm, ANNA, MUTE)
    config = ("--config", crm.config.path, "sms")
    (row,) = run_crm(*config, "costs", "--json").json
    assert (row["month"], row["messages"], row["parts"], row["cost"]) == ("2026-01", 2, 2, "0.18")
    counted = run_crm(*config, "count", "Zażółć" + "x" * 70)
    assert counted.stdout == "2 parts (UCS-2, 76 units), 0.18 PLN\n"
    assert "żółć" in counted.stderr


def test_what_is_missing_is_told(crm: Crm) -> None:
    """`crm doctor` says what keeps messages from being sent, and STOP from being heard."""
    path = crm.config.path
    text = path.read_text(encoding="utf-8")
    for left_out, said in (("token =", "no token: no text"), ("secret =", "has no secret"), ("", "")):
        kept = [line for line in text.splitlines() if not left_out or not line.startswith(left_out)]
        path.write_text("\n".join(kept), encoding="utf-8")
        found = run_crm("--config", path, "doctor", "--json")
        messages = " ".join(each["message"] for each in found.json["findings"] if "sms" in each["message"])
        assert (said in messages) if said else not messages
