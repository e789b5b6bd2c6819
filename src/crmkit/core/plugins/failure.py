"""What is told of an error in a plugin's code: what it is, whose, and in which line of the plugin's files."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from traceback import walk_tb
from types import FrameType
from typing import Any, Final

from crmkit.core.errors import CrmError, PluginError
from crmkit.core.phrase import phrase

_CORE: Final = Path(__file__).resolve().parents[1]


@contextmanager
def blaming(kind: str, word: Any) -> Iterator[None]:
    """Let what a plugin's word raises inside of the `with` be a `PluginError` that names both.

    `kind` is such as trait. Errors that are meant for people pass, and so do those of the core's own words.
    """
    try:
        yield
    except CrmError:
        raise
    except Exception as error:
        if (outage := outage_of(error)) is not None:
            raise outage  # noqa: B904  (it is the error itself, or comes from it)
        if word.owner in ("core", ""):
            raise
        raise PluginError(
            phrase(
                'The {kind} {name} of plugin "{plugin}" failed: {error}',
                kind=phrase(kind),
                name=word.name,
                plugin=word.owner,
                error=placed(repr(error), error),
            ),
            hint=phrase("To go on without it: crm plugins disable {plugin}", plugin=word.owner),
            plugin=word.owner,
        ) from error


def outage_of(error: BaseException) -> CrmError | None:
    """What an error says of the database, which is no plugin's failure: see `crmkit.core.store.outages`."""
    from crmkit.core.store.outages import outage

    found = outage(error)
    if found is not None and found is not error:
        found.__cause__ = error
    return found


def said_of(error: Exception) -> str:
    """An error in one line, to be kept: what is meant for people as it is, else its type and its line too."""
    error = outage_of(error) or error
    return error.message if isinstance(error, CrmError) else placed(briefly(error), error)


def briefly(error: Exception) -> str:
    """The same without the line: of what goes wrong in the world outside, nobody is to look there."""
    error = outage_of(error) or error
    return error.message if isinstance(error, CrmError) else f"{type(error).__name__}: {error}"


def placed(said: str, error: BaseException, home: Path | None = None) -> str:
    """`said` with the line of the plugin from which the error came: `… (stamps.py:5)`; as `place_of`."""
    place = place_of(error, home)
    return f"{said} ({place})" if place else said


def place_of(error: BaseException, home: Path | None = None) -> str:
    """`stamps.py:5`: the innermost line in the plugin's folder `home`, or empty.

    Where that is not known, it is the folder of the first file that may be a plugin's.

    What a plugin's code calls, such as a library, is left out: the plugin's line is where to look.
    """
    lines = [(frame, Path(frame.f_code.co_filename), line) for frame, line in walk_tb(error.__traceback__)]
    home = home or next((file.parent for frame, file, _ in lines if _is_plugins(frame, file)), None)
    own = [(file, line) for _, file, line in lines if home is not None and file.is_relative_to(home)]
    return f"{own[-1][0].name}:{own[-1][1]}" if own else ""


def _is_plugins(frame: FrameType, file: Path) -> bool:
    """Whether a line may be a plugin's: it is in a file, and neither Python's own nor the core's."""
    package = str(frame.f_globals.get("__name__")).partition(".")[0]
    return package not in sys.stdlib_module_names and file.is_file() and not file.is_relative_to(_CORE)
