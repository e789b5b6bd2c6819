"""`crm` in Polish and in Urdu."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo

from crmkit.testing import run_crm
from tests.cli.conftest import Shell
from tests.cli.test_startup import modules_after

_WORDS = re.compile(r"\b(?:the|and|of|this|what|with|are|is|show|list|customer|customers)\b", re.IGNORECASE)


def said(language: str, *words: str) -> str:
    """What `crm` says in a language."""
    answer = run_crm(*words, env={"CRMKIT_LANGUAGE": language})
    assert answer.status == 0, answer.stderr
    return answer.stdout


def prose(page: str) -> str:
    """A page of help without the names of commands and options, and without examples."""
    lines = (re.sub(r"^  [-\w]\S*.*?(?:  +|$)", "", line) for line in page.splitlines())
    return re.sub(r"crm [a-z-]+[^.;]*|\"[^\"]*\"|\[[^\]]*\]|--?[a-z-]+|\b[A-Z]{2,}\b", "", "\n".join(lines))


@pytest.mark.parametrize("language", ["pl", "ur"])
@pytest.mark.parametrize(
    "words", [["--help"], ["consent", "--help"], ["people", "--help"], ["today", "--help"]]
)
def test_no_english_is_left_in_a_page_of_help(language: str, words: list[str]) -> None:
    """Headings, commands, options and what is said of them, also of click's own."""
    page = said(language, *words)
    assert _WORDS.findall(prose(page)) == []
    assert _WORDS.findall(prose(said("en", *words)))


def test_a_page_of_help_keeps_its_columns_in_urdu() -> None:
    """Names of commands and options stand first in their lines, unchanged, at one and the same place."""
    urdu, english = (said(language, "--help").splitlines() for language in ("ur", "en"))
    names = [[line.split()[0] for line in page if re.match(r"  [a-z-]+  ", line)] for page in (urdu, english)]
    assert names[0] == names[1]
    assert any("\u2068crm.toml\u2069" in line for line in urdu)


def test_the_language_is_the_variable_s_else_the_system_s(shop: Shell) -> None:
    """`CRMKIT_LANGUAGE`, else LANG; English where there is no catalogue. What the business's customers speak
    is another matter."""
    file = shop.folder / "crm.toml"
    file.write_text(re.sub(r"locale = .*", 'locale = "pl_PL"', file.read_text(encoding="utf-8")), "utf-8")
    config = {"CRMKIT_CONFIG": str(file), "LANG": "ur_PK.UTF-8", "LC_ALL": "", "LANGUAGE": ""}
    first = {
        key: run_crm("find", "--help", env=env).stdout.split()[0]
        for key, env in {
            "variable": config | {"CRMKIT_LANGUAGE": "pl"},
            "system": config | {"CRMKIT_LANGUAGE": ""},
            "unknown": config | {"CRMKIT_LANGUAGE": "de"},
            "nothing": config | {"CRMKIT_LANGUAGE": "", "LANG": "C.UTF-8"},
        }.items()
    }
    assert first == {"variable": "Użycie:", "system": "استعمال:", "unknown": "Usage:", "nothing": "Usage:"}


def test_programs_are_spoken_to_in_english(shop: Shell) -> None:
    """`--json` and `--csv` are the same in every language; people read translated headings."""
    shop.run("customers", "add", "--name", "Anna Nowak")
    config = {"CRMKIT_CONFIG": str(shop.folder / "crm.toml")}
    for words in (["words", "channels", "--json"], ["people", "roles", "list", "--csv"]):
        pages = {
            run_crm(*words, env=config | {"CRMKIT_LANGUAGE": each}).stdout for each in ("en", "pl", "ur")
        }
        assert len(pages) == 1
    polish = run_crm("words", "channels", env=config | {"CRMKIT_LANGUAGE": "pl"}).stdout
    assert polish.splitlines()[0].split() == ["Słowo", "Rodzaj", "Opiekun", "Co", "to", "jest"]
    assert "Telefonicznie" in polish


@pytest.mark.parametrize(("language", "request_"), [("pl", "usunięcie danych"), ("ur", "ڈیٹا مٹانا")])
def test_the_day_is_told_in_the_language(shop: Shell, language: str, request_: str) -> None:
    """Weekday, headings and what is due; commands that deal with it stay as they are typed."""
    shop.run("customers", "add", "--name", "Anna Nowak")
    env = {"CRMKIT_CONFIG": str(shop.folder / "crm.toml"), "CRMKIT_LANGUAGE": language}
    assert _WORDS.findall(run_crm("today", env=env).stdout) == []
    shop.run("privacy", "requests", "add", "1", "erasure", "--due", "2026-01-02")
    page = run_crm("today", env=env).stdout
    assert request_ in page
    assert "crm privacy requests show 1" in page
    assert _WORDS.findall(page.replace("requests show", "")) == []


