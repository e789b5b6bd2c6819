"""`crm plugins new`: what it writes works, whatever was chosen."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from crmkit.cli.scaffold.parts import NAMES, PARTS
from crmkit.testing import run_crm
from crmkit.testing.business import write_business

RUFF = shutil.which("ruff", path=str(Path(sys.executable).parent))
_ALL_IN_PLACE = """
import sys
from pathlib import Path
from crmkit.testing.in_place import use_in_place
for folder in Path(__file__).parent.iterdir():
    if folder.is_dir():
        use_in_place(folder)
"""


def new(folder: Path, name: str, *arguments: str) -> dict:
    """The answer of `crm plugins new`, which writes into `folder`."""
    answer = run_crm("plugins", "new", name, "--into", folder, "--json", *arguments)
    assert answer.status == 0, answer.stderr
    made: dict = answer.json
    return made


def unclean(folder: Path) -> str:
    """What ruff would say or change, by the rules that the packages bring."""
    assert RUFF is not None
    checks: list[list[str | Path]] = [
        [RUFF, "check", "-q", "--no-cache", folder],
        [RUFF, "format", "--diff", "-q", "--no-cache", folder],
    ]
    return "".join(
        subprocess.run(each, capture_output=True, text=True, check=False).stdout for each in checks
    )


@pytest.mark.slow
def test_each_part_works_alone(tmp_path: Path) -> None:
    """A plugin of any one part is lint-clean, and its own tests pass where it is written."""
    for part in PARTS:
        made = new(tmp_path, f"only_{part.name}", "--with", part.name)
        assert made["parts"] == [each for each in NAMES if each in (part.name, *part.needs)]
    assert unclean(tmp_path) == ""
    (tmp_path / "conftest.py").write_text(_ALL_IN_PLACE)
    (tmp_path / "pytest.ini").write_text("[pytest]\nfilterwarnings = error\n")
    tests = [f"crmkit-only-{part.name}/tests/test_{part.name}.py" for part in PARTS]
    run = subprocess.run(
        [
            sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:randomly",
            "--import-mode=importlib", "-m", "not postgresql", *tests,
        ],
        cwd=tmp_path, env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert run.returncode == 0, run.stdout + run.stderr
    assert f"{len(PARTS)} passed" in run.stdout


@pytest.mark.parametrize(
    ("name", "more", "said"),
    [
        ("My-Stamps", (), "such as my_stamps"),
        ("class", (), "cannot be the name"),
        ("email", (), 'There is a plugin "email" already'),
        ("customers", ("--with", "command"), "crm customers is a command"),
        ("stamps", ("--with", "tait"), 'Did you mean "trait"?'),
        ("stamps", ("--title", 'a "b"'), "cannot be a title"),
    ],
)
def test_what_cannot_be(tmp_path: Path, name: str, more: tuple[str, ...], said: str) -> None:
    """A name that is none or is taken, and a part that there is not, are refused with the way out."""
    answer = run_crm("plugins", "new", name, "--into", tmp_path, *more)
    assert answer.status == 5
    assert said in answer.stderr
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_written_over(tmp_path: Path) -> None:
    """The receipt says what to do next; a second time is refused, and the first stays as it is."""
    arguments = ("plugins", "new", "stamps", "--into", tmp_path, "--with", "field")
    told = run_crm(*arguments).stderr
    assert f"Next: cd {tmp_path}/crmkit-stamps && python -m pytest" in told
    assert "Then: pip install -e ." in told
    readme = tmp_path / "crmkit-stamps" / "README.md"
    readme.write_text("mine")
    assert "There is something already" in run_crm(*arguments).stderr
    assert readme.read_text() == "mine"


def test_under_which_licence_a_plugin_is(tmp_path: Path) -> None:
    """What is nobody else's says so, in the text and to installers."""
    made = run_crm(
        "plugins", "new", "stamps", "--into", tmp_path, "--with", "field", "--licence", "proprietary"
    )
    assert made.status == 0, made.stderr
    package = tmp_path / "crmkit-stamps"
    assert "All rights reserved" in (package / "LICENSE").read_text()
    assert tomllib.loads((package / "pyproject.toml").read_text())["project"]["license"] != "MIT"


def test_one_file_has_no_licence(tmp_path: Path) -> None:
    """A licence for the one file of --local would have no effect, and is refused with the reason."""
    config = write_business(tmp_path)
    answer = run_crm("--config", config, "plugins", "new", "stamps", "--local", "--licence", "mit")
    assert answer.status == 2
    assert "needs no licence: leave --licence out" in answer.stderr
    assert not (tmp_path / "plugins").exists()


def test_one_file_beside_a_business(tmp_path: Path) -> None:
    """With --local every part is in one lint-clean file, whose words and command the business has at once."""
    config = write_business(tmp_path)
    call = ("--config", config)
    made = run_crm(*call, "plugins", "new", "stamps", "--local", "--with", "all", "--json").json
    assert made["next"] == ["crm plugins check stamps", "crm plugins enable stamps && crm db upgrade"]
    (tmp_path / "ruff.toml").write_text(
        'line-length = 110\nlint.select = ["E", "F", "I", "UP", "B", "RUF"]\n'
    )
    assert unclean(tmp_path) == ""
    words = "db upgrade, plugins enable stamps, db upgrade, customers add --name Anna"
    for each in words.split(", "):
        assert run_crm(*call, *each.split()).status == 0
    assert run_crm(*call, "log", "anna", "visited", "--text", "With her dog").status == 0
    assert run_crm(*call, "stamps", "list", "--json").json[0]["stamps"] == 1
