"""`crm rules`, `crm plan`, `crm apply`, `crm why`, `crm status` and `crm check`, as a person uses them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from crmkit.core.language import speaking
from crmkit.core.strategy import reasons
from crmkit.testing import run_crm
from tests.cli.conftest import Shell
from tests.core.strategy.gates.reaching import write_plugin

TOML = """
[goals.sales]
metric = "revenue"
target = 100

[rules.regulars]
who = "count(purchase, last 90 days) >= 1"
run = "daily"
goal = "sales"
not_again_for = "30 days"
tag = "regular"

[rules.sorry]
on = "complaint"
[[rules.sorry.do]]
id = "mark"
tag = "unhappy"
[[rules.sorry.do]]
id = "note"
note = "Ring {{ customer.name }}"
only_if = "count(purchase) > 0"
"""


@pytest.fixture
def bakery(started: Callable[..., Shell]) -> Shell:
    """A shop with two customers, one of whom bought something and complained."""
    shell = started(toml=TOML)
    shell.run("customers", "add", "--name", "Anna Nowak")
    shell.run("customers", "add", "--name", "Bogdan Lis")
    shell.run("log", "Anna Nowak", "purchase", "12.50")
    shell.run("log", "Anna Nowak", "complaint")
    return shell


def test_a_rule_is_read_back(bakery: Shell) -> None:
    """As sentences, with what it would do now; and as the file says it."""
    said = bakery.run("rules", "explain", "regulars").stdout
    assert said == (
        "Daily, for every customer for whom the number of “purchase” in the last 90 days is at least 1: tag "
        "regular. Then not again for 30 days. It serves the goal sales. A plan waits for a person.\n"
        "Now that would be 1 act.\n"
    )
    assert bakery.json("rules", "explain", "sorry")["today"] == 2
    assert (
        "Upon each “complaint” of any customer: tag unhappy; note: Ring {{ customer.name }}, if the number"
        in (bakery.run("rules", "explain", "sorry").stdout)
    )
    assert "step note      note.add: text = 'Ring {{ customer.name }}' (only if count(purchase) > 0)" in (
        bakery.run("rules", "show", "sorry").stdout
    )
    assert bakery.json("rules", "show", "regulars")["not_again_for"] == "30 days"
    assert [row["rule"] for row in bakery.json("rules", "list")] == ["regulars", "sorry"]
    assert 'Did you mean "sorry"?' in bakery.run("rules", "show", "sory", status=3).stderr


_PLANS = {
    "pl": (
        [
            "(autor: {actor}): czeka",
            "regulars: 1 do zrobienia",
            "sorry: 2 do zrobienia",
            "Aby to wykonać: crm apply 1",
        ],
        ["dodaj etykietę unhappy", "notatka: Ring Anna Nowak", "do zrobienia"],
        "Plan 1: zrobione: 3",
        "zrobione 2026-05-01, potem przerwa na 30 dni",
    ),
    "ur": (
        ["regulars\u2069: کرنے کو 1", "sorry\u2069: کرنے کو 2", "کرنے کے لیے: \u2068crm apply 1\u2069"],
        ["لیبل unhappy لگائیں", "نوٹ: Ring Anna Nowak", "کرنے کو"],
        "منصوبہ 1: ہو گئے: 3",
        "2026-05-01 کو ہوا، 30 دن تک دوبارہ نہیں",
    ),
}


@pytest.mark.parametrize("language", _PLANS)
def test_a_plan_is_told_in_the_language_and_kept_in_english(bakery: Shell, language: str) -> None:
    """The letter, acts and reasons, made by whoever speaks it; programs and others read the same plan."""
    env = {"CRMKIT_CONFIG": str(bakery.folder / "crm.toml"), "CRMKIT_LANGUAGE": language}
    letter, acts, done, reason = _PLANS[language]
    said = run_crm("plan", env=env).stderr
    assert [each for each in letter if each.format(actor=_actor(bakery)) not in said] == [], said
    rows = bakery.json("plans", "show", "1")["acts"]
    assert [row["says"] for row in rows] == ["tag regular", "tag unhappy", "note: Ring Anna Nowak"]
    table = run_crm("plans", "show", "1", env=env).stdout
    assert [each for each in acts if each not in table] == [], table
    assert done in run_crm("apply", "1", "--yes", env=env).stderr
    with speaking(language):
        assert reasons.told("done on 2026-05-01, not again for 30 days") == reason
        assert reasons.told("no such reason") == "no such reason"


def _actor(bakery: Shell) -> str:
    return str(bakery.json("plans", "list")[0]["actor"])


def test_a_plan_is_read_applied_in_part_asked_about_and_undone(bakery: Shell) -> None:
    """The way of a plan from beginning to end."""
    letter = bakery.run("plan").stderr
    assert "regulars: 1 to do\n" in letter
    assert "To do it:              crm apply 1" in letter
    rows = bakery.json("plans", "show", "1")["acts"]
    assert [(row["rule"], row["says"], row["state"]) for row in rows] == [
        ("regulars", "tag regular", "act"),
        ("sorry", "tag unhappy", "act"),
        ("sorry", "note: Ring Anna Nowak", "act"),
    ]
    assert "Anna Nowak" in bakery.run("plans", "show", "1").stdout
    assert "has no rule" in bakery.run("apply", "1", "-y", "--only", "nobody", status=3).stderr
    first = bakery.run("apply", "1", "-y", "--only", "regulars").stderr
    assert "Plan 1: 1 done; 2 are left" in first
    assert "To take it back: crm undo plan:1" in first
    assert bakery.json("apply", "1", "-y", "--except", "regulars")["done"] == 2
    assert [row["state"] for row in bakery.json("why", "Anna Nowak")] == ["done"] * 3
    assert "No rule has decided" in bakery.run("why", "Bogdan Lis").stderr
    assert "void 1 note" in bakery.run("undo", "plan:1", "-y").stderr
    assert [row["state"] for row in bakery.json("why", "Anna Nowak")] == ["undone"] * 3
    assert "nothing is to be done now" in bakery.run("plan").stderr
    assert bakery.json("plans", "list")[0]["state"] == "nothing to do"
    assert "has nothing to do" in bakery.run("apply", "2", "-y", status=5).stderr


def test_the_strategy_on_one_screen(bakery: Shell) -> None:
    """Goals, rules with today's count, and what waits."""
    bakery.run("plan", "-q")
    found = bakery.json("status")
    assert [goal["goal"] for goal in found["goals"]] == ["sales"]
    assert [(rule["rule"], rule["today"]) for rule in found["rules"]] == [("regulars", 1), ("sorry", 2)]
    assert [(plan["plan"], plan["acts"]) for plan in found["plans"]] == [(1, 3)]
    assert "See it: crm plans show 1" in bakery.run("status").stdout


