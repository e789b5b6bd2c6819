"""What is printed: aligned, safe for a terminal, whole for programs."""

from __future__ import annotations

import csv
import io
import os
import pty
import re
import subprocess
import sys
from collections.abc import Callable

import pytest

from crmkit.cli.column import Column
from crmkit.cli.plain import to_json
from crmkit.cli.tables import console, plain_table, print_table, width, write_csv
from crmkit.core.model.money import Money
from tests.cli.conftest import Shell


def test_plain_tables_are_aligned_in_every_script() -> None:
    """Columns begin at the same terminal cell behind Latin, Arabic and wide letters."""
    names = ("Żółć", "محمد", "山田 太郎", "Anna")
    text = plain_table((Column("name"), Column("x")), [{"name": name, "x": "|"} for name in names])
    assert len({width(line.partition("|")[0]) for line in text.splitlines()[1:]}) == 1


def test_a_column_without_a_title_is_named_by_its_key_and_an_empty_title_stays_empty() -> None:
    """A bar, or a remark beside the rest, needs no heading."""
    text = plain_table((Column("out_of"), Column("bar", "")), [{"out_of": "1", "bar": "█"}])
    assert text.splitlines()[0].rstrip() == "Out of"


def test_nothing_shown_can_move_the_cursor() -> None:
    """Control characters in a value become their pictures, line ends become blanks."""
    text = plain_table((Column("name"),), [{"name": "a\x1b[2J\u202eb\nc"}])
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert len(text.splitlines()) == 2


def test_json_escapes_what_disturbs_a_terminal_and_loses_nothing() -> None:
    """Reordering marks, C1 controls and lone surrogates are escaped; reading it back gives the same text."""
    import json

    awkward = "Żółć محمد \x9b \u202e \ud800 \x1b"
    printed = to_json({"name": awkward})
    assert not re.search("[\x1b\x9b\u202e\ud800]", printed)
    assert "Żółć محمد" in printed
    assert json.loads(printed)["name"] == awkward


@pytest.mark.parametrize("cell", ["=1+1", " =1+1", "\t=1", "+cmd|x", "-2+3", "@SUM(A1)", "\x00=1"])
def test_csv_holds_no_live_formula(cell: str, capsys: pytest.CaptureFixture[str]) -> None:
    """What a spreadsheet could take for a formula begins with an apostrophe."""
    write_csv([{"name": cell}], ["name"])
    assert capsys.readouterr().out.splitlines()[1].lstrip('"').startswith("'")


