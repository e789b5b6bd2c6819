"""What `crm` imports before it has anything to do: almost nothing."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable

import pytest

from tests.cli.conftest import Shell

HEAVY = ("sqlalchemy", "alembic", "cattrs", "rich", "phonenumbers", "msgspec", "tomlkit", "email_validator")
_PROBE = """
import json, sys
from crmkit.cli.root import crm
try:
    crm.main({words!r})
except SystemExit:
    pass
print("MODULES" + json.dumps(sorted(sys.modules)))
"""


def modules_after(shell: Shell, *words: str) -> set[str]:
    """The modules that a run of `crm` with these words has imported."""
    done = subprocess.run(
        [sys.executable, "-c", _PROBE.format(words=list(words))],
        cwd=shell.folder,
        capture_output=True,
        encoding="utf-8",
        check=True,
        timeout=60,
    )
    return set(json.loads(done.stdout.rpartition("MODULES")[2]))


@pytest.mark.parametrize("words", [["--help"], ["--version"], ["customers", "--help"], ["completion", "zsh"]])
def test_help_version_and_completion_import_nothing_heavy(shop: Shell, words: list[str]) -> None:
    """`crm --help` and the like start without the database's, the table's and the validators' libraries."""
    loaded = modules_after(shop, *words)
    assert not {name for name in loaded if name.split(".")[0] in HEAVY}


def test_help_lists_the_commands_of_plugins_without_importing_one(
    started: Callable[..., Shell],
) -> None:
    """The commands that a plugin offers come from its manifest; its module stays unimported."""
    shell = started()
    folder = shell.folder / "plugins"
    folder.mkdir()
    (folder / "stamps.py").write_text("raise SystemExit('imported')", encoding="utf-8")
    (folder / "stamps.toml").write_text(
        'name = "stamps"\ntitle = "Stamps"\ndoc = "A stamp card"\n'
        '[commands]\nstamps = { target = "stamps:stamps", help = "Count stamps" }\n',
        encoding="utf-8",
    )
    file = shell.folder / "crm.toml"
    file.write_text(file.read_text(encoding="utf-8").replace("plugins = []", 'plugins = ["stamps"]'))
    assert "Count stamps" in shell.run("--help").stdout
    assert not {name for name in modules_after(shell, "--help") if "stamps" in name}


def test_a_broken_manifest_is_shown_and_does_no_harm(started: Callable[..., Shell]) -> None:
    """Help goes on without a plugin whose manifest cannot be read, and says what is wrong with it."""
    shell = started()
    folder = shell.folder / "plugins"
    folder.mkdir()
    (folder / "stamps.py").write_text("", encoding="utf-8")
    (folder / "stamps.toml").write_text('name = "stamps"\ntitel = "Stamps"\n', encoding="utf-8")
    file = shell.folder / "crm.toml"
    file.write_text(file.read_text(encoding="utf-8").replace("plugins = []", 'plugins = ["stamps"]'))
    shown = shell.run("--help").stdout
    assert "customers" in shown
    assert "stamps.toml:2" in shown


def test_completion_offers_commands(shop: Shell) -> None:
    """The shell's completion protocol gets the commands that begin with what was typed."""
    done = shop.process(env={"_CRM_COMPLETE": "zsh_complete", "COMP_WORDS": "crm cus", "COMP_CWORD": "1"})
    assert "customers" in done.stdout
    assert "consent" not in done.stdout


def test_python_m_crmkit_is_crm(empty: Shell) -> None:
    """`python -m crmkit --version` prints the version and ends well."""
    done = empty.process("--version")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("crmkit 0.")


def test_a_plan_is_made_by_a_process_that_has_done_nothing_else(shop: Shell) -> None:
    """Rules are the first that it imports of the core."""
    done = shop.process("plan")
    assert (done.returncode, "Traceback" in done.stderr, "defect" in done.stderr) == (0, False, False)
