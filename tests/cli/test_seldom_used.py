"""Options and commands that are seldom typed do what their help says."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest

from crmkit.core.clock import SystemClock
from crmkit.core.instants import local_date
from tests.cli.conftest import Shell

ANNA = (
    "customers", "add", "--given-name", "Anna", "--family-name", "Nowak", "--email", "anna@example.org",
    "--street", "Rynek 1", "--postcode", "00-001", "--city", "Warszawa", "--country", "PL",
    "--preferred-channel", "phone", "--preferred-time", "evenings",
)  # fmt: skip


def _in_two_years() -> str:
    """A day that is still to come whenever this is run."""
    return f"{local_date(SystemClock().now(), ZoneInfo('UTC')).year + 2}-01-01"


@pytest.fixture
def staffed(shop: Shell) -> Shell:
    """A shop with an employee and two customers, a person and a firm."""
    shop.run("people", "employees", "add", "Olga", "--role", "administrator")
    shop.run(*ANNA)
    shop.run("customers", "add", "--name", "Mill", "--organization")
    return shop


def test_a_customer_is_added_in_parts(staffed: Shell) -> None:
    """Names, an address and how somebody likes to be reached are each kept where they belong."""
    customer = staffed.json("show", "1")["customer"]
    assert (customer["name"], customer["given_name"], customer["family_name"]) == (
        "Anna Nowak", "Anna", "Nowak",
    )  # fmt: skip
    (address,) = [each for each in customer["contact_points"] if each["kind"] == "address"]
    parts = ("street", "postcode", "city", "country")
    assert [address[part] for part in parts] == ["Rynek 1", "00-001", "Warszawa", "PL"]
    assert (customer["preferred_channel"], customer["preferred_time"]) == ("phone", "evenings")


def test_a_change_names_the_version_that_it_is_of(staffed: Shell) -> None:
    """What somebody else has changed meanwhile is not written over."""
    version = str(staffed.json("show", "1")["customer"]["version"])
    staffed.run("customers", "update", "1", "--lifecycle", "customer", "--version", version)
    assert (
        staffed.error("customers", "update", "1", "--name", "B", "--version", version, status=5)["code"]
        == "conflict"
    )


def test_another_address_is_the_first_to_use(staffed: Shell) -> None:
    """The receipt names both, and how to have it as it was."""
    staffed.run("customers", "update", "1", "--email", "nowak@example.org")
    done = staffed.run("customers", "update", "1", "--primary", "NOWAK@example.org").stderr
    assert "nowak@example.org, first to use: no → yes" in done
    assert "anna@example.org, first to use: yes → no" in done
    undo = "crm customers update 1 --primary anna@example.org"
    assert undo in done
    emails = [
        each["email"] for each in (staffed.json("find", "Anna")[0], *staffed.json("customers", "list")[:1])
    ]
    assert emails == ["nowak@example.org"] * 2
    staffed.run(*undo.split()[1:])
    assert staffed.json("find", "Anna")[0]["email"] == "anna@example.org"


def test_who_is_exported_and_as_which_card(staffed: Shell) -> None:
    """Those whose data are kept but not used are left out unless they are meant too; old address books read
    cards of version 3."""
    staffed.run("privacy", "restrict", "2")
    names = ("customers", "export", "--fields", "name")
    assert staffed.run(*names).stdout.split() == ["name", "Anna", "Nowak"]
    assert "Mill" in staffed.run(*names, "--restricted").stdout
    assert "VERSION:3.0" in staffed.run("customers", "export", "--format", "vcard", "--card", "3.0").stdout
    assert "--format vcard" in staffed.run("customers", "export", "--card", "3.0", status=2).stderr


def test_a_tie_is_noted_and_taken_back(staffed: Shell) -> None:
    """A relation has its first day; afterwards it is gone."""
    staffed.run("customers", "relate", "1", "works at", "2", "--since", "2026-01-02")
    assert "2026-01-02" in staffed.run("show", "1").stdout
    staffed.run("customers", "unrelate", "1", "works at", "2")
    assert "works at" not in staffed.run("show", "1").stdout


def test_a_tie_is_called_what_the_business_calls_it(staffed: Shell) -> None:
    """By its label in `crm.toml`, from both ends; one without a label by its own words."""
    with (staffed.folder / "crm.toml").open("a", encoding="utf-8") as file:
        file.write('\n[relationships]\nworks_at = "Earns their bread at"\n')
    staffed.run("customers", "relate", "1", "works_at", "2")
    staffed.run("customers", "relate", "1", "owner_of", "2")
    assert "earns their bread at Mill (#2)" in staffed.run("show", "1").stdout
    assert "(#1) earns their bread at them" in staffed.run("show", "2").stdout
    assert "owner of Mill (#2)" in staffed.run("show", "1").stdout


def test_who_is_archived_is_listed_and_changed_when_asked_for(staffed: Shell) -> None:
    """Lists and mass edits leave the archived out, unless they are meant too."""
    staffed.run("customers", "archive", "2")
    assert [each["id"] for each in staffed.json("customers", "list")] == [1]
    assert [each["id"] for each in staffed.json("customers", "list", "--archived")] == [1, 2]
    edit = ("customers", "update", "--where", "id > 0", "--tag", "old", "--dry-run")
    assert "1 customer:" in staffed.run(*edit).stderr
    assert "2 customers:" in staffed.run(*edit, "--archived").stderr


def test_contacts_are_listed_by_type_and_day(staffed: Shell) -> None:
    """Only what is of that type and not before that day."""
    staffed.run("interactions", "record", "1", "purchase", "--amount", "12.50", "--at", "2026-03-01")
    staffed.run("log", "1", "purchase", "3", "--employee", "Olga", "--at", "2026-05-01")
    staffed.run("note", "1", "called", "--at", "2026-05-02")
    bought = staffed.json("interactions", "list", "--type", "purchase")
    assert [(each["amount"], each["employee_id"]) for each in bought] == [("3.00", 1), ("12.50", None)]
    recent = staffed.json("interactions", "list", "--type", "purchase", "--since", "2026-04-01")
    assert [each["amount"] for each in recent] == ["3.00"]
    staffed.run("interactions", "correct", "3", "--type", "call")
    assert [each["corrects"] for each in staffed.json("interactions", "list", "--type", "call")] == [3]


def test_a_wish_that_was_entered_is_listed_and_refused(staffed: Shell) -> None:
    """A request has its note; refused with a reason, only the list of all has it."""
    staffed.run("privacy", "requests", "add", "1", "access", "--note", "came by post", "--due", "2026-01-31")
    (waiting,) = staffed.json("privacy", "requests", "list", "--overdue")
    assert waiting["note"] == "came by post"
    staffed.run("privacy", "requests", "settle", str(waiting["id"]), "--refused", "Nobody knew who it was")
    assert staffed.json("privacy", "requests", "list") == []
    assert len(staffed.json("privacy", "requests", "list", "--all")) == 1


def test_a_hold_that_ended_is_in_the_list_of_all(staffed: Shell) -> None:
    """Nothing stands in the way of an erasure any more, and what stood there is known."""
    staffed.run("privacy", "holds", "add", "1", "a lawsuit")
    assert staffed.error("privacy", "erase", "1", "--yes", status=5)["code"]
    (hold,) = staffed.json("privacy", "holds", "list")
    staffed.run("privacy", "holds", "lift", str(hold["id"]))
    assert (
        staffed.json("privacy", "holds", "list"),
        len(staffed.json("privacy", "holds", "list", "--all")),
    ) == ([], 1)
    staffed.run("privacy", "erase", "1", "--reason", "objection", "--yes")
    assert "Nothing erased is left" in staffed.run("privacy", "scrub").stderr


def test_a_restriction_is_lifted(staffed: Shell) -> None:
    """What was restricted can be written to again."""
    staffed.run("privacy", "restrict", "1")
    assert staffed.json("show", "1")["customer"]["restricted_at"]
    staffed.run("privacy", "restrict", "1", "--lift")
    assert not staffed.json("show", "1")["customer"]["restricted_at"]


def test_an_export_for_somebody_speaks_their_language(staffed: Shell) -> None:
    """`--language` is for who reads another language than the one on record."""
    staffed.run("privacy", "export", "1", "--language", "pl", "--output", "theirs")
    assert 'lang="pl"' in (staffed.folder / "theirs" / "customer-1.html").read_text(encoding="utf-8")


def test_an_address_is_kept_away_for_a_time(staffed: Shell) -> None:
    """The list says until when, and tells of one kind of address."""
    until = _in_two_years()
    staffed.run("suppressions", "add", "anna@example.org", "--until", until)
    staffed.run("suppressions", "add", "jan@example.org")
    shown = staffed.run("suppressions", "show", "anna@example.org", "--kind", "email").stdout
    assert until in shown
    assert len(staffed.json("suppressions", "list", "--limit", "1")) == 1


def test_who_left_is_listed_and_comes_back(staffed: Shell) -> None:
    """The list is of those who are there; `--all` has the others, `--active` brings them back."""
    staffed.run("people", "employees", "add", "Piotr")
    staffed.run("people", "employees", "deactivate", "Piotr")
    names = [
        [each["name"] for each in staffed.json("people", "employees", "list", *more)]
        for more in ((), ("--all",))
    ]
    assert names == [["Olga"], ["Olga", "Piotr"]]
    staffed.run("people", "employees", "update", "Piotr", "--active")
    assert len(staffed.json("people", "employees", "list")) == 2
    staffed.run("people", "teams", "add", "shop")
    assert [each["name"] for each in staffed.json("people", "teams", "list")] == ["shop"]


def test_a_rate_has_its_source_and_effects_pause_until_a_day(staffed: Shell) -> None:
    """Both are told when they are asked for."""
    staffed.run("rates", "set", "USD", "1.1", "--source", "ECB")
    assert staffed.json("rates", "list")[0]["source"] == "ECB"
    until = _in_two_years()
    staffed.run("effects", "pause", "--until", until)
    assert f"until {until}" in staffed.run("effects", "list", "--plan", "1").stderr


OPERATIONAL = """
[plugins.operational.deals]
lost_reasons = ["price", "moved away"]