def test_amounts_of_tables_are_written_in_the_language(started: Callable[..., Shell]) -> None:
    """In Polish with a comma, as on the customer's own page; programs are told them as ever."""
    shop = started(
        toml='[records.cake]\ntitle = "{name}"\n[records.cake.fields]\nname = "text"\n'
        'price = "money"\nkilos = { type = "number", decimals = 1 }\n'
    )
    shop.run("customers", "add", "--name", "Anna")
    shop.run("log", "1", "purchase", "12.50")
    shop.run("records", "cake", "add", "1", "--set", "price=30.40", "--set", "kilos=2.5")
    env = {"CRMKIT_CONFIG": str(shop.folder / "crm.toml"), "CRMKIT_LANGUAGE": "pl"}
    assert "12,50" in run_crm("interactions", "list", env=env).stdout
    cakes = run_crm("records", "cake", "list", env=env).stdout
    assert ("30,40" in cakes, "2,5" in cakes) == (True, True)
    assert run_crm("interactions", "list", "--json", env=env).json[0]["amount"] == "12.50"


SCREENS = {
    "pl": (
        "Anna Nowak #1 · prospect",
        "Kontakt przez anna@example.org",
        "Etykiety vip",
        "Kontakty ostatni {at} (dzisiaj); łącznie 1\u00a0×\u00a0purchase",
        "Ostatnie kontakty",
        "Nr Kiedy Rodzaj Kwota",
        " 1 {at} purchase 1234,50 PLN",
    ),
    "ur": (
        "Anna Nowak #1 · prospect",
        "رابطے کا پتہ anna@example.org",
        "لیبل vip",
        "رابطے آخری {at} (آج)؛ کل 1\u00a0×\u00a0purchase",
        "آخری رابطے",
        "نمبر کب قسم رقم",
        " 1 {at} purchase PLN 1234.50",
    ),
}  # fmt: skip
RECEIPTS = {
    "pl": "✓ Zapisano: purchase 1234,50\u00a0PLN, Anna Nowak (#1), {at}, pod numerem 1\n"
    "  Aby cofnąć: crm interactions void 1\n",
    "ur": "✓ درج کیا گیا: purchase PLN\u00a01234.50، Anna Nowak (#1)، {at}، نمبر 1\n"
    "  واپس لینے کو: crm interactions void 1\n",
}
_MARKS = re.compile("[\u200e\u2068\u2069]")
_DID = re.compile(
    _WORDS.pattern
    + r"|\b(?:set|added|changed|merged|into|put|give|undo|same|similar|look|pair|waits|would)\b",
    re.IGNORECASE,
)


@pytest.mark.parametrize("language", ["pl", "ur"])
def test_a_purchase_is_written_down_and_shown_in_the_language(shop: Shell, language: str) -> None:
    """The receipt and the whole page of the customer; what is typed, and data, stay as they are."""
    shop.run("customers", "add", "--name", "Anna Nowak", "--email", "anna@example.org", "--tag", "vip")
    env = {"CRMKIT_CONFIG": str(shop.folder / "crm.toml"), "CRMKIT_LANGUAGE": language}
    receipt = _MARKS.sub("", run_crm("log", "Anna", "purchase", "1234.50", env=env).stderr)
    (at,) = re.findall(r"\d{4}-\d\d-\d\d \d\d:\d\d", receipt)
    assert receipt == RECEIPTS[language].format(at=at)
    page = _MARKS.sub("", run_crm("show", "Anna", env=env).stdout).splitlines()
    page = [re.sub(" +", " ", line).rstrip() for line in page]
    assert [line for line in SCREENS[language] if line.format(at=at) not in page] == []
    assert _WORDS.findall("\n".join(page).replace("prospect", "")) == []


@pytest.mark.parametrize("language", ["pl", "ur"])
def test_lists_that_are_empty_say_so_in_the_language(shop: Shell, language: str) -> None:
    """With the command that fills them, and without a word of English beside it."""
    env = {"CRMKIT_CONFIG": str(shop.folder / "crm.toml"), "CRMKIT_LANGUAGE": language}
    for words in (["find", "zoe"], ["goals", "list"], ["views", "list"], ["undo"], ["rates", "list"]):
        answer = run_crm(*words, env=env)
        lines = (answer.stdout + answer.stderr).partition("\n[")[0]
        assert lines
        assert _WORDS.findall(re.sub(r"crm [a-z-]+[^.;]*", "", _MARKS.sub("", lines))) == []


