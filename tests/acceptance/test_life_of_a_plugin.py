"""The referrals package from its installation to its purge, as people do it: by commands."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from crmkit import Crm
from crmkit.testing import open_crm, run_crm
from crmkit.testing.command_line import Answer
from tests.example_package import REFERRALS, ROOT

RECOMMENDED = "referrals.recommended"


class House:
    """A business and its command line."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "crm.toml"
        open_crm(folder).close()

    def __call__(self, *arguments: object, status: int = 0) -> Answer:
        answer = run_crm("--config", self.path, *arguments)
        assert answer.status == status, (arguments, answer.stdout, answer.stderr)
        return answer

    def points(self) -> list[int]:
        """The points of those who recommended, best first."""
        return [row["points"] for row in self("referrals", "top", "--json").json]

    def state(self) -> str:
        """How it stands with the plugin."""
        return str(self("plugins", "info", "referrals", "--json").json["state"])


@pytest.fixture
def house(tmp_path: Path, referrals: Path) -> House:
    """A business that uses the installed package, with a customer who recommended it once."""
    house = House(tmp_path)
    house("plugins", "enable", "referrals")
    house("db", "upgrade")
    house("customers", "add", "--name", "Anna Nowak", "--set", "referrals.code=ANNA7")
    house("log", "Anna Nowak", RECOMMENDED, "--set", "friend=Ola")
    return house


def test_words_appear(house: House) -> None:
    """Installed and enabled, the package's words, command and numbers are there."""
    words = house("words", "--json").stdout
    assert '"referrals.code"' in words
    assert '"referrals.recommended"' in words
    assert "Who recommends you most" in house("--help").stdout
    assert house.points() == [10]
    assert "ANNA7" in house("show", "Anna Nowak").stdout


def test_disabled_its_data_stays(house: House) -> None:
    """Disabled, its data is readable and the rest works; enabled again it gets what it missed."""
    house("plugins", "disable", "referrals")
    assert house.state() == "disabled"
    assert "referrals" not in house("--help").stdout
    assert "Ola" in house("show", "Anna Nowak", "--json").stdout
    house("note", "Anna Nowak", "Likes rye")
    house("plugins", "enable", "referrals")
    house("log", "Anna Nowak", RECOMMENDED)
    assert house.points() == [20]


def test_gone_and_back(house: House, referrals: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The package vanishes: records open and save, contracts stay known; back again, nothing is missing."""
    monkeypatch.setattr(sys, "path", [each for each in sys.path if each != str(referrals)])
    answer = house("customers", "add", "--name", "Jan Wilk")
    assert "referrals" in answer.stderr
    assert house.state() == "missing"
    assert "crm plugins uninstall referrals" in house("doctor", status=6).stdout
    assert "Ola" in house("show", "Anna Nowak", "--json").stdout
    house("plugins", "uninstall", "referrals")
    assert house.state() == "uninstalled"
    house("doctor")
    with Crm.open(house.path) as crm, crm.reading() as execute:
        kept = crm.tables.ownership
        owned = {row.table_name: row for row in execute(kept.select().where(kept.c.plugin == "referrals"))}
        assert set(owned) == {"referrals_link", "referrals_points"}
        assert '"sum"' in owned["referrals_points"].contract
    monkeypatch.syspath_prepend(str(referrals))
    house("plugins", "enable", "referrals")
    assert house.state() == "loaded"
    house("log", "Jan Wilk", RECOMMENDED)
    assert house.points() == [10, 10]


def test_a_purge_is_previewed_then_done(house: House) -> None:
    """A purge needs the plugin out of use, says what it would delete, and leaves nothing but the log."""
    house("plugins", "purge", "referrals", "--yes", status=5)
    house("plugins", "uninstall", "referrals")
    preview = house("plugins", "purge", "referrals", "--dry-run")
    assert "referrals_points: 1" in preview.stdout + preview.stderr
    assert "its interactions: 1" in preview.stdout + preview.stderr
    house("plugins", "purge", "referrals", "--yes")
    assert house.state() == "available"
    house("plugins", "purge", "referrals", "--yes", status=3)
    house("db", "check")
    assert RECOMMENDED in house("interactions", "list", "--json").stdout
    house("plugins", "enable", "referrals")
    house("db", "upgrade")
    assert house.points() == []


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_pip_installs_it_into_a_fresh_environment(tmp_path: Path) -> None:
    """pip installs the package from the checkout; `crm` finds it, and without it goes on."""
    environment = tmp_path / "venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(environment)], check=True)
    python = environment / "bin" / "python"
    # What crmkit, pip and the build need comes from the environment of the tests: no network is needed.
    (site,) = environment.glob("lib/python*/site-packages")
    (site / "borrowed.pth").write_text("\n".join(each for each in sys.path if "site-packages" in each))
    env = {**os.environ, "PYTHONPATH": str(ROOT / "src")}

    def run(*arguments: str, cwd: Path = tmp_path) -> str:
        done = subprocess.run(
            [str(python), *arguments], cwd=cwd, env=env, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    run("-m", "pip", "install", "-q", "--no-deps", "--no-index", "--no-build-isolation", str(REFERRALS))
    open_crm(tmp_path / "shop").close()
    shop = tmp_path / "shop"
    run("-m", "crmkit", "plugins", "enable", "referrals", cwd=shop)
    run("-m", "crmkit", "db", "upgrade", cwd=shop)
    run("-m", "crmkit", "customers", "add", "--name", "Anna Nowak", cwd=shop)
    run("-m", "crmkit", "log", "Anna Nowak", RECOMMENDED, cwd=shop)
    assert "10" in run("-m", "crmkit", "referrals", "top", cwd=shop)
    run("-m", "pip", "uninstall", "-q", "-y", "crmkit-referrals")
    assert "missing" in run("-m", "crmkit", "plugins", "list", cwd=shop)
    assert "Anna Nowak" in run("-m", "crmkit", "show", "Anna Nowak", cwd=shop)
