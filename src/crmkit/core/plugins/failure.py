"""What is told of an error in a plugin's code: what it is, and in which line of the plugin's own files."""

from __future__ import annotations

from pathlib import Path
from traceback import walk_tb
from typing import Final

_CORE: Final = Path(__file__).resolve().parents[1]


def placed(said: str, error: BaseException) -> str:
    """`said` with the line of the plugin from which the error came: `… (stamps.py:5)`."""
    place = place_of(error)
    return f"{said} ({place})" if place else said


def place_of(error: BaseException) -> str:
    """`stamps.py:5`: the innermost line in the folder of the first file that is not crmkit's core; or empty.

    What a plugin's code calls, such as a library, is left out: the plugin's line is where to look.
    """
    lines = [(Path(frame.f_code.co_filename), line) for frame, line in walk_tb(error.__traceback__)]
    home = next((file.parent for file, _ in lines if _is_plugins(file)), None)
    own = [(file, line) for file, line in lines if home is not None and file.is_relative_to(home)]
    return f"{own[-1][0].name}:{own[-1][1]}" if own else ""


def _is_plugins(file: Path) -> bool:
    """Whether a file may be a plugin's; `<frozen importlib._bootstrap>` is none."""
    return file.is_file() and not file.is_relative_to(_CORE)
