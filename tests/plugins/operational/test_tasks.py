"""Tasks as records: coming again, teams, reminders, many at once, calendars."""

from __future__ import annotations

import threading
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from dateutil.rrule import rrulestr
from icalendar import Calendar

from crmkit import Conflict, Crm, CustomerDraft, Invalid
from crmkit.core.clock import FakeClock
from crmkit.plugin import RecordDraft, zone_of
from crmkit.plugins.operational.api import Tasks
from crmkit.plugins.operational.tasks.calendar import calendar_of
from crmkit.plugins.operational.tasks.subscription import path_for
from crmkit.plugins.operational.tasks.when import instant_at
from crmkit.testing import open_crm, run_crm
from crmkit.testing.public import Public


@pytest.fixture
def crm_plugins() -> list[str]:
    """The plugins in use."""
    return ["operational"]


@pytest.fixture
def crm_toml() -> str:
    """Nothing of its own."""
    return ""


def add(crm: Crm, name: str) -> int:
    """A new customer's id."""
    return crm.customers.save(CustomerDraft(name=name)).id


def staffed(crm: Crm) -> None:
    """Ola and Piotr work in the shop, Maria in the bakery, which is part of it."""
    crm.people.add_team("Shop")
    crm.people.add_team("Bakery", parent="Shop")
    crm.people.add("Ola", teams=["Shop"])
    crm.people.add("Piotr", teams=["Shop"])
    crm.people.add("Maria", teams=["Bakery"])
    crm.people.add("Ewa")


def test_a_task_comes_again(crm_both: Crm) -> None:
    """Done, it makes the next one, with all that belongs to it; late ones are not made up for."""
    tasks, anna = crm_both.service(Tasks), add(crm_both, "Anna")
    staffed(crm_both)
    # 2026-01-01 is the day of the clock.
    first = tasks.add(
        anna, "Call", due=date(2025, 10, 31), due_time="9:30", repeat="monthly", team="shop", priority="high",
        notes="Ask for Jan", remind_at=crm_both.clock.now(),
    )  # fmt: skip
    assert (first.repeat, first.team, first.due_time) == ("every month on day 31", "Shop", "09:30")
    me = crm_both.acting_as("Ola").service(Tasks)
    me.take(first.id)
    done = me.done(first.id)
    following = tasks.following(done)
    assert following is not None
    assert (str(following.due), following.state, following.employee_id) == ("2026-01-31", "open", None)
    kept = ("title", "due_time", "repeat", "team", "priority", "notes")
    assert [getattr(following, name) for name in kept] == [getattr(first, name) for name in kept]
    assert following.remind_at is not None
    again = tasks.following(tasks.done(following.id))
    assert again is not None
    assert str(again.due) == "2026-02-28"
    assert tasks.following(tasks.drop(again.id)) is None


def test_whoever_moves_the_record(crm: Crm) -> None:
    """The next one comes as well when a task is done as any record is moved."""
    tasks, anna = crm.service(Tasks), add(crm, "Anna")
    record = crm.records.add("task", anna, {"subject": "Bake", "due": "2026-01-05", "repeat": "every week"})
    assert record.fields["repeat"] == "every monday"
    moved = crm.records.move("task", record.id, "done")
    assert moved.fields["done_at"] == crm.clock.now()
    assert [str(each.due) for each in tasks.list()] == ["2026-01-12"]
    assert crm.predicates.count("exists(task where state = 'open' and due > 2026-01-10)") == 1
    assert crm.predicates.count("open_tasks = 1") == 1


