"""`crm segments`, `crm views` and the lists of customers, as a person uses them."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.cli.conftest import Shell

TOML = """
[fields.town]
type = "text"

[customer_types.wholesale]
who = "is_organization"
level = "high-touch"
cadence = "30 days"

[segments]
big = "sum(purchase) > 100"

[segments.guests]
kind = "static"
doc = "Whom we invite"

[views.best]
where = "in(big)"
columns = ["name", "sum(purchase)"]
order = "sum(purchase):desc"
"""


@pytest.fixture
def bakery(started: Callable[..., Shell]) -> Shell:
    """A shop with two customers, one of whom bought a lot."""
    shell = started(toml=TOML)
    shell.run("customers", "add", "--name", "Anna Nowak", "--set", "town=Łódź")
    shell.run("customers", "add", "--name", "Bogdan Lis")
    shell.run("log", "Anna Nowak", "purchase", "120.50")
    return shell


def test_a_segment_is_counted_listed_and_explained(bakery: Shell) -> None:
    """The baker's sentence finds customers, and says why."""
    counted = bakery.json("segments", "count", "big")
    assert (counted["segment"], counted["count"]) == ("big", 1)
    assert counted["as_of"].startswith("20")
    assert [row["members"] for row in bakery.json("segments", "list")] == [1, 0]
    assert [row["name"] for row in bakery.json("segments", "members", "big")] == ["Anna Nowak"]
    said = bakery.run("segments", "explain", "big", "Bogdan Lis").stdout
    assert "Bogdan Lis (#2) is not in big" in said
    assert "✗ sum(purchase) > 100" in said
    assert bakery.json("segments", "explain", "big", "1")["member"] is True
    assert "120" not in bakery.run("segments", "show", "big").stdout
    assert bakery.json("segments", "count", "big", "--as-of", "2020-01-01")["count"] == 0


def test_a_condition_is_counted_without_a_name(bakery: Shell) -> None:
    """Of everybody, or of a segment's members; in the place of a name it is told where it belongs."""
    assert bakery.json("segments", "count", "--where", "town = 'Łódź'")["count"] == 1
    assert bakery.json("segments", "count", "--where", "town is null or town = 'Łódź'")["count"] == 2
    assert bakery.json("segments", "count", "big", "--where", "town is null")["count"] == 0
    wrong = bakery.error("segments", "count", "town = 'Łódź'", status=3)
    assert "crm segments count --where 'town = '" in wrong["hint"]
    assert "column" in bakery.error("segments", "count", "--where", "town == 1", status=5)["message"]
    bakery.run("segments", "count", status=2)


def test_a_list_kept_by_hand(bakery: Shell) -> None:
    """Guests are put on the list and taken off; the receipt says how to take it back."""
    receipt = bakery.json("segments", "add", "guests", "Anna Nowak", "Bogdan Lis")
    assert receipt["customers"] == [1, 2]
    assert receipt["undo"] == "crm segments remove guests 1 2"
    bakery.run(*receipt["undo"].split()[1:3], "guests", "2")
    history = {row["name"]: row["left_at"] for row in bakery.json("segments", "history", "guests")}
    assert history["Anna Nowak"] is None
    assert history["Bogdan Lis"] is not None
    assert bakery.error("segments", "add", "big", "1", status=5)["code"] == "invalid"
    assert bakery.json("segments", "history", "big", "Anna Nowak", "--at", "2020-01-01")[0]["member"] is False


def test_history_is_what_snapshots_noticed(bakery: Shell) -> None:
    """Who entered is on record after a look at the segments."""
    assert bakery.json("segments", "history", "big") == []
    assert bakery.json("segments", "snapshot")["segments"] == {"big": {"entered": 1, "left": 0}}
    assert [row["name"] for row in bakery.json("segments", "history", "big")] == ["Anna Nowak"]


def test_the_columns_of_a_view_have_headings(bakery: Shell) -> None:
    """A field is named as people say it, an expression as it is written."""
    head = bakery.run("customers", "list", "--view", "best").stdout.splitlines()[0]
    assert head.split("  ")[0] == "Id"
    assert "Name" in head
    assert "sum(purchase)" in head


