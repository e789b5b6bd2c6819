"""`crm` as a person calls it: in this process, or in one of its own where it matters."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from attrs import frozen
from click.testing import CliRunner, Result

ENVIRONMENT = {
    "CRMKIT_CONFIG": None, "CRMKIT_AS": None, "NO_COLOR": None, "TZ": "Europe/Warsaw",
    "CRMKIT_LANGUAGE": "en",
}  # fmt: skip


@frozen
class Shell:
    """A terminal-less shell in a folder."""

    folder: Path

    def run(self, *words: str, status: int = 0, stdin: str | None = None) -> Result:
        """Run `crm` with these words inside this process; it must end with `status`."""
        from crmkit.cli.root import crm

        before = Path.cwd()
        os.chdir(self.folder)
        try:
            result = CliRunner().invoke(crm, words, input=stdin, env=ENVIRONMENT)
        finally:
            os.chdir(before)
        assert result.exit_code == status, f"exit {result.exit_code}\n{result.output}\n{result.exc_info}"
        return result

    def json(self, *words: str) -> Any:
        """What `crm` prints on stdout with `--json`, read back."""
        return json.loads(self.run(*words, "--json").stdout)

    def json_findings(self, *words: str) -> list[str]:
        """The levels of what a check found, which must be something."""
        return [each["level"] for each in json.loads(self.run(*words, "--json", status=6).stdout)["findings"]]

    def error(self, *words: str, status: int) -> Mapping[str, Any]:
        """The error that `crm` explains on stderr with `--json`."""
        result = self.run(*words, "--json", status=status)
        assert result.stdout == ""
        error: Mapping[str, Any] = json.loads(result.stderr)["error"]
        return error

    def process(
        self, *words: str, env: Mapping[str, str] | None = None, **settings: Any
    ) -> subprocess.CompletedProcess[str]:
        """Run `crm` in a process of its own."""
        clean = {key: value for key, value in os.environ.items() if not key.startswith("CRMKIT_")}
        return subprocess.run(
            [sys.executable, "-m", "crmkit", *words],
            cwd=self.folder,
            env={**clean, "CRMKIT_LANGUAGE": "en", **(env or {})},
            capture_output=True,
            encoding="utf-8",
            timeout=60,
            check=False,
            **settings,
        )


@pytest.fixture
def empty(tmp_path: Path) -> Shell:
    """A shell in an empty folder."""
    return Shell(tmp_path)


@pytest.fixture(scope="session")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """The folder of a CRM with these lines more in its crm.toml; begun once, for tests to copy."""
    folders: dict[str, Path] = {}

    def begin(toml: str) -> Path:
        if toml not in folders:
            folder = tmp_path_factory.mktemp("begun")
            Shell(folder).run("init", "shop", "--currency", "PLN", "--timezone", "Europe/Warsaw")
            shell = Shell(folder / "shop")
            if toml:
                file = shell.folder / "crm.toml"
                file.write_text(file.read_text(encoding="utf-8") + toml, encoding="utf-8")
                shell.run("db", "upgrade")
            folders[toml] = shell.folder
        return folders[toml]

    return begin


@pytest.fixture
def started(tmp_path: Path, begun: Callable[[str], Path]) -> Callable[..., Shell]:
    """Start a CRM in a folder of its own, with more lines for its crm.toml."""

    def start(*, toml: str = "") -> Shell:
        return Shell(Path(shutil.copytree(begun(toml), tmp_path / "shop")))

    return start


@pytest.fixture
def shop(started: Callable[..., Shell]) -> Shell:
    """A shell in the folder of a CRM without plugins, on SQLite."""
    return started()
