"""How runs end: a few lines on stderr, an exit status that scripts can rely on, never a traceback."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import click
import pytest

from crmkit.cli.errors import guarded
from crmkit.core.errors import Ambiguous, Conflict, CrmError, Invalid, NotAllowed, NotFound, TryAgain
from tests.cli.conftest import Shell


def test_without_a_configuration_it_says_how_to_start_one(empty: Shell) -> None:
    """Outside of any CRM a command ends with 3 and names `crm init`."""
    result = empty.run("find", "anna", status=3)
    assert result.stdout == ""
    assert "crm init" in result.stderr
    assert "Traceback" not in result.stderr


def test_an_unknown_command_names_the_nearest(empty: Shell) -> None:
    """A misspelt command ends with 2 and a suggestion, also below a noun."""
    assert "Did you mean: crm customers" in empty.run("custmers", status=2).stderr
    assert "Did you mean: crm customers update" in empty.run("customers", "updte", status=2).stderr


def test_a_global_option_after_the_command_is_shown_its_place(empty: Shell) -> None:
    """`crm words --strict` says that --strict goes before the command."""
    assert "crm --strict words" in empty.run("words", "--strict", status=2).stderr


def test_json_errors_are_json(empty: Shell) -> None:
    """With --json an error, wrong usage included, is one JSON document on stderr."""
    error = empty.error("find", "anna", status=3)
    assert error["code"] == "not_found"
    assert set(error) == {"code", "message", "hint", "details"}
    assert empty.error("find", status=2)["code"] == "usage"


def test_json_and_csv_exclude_each_other(shop: Shell) -> None:
    """Asking for both formats is wrong usage."""
    assert "--json and --csv" in shop.run("words", "--csv", "--json", status=2).stderr


def test_every_problem_of_the_configuration_is_listed_at_once(shop: Shell) -> None:
    """A bad crm.toml ends with 5 and names each wrong line."""
    file = shop.folder / "crm.toml"
    file.write_text(file.read_text(encoding="utf-8") + '\n[crs2]\n[fields.size]\ntype = "nmber"\n')
    shown = shop.run("check", status=5).stderr
    assert "crs2" in shown
    assert 'did you mean "number"?' in shown


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (CrmError("x"), 1),
        (NotFound("x"), 3),
        (Ambiguous("x"), 3),
        (NotAllowed("x"), 4),
        (Invalid("x"), 5),
        (Conflict("x"), 5),
        (TryAgain("x"), 75),
        (click.UsageError("x"), 2),
        (click.Abort(), 130),
        (KeyboardInterrupt(), 130),
    ],
)
def test_each_error_has_its_status(
    error: BaseException, status: int, capsys: pytest.CaptureFixture[str]
) -> None:
    """The exit status says what kind of failure it was."""

    def fail() -> None:
        raise error

    assert guarded(fail, []) == status
    assert capsys.readouterr().out == ""


def test_an_unexpected_error_is_short_and_kept_in_a_file(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A defect shows one line and where the traceback is; the file is for the owner's eyes alone."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))

    def fail() -> None:
        raise ZeroDivisionError("by \x1b[31mnought")

    assert guarded(fail, []) == 1
    (file,) = tmp_path.iterdir()
    assert "Traceback" in file.read_text()
    assert file.stat().st_mode & 0o077 == 0
    shown = capsys.readouterr().err
    assert str(file) in shown
    assert "\x1b" not in shown
    assert "Traceback" not in shown


def test_under_v_an_unexpected_error_shows_its_traceback(capsys: pytest.CaptureFixture[str]) -> None:
    """With -v the traceback is on stderr."""

    def fail() -> None:
        raise ZeroDivisionError("nought")

    assert guarded(fail, ["check", "-v"]) == 1
    assert "Traceback" in capsys.readouterr().err


def test_a_reader_that_leaves_early_is_no_drama(shop: Shell) -> None:
    """`crm words | head -0` prints no complaint."""
    with subprocess.Popen(
        [sys.executable, "-m", "crmkit", "words", "--json"],
        cwd=shop.folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as program:
        assert program.stdout is not None
        assert program.stderr is not None
        program.stdout.close()
        assert program.stderr.read() == b""
        assert program.wait(60) == 1