def test_customers_are_listed_by_condition_order_and_columns(bakery: Shell) -> None:
    """Any word can be a condition, a column or an order; pages follow each other."""
    rows = bakery.json(
        "customers", "list", "--order", "sum(purchase):desc", "--fields", "name,town,sum(purchase)"
    )
    assert rows == [
        {"name": "Anna Nowak", "town": "Łódź", "sum(purchase)": "120.50"},
        {"name": "Bogdan Lis", "town": None, "sum(purchase)": "0.00"},
    ]
    found = bakery.json("customers", "list", "--where", "town = 'Łódź' and days_since(purchase) < 3")
    assert [row["name"] for row in found] == ["Anna Nowak"]
    assert bakery.json("views", "show", "best")[0]["sum(purchase)"] == "120.50"
    assert bakery.json("customers", "list", "--view", "best", "--fields", "name") == [{"name": "Anna Nowak"}]
    assert [row["view"] for row in bakery.json("views", "list")] == ["best"]
    first = bakery.run("customers", "list", "--order", "name:desc", "--limit", "1")
    cursor = first.stderr.split("--after ")[1].split()[0]
    rest = bakery.json("customers", "list", "--order", "name:desc", "--after", cursor)
    assert [row["name"] for row in rest] == ["Anna Nowak"]


def test_overdue_contacts_are_listed_longest_first(bakery: Shell) -> None:
    """Types are listed with their numbers; nobody is overdue on the first day."""
    bakery.run("customers", "add", "--name", "Piekarnia", "--organization")
    assert [(row["type"], row["customers"], row["overdue"]) for row in bakery.json("customers", "types")] == [
        ("wholesale", 1, 0)
    ]
    assert bakery.json("customers", "list", "--overdue") == []


def test_words_show_segments_views_and_traits(bakery: Shell) -> None:
    """What a business declared is among its words, with what it means and whose it is."""
    rows = {(row["vocabulary"], row["word"]): (row["owner"], row["doc"]) for row in bakery.json("words")}
    assert rows["segments", "guests"] == ("crm.toml", "Whom we invite")
    assert rows["views", "best"] == ("crm.toml", "Best")
    assert rows["customer_types", "wholesale"][0] == "crm.toml"
    assert rows["traits", "reachable"][0] == "core"


@pytest.mark.parametrize(
    "words",
    [
        ("customers", "list", "--where", "twon = 'x'"),
        ("customers", "list", "--where", "sum(purchase) >"),
        ("customers", "list", "--order", "twon"),
        ("customers", "list", "--fields", "twon"),
        ("customers", "list", "--order", "town", "--after", "nonsense"),
        ("customers", "list", "--where", "'; drop table customer; --"),
    ],
)
def test_what_cannot_be_understood_is_invalid(bakery: Shell, words: tuple[str, ...]) -> None:
    """A mistake in a condition, an order, a column or a cursor ends with 5 and says where it is."""
    assert bakery.error(*words, status=5)["message"]


def test_check_lists_every_broken_predicate_with_its_place(bakery: Shell) -> None:
    """All that is wrong is said at once, each with file, line and column, and the rest of crm works on."""
    file = bakery.folder / "crm.toml"
    before = file.read_text(encoding="utf-8").rstrip("\n").count("\n") + 1
    broken = (
        '[segments.one]\nwho = "count(purchas) > 3"\n'
        '[segments.two]\nwho = """\nsum(purchase) > 3\n  and twon = 1"""\n'
        '[segments.three]\nwho = "in(three)"\n'
        '[traits.four]\nformula = "name"\n'
        '[views.five]\ncolumns = ["name", "nmae"]\norder = "email"\n'
        "[customer_types.six]\nwho = \"level = 'low-touch'\"\n"
    )
    file.write_text(file.read_text(encoding="utf-8").rstrip("\n") + "\n" + broken, encoding="utf-8")
    result = bakery.run("check", status=5)
    for place in (
        f"crm.toml:{before + 2}: [segments.one] who: column 14: ",
        f"crm.toml:{before + 6}: [segments.two] who: column 7: ",
        f"crm.toml:{before + 8}: [segments.three] who: ",
        f"crm.toml:{before + 10}: [traits.four] formula: ",
        f"crm.toml:{before + 12}: [views.five] columns[1]: column 21: ",
        f"crm.toml:{before + 13}: [views.five] order: ",
        f"crm.toml:{before + 15}: [customer_types.six] who: ",
    ):
        assert place in result.stderr
    assert 'Did you mean "purchase"?' in result.stderr
    listed = bakery.run("segments", "list")
    assert "big" in listed.stdout
    assert bakery.json("segments", "count", "big")["count"] == 1


def test_check_needs_no_database(bakery: Shell) -> None:
    """Predicates are judged before there is anything to ask: on a server that is being set up."""
    file = bakery.folder / "crm.toml"
    file.write_text(file.read_text(encoding="utf-8").replace("in(big)", "in(bg)"), encoding="utf-8")
    (bakery.folder / "crm.db").unlink()
    assert 'Did you mean "big"?' in bakery.run("check", status=5).stderr