def test_english_costs_nothing(shop: Shell) -> None:
    """What translates pages of help is not imported by whoever speaks English."""
    assert "crmkit.cli.translated" not in modules_after(shop, "customers", "--help")


def test_a_plugin_s_commands_speak_by_its_catalogue(started: Callable[..., Shell]) -> None:
    """`locale/` beside a plugin's module has the line of its command, its help and that of its options."""
    shell = started()
    folder = shell.folder / "plugins"
    _write_stamps(folder)
    file = shell.folder / "crm.toml"
    file.write_text(file.read_text(encoding="utf-8").replace("plugins = []", 'plugins = ["stamps"]'))
    polish = {"CRMKIT_CONFIG": str(file), "CRMKIT_LANGUAGE": "pl"}
    assert "Policz pieczątki" in run_crm("--help", env=polish).stdout
    page = run_crm("stamps", "--help", env=polish).stdout
    assert ("Policz pieczątki klienta." in page, "Ile." in page, "Użycie: crm stamps" in page) == (True,) * 3
    assert (
        "Count a customer's stamps."
        in run_crm("stamps", "--help", env=polish | {"CRMKIT_LANGUAGE": "en"}).stdout
    )


_GIVING = """
from attrs import frozen
from crmkit.plugin import Action, Refusal, hookimpl

@frozen
class Loaf:
    loaf: str

def take_back(items, crm, tx):
    return [Refusal(index, "it is eaten") for index, _ in enumerate(items)]

@hookimpl
def crmkit_register_strategy_words():
    yield Action(name="give", doc="Gives", params=Loaf, perform=lambda items, crm, tx: None, undo=take_back,
                 says=lambda params: params.loaf, shorthand="loaf")
"""


def test_why_a_plugin_refuses_to_take_back_is_told_by_its_catalogue(started: Callable[..., Shell]) -> None:
    """The reason is on record as the plugin gave it, and read in the language of whoever undoes."""
    shell = started()
    _write_stamps(shell.folder / "plugins", _GIVING, **{"it is eaten": "został zjedzony"})
    file = shell.folder / "crm.toml"
    text = file.read_text(encoding="utf-8").replace("plugins = []", 'plugins = ["stamps"]')
    file.write_text(f'{text}\n[rules.all]\nrun = "daily at 00:00"\nloaf = "rye"\n', encoding="utf-8")
    for words in (("customers", "add", "--name", "Anna"), ("plan",), ("apply", "1", "--yes")):
        shell.run(*words)
    polish = {"CRMKIT_CONFIG": str(file), "CRMKIT_LANGUAGE": "pl"}
    assert "stamps.give (#1): został zjedzony" in run_crm("undo", "plan:1", "--dry-run", env=polish).stderr
    told = run_crm("undo", "plan:1", "--dry-run", "--json", env=polish).json
    assert told["left"][0]["reason"] == "it is eaten"


def _write_stamps(folder: Path, more: str = "", **texts: str) -> None:
    folder.mkdir()
    (folder / "stamps.py").write_text(
        f"{more}\nimport click\n\n@click.command()\n@click.option('--most', help='How many.')\n"
        'def stamps(most):\n    """Count a customer\'s stamps."""\n',
        encoding="utf-8",
    )
    (folder / "stamps.toml").write_text(
        'name = "stamps"\ntitle = "Stamps"\ndoc = "A stamp card"\n'
        '[commands]\nstamps = { target = "stamps:stamps", help = "Count stamps" }\n',
        encoding="utf-8",
    )
    catalogue = Catalog(locale="pl")
    catalogue.add("Count stamps", "Policz pieczątki")
    catalogue.add("Count a customer's stamps.", "Policz pieczątki klienta.")
    for text, translation in texts.items():
        catalogue.add(text, translation)
    place = folder / "locale" / "pl" / "LC_MESSAGES"
    place.mkdir(parents=True)
    with (place / "stamps.mo").open("wb") as stream:
        write_mo(stream, catalogue)


_RULE = (
    "\n[rules.regulars]\nwho = \"count(purchase, last {days}) >= 2 and not has_tag('vip')\"\n"
    'run = "every monday at 09:00"\ntag = "regular"\nnot_again_for = "{pause}"\n'
)
_POLISH = (
    "W każdy poniedziałek o 09:00, dla każdego klienta, dla którego liczba „purchase” z ostatniego 1 "
    "tygodnia wynosi co najmniej 2 oraz nie jest tak, że jest etykieta „vip”: dodaj etykietę regular. "
    "Potem znów najwcześniej za 1 rok."
)
_URDU = (
    "ہر پیر کو \u206809:00\u2069 پر، ہر اس گاہک کے لیے جس کے لیے پچھلے 1 ہفتے میں “\u2068purchase\u2069” "
    "کی تعداد کم از کم 2 ہے"
)


