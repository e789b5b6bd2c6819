"""Options that narrow a list, or say of whom, by which way and in which words something is."""

from __future__ import annotations

import pytest

from tests.cli.conftest import Shell
from tests.cli.test_seldom_used import selling, staffed

__all__ = ["selling", "staffed"]

WORDS = """
[customer_types.wholesale]
doc = "Shops that sell on"
who = "count(purchase) > 99"

[segments]
firms = "is_organization"

[purposes.orders]
type = "service"

[purposes.news]
type = "marketing"

[rules.leave]
run = "daily at 00:00"
who = "id = 1"
once = "ever"
send_post = "bye"
purpose = "orders"

[rules.write]
run = "daily at 00:00"
who = "id = 1"
once = "ever"
send_post = "hello"
purpose = "orders"
"""


@pytest.fixture
def worded(staffed: Shell) -> Shell:
    """The shop with a type of customers, a segment, purposes, and two rules that write letters."""
    (staffed.folder / "templates").mkdir(exist_ok=True)
    (staffed.folder / "templates" / "hello.txt").write_text("Subject: Hello\n\nWe bake.", encoding="utf-8")
    (staffed.folder / "templates" / "bye.txt").write_text("Subject: Bye\n\nWe baked.", encoding="utf-8")
    (staffed.folder / "templates" / "hello.pl.txt").write_text(
        "Subject: Cześć\n\nPieczemy.", encoding="utf-8"
    )
    file = staffed.folder / "crm.toml"
    file.write_text(file.read_text(encoding="utf-8") + WORDS, encoding="utf-8")
    staffed.run("db", "upgrade")
    return staffed


def ids(rows: list[dict[str, object]]) -> list[object]:
    """The numbers of what is listed."""
    return [each["id"] for each in rows]


def test_customers_by_where_they_stand_and_whose_they_are(worded: Shell) -> None:
    """The list is of leads, or of those whom an employee looks after; a type is given by name."""
    worded.run("customers", "add", "--name", "Lead", "--lifecycle", "lead", "--owner", "Olga")
    worded.run("customers", "add", "--name", "Shop", "--type", "wholesale")
    assert ids(worded.json("customers", "list", "--lifecycle", "lead")) == [3]
    assert ids(worded.json("customers", "list", "--owner", "Olga")) == [3]
    assert worded.json("show", "4")["customer"]["customer_type"] == "wholesale"
    assert ids(worded.json("customers", "list", "--where", "customer_type = 'wholesale'")) == [4]


def test_numbers_of_a_segment(worded: Shell) -> None:
    """A metric is told of the members only."""
    everybody, firms = (
        worded.json("metrics", "show", "customers", *more) for more in ((), ("--segment", "firms"))
    )
    assert (everybody["value"], firms["value"]) == (2, 1)


def test_a_file_of_another_ending_is_what_it_is_said_to_be(worded: Shell) -> None:
    """Lines of JSON in a file that is called a text are read as that."""
    (worded.folder / "people.txt").write_text('{"name": "Jan Kot"}\n', encoding="utf-8")
    worded.run("customers", "import", "people.txt", "--format", "ndjson")
    assert worded.json("show", "3")["customer"]["name"] == "Jan Kot"


def test_only_newcomers_are_compared(worded: Shell) -> None:
    """A scan of those for whom the condition holds finds their doubles, and nobody else's."""
    for name in ("Anna Nowak", "Ewa Lis", "Ewa Lis"):
        worded.run("customers", "add", "--name", name, "--phone", "+48600100200", "--postcode", "00-001")
    scan = ("customers", "duplicates", "scan", "--where")
    assert worded.json(*scan, "id = 5")["found"] >= 1
    assert worded.json(*scan, "id = 2")["found"] == 0


def test_what_happened_until_a_day(worded: Shell) -> None:
    """Contacts and the access log are listed up to a day, which counts as a whole."""
    for day in ("2026-03-01", "2026-05-01"):
        worded.run("log", "1", "visit", "--at", f"{day} 10:00")
    assert len(worded.json("interactions", "list", "--type", "visit", "--until", "2026-03-01")) == 1
    worded.run("privacy", "export", "1", "--output", "out")
    assert worded.json("access", "list", "--until", "2020-01-01") == []
    assert len(worded.json("access", "list", "--until", "2199-01-01")) == 1


