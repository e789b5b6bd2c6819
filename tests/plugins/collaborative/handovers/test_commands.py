"""`crm handovers`, the action that makes them, and where people meet them."""

from __future__ import annotations

from typing import Any

from crmkit import Crm
from crmkit.core.clock import FakeClock
from crmkit.plugins.collaborative.api import Handovers
from crmkit.testing import run_crm
from tests.plugins.collaborative.handovers.conftest import HOUR

WRONG = (("a", "2 days", ""), ("b", "2 days", 'team = "Nobody"'), ("c", "soon", 'to = "Ewa"'))


def _run(crm: Crm, who: str, *arguments: object, status: int = 0) -> Any:
    answer = run_crm("--config", crm.config.path, "--as", who, *arguments)
    assert answer.status == status, answer.stderr
    return answer


def test_a_promise_by_commands(bakery_both: Crm) -> None:
    """From making to passing on; each receipt says what follows, and its way back leads back."""
    crm = bakery_both
    made = _run(crm, "Anna", "handovers", "make", "Łucja Żak", "We deliver", "--to", "Piotr", "--by", "+30d")
    assert 'Handover 1 for Łucja Żak: "We deliver", by ' in made.stderr
    assert "Piotr is to accept it by" in made.stderr
    assert "To take it back: crm handovers withdraw 1" in made.stderr
    (row,) = _run(crm, "Piotr", "handovers", "list", "--mine", "--json").json
    seen = [row[key] for key in ("handover", "customer", "giver", "receiver")]
    assert seen == [1, "Łucja Żak", "Anna", "Piotr"]
    assert "Only who was given it" in _run(crm, "Anna", "handovers", "accept", 1, status=5).stderr
    for command, state in (
        (("accept",), "accepted"),
        (("keep",), "kept"),
        (("break", "--because", "No van"), "broken"),
        (("pass", "--team", "Fitters"), "passed"),
    ):
        receipt = _run(crm, "Piotr", "handovers", command[0], 1, *command[1:], "--json").json
        assert receipt["undo"] == "crm handovers take-back 1"
        assert _run(crm, "Piotr", "handovers", "show", 1, "--json").json["state"] == state
        if state != "accepted":
            _run(crm, "Piotr", *receipt["undo"].split()[1:])
            assert _run(crm, "Piotr", "handovers", "show", 1, "--json").json["state"] == "accepted"
    shown = _run(crm, "Piotr", "handovers", "show", 1).stdout
    assert "From           Anna" in shown
    page = _run(crm, "Piotr", "show", "Łucja Żak").stdout
    assert "Promises" in page
    assert "We deliver (accepted, by" in page
    assert "We deliver" not in _run(crm, "Piotr", "today").stdout
    broken = _run(crm, "Piotr", "handovers", "break", 1, "--because", "No van", "--told")
    assert "is broken" in broken.stderr
    assert _run(crm, "Anna", "handovers", "list", "--json").json == []
    told = [each.type for each in crm.interactions.timeline("Łucja Żak").interactions]
    assert told.count("handover.told") == 1
    assert "needs somebody" in run_crm("--config", crm.config.path, "handovers", "list", "--mine").stderr


def test_rules_hand_over(bakery_both: Crm, clock: FakeClock) -> None:
    """A complaint makes a promise for the team, from who looks after the customer; the plan is taken back as
    long as nobody answered."""
    crm = bakery_both
    crm.strategy.plan()
    clock.advance(minutes=1)
    for customer in ("Łucja Żak", "Rye Ltd"):
        crm.interactions.record(customer, "complaint")
    plan = crm.strategy.plan()
    crm.strategy.apply(plan.number)
    handovers = crm.service(Handovers)
    first, second = sorted(handovers.list(), key=lambda each: each.id)
    assert (first.promise, first.to_team, first.by) == (
        "Call Łucja Żak back",
        "Fitters",
        clock.now() + 4 * HOUR,
    )
    assert crm.people.get(str(first.from_employee)).name == "Anna"
    assert second.from_employee is None
    assert [*crm.predicates.members("open_handovers = 1")] == [1, 2]
    crm.acting_as("Ewa").service(Handovers).accept(first.id)
    crm.undo.undo(f"plan:{plan.number}")
    assert [each.id for each in handovers.list()] == [first.id]


def test_rules_name_who_there_is(bakery: Crm) -> None:
    """A rule that hands to nobody, to a team that is not there, or by no time, is told by `crm check`."""
    path = bakery.config.path
    path.write_text(
        path.read_text()
        + "".join(
            f'\n[rules.{name}]\non = "complaint"\nhandover = "Call back"\nby = "{by}"\n{to}\n'
            for name, by, to in (
                ("a", "2 days", ""),
                ("b", "2 days", 'team = "Nobody"'),
                ("c", "soon", 'to = "Ewa"'),
            )
        )
    )
    said = run_crm("--config", path, "check", "--json")
    for wrong in ("to one employee, or to one team", 'no team \\"Nobody\\"', "no time by which"):
        assert wrong in said.stdout + said.stderr
