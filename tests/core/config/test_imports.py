"""What importing and reading the configuration costs."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import crmkit.core

SCRIPT = """
import json, sys
from crmkit.core.config import {name}
{name}(sys.argv[1])
print(json.dumps(sorted(sys.modules)))
"""


def modules_after(name: str, path: Path) -> set[str]:
    """The names of all modules that a fresh interpreter has after the call."""
    command = [sys.executable, "-c", SCRIPT.format(name=name), str(path)]
    # The package under test, installed or not.
    source = str(Path(next(iter(crmkit.core.__path__))).parents[1])
    environment = {**os.environ, "PYTHONPATH": source}
    done = subprocess.run(command, check=True, capture_output=True, text=True, env=environment)
    return set(json.loads(done.stdout))


def test_loading_needs_no_database_and_no_command_line(write: Callable[..., Path]) -> None:
    """`load` imports neither SQLAlchemy nor click, and tomlkit is for editing only."""
    assert not modules_after("load", write("[crs]\nname = 'x'\n")) & {"sqlalchemy", "click", "tomlkit"}


def test_reading_raw_is_cheap(write: Callable[..., Path]) -> None:
    """What `crm --help` needs comes without cattrs, the schema and the scanner of lines."""
    loaded = modules_after("read_raw", write("[crs]\nname = 'x'\n"))
    heavy = {"cattrs", "difflib", "zoneinfo", "crmkit.core.config.schema", "crmkit.core.config.locate"}
    assert not loaded & heavy