def test_what_is_odd_or_wrong_is_told(bakery: Shell) -> None:
    """A rule without a goal is a note; one that cannot be understood an error with its line."""
    notes = [each["message"] for each in bakery.json("check")["findings"]]
    assert notes == ['The rule "sorry" serves no goal']
    file = bakery.folder / "crm.toml"
    text = file.read_text(encoding="utf-8")
    file.write_text(
        text.replace("count(purchase) > 0", "count(purchse) > 0").replace('run = "daily"', 'run = "dayly"'),
        encoding="utf-8",
    )
    said = bakery.run("check", status=5).stderr
    line = text[: text.index("only_if")].count("\n") + 1
    assert f"crm.toml:{line}:" in said
    assert "purchse" in said
    assert '"dayly" is not a schedule' in said
    assert 'The rule "regulars" is left out' in bakery.run("plan").stderr


def test_a_misspelt_name_in_a_rules_text_is_told(bakery: Shell) -> None:
    """What no customer has is an error of `crm check`, before a plan leaves everybody out for it."""
    file = bakery.folder / "crm.toml"
    said = '\n[rules.ring]\non = "complaint"\ngoal = "sales"\nnote = "Ring {{ customer.nmae }}"\n'
    file.write_text(file.read_text(encoding="utf-8") + said, encoding="utf-8")
    shown = bakery.run("check", status=6).stdout
    assert 'The rule "ring" names customer.nmae, which is not there' in shown
    assert 'Did you mean "name"?' in shown
    file.write_text(file.read_text(encoding="utf-8") + 'not_again = "3 days"\n', encoding="utf-8")
    assert 'Did you mean "not_again_for"?' in bakery.run("check", status=5).stderr


def test_nothing_is_accepted_that_does_nothing(bakery: Shell) -> None:
    """Settings of rules that would have no effect are refused where they stand."""
    file = bakery.folder / "crm.toml"
    text = file.read_text(encoding="utf-8")
    for line, told in (
        ('max_age = "2 days"', "is about events"),
        ("starts = 2026-02-01\nends = 2026-01-01", "comes before it starts"),
        ('on = "purchase"', "needs one of run"),
    ):
        file.write_text(text.replace('goal = "sales"', f'goal = "sales"\n{line}'), encoding="utf-8")
        assert told in bakery.run("check", status=5).stderr
    file.write_text(text.replace('id = "mark"\n', ""), encoding="utf-8")
    assert "needs an id" in bakery.run("check", status=5).stderr
    file.write_text(text + '\n[limits]\nmarketing = "twice a week"\n', encoding="utf-8")
    assert "is not a limit such as" in bakery.run("check", status=5).stderr