def test_two_people_tick_the_same_task(crm_both: Crm) -> None:
    """One of them is told that it is done already, and only one next task is made."""
    anna = add(crm_both, "Anna")
    task = crm_both.service(Tasks).add(anna, "Call", due=date(2026, 1, 5), repeat="every week")
    told: list[str] = []
    together = threading.Barrier(2)

    def tick() -> None:
        together.wait(10)
        try:
            crm_both.service(Tasks).done(task.id)
            told.append("done")
        except Conflict:
            told.append("conflict")

    threads = [threading.Thread(target=tick) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(told) == ["conflict", "done"]
    assert len(crm_both.service(Tasks).list()) == 1
    assert [each.type for each in crm_both.interactions.timeline(anna).interactions] == ["task.done"]


def test_a_task_of_a_team(crm_both: Crm) -> None:
    """It is in everybody's day of that team, and of its parts, until one of them takes it."""
    anna = add(crm_both, "Anna")
    staffed(crm_both)
    task = crm_both.service(Tasks).add(anna, "Clean the window", due=date(2026, 1, 1), team="Shop")

    def due_for(name: str) -> list[str]:
        return [f"{each.what}: {each.hint}" for each in crm_both.acting_as(name).today().due]

    assert (
        due_for("Ola")
        == due_for("Piotr")
        == due_for("Maria")
        == [f"Clean the window: crm tasks take {task.id}"]
    )
    assert due_for("Ewa") == []
    taken = crm_both.acting_as("Piotr").service(Tasks).take(task.id)
    assert taken.employee_id == crm_both.people.get("Piotr").id
    assert due_for("Piotr") == [f"Clean the window: crm tasks done {task.id}"]
    assert due_for("Ola") == []
    with pytest.raises(Conflict, match="is with Piotr"):
        crm_both.acting_as("Ola").service(Tasks).take(task.id)
    with pytest.raises(Invalid, match="Nobody acts"):
        crm_both.service(Tasks).take(task.id)


def test_reminders_and_times(tmp_path: Path) -> None:
    """A reminder shows a task from its moment on, before it is due; postponed, it keeps its distance."""
    clock = FakeClock()
    with open_crm(tmp_path, "", plugins=["operational"], clock=clock) as crm:
        hour = 3_600_000_000
        tasks = crm.service(Tasks)
        task = tasks.add(add(crm, "Anna"), "Order flour", due=date(2026, 1, 9), remind_at=clock.now() + hour)
        assert crm.today().due == ()
        clock.advance(hours=1)
        assert [each.what for each in crm.today().due] == ["Order flour (due 2026-01-09)"]
        later = tasks.postpone(task.id, date(2026, 1, 12))
        assert later.remind_at == (task.remind_at or 0) + 72 * hour
        assert crm.today().due == ()


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"repeat": "every week"}, "needs the day on which it is due"),
        ({"repeat": "at times", "due": "2026-01-05"}, "how often"),
        ({"due_time": "noon"}, "not a time of day"),
        ({"team": "Nobody"}, "no team"),
    ],
)
def test_what_no_task_may_be(crm: Crm, fields: dict[str, str], said: str) -> None:
    """By hand, by an import or by a program: the same is refused."""
    anna = add(crm, "Anna")
    with pytest.raises(Exception, match=said):
        crm.records.add("task", anna, {"subject": "Call", **fields})
    assert crm.records.count("task") == 0


def test_closed_tasks_stay_closed(crm: Crm) -> None:
    """What is done stays; what was dropped can be opened again; neither can be postponed."""
    tasks, anna = crm.service(Tasks), add(crm, "Anna")
    done, dropped = tasks.add(anna, "Call"), tasks.add(anna, "Write")
    tasks.done(done.id)
    tasks.drop(dropped.id)
    with pytest.raises(Conflict, match="is dropped already"):
        tasks.postpone(dropped.id, date(2026, 1, 5))
    with pytest.raises(Invalid, match="there it ends"):
        crm.records.move("task", done.id, "open")
    crm.records.move("task", dropped.id, "open")
    assert [each.title for each in tasks.list()] == ["Write"]


