"""`python -m tests.architecture.surface` writes the lists anew."""

from __future__ import annotations

from tests.architecture.surface import COMMANDS, PYTHON, commands_now, python_now

PYTHON.write_text(python_now(), encoding="utf-8")
COMMANDS.write_text(commands_now(), encoding="utf-8")
