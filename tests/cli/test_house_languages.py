"""What looks after the house speaks Polish and Urdu: the database, people, privacy, plugins, questions."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping

import pytest
from click.testing import CliRunner

from crmkit.testing import run_crm
from tests.cli.conftest import ENVIRONMENT, Shell

_MARKS = re.compile("[\u200e\u2068\u2069]")
_COMMAND = re.compile(r"\bcrm(?: [\w:./@=\"-]+)+")
_ENGLISH = re.compile(
    r"(?<![-\w])(?:the|and|of|is|are|was|were|has|have|with|now|would|be|for|then|it|its|in|not|no|nothing|up|"
    r"added|row|rows|field|away|here|from|until|erased|kept|back|use|sound|entries)(?![-\w])",
    re.IGNORECASE,
)
_DATABASE = (
    "db upgrade --dry-run", "db upgrade", "db upgrade", "db status", "db check", "db check --audit",
    "db backup one.db", "db restore one.db --dry-run", "db restore one.db --force --yes",
    "db copy two.db --dry-run", "db copy two.db", "clock", "doctor", "check",
)  # fmt: skip
_PEOPLE = (
    "people employees list", "people teams list", "people away list", "people employees add Jan --role clerk",
    "people employees add Ewa", "people teams add shop", "people teams join Jan shop --lead",
    "people teams update shop --name counter", "people away add Jan --until 2099-01-02 --to Ewa",
    "people away add Ewa --until 2099-01-02", "people away list", "people away end 1", "people directory",
    "people employees update Jan --email jan@example.org", "people teams leave Jan counter",
    "people employees deactivate Jan",
)  # fmt: skip
_PRIVACY = (
    "privacy requests list", "privacy holds list", "privacy retention", "privacy requests add 1 access",
    "privacy requests add 1 objection", "privacy requests list", "privacy requests settle 1",
    "privacy requests settle 2 --refused 1", "privacy restrict 1", "privacy restrict 1 --lift",
    "privacy holds add 1 ABC --until 2099-01-02", "privacy erase 1 --dry-run", "privacy holds lift 1",
    "privacy export 1 -o 1.json", "privacy erase 1 --yes", "privacy requests list --all", "access list",
    "db check --audit", "privacy scrub",
)  # fmt: skip
_PLUGINS = (
    "plugins list", "plugins info email", "plugins enable email", "plugins enable email",
    "plugins disable email", "plugins disable email", "plugins info email", "plugins uninstall email",
    "plugins list", "plugins purge email --dry-run", "plugins purge email --yes",
    "plugins new visits --local", "plugins check --rules",
)  # fmt: skip


def speaking(shop: Shell, language: str) -> Mapping[str, str]:
    """The environment of a person at this business who reads that language."""
    return {"CRMKIT_CONFIG": str(shop.folder / "crm.toml"), "CRMKIT_LANGUAGE": language}


@pytest.mark.parametrize("language", ["pl", "ur"])
@pytest.mark.parametrize("commands", [_DATABASE, _PEOPLE, _PRIVACY, _PLUGINS])
def test_no_english_is_left_in_what_looks_after_the_house(
    started: Callable[..., Shell],
    monkeypatch: pytest.MonkeyPatch,
    commands: tuple[str, ...],
    language: str,
) -> None:
    """Lists with their empty states, previews, receipts and what stands below them."""
    shop = started()
    monkeypatch.chdir(shop.folder)
    shop.run("customers", "add", "--name", "Anna Nowak", "--email", "anna@example.org")
    file = shop.folder / "crm.toml"
    file.write_text(file.read_text("utf-8") + '\n[fields.bread]\ntype = "text"\n', "utf-8")
    if commands is not _DATABASE:
        shop.run("db", "upgrade")
    for command in commands:
        answer = run_crm(*command.split(), env=speaking(shop, language))
        assert answer.status == 0, (command, answer.stderr)
        said = _MARKS.sub("", answer.stdout + answer.stderr).replace(str(shop.folder), "")
        assert said.strip(), command
        assert _ENGLISH.findall(_COMMAND.sub("", said)) == [], (command, said)


@pytest.mark.parametrize(
    ("language", "lines"),
    [
        (
            "pl",
            [
                "✓ Baza danych jest teraz aktualna:",
                "  typ rekordu „cake”: dodano",
                '  pole "bread" (text): dodano',
            ],
        ),
        ("ur", ["✓ ڈیٹا بیس اب تازہ ہے:", '  خانہ "bread" (text) شامل ہوا']),
    ],
)
def test_an_upgrade_says_what_it_did_in_the_language(shop: Shell, language: str, lines: list[str]) -> None:
    """Each change of a field and of a record type; programs are told the same in English."""
    file = shop.folder / "crm.toml"
    declared = (
        '\n[fields.bread]\ntype = "text"\n[records.cake]\ntitle = "taste"\nfields = { taste = "text" }\n'
    )
    file.write_text(file.read_text("utf-8") + declared, "utf-8")
    preview = run_crm("db", "upgrade", "--dry-run", "--json", env=speaking(shop, language)).stdout
    assert json.loads(preview)["fields"][0] == '"bread" (text) was added'
    said = _MARKS.sub("", run_crm("db", "upgrade", env=speaking(shop, language)).stderr).splitlines()
    assert [line for line in lines if line not in said] == [], said


def test_a_migration_is_described_in_the_language(started: Callable[..., Shell]) -> None:
    """`crm db upgrade` of a plugin's tables says what they are for; the revision keeps its name."""
    shop = started()
    file = shop.folder / "crm.toml"
    file.write_text(file.read_text("utf-8").replace("plugins = []", 'plugins = ["email"]'), "utf-8")
    said = run_crm("db", "upgrade", env=speaking(shop, "pl")).stderr
    assert "  email email_0001: Dokąd odczytano skrzynki;" in said