def test_many_at_once(crm: Crm) -> None:
    """A task for everybody for whom a condition holds: looked at first, and taken back together."""
    config = ("--config", crm.config.path)
    for name in ("Anna", "Bea", "Celina"):
        add(crm, name)
    words = ("tasks", "add", "--where", "open_tasks = 0", "Call {{ customer.name }}")
    crm.service(Tasks).add("Bea", "Something else")
    shown = run_crm(*config, *words, "--due", "2026-01-09", "--dry-run").stderr
    assert "2 tasks would be added" in shown
    assert "Call Anna" in shown
    assert len(crm.service(Tasks).list()) == 1
    added = run_crm(*config, *words, "--due", "2026-01-09", "--yes", "--json").json
    assert added["tasks"] == 2
    assert [each.title for each in crm.service(Tasks).list()] == [
        "Call Anna",
        "Call Celina",
        "Something else",
    ]
    assert added["undo"] == f"crm tasks remove --batch {added['batch']}"
    remove = ("tasks", "remove", "--batch", added["batch"])
    assert "2 tasks" in run_crm(*config, *remove).stderr
    assert "No task of the batch" in run_crm(*config, *remove).stderr
    assert [each.title for each in crm.service(Tasks).list()] == ["Something else"]
    wrong = run_crm(*config, "tasks", "add", "--where", "open_tasks = 0", "{{ customer.nmae }}")
    assert 'names "nmae", which is not there' in wrong.stderr


def test_work_changes_hands(crm: Crm) -> None:
    """All open tasks of somebody go to somebody else, by command or with a handover."""
    staffed(crm)
    config, tasks, anna = ("--config", crm.config.path), crm.service(Tasks), add(crm, "Anna")
    ola, piotr = crm.people.get("Ola").id, crm.people.get("Piotr").id
    closed, kept = (tasks.add(anna, title, employee_id=ola) for title in ("Call", "Write"))
    tasks.done(closed.id)
    assert (
        "1 task of Ola would go to Piotr"
        in run_crm(*config, "tasks", "assign", "--from", "Ola", "--to", "Piotr", "--dry-run").stderr
    )
    run_crm(*config, "tasks", "assign", "--from", "Ola", "--to", "Piotr", "--yes")
    assert [tasks.get(each.id).employee_id for each in (closed, kept)] == [ola, piotr]
    assert crm.editing.handover("Piotr", "Maria").records == 1
    assert tasks.get(kept.id).employee_id == crm.people.get("Maria").id


def test_commands_say_what_comes_next(crm: Crm) -> None:
    """`done` takes several, names the next of a series, and does all of them or none."""
    config = ("--config", crm.config.path)
    add(crm, "Anna")
    run_crm(*config, "tasks", "add", "Anna", "Bake", "--due", "2100-01-04", "--repeat", "weekly")
    run_crm(*config, "tasks", "add", "Anna", "Call", "--due", "2025-12-30")
    listed = run_crm(*config, "tasks", "list")
    assert "2025-12-30 !" in listed.stdout
    assert "1 overdue" in listed.stderr
    assert "every monday" in run_crm(*config, "tasks", "show", "1").stdout
    refused = run_crm(*config, "tasks", "done", "1", "2", "9")
    assert "no task 9" in refused.stderr
    assert len(crm.service(Tasks).list()) == 2
    said = run_crm(*config, "tasks", "done", "1", "2").stderr
    assert 'Done for Anna: "Bake"; again on Monday, 2100-01-11 as task 3' in said
    assert "Put off to" in run_crm(*config, "tasks", "postpone", "3", "+2d").stderr
    assert "does not come again" not in run_crm(*config, "tasks", "drop", "3").stderr
    assert [row["task"] for row in run_crm(*config, "tasks", "list", "--dropped", "--json").json] == [3]


def test_many_change_at_once(crm: Crm) -> None:
    """Several by their numbers, or those of everybody for whom a condition holds: looked at first."""
    config, tasks = ("--config", crm.config.path), crm.service(Tasks)
    staffed(crm)
    for name in ("Anna", "Bea", "Celina"):
        tasks.add(add(crm, name), f"Call {name}", due=date(2100, 1, 4))
    tasks.drop(3)
    run_crm(*config, "tasks", "postpone", "1", "2", "2100-01-05")
    assert [str(each.due) for each in tasks.list()] == ["2100-01-05", "2100-01-05"]
    assert "not the number" in run_crm(*config, "tasks", "postpone", "1", "x", "friday").stderr
    assert "Which tasks?" in run_crm(*config, "tasks", "done", "1", "--where", "open_tasks > 0").stderr
    assert "Which tasks?" in run_crm(*config, "tasks", "drop").stderr
    chosen = ("--where", "open_tasks > 0")
    shown = run_crm(*config, "tasks", "assign", *chosen, "--to", "Ola", "--dry-run").stderr
    assert '2 tasks would be given to Ola.\n  Anna: "Call Anna"' in shown
    given = run_crm(*config, "tasks", "assign", *chosen, "--to", "Ola", "--yes", "--json").json
    assert given["tasks"] == 2
    run_crm(*config, "tasks", "postpone", *chosen, "2100-02-01", "--yes")
    mine = tasks.list(employee_id=crm.people.get("Ola").id)
    assert [(each.title, str(each.due)) for each in mine] == [
        ("Call Anna", "2100-02-01"),
        ("Call Bea", "2100-02-01"),
    ]
    assert "2 tasks done" in run_crm(*config, "tasks", "done", *chosen, "--yes").stderr
    assert [each.state for each in tasks.list(done=True)] == ["done", "done"]
    assert "No task is open" in run_crm(*config, "tasks", "drop", *chosen, "--yes").stderr