@pytest.mark.parametrize(
    ("language", "days", "pause", "said"),
    [
        ("pl", "1 week", "1 year", [_POLISH, "Teraz byłoby to 0 działań."]),
        ("pl", "22 days", "22 weeks", ["„purchase” z ostatnich 22 dni", "najwcześniej za 22 tygodnie."]),
        ("pl", "5 days", "5 years", ["„purchase” z ostatnich 5 dni", "najwcześniej za 5 lat."]),
        ("ur", "1 week", "1 year", [_URDU, "پھر 1 سال تک دوبارہ نہیں۔", "ابھی یہ 0 عمل ہوتے۔"]),
        ("ur", "2 weeks", "30 days", ["پچھلے 2 ہفتوں میں", "پھر 30 دن تک"]),
    ],
)
def test_a_rule_is_read_back_in_the_language(
    shop: Shell, language: str, days: str, pause: str, said: list[str]
) -> None:
    """When, for whom, what and how often, with the forms that numbers take."""
    file = shop.folder / "crm.toml"
    file.write_text(file.read_text("utf-8") + _RULE.format(days=days, pause=pause), "utf-8")
    env = {"CRMKIT_CONFIG": str(file), "CRMKIT_LANGUAGE": language}
    page = run_crm("rules", "explain", "regulars", env=env).stdout
    assert [each for each in said if each not in page] == [], page
    assert _WORDS.findall(page) == []


@pytest.mark.parametrize(
    ("language", "nobody", "several", "field"),
    [
        (
            "pl",
            'Błąd: Nie ma klienta "Zofia"\nZnajdź klientów: crm find TEXT\n',
            'Błąd: "Anna" może oznaczać:\n  2 Anna Kowal\n  1 Anna Nowak\n',
            "kolumna 1",
        ),
        (
            "ur",
            'خرابی: گاہک \u2068"Zofia"\u2069 نہیں\nگاہک تلاش کریں: \u2068crm find TEXT\u2069\n',
            'خرابی: \u2068"Anna"\u2069 یہ ہو سکتا ہے:\n  2 Anna Kowal\n  1 Anna Nowak\n',
            "کالم 1",
        ),
    ],
)
def test_an_error_is_said_in_the_language(
    shop: Shell, language: str, nobody: str, several: str, field: str
) -> None:
    """What happened and what to do next; names, commands and what was typed stay as they are."""
    for name in ("Anna Nowak", "Anna Kowal"):
        shop.run("customers", "add", "--name", name)
    config = {"CRMKIT_CONFIG": str(shop.folder / "crm.toml"), "CRMKIT_LANGUAGE": language}
    assert run_crm("show", "Zofia", env=config).stderr == nobody
    assert run_crm("show", "Anna", env=config).stderr.startswith(several)
    where = run_crm("customers", "list", "--where", "citi = 'X'", env=config).stderr
    assert field in where
    assert "\n  citi = 'X'\n  ^^^^\n" in where
    english = json.loads(run_crm("show", "Zofia", "--json", env=config).stderr)["error"]
    assert (english["code"], english["message"]) == ("not_found", 'There is no customer "Zofia"')


@pytest.mark.parametrize(
    ("language", "why"),
    [("pl", "nie jest użytecznym adresem e-mail"), ("en", "is not a usable e-mail address")],
)
def test_a_file_of_refused_rows_is_in_the_language_of_who_imports(
    shop: Shell, language: str, why: str
) -> None:
    """It is for whoever corrects the rows; what programs are told about them is English."""
    file = shop.folder / "in.csv"
    file.write_text("name,email\nEwa,nope\n", encoding="utf-8")
    config = {"CRMKIT_CONFIG": str(shop.folder / "crm.toml"), "CRMKIT_LANGUAGE": language}
    told = run_crm("customers", "import", str(file), env=config).stderr
    rejected = next(shop.folder.glob("*.rejects.csv")).read_text(encoding="utf-8-sig")
    assert why in told
    assert why in rejected
    again = run_crm("customers", "import", str(file), "--dry-run", "--json", env=config).stdout
    assert "is not a usable e-mail address" in json.loads(again)["samples"]["rejected"][0]["reason"]