def test_the_letter_counts_whom_it_writes_to(started: Callable[..., Shell]) -> None:
    """In words: so many to write to, so many without consent, so many held until their hour."""
    toml = (
        '[purposes.offers]\ntype = "marketing"\n[limits]\nquiet_hours = "00:00-23:59"\n[purposes.orders]\n'
        'type = "contract"\n[rules.offer]\nrun = "daily at 00:00"\nwrite = "Hi"\npurpose = "offers"\n'
        '[rules.order]\nrun = "daily at 00:00"\nwrite = "Hi"\npurpose = "orders"\n'
    )
    shell = started()
    write_plugin(shell.folder)
    file = shell.folder / "crm.toml"
    text = file.read_text(encoding="utf-8").replace("plugins = [", 'plugins = ["reaching", "email", ', 1)
    file.write_text(text + toml, encoding="utf-8")
    shell.run("db", "upgrade")
    shell.run("clock", "2026-05-05 10:00")  # from 23:59 on nothing is held
    for name in ("Anna", "Bea"):
        shell.run("customers", "add", "--name", name, "--email", f"{name}@example.org")
    shell.run("consent", "grant", "Bea", "offers", "email")
    letter = shell.run("plan").stderr
    assert "  offer: 1 without consent, 1 held until 23:59\n  order: 2 to write to\n" in letter
    found = shell.json("plans", "show", "1")
    assert [(act["state"], (act["until"] or "")[11:16]) for act in found["acts"][:2]] == [
        ("dropped", ""), ("held", "23:59"),
    ]  # fmt: skip
    assert (found["rules"][0]["timed"], found["rules"][1]["contacts"]) == (1, 2)
    assert shell.json("why", "Bea")[0]["until"][11:16] == "23:59"
    assert "quiet hours, until" in shell.run("why", "Bea").stdout


def test_old_complaints_wake_no_rule(bakery: Shell) -> None:
    """Ten years of imported complaints fire nothing; --live asks first, and lets only recent ones count."""
    now = datetime.now(tz=UTC)
    days = [now - timedelta(hours=5), *(now - timedelta(days=90 * n) for n in range(1, 40))]
    rows = "".join(f"Bogdan Lis,complaint,{day:%Y-%m-%d %H:%M},C{n}\n" for n, day in enumerate(days))
    file = bakery.folder / "complaints.csv"
    file.write_text("customer,type,at,source_ref\n" + rows, encoding="utf-8")
    words = ("interactions", "import", str(file), "--source")
    bakery.run(*words, "old")
    assert bakery.json("rules", "explain", "sorry")["today"] == 2
    assert "sorry (on complaint)" in bakery.run(*words, "new", "--live", "--no-input", status=2).stderr
    bakery.run(*words, "new", "--live", "--yes")
    assert bakery.json("rules", "explain", "sorry")["today"] == 3


def test_a_rule_tells_whether_it_works(bakery: Shell) -> None:
    """Before it begins, while it waits, and for programs; a rule without groups says what it lacks."""
    refused = bakery.run("rules", "report", "sorry", status=5).stderr
    assert 'The rule "sorry" has no groups to compare' in refused
    toml = bakery.folder / "crm.toml"
    text = toml.read_text(encoding="utf-8")
    groups = 'tag = "regular"\ncontrol_group = "20%"\noutcome = "purchase"\nwithin = "7 days"\ncost = 0.1\n'
    toml.write_text(text.replace('tag = "regular"\n', groups), encoding="utf-8")
    assert "too few to tell from its groups" in bakery.run("check").stdout
    explained = bakery.run("rules", "explain", "regulars").stdout
    assert "20% of them, chosen by chance, are left alone to compare with." in explained
    ahead = bakery.run("rules", "report", "regulars").stdout
    assert ahead.startswith("regulars: It has not begun")
    assert "It would meet 1 customer now." in ahead
    plan = bakery.json("plan", "--rule", "regulars")
    bakery.run("apply", str(plan["plan"]), "--yes")
    said = bakery.run("rules", "report", "regulars").stdout
    assert "nobody's time is over yet" in said
    assert "For 1 customer the 7 days still run." in said
    assert "Groups (by assignment" in bakery.run("rules", "report", "regulars", "-v").stdout
    told = bakery.json("rules", "report", "regulars")
    assert told["state"] == "waiting"
    assert sum(each["assigned"] for each in told["groups"]) == 1
    assert told["wanted"] == "more"
    later = bakery.run("rules", "report", "regulars", "--since", "2099-01-01").stdout
    assert later.startswith("regulars: It has met nobody since then.")


def test_all_rules_together_tell_whether_they_work(started: Callable[..., Shell]) -> None:
    """One sentence and both groups; all numbers with -v; the same keys for programs as a rule has."""
    shell = started(toml=TOML + '[control]\nshare = "50%"\nsince = 2020-01-01\nuntil = 2099-12-31\n')
    assert "Name a RULE" in shell.run("rules", "report", status=2).stderr
    assert (
        "--since goes with RULE" in shell.run("rules", "report", "--all", "--since", "today", status=2).stderr
    )
    shell.run("customers", "add", "--name", "Anna")
    said = shell.run("rules", "report", "--all").stdout
    assert said.startswith("All rules: It is too early to tell: the time runs until 2099-12-31.")
    assert "Who came to a purchase from 2020-01-01 to " in said
    assert "met by rules" in said
    assert "planned 50.0%, got " in shell.run("rules", "report", "--all", "-v").stdout
    told = shell.json("rules", "report", "--all")
    assert (told["rule"], told["within"], told["wanted"]) == (None, None, "more")
    assert (told["since"][:10], told["until"][:10]) == ("2020-01-01", "2100-01-01")
    assert {each["group"] for each in told["groups"]} == {"global", "treated"}
