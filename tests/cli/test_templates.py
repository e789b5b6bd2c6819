"""The templates of `crm init`, each with its letters and its sample data; and the questions that it asks."""

from __future__ import annotations

import os
import pty
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from attrs import evolve

from crmkit.cli.kinds import FOLDER, kinds
from crmkit.data.samples import sample_of
from crmkit.data.samples.sample import Sample
from tests.cli.conftest import Shell
from tests.soaking import soaking

TEMPLATES = [kind.name for kind in kinds()]
SAMPLED = [name for name in TEMPLATES if sample_of(name)]


def the_sample(template: str) -> Sample:
    """The sample data of a template that has them; of a large one, fewer people do."""
    found = sample_of(template)
    assert found is not None
    return evolve(found, people=min(found.people, soaking(100, found.people)))


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """The folder of a template's business with its sample data; made once, and only read."""
    folders: dict[str, Path] = {}

    def fill(template: str) -> Path:
        if template not in folders:
            shell, invented = Shell(tmp_path_factory.mktemp("filled")), the_sample(template)
            options = [word for key, value in invented.business.items() for word in (f"--{key}", value)]
            shell.run("init", "here", "--template", template, *options)
            folders[template] = shell.folder / "here"
            invented.fill(folders[template] / "crm.toml")
        return folders[template]

    return fill


@pytest.fixture(params=SAMPLED)
def business(request: pytest.FixtureRequest, tmp_path: Path, filled: Callable[[str], Path]) -> Shell:
    """A shell in a copy of each template's business with its sample data."""
    folder = shutil.copytree(filled(request.param), tmp_path / request.param)
    shutil.copystat(filled(request.param) / "crm.toml", folder / "crm.toml")
    return Shell(folder)


@pytest.mark.parametrize("template", TEMPLATES)
def test_a_template_is_right_as_it_is(empty: Shell, template: str) -> None:
    """Whoever begins with a template has neither an error nor a warning to put right."""
    empty.run("init", "new", "--template", template, "--currency", "PLN", "--locale", "pl")
    shell = Shell(empty.folder / "new")
    findings = shell.json("check")["findings"]
    assert {each["level"] for each in findings} <= {"note"}, findings
    assert not {each["level"] for each in shell.json("doctor")["findings"]} - {"note"}
    today = shell.run("today").output
    assert "crm customers import FILE" in today


@pytest.mark.parametrize("template", ["bakery-chain", "online-shop"])
def test_a_prospect_who_buys_becomes_a_customer(empty: Shell, template: str) -> None:
    """By a rule of the template, which leaves alone who has not bought and who is one no more."""
    empty.run("init", "new", "--template", template, "--currency", "PLN")
    shell = Shell(empty.folder / "new")
    for name, stage in (("Anna", "prospect"), ("Bea", "prospect"), ("Cid", "former")):
        shell.run("customers", "add", "--name", name, "--lifecycle", stage)
    for name in ("Anna", "Cid"):
        shell.run("log", name, "purchase", "10")
    shell.run("plan", "--rule", "customer")
    shell.run("apply", "1", "--yes")
    assert [each["lifecycle"] for each in shell.json("customers", "list")] == [
        "customer",
        "prospect",
        "former",
    ]


def test_a_prospect_whose_deal_is_won_becomes_a_customer(empty: Shell) -> None:
    """Where companies are sold to, also one that was never a lead."""
    empty.run("init", "new", "--template", "b2b-sales", "--currency", "PLN")
    shell = Shell(empty.folder / "new")
    for number, name in enumerate(("Nova", "Orbis"), 1):
        shell.run("customers", "add", "--name", name, "--organization")
        shell.run("deals", "add", name, "Oven", "--value", "100")
        shell.run("deals", *(("win", "1") if number == 1 else ("lose", "2", "--reason", "price")))
    shell.run("plan", "--rule", "customer")
    shell.run("apply", "1", "--yes")
    assert [each["lifecycle"] for each in shell.json("customers", "list")] == ["customer", "prospect"]


def test_the_doctor_tells_a_clerk_what_is_left_out(empty: Shell) -> None:
    """What a clerk may not look into is no error of the business."""
    empty.run("init", "new", "--template", "bakery")
    shell = Shell(empty.folder / "new")
    shell.run("people", "employees", "add", "Jan Wilk", "--role", "clerk")
    (left_out,) = shell.json("--as", "Jan Wilk", "doctor")["findings"]
    assert left_out["level"] == "note"
    assert "Jan Wilk may not" in left_out["message"]


def test_the_bakerys_file_can_be_read_aloud() -> None:
    """The bakery's crm.toml has under 60 lines, comments included, and none is longer than a baker reads."""
    lines = (FOLDER / "bakery.toml").read_text(encoding="utf-8").splitlines()
    assert len(lines) < 60
    assert max(map(len, lines)) <= 140


@pytest.mark.timeout(300)
def test_a_sample_has_people_in_its_segments(business: Shell) -> None:
    """Everybody who was invented is there, most segments mean somebody, and the file is right."""
    invented = the_sample(business.folder.name)
    assert business.json("status")["rehearsal"] is True
    everybody = business.run("customers", "list", "--limit", "100000", "--json").stdout
    assert everybody.count('"uid"') >= invented.people
    members = [each["members"] for each in business.json("segments", "list")]
    assert sum(count > 0 for count in members) * 2 > len(members), members
    assert not {each["level"] for each in business.json("doctor")["findings"]} - {"note"}
    findings = business.json("check")["findings"]
    assert {each["level"] for each in findings} <= {"note"}, findings


