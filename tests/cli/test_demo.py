"""`crm demo`."""

from __future__ import annotations

import csv
import gzip
import re
import shlex
from decimal import Decimal
from importlib.resources import files
from pathlib import Path

import pytest
import tomli

from crmkit.testing import run_crm
from tests.cli.conftest import Shell
from tests.soaking import soaking


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Shell:
    """A folder with a demo of 200 customers in `shop`."""
    shell = Shell(tmp_path_factory.mktemp("demo"))
    shell.run("demo", "shop", "--customers", "200")
    return shell


def test_it_shows_totals_and_what_is_real(tmp_path: Path) -> None:
    """The demo says what is invented, what it imported, shows a customer, and leaves the files it read."""
    result = Shell(tmp_path).run("demo", "--customers", "60")
    assert "the people are not" in result.stderr
    assert re.search(r"60 customers, \d+ purchases from 1997-01-01 to 199", result.stderr)
    assert "Last contacts" in result.stdout
    for name in ("crm.toml", "customers.csv", "purchases.csv", "README.md"):
        assert (tmp_path / "crmkit-demo" / name).exists()
    assert "made up" in (tmp_path / "crmkit-demo" / "README.md").read_text(encoding="utf-8")


def test_it_is_made_in_the_language_of_who_makes_it(tmp_path: Path) -> None:
    """Its files and what it says; the shop stands at the same morning, and its rules are the same."""
    folder = tmp_path / "shop"
    answer = run_crm("demo", str(folder), "--customers", "40", env={"CRMKIT_LANGUAGE": "pl"})
    assert (answer.status, "osoby nie: nazwiska" in answer.stderr) == (0, True)
    assert "Osoby nie są prawdziwe." in (folder / "README.md").read_text(encoding="utf-8")
    assert (
        tomli.loads((folder / "crm.toml").read_text(encoding="utf-8"))["crs"]["clock"] == "1998-07-01T09:00"
    )


def test_everything_it_says_to_try_works(small: Shell) -> None:
    """Each command under "What to try next" ends well in the demo's folder."""
    said = small.json("demo", "shop", "--customers", "200")
    assert (said["customers"], said["currency"]) == (200, "USD")
    assert len(said["try"]) > 6
    inside = Shell(small.folder / "shop")
    for command in said["try"]:
        program, *words = shlex.split(command)
        assert program == "crm"
        inside.run(*words)


def test_again_shows_the_same_without_making_it_anew(small: Shell) -> None:
    """A demo that is there is shown, not imported again; --fresh makes it anew."""
    assert "Imported" not in small.run("demo", "shop", "--customers", "200").stderr
    assert small.error("demo", "shop", "--customers", "50", status=5)["code"] == "conflict"
    assert "Imported" in small.run("demo", "shop", "--customers", "50", "--fresh").stderr
    small.run("demo", "shop", "--customers", "200", "--fresh")


def test_it_leaves_other_folders_alone(tmp_path: Path) -> None:
    """A folder that holds something else is refused, also with --fresh, and keeps what it has."""
    (tmp_path / "work").mkdir()
    (tmp_path / "work" / "crm.toml").write_text("mine", encoding="utf-8")
    error = Shell(tmp_path).error("demo", "work", "--fresh", status=5)
    assert "not a demo" in error["message"]
    assert (tmp_path / "work" / "crm.toml").read_text(encoding="utf-8") == "mine"


def test_an_interrupted_demo_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A demo that was stopped between its steps is completed by the same command."""

    def stop(*_: object) -> int:
        raise KeyboardInterrupt

    shell = Shell(tmp_path)
    with monkeypatch.context() as patch:
        patch.setattr("crmkit.cli.demo._consent", stop)
        shell.run("demo", "--customers", "40", status=130)
    assert shell.json("demo", "--customers", "40")["customers"] == 40


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_the_log_arrives_to_the_cent(tmp_path: Path) -> None:
    """All customers and purchases arrive; in the long form those of the whole log."""
    source = files("crmkit.data") / "cdnow" / "cdnow_master.csv.gz"
    with source.open("rb") as packed, gzip.open(packed, "rt", encoding="utf-8", newline="") as text:
        log = [(int(row["customer_id"]), row["date"], row["dollar_value"]) for row in csv.DictReader(text)]
    assert (len(log), len({number for number, _, _ in log})) == (69_659, 23_570)
    assert sum(Decimal(dollars) for _, _, dollars in log) == Decimal("2500315.63")
    size = soaking(500, 23_570)
    bought = [each for each in log if each[0] <= size]
    said = Shell(tmp_path).json("demo", "--customers", str(size))
    assert (said["customers"], said["purchases"]) == (size, len(bought))
    assert Decimal(str(said["revenue"])) == sum(Decimal(dollars) for _, _, dollars in bought)
    days = [day for _, day, _ in bought]
    assert (said["first"], said["last"]) == (min(days), max(days))


def test_the_people_are_always_the_same() -> None:
    """Person N is the same however many are made, reaches nobody real, and couples share an address."""
    from crmkit.data.people import invented

    everybody = list(invented(400))
    assert everybody[:100] == list(invented(100))
    assert all(one.email.endswith(("@example.org", "@example.com")) for one in everybody if one.email)
    assert everybody[38].email == everybody[39].email != ""
    assert len({one.locale for one in everybody}) == 11
