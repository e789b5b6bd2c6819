"""Applying: exactly what the plan says, once, whoever else does the same and whatever is killed."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from crmkit import Crm, CustomerDraft
from crmkit.core.clock import FakeClock
from crmkit.core.errors import Conflict, NotAllowed, NotFound
from crmkit.core.worker import Worker
from crmkit.plugin import InteractionDraft
from crmkit.testing import open_crm
from tests.core.strategy.acting import lines, tags
from tests.processes import processes
from tests.soaking import soaking

Open = Callable[..., Crm]
Fill = Callable[[Crm], Crm]
TWO = '[rules.a]\nrun = "daily"\ntag = "a"\n[rules.b]\nrun = "daily"\nnote = "B"\n'
ACTS = '[rules.act]\nrun = "daily"\nact = "HOW"\n[rules.a]\nrun = "daily"\ntag = "a"\n'


def test_every_core_action(bakery: Open, three: Fill) -> None:
    """Tags, a field, the owner, the lifecycle and a note, each under the plan's name in the logs."""
    rules = "".join(
        f'[rules.r{number}]\nrun = "daily"\nwho = "id = 1"\n{does}\n'
        for number, does in enumerate(
            (
                'tag = "new"',
                'untag = "old"',
                'action = "field.set"\nfield = "size"\nvalue = "L"',
                'owner = "Olaf"',
                'lifecycle = "customer"',
                'note = "Hello {{ customer.name }}"',
            )
        )
    ).replace('who = "id = 1"', 'who = "has_tag(old)"')
    crm = three(bakery(rules))
    olaf = crm.people.add("Olaf", role="manager")
    crm.customers.tag(1, "old")
    assert crm.strategy.apply(crm.strategy.plan().number).done == 6
    anna = crm.customers.get(1)
    assert (anna.tags, anna.fields["size"], anna.owner_id, anna.lifecycle) == (
        ("new",),
        "L",
        olaf.id,
        "customer",
    )
    with crm.reading() as execute:
        change, interaction = crm.tables.change, crm.tables.interaction
        sources = execute(sa.select(change.c.source).where(change.c.source.like("plan:%"))).scalars().all()
        notes = execute(sa.select(interaction.c.payload, interaction.c.source)).all()
    assert sources == ["plan:1"] * 5
    assert [(row.payload, row.source) for row in notes] == [('{"text":"Hello Anna"}', "plan:1")]


def test_in_part(bakery: Open, three: Fill) -> None:
    """Only one rule, then all but another, then the rest; each act once."""
    crm = three(bakery(TWO))
    number = crm.strategy.plan().number
    with pytest.raises(NotFound, match='no rule "c"'):
        crm.strategy.apply(number, only=["c"])
    report = crm.strategy.apply(number, only=["a"])
    assert (report.done, report.left, report.state) == (3, 3, "partly applied")
    assert crm.strategy.apply(number, excepted=["b"]).done == 0
    assert dict(crm.strategy.open(number)) == {"b": (3, 0)}
    assert crm.strategy.apply(number).state == "applied"
    with pytest.raises(Conflict, match="Plan 1 is applied"):
        crm.strategy.apply(number)


def test_drift_is_refused(bakery: Open, three: Fill) -> None:
    """A plan of rules that were changed since is not applied; what does not decide may change."""
    crm = three(bakery(TWO))
    number = crm.strategy.plan().number
    changed = bakery(TWO.replace('"B"', '"C"'))
    with pytest.raises(Conflict, match="has changed since plan 1"):
        changed.strategy.apply(number)
    with pytest.raises(Conflict, match="has changed"):
        bakery(TWO, plugins=("acting",)).strategy.apply(number)
    assert bakery(TWO + '[views.x]\nwhere = "has_tag(a)"\n').strategy.apply(number).done == 6


@pytest.mark.parametrize(
    "more",
    [
        '[limits]\nmarketing = "9 per day"\n',
        '[limits]\nquiet_hours = "22:00-06:00"\n',
        '[purposes.news]\ntype = "service"\n',
    ],
)
def test_other_limits_and_purposes_are_drift(bakery: Open, three: Fill, more: str) -> None:
    """They decide who is written to, and when: what was read is not what would be done."""
    before = '[purposes.news]\ntype = "marketing"\n'
    number = three(bakery(TWO + before)).strategy.plan().number
    with pytest.raises(Conflict, match="has changed since plan 1"):
        bakery(TWO + (more if "purposes" in more else before + more)).strategy.apply(number)


