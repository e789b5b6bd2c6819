"""`crm clock`: a rehearsal of several days, in one sitting."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta

from tests.cli.conftest import Shell


def _now(shell: Shell) -> datetime:
    return datetime.fromisoformat(shell.json("clock")["now"])


def test_a_rehearsal_can_be_on_another_day(started: Callable[..., Shell]) -> None:
    """The clock is put to a time, goes on from there, is put on, and is the machine's again; days keep the
    time of day where the clocks change."""
    shell = started()
    file = shell.folder / "crm.toml"
    text = file.read_text(encoding="utf-8").replace("[crs]", "[crs]  # kept", 1)
    file.write_text(text.replace('"UTC"', '"Europe/Warsaw"'), encoding="utf-8")
    assert shell.json("clock")["set"] is False
    begun = shell.run("clock", "2026-03-27 15:00")
    assert "✓ It is Friday, 2026-03-27 15:00" in begun.stderr
    assert re.search("2026-03-27 15:0., as crm.toml sets the clock", shell.run("clock").stdout)
    before = _now(shell)
    shell.run("clock", "+2d")
    shell.run("clock", "+3h")
    assert timedelta(days=2, hours=2) <= _now(shell) - before < timedelta(days=2, hours=3)
    assert _now(shell).isoformat().startswith("2026-03-29T18:0")
    assert "[crs]  # kept" in file.read_text(encoding="utf-8")
    assert "clock --real" in shell.run("go-live", "--yes", status=5).stderr
    shell.run("clock", "--real")
    assert "clock" not in file.read_text(encoding="utf-8")
    assert _now(shell).tzinfo is not None
    shell.run("go-live", "--yes")
    assert "its clock is the machine's" in shell.run("clock", "+1h", status=5).stderr
    assert "does not read as a date" in shell.run("clock", "soon", status=5).stderr
