"""The operational plugin: tasks and where leads come from, through the API and the command line."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from crmkit import Conflict, Crm, CustomerDraft, Invalid, NotAllowed, NotFound
from crmkit.core.clock import FakeClock
from crmkit.core.exchange.importing import import_customers
from crmkit.plugins.operational.api import Tasks
from crmkit.testing import Recorder, open_crm, run_crm


@pytest.fixture
def crm_plugins() -> list[str]:
    """The plugins in use."""
    return ["operational"]


@pytest.fixture
def crm_toml() -> str:
    """Tasks that make themselves."""
    return '[plugins.operational]\nfollow_up = { complaint = "Call back" }\nnew_lead = "Say hello"'


def add(crm: Crm, name: str, **values: object) -> int:
    """A new customer's id."""
    return crm.customers.save(CustomerDraft(name=name, **values)).id  # type: ignore[arg-type]


def test_a_task_from_promise_to_timeline(crm_both: Crm) -> None:
    """A task is open until it is ticked off, and then stands on the timeline."""
    tasks, anna = crm_both.service(Tasks), add(crm_both, "Anna Nowak")
    late = tasks.add(anna, "Send the catalogue")
    soon = tasks.add("Anna Nowak", " Call back ", due=date(2026, 3, 1))
    assert [task.title for task in tasks.list()] == ["Call back", "Send the catalogue"]
    done = tasks.done(soon.id)
    assert done.done_at is not None
    assert tasks.list() == (late,)
    assert tasks.list(done=True) == (done,)
    (entry,) = crm_both.interactions.timeline(anna).interactions
    assert (entry.type, crm_both.interactions.summary(entry)) == ("task.done", "Call back")


def test_a_task_is_done_once(crm: Crm) -> None:
    """Ticking it off again is a conflict and leaves nothing behind."""
    tasks, anna = crm.service(Tasks), add(crm, "Anna Nowak")
    task = tasks.add(anna, "Call back")
    tasks.done(task.id)
    with pytest.raises(Conflict, match="done already"):
        tasks.done(task.id)
    assert crm.interactions.count() == 1


def test_an_open_task_is_removed_without_a_trace(crm_both: Crm) -> None:
    """A task added by mistake goes, and the timeline stays empty; one that is done stays."""
    tasks, anna = crm_both.service(Tasks), add(crm_both, "Anna Nowak")
    mistaken, kept = tasks.add(anna, "Call bakc"), tasks.add(anna, "Call back")
    assert tasks.remove(mistaken.id) == mistaken
    assert tasks.list() == (kept,)
    assert crm_both.interactions.count() == 0
    tasks.done(kept.id)
    with pytest.raises(Conflict, match="is done and stays"):
        tasks.remove(kept.id)
    with pytest.raises(NotFound):
        tasks.remove(mistaken.id)


def test_what_cannot_be_a_task(crm: Crm) -> None:
    """An empty title, a stranger and an unknown number are refused by name."""
    anna = add(crm, "Anna Nowak")
    with pytest.raises(Invalid, match="title"):
        crm.service(Tasks).add(anna, "  ")
    with pytest.raises(NotFound):
        crm.service(Tasks).add("Nobody At All", "Call back")
    with pytest.raises(NotFound, match="no task 7"):
        crm.service(Tasks).done(7)


def test_a_complaint_makes_its_task(crm_both: Crm) -> None:
    """An interaction that `follow_up` names makes a task; another does not, nor does a correction."""
    anna = add(crm_both, "Anna Nowak")
    complaint = crm_both.interactions.record(anna, "complaint", payload={"text": "Stale"})
    crm_both.interactions.record(anna, "visit")
    crm_both.interactions.correct(complaint.seq, payload={"text": "Stale rye"})  # type: ignore[arg-type]
    assert [task.title for task in crm_both.service(Tasks).list()] == ["Call back"]
    assert [due.what for due in crm_both.today().due] == ["Call back"]


def test_capabilities_can_be_left_out(tmp_path: Path) -> None:
    """With `use`, only the named parts are there."""
    with open_crm(tmp_path, '[plugins.operational]\nuse = ["leads"]', plugins=["operational"]) as crm:
        assert "lead_source" in crm.words.fields
        assert "task.done" not in crm.words.interaction_types
        with pytest.raises(NotFound, match="Tasks"):
            crm.service(Tasks)
        add(crm, "Anna Nowak")
        assert crm.customers.profile("Anna Nowak").warnings == ()


@pytest.mark.parametrize("stages", [["lead"], ["prospect", "lead"]], ids=["created", "became"])
def test_a_new_lead_makes_its_task(crm_both: Crm, stages: list[str]) -> None:
    """Whoever is saved as a lead, or becomes one, gets the task of new leads, once."""
    anna = add(crm_both, "Anna Nowak", lifecycle=stages[0])
    for stage in stages[1:]:
        crm_both.customers.update(anna, CustomerDraft(lifecycle=stage))
    crm_both.customers.update(anna, CustomerDraft(name="Anna Nowak-Wilk"))
    assert [task.title for task in crm_both.service(Tasks).list()] == ["Say hello"]
    assert [due.what for due in crm_both.today().due] == ["Say hello"]


