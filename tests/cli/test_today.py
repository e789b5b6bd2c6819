"""`crm today`: what wants attention."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from tests.cli.conftest import Shell

TOML = """
[fields.birthday]
type = "date"

[customer_types.regular]
who = "count(purchase) >= 0"
cadence = "30 days"

[rules.known]
run = "daily"
tag = "known"
"""


@pytest.fixture
def office(started: Callable[..., Shell]) -> Shell:
    """A shop with Anna, whose birthday it is, and Bogdan, in whose time zone it is the same day."""
    shell = started(toml=TOML)
    shell.run("plugins", "enable", "operational")
    shell.run("db", "upgrade")
    shell.run("clock", "2026-05-05 10:00")  # and not at midnight
    today = shell.json("today")["day"]
    shell.run("customers", "add", "--name", "Anna Nowak", "--set", f"birthday=1980{today[4:]}")
    shell.run("customers", "add", "--name", "Bogdan Lis")
    return shell


def test_the_day_on_one_screen(office: Shell) -> None:
    """Tasks that are due, birthdays, requests with a date and plans that wait, each with its command."""
    day = date.fromisoformat(office.json("today")["day"])
    late, soon = day - timedelta(days=2), day + timedelta(days=2)
    office.run("tasks", "add", "Anna Nowak", "Bake the cake", "--due", day.isoformat())
    office.run("tasks", "add", "Bogdan Lis", "Ring back", "--due", late.isoformat())
    office.run("tasks", "add", "Bogdan Lis", "Not yet", "--due", soon.isoformat())
    office.run("plan")
    said = office.run("today").stdout
    assert said.index(f"Ring back (since {late}), Bogdan Lis (#2)   crm tasks done 2") < said.index(
        "Bake the"
    )
    assert "Not yet" not in said
    assert "\n\nBirthdays\n  Anna Nowak (#1)" in said
    assert "plan 1: 2 to do   crm plans show 1" in said
    office.run("tasks", "done", "2")
    assert "Ring back" not in office.run("today").stdout


def test_an_employee_has_their_own_day(office: Shell) -> None:
    """Tasks are theirs or nobody's, and never another's."""
    day = office.json("today")["day"]
    for name in ("Vera", "Max"):
        office.run("people", "employees", "add", name)
        office.run("tasks", "add", "Anna Nowak", f"For {name}", "--due", day, "--for", name)
    due = office.json("--as", "Vera", "today")["due"]
    assert [each["what"] for each in due if each["group"] == "Tasks"] == ["For Vera"]


def test_the_number_stands_beside_the_name_wherever_that_is(office: Shell) -> None:
    """A number at the end of a line that has the name in its middle would be read as something else's."""
    day = office.json("today")["day"]
    office.run("tasks", "add", "Bogdan Lis", "Call Bogdan Lis before 2030", "--due", day)
    office.run("tasks", "add", "Bogdan Lis", "Ask about Bogdan Lisowski", "--due", day)
    said = office.run("today").stdout
    assert "\n  Call Bogdan Lis (#2) before 2030   crm" in said
    assert "\n  Ask about Bogdan Lisowski, Bogdan Lis (#2)   crm" in said


def test_nothing_is_due(started: Callable[..., Shell]) -> None:
    """An empty day says so."""
    assert "Nothing is due." in started().run("today").stdout


def test_a_request_counts_from_a_week_before(office: Shell) -> None:
    """What must be answered within a week is named, with the command; what has time is not."""
    office.run("privacy", "requests", "add", "Anna Nowak", "access")
    assert "Privacy requests" not in office.run("today").stdout
    day = date.fromisoformat(office.json("today")["day"])
    office.run("privacy", "requests", "add", "Bogdan Lis", "erasure", "--received", str(day - timedelta(26)))
    assert "erasure, due on" in office.run("today").stdout


def test_whom_somebody_has_to_tell_apart(office: Shell) -> None:
    """Rows of imports that fit several customers are counted, with the command, until they are settled."""
    for name in ("Celina Kos", "Dariusz Kos"):
        office.run("customers", "add", "--name", name, "--phone", "+48600100200")
    for number in ("3", "4"):
        office.run("customers", "update", number, "--email", "kos@example.org")
    office.run("customers", "add", "--name", "C. Kos", "--email", "kos@example.org", status=3)
    said = office.run("today").stdout
    assert "1 row of imports may be one of several customers   crm customers review\n" in said
    office.run("customers", "review", "1", "--as", "Celina Kos")
    assert "of imports" not in office.run("today").stdout