def test_whoever_was_archived_since_is_skipped(bakery: Open, three: Fill) -> None:
    """The gates whose answer may have changed are asked again."""
    crm = three(bakery(TWO))
    number = crm.strategy.plan().number
    crm.customers.archive(2)
    report = crm.strategy.apply(number)
    assert (report.done, dict(report.skipped)) == (4, {"archived": 2})
    assert [(each.state, each.reason) for each in crm.strategy.why(2)] == [("left out", "archived")] * 2


def test_an_executor_that_fails_for_one(bakery: Open, three: Fill) -> None:
    """The others' acts are done, with what they wrote; hers is not, and says why."""
    crm = three(bakery(ACTS.replace("HOW", "raise"), plugins=("acting",)))
    report = crm.strategy.apply(crm.strategy.plan().number)
    ((reason, count),) = report.failed.items()
    assert (report.done, count) == (5, 1)
    assert reason.startswith("RuntimeError: not for her (acting.py:")
    assert tags(crm) == {1: ["a", "touched"], 2: ["a"], 3: ["a", "touched"]}
    failed = [each for each in crm.strategy.why(2) if each.state == "failed"]
    assert failed[0].reason == reason
    # The change log still hangs together, and nothing is tried again on this occasion.
    with crm.reading() as execute:
        logged = execute(sa.select(sa.func.count()).where(crm.tables.change.c.source == "plan:1")).scalar()
    assert logged == 3
    assert crm.strategy.plan().acts == 0


def test_an_executor_that_answers_nonsense(bakery: Open, three: Fill) -> None:
    """An answer about somebody who was not asked about undoes what the action wrote."""
    crm = three(bakery(ACTS.replace("HOW", "nonsense"), plugins=("acting",)))
    report = crm.strategy.apply(crm.strategy.plan().number)
    assert (report.done, sum(report.failed.values())) == (3, 3)
    assert tags(crm) == {1: ["a"], 2: ["a"], 3: ["a"]}


def test_a_plugin_that_is_gone(bakery: Open, three: Fill) -> None:
    """Its rule is broken, the others are planned; the plan that waited is refused."""
    crm = three(bakery(ACTS.replace("HOW", "well"), plugins=("acting",)))
    number = crm.strategy.plan().number
    without = bakery(ACTS.replace("HOW", "well"))
    with pytest.raises(Conflict):
        without.strategy.apply(number)
    assert [each.rule for each in without.strategy.plan().rules] == ["a"]


def test_customers_whom_somebody_does_not_see_are_left(bakery: Open, three: Fill) -> None:
    """Whoever sees only their own applies for those; the rest waits for somebody else."""
    role = (
        '[roles.clerk]\npermissions = ["customers.read", "customers.write", "strategy.apply"]\nsees = "own"\n'
    )
    crm = three(bakery(role + '[rules.a]\nrun = "daily"\ntag = "a"\n'))
    olaf = crm.people.add("Olaf", role="clerk")
    crm.customers.update(2, CustomerDraft(owner_id=olaf.id))
    number = crm.strategy.plan().number
    report = crm.acting_as("Olaf").strategy.apply(number)
    assert (report.done, report.left) == (1, 2)
    assert tags(crm) == {2: ["a"]}
    assert crm.strategy.apply(number).done == 2