def test_files_are_overwritten_only_when_that_is_said(worded: Shell) -> None:
    """A backup and an export go where another one is only by `--force`."""
    for command in (("db", "backup", "b.db"), ("privacy", "export", "1", "--output", "out")):
        worded.run(*command)
        assert "exists" in worded.error(*command, status=5)["message"]
        worded.run(*command, "--force")


def test_people_and_teams_get_other_names_and_parents(worded: Shell) -> None:
    """Who marries has a new name; a team is part of another, and may be called otherwise."""
    worded.run("people", "employees", "update", "Olga", "--name", "Olga Kot")
    assert [each["name"] for each in worded.json("people", "employees", "list")] == ["Olga Kot"]
    worded.run("people", "teams", "add", "Sales")
    worded.run("people", "teams", "add", "Shops", "--parent", "Sales")
    worded.run("people", "teams", "update", "Shops", "--name", "Wholesale")
    found = {each["name"]: each["parent"] for each in worded.json("people", "teams", "list")}
    assert found == {"Sales": None, "Wholesale": "Sales"}


def test_effects_of_one_rule(worded: Shell) -> None:
    """What one rule has entered is listed, and cancelled, without the other's."""
    worded.run("go-live", "--yes")
    worded.run("effects", "pause")
    worded.run("plan")
    worded.run("apply", "1", "--yes")
    of_leave = worded.json("effects", "list", "--rule", "leave")
    assert len(of_leave) == 1
    assert len(worded.json("effects", "list")) == 2
    worded.run("effects", "cancel", "--rule", "leave", "--yes")
    assert len(worded.json("effects", "list", "--state", "pending")) == 1


def test_a_message_goes_by_the_way_that_is_said(worded: Shell) -> None:
    """By post, or not at all by telephone to somebody of whom no number is known."""
    words = ("send", "1", "--template", "hello", "--purpose", "orders", "--dry-run")
    assert worded.json(*words, "--channel", "post")["channel"] == "post"
    assert "no address for phone" in worded.run(*words, "--channel", "phone").stderr


def test_suppressions_by_their_reason_and_purpose(worded: Shell) -> None:
    """An address that stands for two reasons is listed by each, and lifted for one of them only."""
    worded.run("suppressions", "add", "anna@example.org")
    worded.run("suppressions", "add", "anna@example.org", "--purpose", "news")
    assert len(worded.json("suppressions", "list", "--reason", "manual")) == 2
    assert worded.json("suppressions", "list", "--reason", "bounce") == []
    lift = ("suppressions", "lift", "anna@example.org", "--because", "She asked for it")
    worded.run(*lift, "--reason", "manual", "--purpose", "news")
    assert [each["purpose"] for each in worded.json("suppressions", "list")] == [None]


def test_deals_prices_and_tasks_are_narrowed(selling: Shell) -> None:
    """The board of one employee's deals; a price on a list and in another currency; what is overdue."""
    selling.run("deals", "add", "1", "Oven", "--owner", "Olga", "--value", "5", "--pipeline", "sales")
    assert "Oven" in selling.run("deals", "board", "--owner", "Olga").stdout
    selling.run("people", "employees", "add", "Piotr")
    assert "Oven" not in selling.run("deals", "board", "--owner", "Piotr").stdout
    selling.run("products", "add", "RYE", "Rye bread", "--price", "10")
    selling.run("products", "price", "RYE", "3", "--currency", "EUR")
    assert "3.00 EUR" in selling.run("products", "show", "RYE", "--currency", "EUR").stdout
    for title, due in (("Late", "2026-01-02"), ("Later", "2199-01-02")):
        selling.run("tasks", "add", "1", title, "--due", due, "--for", "Olga")
    late = selling.json("tasks", "list", "--all", "--overdue")
    assert [each["title"] for each in late] == ["Late"]


CASES = """
[plugins.operational.cases]
queues = ["service", "sales"]

[plugins.operational.quotes.price_lists.wholesale]
who = "is_organization"
"""