@pytest.mark.timeout(300)
def test_the_first_plan_is_one_that_can_be_read(business: Shell) -> None:
    """The first plan has something to do, and not for half of the customers; what it sends goes to files."""
    acts = business.json("plan")["acts"]
    willing = [each for each in acts if each["state"] == "act"]
    assert 0 < len(willing) <= the_sample(business.folder.name).people // 2, len(willing)
    before = files(business.folder)
    applied = business.json("apply", "1", "--yes")
    assert not applied["failed"]
    handed = applied["handed"]
    assert handed["done"] == handed["failed"] == handed["unconfirmed"] == 0, handed
    new = files(business.folder) - before
    assert {each.split("/")[0] for each in new} <= {"rehearsal", "crm.db-wal", "crm.db-shm"}, new
    assert sum(each.startswith("rehearsal/") for each in new) == handed["rehearsed"]


@pytest.mark.timeout(300)
def test_letters_greet_everybody_in_their_language(business: Shell) -> None:
    """Each letter can be written to customers of every language, in theirs where it is in theirs, and
    nothing in it is left unfilled."""
    paths = sorted((business.folder / "templates").glob("*.*"))
    for locale in the_sample(business.folder.name).languages:
        who = business.json("customers", "list", "--where", f"locale = '{locale}'", "--limit", "1")[0]["id"]
        language = locale.partition("_")[0]
        for letter in sorted({path.name.partition(".")[0] for path in paths}):
            shown = business.json("templates", "preview", letter, "--for", str(who))
            has_own = any(path.name.startswith(f"{letter}.{language}.") for path in paths)
            assert not has_own or shown["language"] == language
            assert shown["subject"].strip()
            assert len(shown["text"] or shown["html"]) > 60
            assert not {"{{", "}}", "None"} & set(f"{shown['subject']} {shown['text']}".split())


@pytest.mark.timeout(300)
def test_samples_are_the_same_each_time(empty: Shell) -> None:
    """Whoever fills a template anew finds the same people with the same history, down to the instant."""
    stories = []
    for name in ("one", "two"):
        empty.run("init", name, "--template", "customer-management")
        shell = Shell(empty.folder / name)
        evolve(the_sample("customer-management"), people=30).fill(shell.folder / "crm.toml")
        happened = shell.run("interactions", "list", "--limit", "100", "--csv").stdout
        stories.append(happened + shell.run("customers", "list", "--csv").stdout)
    assert stories[0] == stories[1]
    assert stories[0].count("\n") > 60


def test_a_sample_needs_a_template_that_has_one(empty: Shell) -> None:
    """--sample alone, or with what has no sample data, names the templates that have."""
    for words in ((), ("--template", "blank")):
        assert "bakery" in empty.run("init", "new", "--sample", *words, status=2).stderr
    shop = ("--template", "online-shop", "--name", "Mine")
    assert "a shop of its own" in empty.run("init", "new", "--sample", *shop, status=2).stderr
    assert not (empty.folder / "new").exists()


def test_on_a_terminal_it_asks(tmp_path: Path) -> None:
    """It asks what kind of business it is and how many computers will use it; for several it says why
    PostgreSQL is right. What it guesses it shows."""
    number = str(TEMPLATES.index("bakery") + 1)
    said = at_a_terminal(tmp_path / "one", [number, "Żytnia", "", "1"])
    assert "stamp cards" in said
    assert "[PLN]" in said
    assert "PostgreSQL" not in said
    assert "Europe/Warsaw" in said
    written = (tmp_path / "one" / "crm.toml").read_text(encoding="utf-8")
    assert 'name = "Żytnia"' in written
    assert 'locale = "pl_PL"' in written
    assert (tmp_path / "one" / "templates" / "birthday.pl.txt").exists()
    assert "?" not in at_a_terminal(tmp_path / "unasked", [], "--no-input")

    said = at_a_terminal(
        tmp_path / "three",
        ["Bakery", "", "złoty", "PLN", "3", "y", "mysql://here", "postgresql://localhost:1/x", ""],
    )
    assert "PostgreSQL" in said
    assert said.count("What do customers pay in?") == 2
    assert "begins with postgresql://" in said
    assert '"y" is neither an address' in said, "a yes is no file's name"
    assert "stamps.bread" in (tmp_path / "three" / "crm.toml").read_text(encoding="utf-8")
    assert "It could not be opened" in said
    assert "refused" in said
    assert (tmp_path / "three" / "crm.db").exists()


def test_nobody_is_asked_without_a_terminal(empty: Shell) -> None:
    """In a script everything has an answer: a blank business in a file."""
    result = empty.run("init", "new", "--json")
    assert '"template": "blank"' in result.stdout
    assert (empty.folder / "new" / "crm.db").exists()


def files(folder: Path) -> set[str]:
    """The files below a folder, as paths from there."""
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def at_a_terminal(folder: Path, answers: list[str], *options: str) -> str:
    """What a person sees who types `crm init` with these options, and these answers."""
    folder.mkdir()
    master, slave = pty.openpty()
    os.write(master, "".join(f"{each}\n" for each in answers).encode())
    environment = {**os.environ, "LANG": "pl_PL.UTF-8", "TZ": "Europe/Warsaw", "NO_COLOR": "1"}
    run = subprocess.run(
        [sys.executable, "-m", "crmkit", "init", *options],
        cwd=folder, env=environment, stdin=slave, stdout=subprocess.PIPE, stderr=slave, timeout=120,
        check=True,
    )  # fmt: skip
    os.close(slave)
    seen = os.read(master, 100_000).decode()
    os.close(master)
    return seen + run.stdout.decode()