def test_numbers_of_tasks(crm_both: Crm, clock: FakeClock) -> None:
    """Done in time is done by the day on which it was due, by local days; what has none does not count."""
    crm, anna, zone = crm_both, add(crm_both, "Anna"), zone_of(crm_both)
    staffed(crm)
    fields = [
        ("2026-01-01", instant_at(date(2026, 1, 1), "23:59", zone), "Ola"),
        ("2025-12-30", instant_at(date(2025, 12, 31), "00:00", zone), "Ola"),
        (None, instant_at(date(2026, 1, 1), "10:00", zone), "Ola"),
        ("2025-12-31", instant_at(date(2025, 12, 30), "10:00", zone), "Ewa"),
    ]
    drafts = [
        RecordDraft(
            customer=anna,
            state="done",
            owner=who,
            fields={"subject": "Call", "due": due, "done_at": at, "priority": "high"},
        )
        for due, at, who in fields
    ]
    assert not crm.records.save_all("task", drafts, history=True).refused
    crm.service(Tasks).add(anna, "Late", due=date(2025, 12, 1), team="Shop")
    crm.service(Tasks).add(anna, "Today", due=date(2026, 1, 1))
    clock.advance(days=1)
    crm.service(Tasks).add(anna, "In time", due=date(2026, 1, 2))
    period = "from 2025-12-01 to 2026-02-01"
    found = crm.metrics.value("tasks_done_on_time", period, by="employee")
    assert {each.group: (each.numerator, each.denominator) for each in found.groups} == {
        "Ola": (1, 2),
        "Ewa": (1, 1),
    }
    assert crm.metrics.value("tasks_done", period).value == 4
    by_month = crm.metrics.value("tasks_done", period, by="month")
    assert [(each.group, each.value) for each in by_month.groups] == [("2025-12", 2), ("2026-01", 2)]
    assert crm.metrics.value("tasks_overdue").value == 2
    late = crm.metrics.value("tasks_overdue", by="team")
    assert {each.group: each.value for each in late.groups} == {"Shop": 1, None: 1}


def test_calendars_are_read_back(crm: Crm) -> None:
    """What a calendar reads is what there is: days, times, alarms, odd titles; a task keeps its UID."""
    tasks, anna = crm.service(Tasks), add(crm, "Anna")
    title = 'Call; ask, "why\\not" — żółć'
    timed = tasks.add(anna, title, due=date(2026, 7, 1), due_time="09:30", remind_at=1_782_000_000_000_000)
    tasks.add(anna, "All day", due=date(2026, 7, 2), notes="Owes us money", priority="urgent")
    tasks.add(anna, "Some day")
    found = calendar_of(tasks.list(), zone_of(crm), name="Rye")
    assert b"Owes us" not in found
    assert b"Anna" not in found
    events = Calendar.from_ical(found).walk("VEVENT")
    assert [str(each["summary"]) for each in events] == [title, "All day"]
    start = events[0].decoded("dtstart").astimezone(zone_of(crm))
    assert f"{start:%Y-%m-%d %H:%M}" == "2026-07-01 09:30"
    assert events[1].decoded("dtstart") == date(2026, 7, 2)
    (alarm,) = events[0].walk("VALARM")
    assert int(alarm.decoded("trigger").timestamp()) == 1_782_000_000
    todos = Calendar.from_ical(calendar_of(tasks.list(), zone_of(crm), name="Rye", todos=True)).walk("VTODO")
    assert [str(each["summary"]) for each in todos] == [title, "All day", "Some day"]
    uids = [str(each["uid"]) for each in todos]
    assert len(set(uids)) == 3
    tasks.postpone(timed.id, date(2026, 8, 1))
    assert [str(each["uid"]) for each in todos if each["summary"] == title] == uids[:1]