_DONE = [
    ("customers", "update", "--where", "has_tag('new')", "--lifecycle", "lead", "--tag", "vip", "--yes"),
    ("undo", "--list"),
    ("undo", "--dry-run"),
    ("customers", "merge", "1", "2", "--dry-run"),
    ("customers", "merge", "1", "2", "--yes"),
    ("undo", "merge:1", "--yes"),
    ("customers", "duplicates", "scan"),
    ("customers", "duplicates"),
    ("customers", "duplicates", "show", "1", "2"),
    ("customers", "history", "1"),
    ("customers", "export", "-o", "all.csv"),
    ("customers", "merges"),
]


@pytest.mark.parametrize("language", ["pl", "ur"])
def test_what_was_done_and_taken_back_is_told_in_the_language(
    shop: Shell, language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also what is on record in English, such as what an edit of many did."""
    monkeypatch.chdir(shop.folder)
    for name in ("Anna Nowak", "Nowak Ana"):
        shop.run("customers", "add", "--name", name, "--phone", "+48 512 100 200", "--tag", "new")
    env = {"CRMKIT_CONFIG": str(shop.folder / "crm.toml"), "CRMKIT_LANGUAGE": language}
    for words in _DONE:
        answer = run_crm(*words, env=env)
        assert answer.status == 0, answer.stderr
        page = re.sub(r"\bcrm(?: [\w:./@-]+)+", "", _MARKS.sub("", answer.stdout + answer.stderr))
        assert _DID.findall(page) == [], page


def test_why_an_undo_has_voided_a_contact_is_told_in_the_language(shop: Shell) -> None:
    """It is on record in English; what a person gave as the reason stays as it was given."""
    shop.run("customers", "add", "--name", "Anna Nowak", "--email", "anna@example.org")
    file = shop.folder / "in.csv"
    file.write_text("email,at,type,amount\nanna@example.org,2026-05-01,purchase,5\n", encoding="utf-8")
    shop.run("interactions", "import", str(file))
    shop.run("undo", "import:1", "--yes")
    shop.run("note", "1", "Rye")
    shop.run("interactions", "void", "3", "--reason", "undo of my own")
    config = {"CRMKIT_CONFIG": str(shop.folder / "crm.toml"), "CRMKIT_LANGUAGE": "pl"}
    shown = run_crm("interactions", "list", "1", "--superseded", env=config).stdout
    assert "cofnięcie import:1" in shown
    assert "undo of my own" in shown
    told = run_crm("interactions", "list", "1", "--superseded", "--json", env=config).stdout
    assert any(each["payload"].get("reason", "").startswith("undo of import:1") for each in json.loads(told))


_TRIED = [
    ("effects", "list"),
    ("rules", "simulate", "--days", "30"),
    ("plan",),
    ("apply", "1", "--yes"),
    ("effects", "show", "1"),
    ("effects", "pause", "--rule", "greet"),
    ("effects", "resume", "--rule", "greet"),
    ("rules", "backtest", "greet", "--from", "2026-01-01", "--to", "2026-01-05"),
    ("rules", "report", "greet"),
    ("metrics", "show", "revenue", "--compare", "previous"),
    ("suppressions", "add", "x@example.org"),
    ("suppressions", "list"),
    ("templates", "list"),
    ("go-live", "--dry-run"),
]
_GREET = """
[rules.greet]
who = "lifecycle = 'customer' or lifecycle = 'prospect'"
run = "daily at 00:00"
note = "x"
control_group = "10%"
outcome = "purchase"
within = "30 days"
"""


@pytest.mark.parametrize("language", ["pl", "ur"])
def test_the_strategy_answers_in_the_language(shop: Shell, language: str) -> None:
    """What rules would do, do and have done; the ledger, metrics, suppressed addresses and going live."""
    file = shop.folder / "crm.toml"
    file.write_text(file.read_text("utf-8") + _GREET, "utf-8")
    for name in ("Anna Nowak", "Jan Kowal"):
        shop.run("customers", "add", "--name", name)
    env = {"CRMKIT_CONFIG": str(file), "CRMKIT_LANGUAGE": language}
    for words in _TRIED:
        answer = run_crm(*words, env=env)
        assert answer.status == 0, answer.stderr
        page = re.sub(r"\bcrm(?: [\w:./@-]+)+", "", _MARKS.sub("", answer.stdout + answer.stderr))
        page = re.sub(r"[\"“„][^\"”“]*[\"”“]|--[\w-]+|rules\.\w+|\{\{[^}]*\}\}", "", page)
        assert _WORDS.findall(page) == [], (words, page)
        assert re.search("[ąćęłńóśźż]" if language == "pl" else "[\u0600-\u06ff]", page, re.IGNORECASE), (
            words,
            page,
        )