[[plugins.operational.deals.pipelines.sales.stages]]
name = "new"
also = ["Lead in"]

[[plugins.operational.deals.pipelines.sales.stages]]
name = "offer"

[plugins.operational.quotes]
valid_days = 7
"""


@pytest.fixture
def selling(staffed: Shell) -> Shell:
    """The same with the operational plugin: a pipeline, and quotes that hold for a week."""
    staffed.run("plugins", "enable", "operational")
    file = staffed.folder / "crm.toml"
    file.write_text(file.read_text(encoding="utf-8") + OPERATIONAL, encoding="utf-8")
    staffed.run("db", "upgrade")
    return staffed


def test_deals_are_added_and_listed_by_stage(selling: Shell) -> None:
    """A deal begins where it is said to; the list is of one stage, in an order, with the lost if asked."""
    for name, stage, value in (("Oven", "offer", "900"), ("Flour", "new", "50")):
        selling.run(
            "deals", "add", "2", name, "--stage", stage, "--value", value, "--currency", "PLN",
            "--pipeline", "sales", "--owner", "Olga", "--close-on", _in_two_years(),
        )  # fmt: skip
    assert [each["name"] for each in selling.json("deals", "list", "--stage", "offer")] == ["Oven"]
    assert [each["name"] for each in selling.json("deals", "list", "--order=-value")] == ["Oven", "Flour"]
    selling.run("deals", "lose", "2", "--reason", "moved away")
    assert len(selling.json("deals", "list")) == 1
    assert len(selling.json("deals", "list", "--all")) == 2
    assert "deal.lost" in {each["type"] for each in selling.json("interactions", "list")}
    top = selling.run("deals", "board", "--top", "0").stdout
    assert ("Oven" in selling.run("deals", "board").stdout, "Oven" in top) == (True, False)


def test_a_quote_is_discounted_written_and_declined(selling: Shell) -> None:
    """It holds until a day, and takes percents off; files are made in a language; it is declined."""
    selling.run("products", "add", "RYE", "Rye bread", "--price", "10")
    first = selling.json("quotes", "new", "1", "--line", "RYE x 10", "--discount", "10")
    assert first["quote"]["gross"] == "90.00 PLN"
    selling.run("quotes", "new", "1", "--line", "RYE", "--valid-until", "2099-12-31")
    assert selling.json("quotes", "show", "2")["valid_until"] == "2099-12-31"
    selling.run("quotes", "send", "1", "--output", "sent")
    selling.run("quotes", "html", "1", "--language", "pl", "--output", "again.html")
    assert 'lang="pl"' in (selling.folder / "again.html").read_text(encoding="utf-8")
    selling.run("quotes", "pdf", "1", "--output", "again.pdf")
    assert (selling.folder / "again.pdf").read_bytes().startswith(b"%PDF")
    selling.run("quotes", "decline", "1", "--reason", "too much")
    declined = selling.json("interactions", "list", "--type", "quote.declined")
    assert [each["customer_id"] for each in declined] == [1]


def test_tasks_are_listed_by_customer_and_as_to_dos(selling: Shell) -> None:
    """One's own, or everybody's; the calendar has to-dos where events are not wanted."""
    selling.run("tasks", "add", "1", "Call", "--due", "today", "--notes", "about the oven", "--for", "Olga")
    selling.run("tasks", "add", "2", "Write", "--due", "today", "--for", "Olga")
    assert [each["title"] for each in selling.json("tasks", "list", "--customer", "1")] == ["Call"]
    selling.run("people", "employees", "add", "Piotr", "--role", "administrator")
    piotrs = ("--as", "Piotr", "tasks", "list")
    assert (selling.json(*piotrs), len(selling.json(*piotrs, "--all"))) == ([], 2)
    selling.run("tasks", "calendar", "--for", "Olga", "--todos", "--output", "work.ics")
    written = (selling.folder / "work.ics").read_text(encoding="utf-8")
    assert ("BEGIN:VTODO" in written, "BEGIN:VEVENT" in written) == (True, False)


def test_a_promise_is_withdrawn_and_that_is_taken_back(staffed: Shell) -> None:
    """What was handed over by mistake is on nobody's list; the last move can be taken back."""
    staffed.run("plugins", "enable", "collaborative")
    staffed.run("db", "upgrade")
    olga = ("--as", "Olga")
    staffed.run("people", "employees", "add", "Piotr", "--role", "administrator")
    staffed.run(
        *olga, "handovers", "make", "1", "Ring back", "--to", "Piotr", "--by", "7 days",
        "--accept-by", "2 days",
    )  # fmt: skip
    (open_,) = staffed.json(*olga, "handovers", "list", "--open")
    number = str(open_["handover"])
    staffed.run(*olga, "handovers", "withdraw", number, "--because", "She rang herself")
    assert staffed.json(*olga, "handovers", "list", "--open") == []
    types = {each["type"] for each in staffed.json("interactions", "list")}
    assert {"handover.made", "handover.withdrawn"} <= types
    staffed.run(*olga, "handovers", "take-back", number)
    assert len(staffed.json(*olga, "handovers", "list", "--open")) == 1