def test_calendars_show_the_days_to_come(crm: Crm) -> None:
    """A task that comes again carries its rule, its time by our clocks, its alarm as long before each."""
    tasks, anna = crm.service(Tasks), add(crm, "Anna")
    zone = ZoneInfo("Europe/Warsaw")
    eight = instant_at(date(2026, 3, 27), "08:00", zone)
    tasks.add(anna, "Call", due=date(2026, 3, 27), due_time="09:30", remind_at=eight, repeat="every friday")
    tasks.add(anna, "Bake", due=date(2026, 1, 31), remind_at=eight, repeat="monthly")
    tasks.add(anna, "Meet", due=date(2026, 5, 1), repeat="RRULE:FREQ=MONTHLY;BYDAY=1FR")
    found = Calendar.from_ical(calendar_of(tasks.list(), zone, name="Rye"))
    bake, call, meet = found.walk("VEVENT")
    assert meet["rrule"].to_ical() == b"FREQ=MONTHLY;BYDAY=1FR"
    assert bake["rrule"].to_ical() == b"FREQ=MONTHLY;BYMONTHDAY=28,29,30,31;BYSETPOS=-1"
    assert bake.walk("VALARM")[0].decoded("trigger") == timedelta(days=55, hours=8)
    assert call.walk("VALARM")[0].decoded("trigger") == -timedelta(minutes=90)
    assert call["dtstart"].params["tzid"] == zone.key
    assert [str(each["tzid"]) for each in found.walk("VTIMEZONE")] == [zone.key]
    rule: Any = call["rrule"]
    week = rrulestr(rule.to_ical().decode(), dtstart=call.decoded("dtstart").replace(tzinfo=zone))
    assert f"{week[1]:%Y-%m-%d %H:%M %z}" == "2026-04-03 09:30 +0200"


def test_a_calendar_to_subscribe_to(crm: Crm) -> None:
    """Under its address there are one's own tasks; nobody guesses another, and who leaves has none."""
    staffed(crm)
    anna, ola = add(crm, "Anna"), crm.people.get("Ola")
    crm.service(Tasks).add(anna, "Call", due=date(2026, 1, 5), employee_id=ola.id)
    crm.service(Tasks).add(anna, "Bake", due=date(2026, 1, 5), employee_id=crm.people.get("Ewa").id)
    public, path = Public(crm), path_for(crm, ola.id)
    told = run_crm("--config", crm.config.path, "tasks", "calendar", "--for", "Ola", "--link")
    assert told.stdout == f"{path}\n"
    assert "[web] url does not say where" in told.stderr
    page = public.get(path)
    assert (page.status, page.headers["content-type"]) == (200, "text/calendar; charset=utf-8")
    assert [str(each["summary"]) for each in Calendar.from_ical(page.body).walk("VEVENT")] == ["Call"]
    assert public.get("/calendar/AAAA.ics").status == 404
    crm.people.deactivate("Ola")
    assert public.get(path).status == 404


def test_rules_make_tasks_for_teams(tmp_path: Path) -> None:
    """With the team and the priority that the rule names."""
    rules = '[rules.call]\nrun = "daily"\ntask = "Call {{ customer.name }}"\nteam = "shop"\n'
    rules += 'task_priority = "high"\n'
    with open_crm(tmp_path, rules, plugins=["operational"], clock=FakeClock()) as crm:
        add(crm, "Anna")
        staffed(crm)
        crm.strategy.apply(crm.strategy.plan().number)
        (task,) = crm.service(Tasks).list()
        assert (task.title, task.team, task.priority) == ("Call Anna", "Shop", "high")
