"""What a third plugin holds as it is is told of: an act says why, an undo what is left, a pass the log."""

from __future__ import annotations

from pathlib import Path

import pytest

from crmkit import Crm, CustomerDraft
from crmkit.core.clock import FakeClock
from crmkit.plugins.collaborative.api import Conversations, Handovers
from crmkit.plugins.collaborative.handovers.notices import tell
from crmkit.plugins.operational.api import Tasks

_WHY = "a lawyer has the files"
_DECIDER = f'''
"""Keeps records as they are while a lawyer has the files."""
from crmkit.plugin import Channel, Performed, Refusal, hookimpl

@hookimpl
def crmkit_before_records_saved(drafts, crm):
    if (crm.config.directory / "held").exists():
        return [Refusal(index, "{_WHY}") for index, _ in enumerate(drafts)]

def tell(notices, crm):
    return [Performed(index) for index, _ in enumerate(notices)]

@hookimpl
def crmkit_register_interaction_words():
    yield Channel(name="post", doc="Letters", tell=tell)
'''
_TOML = """
timezone = "Europe/Warsaw"
[rules.turns]
run = "daily"
assign_conversation = "Ola"
[rules.calls]
run = "daily"
task = "Call {{ customer.name }}"
"""


@pytest.fixture
def crm_plugins(tmp_path: Path) -> list[str]:
    """Plugins with records of their own, and one that holds them."""
    (tmp_path / "plugins").mkdir()
    (tmp_path / "plugins" / "lawyer.py").write_text(_DECIDER)
    (tmp_path / "plugins" / "lawyer.toml").write_text('name = "lawyer"\ntitle = "Lawyer"\ndoc = "Holds."\n')
    return ["operational", "collaborative", "lawyer"]


@pytest.fixture
def crm_toml() -> str:
    """Rules that make a task and say who answers."""
    return _TOML


@pytest.fixture
def anna(crm: Crm, clock: FakeClock) -> int:
    """A customer who has written twice, and Ola, who answers."""
    crm.people.add("Ola", role="administrator", email="ola@rye.example")
    anna = crm.customers.save(CustomerDraft(name="Anna Nowak")).id
    for text in ("Is it fresh?", "And open?"):
        clock.advance(hours=1)
        crm.interactions.record(anna, "message", channel="chat", direction="in", payload={"text": text})
    return anna


def _hold(crm: Crm) -> None:
    (crm.config.directory / "held").touch()


def test_an_act_that_is_refused_has_not_been_done(crm: Crm, anna: int) -> None:
    """The plan's report says why there is neither a task nor somebody who answers."""
    plan = crm.strategy.plan()
    _hold(crm)
    report = crm.strategy.apply(plan.number)
    assert (report.done, dict(report.failed)) == (0, {_WHY: 2})
    assert crm.service(Tasks).list(customer_ids=[anna]) == ()


def test_an_undo_that_is_refused_is_left(crm: Crm, anna: int) -> None:
    """What stays as it is, and why: the conversation is Ola's, the task is open."""
    plan = crm.strategy.plan()
    crm.strategy.apply(plan.number)
    _hold(crm)
    receipt = crm.undo.undo(f"plan:{plan.number}")
    assert receipt.done == ()
    assert {"task.create", "conversation.assign"} <= {each.what for each in receipt.left}
    assert {each.reason for each in receipt.left} == {_WHY}
    (conversation,) = crm.service(Conversations).list("all").conversations
    assert conversation.employee_id is not None
    assert len(crm.service(Tasks).list(customer_ids=[anna])) == 1


def test_passes_name_what_they_could_not_change(
    crm: Crm, anna: int, clock: FakeClock, caplog: pytest.LogCaptureFixture
) -> None:
    """A correction that leaves a conversation as it was, a handover told of and not noted as told: the log
    has both, with the reason."""
    promises = crm.acting_as("Ola").service(Handovers)
    promises.make(anna, "We deliver", by=clock.now() + 3_600_000_000, to="Ola")
    crm.people.add("Jan", email="jan@rye.example")
    promises.make(anna, "We call", by=clock.now() + 3_600_000_000, to="Jan")
    (first, *_) = (
        each.seq for each in crm.interactions.timeline(anna).interactions if each.type == "message"
    )
    _hold(crm)
    crm.interactions.void(first, "sent twice")
    tell(crm)
    said = [record.getMessage() for record in caplog.records]
    assert f"Conversations that go on as before a correction: {_WHY}" in said
    assert f"Handovers that were told of, and cannot be noted as told: {_WHY}" in said