def test_a_finding_is_told_in_the_language(shop: Shell) -> None:
    """What is wrong and what to do; `--json` is the same in every language."""
    shop.run("privacy", "requests", "add", str(_added(shop)), "access", "--due", "2026-01-02")
    told = run_crm("doctor", env=speaking(shop, "pl"))
    assert (
        "ostrzeż. Termin wniosku 1 (dostęp do danych) minął 2026-01-02, a jest nadal otwarty" in told.stdout
    )
    assert "po udzieleniu odpowiedzi: crm privacy requests settle 1" in told.stdout
    finding = json.loads(run_crm("doctor", "--json", env=speaking(shop, "pl")).stdout)["findings"][0]
    assert finding["message"] == "Request 1 (access) was due on 2026-01-02 and is still open"


def _added(shop: Shell) -> int:
    return int(shop.json("customers", "add", "--name", "Anna Nowak")["customer"]["id"])


def asked(shop: Shell, language: str, answers: str) -> str:
    """What a person at a terminal is told who is asked before everything of a plugin is deleted."""
    from crmkit.cli.root import crm

    env = {**ENVIRONMENT, **speaking(shop, language)}
    return CliRunner().invoke(crm, ["plugins", "purge", "email"], input=answers, env=env).output


@pytest.mark.parametrize(
    ("language", "answers", "is_done", "said"),
    [
        ("pl", "tak\n", True, "[t/N]"),
        ("pl", "y\n", True, "[t/N]"),
        ("pl", "nie\n", False, "Niczego nie zmieniono."),
        ("pl", "\n", False, "Niczego nie zmieniono."),
        ("pl", "może\nT\n", True, "Błąd: Odpowiedz jednym z: t, tak, n, nie"),
        ("ur", "ہاں\n", True, "[y/N]"),
        ("ur", "نہیں\n", False, "کچھ نہیں بدلا گیا۔"),
        ("en", "perhaps\nyes\n", True, "Error: Answer with one of: y, yes, n, no"),
    ],
)
def test_a_question_takes_the_answers_of_its_language(
    shop: Shell, monkeypatch: pytest.MonkeyPatch, language: str, answers: str, is_done: bool, said: str
) -> None:
    """Yes and no as they are said there, and in English; another answer is asked for again."""
    for words in (("enable", "email"), ("uninstall", "email")):
        shop.run("plugins", *words)
    monkeypatch.setattr("crmkit.cli.prompts.is_terminal", lambda _stream: True)
    told = _MARKS.sub("", asked(shop, language, answers))
    assert said in told
    kept = {each["name"]: each["state"] for each in shop.json("plugins", "list")}
    assert (kept["email"] == "available") is is_done