def test_cases_say_where_they_wait_and_whose_they_are(selling: Shell) -> None:
    """Opened or solved at once in a queue, with a priority and a channel; listed by whose they are."""
    file = selling.folder / "crm.toml"
    file.write_text(file.read_text(encoding="utf-8") + CASES, encoding="utf-8")
    selling.run("db", "upgrade")
    opened = selling.json("cases", "open", "1", "Oven", "--queue", "service", "--for", "Olga")
    assert (opened["queue"], opened["owner"]) == ("service", "Olga")
    selling.run("cases", "open", "1", "Nobody's")
    assert [each["subject"] for each in selling.json("cases", "list", "--for", "Olga")] == ["Oven"]
    solved = selling.json(
        "cases", "solve", "1", "Bill", "--answer", "Sent", "--queue", "sales", "--priority", "high",
        "--channel", "email",
    )  # fmt: skip
    assert (solved["state"], solved["queue"], solved["priority"]) == ("resolved", "sales", "high")
    (told,) = selling.json("interactions", "list", "--type", "call")[:1] or [None]
    assert told is None, "it was answered by e-mail, not on the telephone"
    selling.run("products", "add", "CAKE", "Cake", "--price", "10")
    selling.run("products", "price", "CAKE", "7", "--list", "wholesale")
    assert "7.00 PLN" in selling.run("products", "show", "CAKE", "--list", "wholesale").stdout


@pytest.fixture
def together(staffed: Shell) -> Shell:
    """The shop with the collaborative plugin, Olga who administers, Piotr, and their team."""
    staffed.run("people", "employees", "add", "Piotr")
    staffed.run("people", "teams", "add", "Fitters")
    for name in ("Olga", "Piotr"):
        staffed.run("people", "teams", "join", name, "Fitters")
    for plugin in ("collaborative", "operational"):
        staffed.run("plugins", "enable", plugin)
    staffed.run("db", "upgrade")
    return staffed


def test_promises_in_the_names_of_others(together: Shell) -> None:
    """An administrator makes one for a colleague, accepts one for another; a later time is told, and the list
    is of one customer."""
    olga, piotr = (("--as", name) for name in ("Olga", "Piotr"))
    together.run(
        *olga, "handovers", "make", "1", "Ring back", "--team", "Fitters", "--by", "7 days", "--from", "Piotr"
    )
    (made,) = together.json(*piotr, "handovers", "list", "--made")
    number = str(made["handover"])
    together.run(*olga, "handovers", "accept", number, "--for", "Piotr")
    assert len(together.json(*piotr, "handovers", "list", "--mine")) == 1
    later = (*olga, "handovers", "pass", number, "--to", "Olga", "--by", "9 days")
    assert "--told" in together.run(*later, status=5).stderr
    together.run(*later, "--told")
    together.run(*olga, "handovers", "make", "2", "Flour", "--to", "Piotr", "--by", "7 days")
    found = together.json(*olga, "handovers", "list", "--for", "2")
    assert [each["promise"] for each in found] == ["Flour"]


def test_who_follows_and_what_is_pinned_is_taken_back(together: Shell) -> None:
    """On behalf of a colleague as well; off the page, nobody has to look at it any more."""
    olga = ("--as", "Olga")
    together.run("note", "1", "Prefers rye")
    (note,) = together.json("interactions", "list", "--type", "note")
    together.run(*olga, "pin", "1", str(note["seq"]))
    assert len(together.json(*olga, "pins")) == 1
    together.run(*olga, "unpin", "1", str(note["seq"]))
    assert together.json(*olga, "pins") == []
    together.run(*olga, "follow", "1", "--for", "Piotr")
    assert "Piotr" in together.run(*olga, "followers", "1").stdout
    together.run(*olga, "unfollow", "1", "--for", "Piotr")
    assert "Piotr" not in together.run(*olga, "followers", "1").stdout


def test_conversations_and_experience_are_narrowed(together: Shell) -> None:
    """The inbox of those that wait for the customer; as many lines of a story as are asked for."""
    record = ("interactions", "record", "1")
    together.run(*record, "message", "--channel", "chat", "--direction", "in")
    for direction in ("in", "out"):
        together.run(*record, "message", "--channel", "post", "--direction", direction)
    for state, channel in (("open", "chat"), ("waiting", "post")):
        found = together.json("--as", "Olga", "inbox", "--state", state)
        assert [each["channel"] for each in found] == [channel]
    story = ("--as", "Olga", "experience", "1")
    assert "The last 1 of 3 lines" in together.run(*story, "--limit", "1").stderr


def test_points_are_spent_on_something(together: Shell) -> None:
    """The statement says on what."""
    together.run("loyalty", "award", "1", "100")
    together.run("loyalty", "spend", "1", "40", "--reason", "Delivery")
    assert "Delivery" in together.run("loyalty", "statement", "1").stdout