def test_two_at_once(bakery: Open) -> None:
    """Two threads apply the same plan, and a third another one of the same acts: each act is done once."""
    crm = bakery(TWO)
    crm.customers.save_all([CustomerDraft(name=f"C{number}") for number in range(3_000)])
    number, other = crm.strategy.plan().number, crm.strategy.plan("b").number
    reports, errors = [], []

    def work(plan: int) -> None:
        try:
            reports.append(crm.strategy.apply(plan))
        except Conflict as error:  # whoever comes when all is done
            errors.append(error)

    threads = [threading.Thread(target=work, args=(plan,)) for plan in (number, number, other)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(report.done for report in reports) == 6_000
    assert notes_of(crm) == dict.fromkeys(range(1, 3_001), 1)
    assert crm.strategy.get(number).state == "applied"


def notes_of(crm: Crm) -> dict[int, int]:
    """How many notes each customer has."""
    table = crm.tables.interaction
    with crm.reading() as execute:
        return dict(Counter(execute(sa.select(table.c.customer_id).where(table.c.type == "note")).scalars()))


def _apply(path: Path, number: int, ready: Any) -> None:
    with Crm.open(path) as crm:
        ready.set()
        crm.strategy.apply(number)


def applying(path: Path, number: int) -> Any:
    """A process that applies a plan, and has opened the business."""
    context = processes()
    ready = context.Event()
    child = context.Process(target=_apply, args=(path, number, ready))
    child.start()
    assert ready.wait(60)
    return child


@pytest.mark.slow
@pytest.mark.parametrize("engine", ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def test_killed_while_applying(tmp_path: Path, request: pytest.FixtureRequest, engine: str) -> None:
    """Killed at different moments, then two processes at once: each act is done once."""
    address, people = None, soaking(3_000, 8_000)
    if engine == "postgresql":
        address = request.getfixturevalue("crm_postgres").create_database()
    with open_crm(tmp_path, TWO, database=address) as crm:
        crm.customers.save_all([CustomerDraft(name=f"C{number}") for number in range(people)])
        number = crm.strategy.plan().number
        for delay in (0.15, 0.3, 0.1, 0.2, 0.25)[: soaking(3, 5)]:
            child = applying(crm.config.path, number)
            child.join(delay)
            child.kill()
            child.join()
        last = [applying(crm.config.path, number) for _ in range(2)]
        for child in last:
            child.join()
        assert crm.strategy.get(number).state == "applied"
        assert notes_of(crm) == dict.fromkeys(range(1, people + 1), 1)
        effect = crm.tables.effect
        with crm.reading() as execute:
            states = execute(sa.select(effect.c.state, sa.func.count()).group_by(effect.c.state)).all()
        assert [tuple(row) for row in states] == [("done", 2 * people)]


def test_the_worker(bakery: Open, three: Fill, clock: FakeClock) -> None:
    """It plans each turn once and leaves it to a person; from then on the rule acts by itself, until it is
    changed."""
    rules = '[rules.a]\nrun = "daily at 09:00"\nask_first = false\ntag = "a"\n'
    crm = three(bakery(rules))
    Worker(crm.kernel).once()
    [plan] = crm.strategy.waiting()
    assert tags(crm) == {}
    crm.strategy.apply(plan.number)
    crm.customers.untag(1, "a")
    clock.advance(days=1)
    Worker(crm.kernel).once()
    assert tags(crm) == {1: ["a"], 2: ["a"], 3: ["a"]}
    crm.customers.save(CustomerDraft(name="Dora"))
    clock.advance(minutes=5)
    Worker(crm.kernel).once()  # nothing has come due: Dora's turn is tomorrow
    assert crm.customers.get(4).tags == ()
    changed = bakery(rules.replace('tag = "a"', 'tag = "z"'))
    clock.advance(days=1)
    Worker(changed.kernel).once()
    assert changed.customers.get(4).tags == ()
    assert len(changed.strategy.waiting()) == 1


def test_the_worker_and_events(bakery: Open, three: Fill, clock: FakeClock) -> None:
    """Each new event is planned when it comes; a worker that was killed goes on with its plan."""
    crm = three(bakery('[rules.sorry]\non = "complaint"\nask_first = false\nnote = "Sorry"\n'))
    crm.interactions.record(1, "complaint")
    crm.strategy.apply(crm.strategy.plan().number)
    crm.interactions.record(2, "complaint")
    crm.strategy.run_due()
    crm.strategy.run_due()
    assert notes_of(crm) == {1: 1, 2: 1}
    crm.interactions.record_all([InteractionDraft(customer=3, type="complaint")])
    crm.strategy.plan("sorry")  # and then it was killed
    crm.strategy.run_due()
    assert notes_of(crm) == {1: 1, 2: 1, 3: 1}


def test_rights_are_asked_for(bakery: Open, three: Fill) -> None:
    """A plan is applied by whoever may, and each act in their name."""
    crm = three(bakery(TWO))
    crm.people.add("Mia", role="manager")
    number = crm.strategy.plan().number
    crm.acting_as("Mia").strategy.apply(number)
    with crm.reading() as execute:
        actors = execute(sa.select(crm.tables.effect.c.actor).distinct()).scalars().all()
    assert actors == ["Mia"]
    crm.people.add("Vera", role="viewer")
    with pytest.raises(NotAllowed):
        crm.acting_as("Vera").strategy.run_due()
    assert lines(crm, crm.strategy.get(number))[0][2] == "done"