@pytest.mark.parametrize("cell", ["+48600100200", "-12.50", "Anna", "12"])
def test_csv_leaves_plain_numbers_and_words_alone(cell: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Phone numbers and negative amounts are no formulas."""
    write_csv([{"name": cell}], ["name"])
    assert next(csv.DictReader(io.StringIO(capsys.readouterr().out)))["name"] == cell


def test_an_amount_is_one_cell(capsys: pytest.CaptureFixture[str]) -> None:
    """A plugin's list may hold money as it is: a spreadsheet gets what the terminal shows."""
    write_csv([{"worth": Money.of("12.50", "EUR")}], ["worth"])
    assert capsys.readouterr().out == "worth\n12.50 EUR\n"


def test_fields_choose_and_order_the_columns(shop: Shell) -> None:
    """--fields works for tables, CSV and JSON alike, and suggests the nearest name."""
    shop.run("customers", "add", "--name", "Anna Nowak", "--email", "anna@example.org")
    assert shop.run("customers", "list", "--fields", "email,name", "--csv").stdout == (
        "email,name\nanna@example.org,Anna Nowak\n"
    )
    assert shop.json("customers", "list", "--fields", "name") == [{"name": "Anna Nowak"}]
    assert 'Did you mean "email"?' in shop.run("customers", "list", "--fields", "emial", status=5).stderr


def test_quiet_prints_the_bare_result(shop: Shell) -> None:
    """-q leaves the id of what was written on stdout, and nothing on stderr."""
    result = shop.run("customers", "add", "--name", "Anna Nowak", "-q")
    assert (result.stdout, result.stderr) == ("1\n", "")


def _on_a_terminal(shell: Shell, *words: str, **env: str) -> str:
    """What `crm` shows on a terminal of 80 columns."""
    master, terminal = pty.openpty()
    clean = {key: value for key, value in os.environ.items() if key not in ("NO_COLOR", "COLUMNS", "TERM")}
    program = subprocess.Popen(
        [sys.executable, "-m", "crmkit", *words],
        cwd=shell.folder,
        stdout=terminal,
        stderr=terminal,
        stdin=subprocess.DEVNULL,
        env={**clean, "TERM": "xterm-256color", "COLUMNS": "80", **env},
    )
    os.close(terminal)
    shown = b""
    while True:
        try:
            part = os.read(master, 65536)
        except OSError:
            break
        if not part:
            break
        shown += part
    os.close(master)
    program.wait(60)
    return shown.decode()


def test_a_terminal_gets_colours_and_lines_that_fit(shop: Shell) -> None:
    """On a terminal tables are coloured and no line is wider than it; with NO_COLOR there is no escape."""
    shown = _on_a_terminal(shop, "words")
    assert "\x1b[1m" in shown
    bare = _on_a_terminal(shop, "words", NO_COLOR="1")
    assert "\x1b" not in bare
    assert max(width(line) for line in bare.splitlines()) <= 80


def test_a_table_breaks_no_word_that_it_need_not() -> None:
    """Where several columns go on in a second line, each keeps its longest word whole, and its heading ends
    between words."""
    columns = [
        Column("goal", fixed=True), Column("state", "Where it stands", wrap=True),
        Column("metric", wrap=True), Column("what", "What for", wrap=True),
    ]  # fmt: skip
    row = {
        "goal": "keep-regulars", "state": "reached", "metric": "retention(90 days) of regulars",
        "what": "Those who come every other day are the ones we live on, all year round",
    }  # fmt: skip
    target = console()
    target.width = 50
    with target.capture() as printed:
        print_table(target, columns, [row])
    words = printed.get().split()
    assert {"reached", "retention(90", "regulars", "Where", "stands", "every", "round"} <= set(words)


def test_numbers_are_never_cut_off_and_what_has_no_room_is_named() -> None:
    """Of more numbers than fit the last columns are left out, and how many is said; headings go on in a
    second line instead."""
    columns = [Column("name"), *(Column(f"in_{n}", f"Spent in {n}", fixed=True) for n in range(6))]
    row = {"name": "Anna Brzęczyszczykiewicz", **{f"in_{n}": f"{n}000.00 PLN" for n in range(6)}}
    target = console()
    target.width = 60
    with target.capture() as printed:
        print_table(target, columns, [row])
    shown = printed.get()
    assert max(map(width, shown.splitlines())) <= 60
    assert "3000.00 PLN" in shown
    assert "4000" not in shown
    assert "Spent in 3" in shown
    assert shown.splitlines()[-1] == "… and 2 more columns, in a wider terminal"


def test_the_words_of_all_vocabularies_leave_room_for_what_they_are(shop: Shell) -> None:
    """What type a word has is said where one vocabulary is asked for."""
    headings = {
        words: shop.run(*words).stdout.split("\n")[0].split() for words in (("words",), ("words", "traits"))
    }
    assert headings["words",] == ["Word", "Vocabulary", "Owner", "What", "it", "is"]
    assert headings["words", "traits"] == ["Word", "Type", "Owner", "What", "it", "is"]


def test_a_narrow_terminal_keeps_dates_and_amounts_whole(shop: Shell) -> None:
    """At 60 columns other columns are shortened first, and long lines end between words."""
    tags = [word for number in range(12) for word in ("--tag", f"buys-on-tuesdays-{number}")]
    shop.run("customers", "add", "--name", "Тетяна Лисенко", *tags)
    shop.run(
        "log", "1", "purchase", "13500.00", "--at", "2026-03-02 10:15", "--channel", "in_person",
        "--line", "a rye bread of the old kind, sliced:3",
    )  # fmt: skip
    shown = _on_a_terminal(shop, "show", "1", NO_COLOR="1", COLUMNS="60")
    assert max(width(line) for line in shown.splitlines()) <= 60
    assert "2026-03-02 10:15" in shown.partition("Last contacts")[2]
    assert "13500.00 PLN" in shown.partition("Last contacts")[2]
    assert all(f"buys-on-tuesdays-{number}" in shown for number in range(12))


_BARE = """
[rules.hello]
run = "daily at 09:00"
tag = "greeted"
"""
_FULL = """
goal = "come-back"
[goals.come-back]
metric = "repeat_rate"
target = "40%"
[rules.wrong]
run = "daily at 09:00"
who = "nonsense >"
tag = "odd"
"""
_LISTS = (
    ("templates", "list"),
    ("rules", "list"),
    ("goals", "list"),
    ("metrics", "show", "revenue"),
    ("interactions", "list"),
    ("customers", "history", "1"),
    ("privacy", "requests", "list"),
    ("tasks", "list", "--all"),
    ("feed", "--all"),
    ("pins", "1"),
    ("leads", "list"),
    ("deals", "forecast", "--by", "employee"),
    ("analytics", "cohorts"),
    ("analytics", "movement"),
)


def _header(shell: Shell, words: tuple[str, ...]) -> str:
    return shell.run(*words, "--csv").stdout.partition("\n")[0]


def test_lists_for_programs_have_the_same_columns_whatever_is_filled(
    started: Callable[..., Shell],
) -> None:
    """Each column is at its place in CSV where nothing stands in it as well; a table leaves it out."""
    shop = started(toml=_BARE)
    for plugin in ("operational", "analytical", "collaborative"):
        shop.run("plugins", "enable", plugin)
    (shop.folder / "templates").mkdir(exist_ok=True)
    template = shop.folder / "templates" / "hello.txt"
    template.write_text("Good morning.", encoding="utf-8")
    shop.run("customers", "add", "--name", "Anna Nowak")
    shop.run("log", "1", "note", "Asks for bread")
    shop.run("privacy", "requests", "add", "1", "access")
    shop.run("tasks", "add", "1", "Call them")
    shop.run("pin", "1", "1")
    shop.run("leads", "qualify", "1", "--need", "Bread")
    bare = {words: _header(shop, words) for words in _LISTS}
    assert "Subject" not in shop.run("templates", "list").stdout
    assert "Before" not in shop.run("metrics", "show", "revenue").stdout

    with (shop.folder / "crm.toml").open("a", encoding="utf-8") as config:
        config.write(_FULL)
    template.write_text("Subject: Hello\n\nGood morning.", encoding="utf-8")
    shop.run("customers", "update", "1", "--name", "Anna Lis", "--source", "letter")
    shop.run("log", "1", "purchase", "12.50", "--channel", "phone", "--at", "2026-01-02 10:00")
    shop.run("privacy", "requests", "add", "1", "erasure", "--note", "By letter")
    shop.run("tasks", "add", "1", "Bill them", "--priority", "high")
    shop.run("pin", "1", "2", "--until", "2999-01-01")
    assert {words: _header(shop, words) for words in _LISTS} == bare
    for words in (("rules", "list"), ("goals", "list"), ("words",)):
        first, *others = shop.json(*words)
        assert all(list(each) == list(first) for each in others)