def test_leads_of_a_file_make_no_task(crm: Crm, tmp_path: Path) -> None:
    """An import brings leads of long ago; one of them who becomes a lead here is called like anybody, by who
    looks after them."""
    file = tmp_path / "leads.csv"
    file.write_text("name,lifecycle\nAnna Nowak,lead\nJan Kot,prospect\n", encoding="utf-8")
    import_customers(crm, file)
    assert crm.service(Tasks).list() == ()
    ola = crm.people.add("Ola").id
    crm.customers.update("Jan Kot", CustomerDraft(lifecycle="lead", owner_id=ola))
    (task,) = crm.service(Tasks).list()
    assert (task.title, task.employee_id) == ("Say hello", ola)


def test_tasks_of_unseen_customers_stay_unseen(crm: Crm) -> None:
    """Who sees only their own customers sees only their tasks, and may not add where they may not write."""
    boss, viewer = crm.people.add("Boss"), crm.people.add("Vera", role="viewer")
    anna = add(crm, "Anna Nowak", owner_id=boss.id)
    crm.service(Tasks).add(anna, "Call back")
    assert len(crm.acting_as("Vera").service(Tasks).list()) == 1
    with pytest.raises(NotAllowed):
        crm.acting_as(viewer.name).service(Tasks).add(anna, "Call back")


def test_the_page_shows_open_tasks(crm: Crm) -> None:
    """A customer's page lists what is open for them."""
    anna = add(crm, "Anna Nowak")
    crm.service(Tasks).add(anna, "Call back", due=date(2026, 3, 1))
    (section,) = crm.customers.profile(anna).sections
    assert (section.title, section.lines) == ("Open tasks", (("#1", "Call back (due 2026-03-01)"),))


def test_follow_ups_of_a_batch_come_as_a_batch(crm: Crm, recorder: Recorder) -> None:
    """Observers get batches: many interactions recorded together arrive together."""
    anna = add(crm, "Anna Nowak")
    recorder.clear()
    with crm.transaction():
        for _ in range(3):
            crm.interactions.record(anna, "complaint")
    assert [len(batch) for batch in recorder.batches("after_interactions_recorded")] == [3]
    assert len(crm.service(Tasks).list()) == 3


def test_the_commands(crm_both: Crm) -> None:
    """`crm tasks add`, `list` and `done`, as a person and as a program read them."""
    config = ("--config", crm_both.config.path)
    add(crm_both, "Anna Nowak")
    added = run_crm(*config, "tasks", "add", "Anna Nowak", "Call back", "--due", "2026-03-01")
    assert (added.status, added.stdout) == (0, "")
    assert 'Task 1 for Anna Nowak: "Call back"' in added.stderr
    (row,) = run_crm(*config, "tasks", "list", "--json").json
    assert (row["task"], row["due"], row["customer"]) == (1, "2026-03-01", "Anna Nowak")
    assert "Call back" in run_crm(*config, "tasks", "list").stdout
    assert "crm tasks remove 1" in added.stderr
    removed = run_crm(*config, "tasks", "remove", "1").stderr
    assert "crm records task restore 1" in removed
    assert "Nothing to do" in run_crm(*config, "tasks", "list").stderr
    run_crm(*config, "tasks", "add", "1", "Call back", "--due", "2026-03-01")
    assert "Done for Anna Nowak" in run_crm(*config, "tasks", "done", "2").stderr
    assert "Nothing to do" in run_crm(*config, "tasks", "list").stderr
    assert run_crm(*config, "tasks", "list", "--done", "--csv").stdout.count("Call back") == 1


def test_lead_source_is_a_field(crm: Crm) -> None:
    """Where a lead came from is kept as one of a few choices."""
    anna = add(crm, "Anna Nowak", fields={"lead_source": "web"})
    assert crm.customers.get(anna).fields["lead_source"] == "web"
    with pytest.raises(Invalid):
        add(crm, "Jan Wilk", fields={"lead_source": "sky"})


def test_rules_make_tasks_and_an_undo_takes_them_back(tmp_path: Path) -> None:
    """Once for each occasion, due so many days later; a task that is done by then stays."""
    rules = '[rules.call]\nrun = "daily"\ntask = "Call {{ customer.name }}"\ndays = 3\n'
    with open_crm(tmp_path, rules, plugins=["operational"], clock=FakeClock()) as crm:
        crm.customers.save_all([CustomerDraft(name=name) for name in ("Anna", "Bea")])
        number = crm.strategy.plan().number
        assert crm.strategy.apply(number).done == 2
        tasks = crm.service(Tasks)
        assert [(task.title, str(task.due)) for task in tasks.list()] == [
            ("Call Anna", "2026-01-04"),
            ("Call Bea", "2026-01-04"),
        ]
        tasks.done(1)
        receipt = crm.undo.undo(f"plan:{number}")
        assert receipt.done == ("remove 1 task",)
        assert [each.reason for each in receipt.left] == ["the task is done"]
        assert tasks.list() == ()
