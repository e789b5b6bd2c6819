"""Every error that crmkit raises on purpose.

One root, `CrmError`. Each error also subclasses the builtin that a caller would already catch, carries a
stable `code` and the exit status of the command line, and says in its message what happened and to what, and
in its `hint` what to do next. Both are English, and shown in another language by `crmkit.core.phrase.shown`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from crmkit.core.phrase import Phrase, joined, phrase


class CrmError(Exception):
    """Something crmkit can explain went wrong.

    Arguments: `message` says what happened and to what; `hint` says what to do next, with the exact command
    where there is one; `details` are plain values for programs (shown under `--json`).
    """

    code: ClassVar[str] = "error"
    exit_status: ClassVar[int] = 1

    def __init__(self, message: str, *, hint: str = "", **details: Any) -> None:
        super().__init__(message)
        self.message: str = message if isinstance(message, Phrase) else Phrase(message)
        self.hint: str = hint if isinstance(hint, Phrase) else Phrase(hint)
        self.details: Mapping[str, Any] = details

    def __str__(self) -> str:
        return f"{self.message}\n{self.hint}" if self.hint else self.message


def reason_of(error: CrmError) -> str:
    """What happened and what to do about it, in one text: why a row of many is refused."""
    separator = " " if error.message.endswith(".") else phrase(". ")
    return joined(separator, [text for text in (error.message, error.hint) if text])


class NotFound(CrmError, LookupError):
    """Nothing answers to the reference that was given."""

    code = "not_found"
    exit_status = 3


class Ambiguous(CrmError, LookupError):
    """Several things answer to the reference that was given; `details["candidates"]` lists them."""

    code = "ambiguous"
    exit_status = 3


class NotAllowed(CrmError, PermissionError):
    """The acting employee lacks the permission, or may not see the record."""

    code = "not_allowed"
    exit_status = 4


class Invalid(CrmError, ValueError):
    """A value that crmkit cannot accept."""

    code = "invalid"
    exit_status = 5


class Unwanted(Invalid):
    """A plugin does not want this saved."""

    code = "refused"


class ConfigError(Invalid):
    """`crm.toml` cannot be used as it stands; `details["problems"]` lists every place at once."""

    code = "config"


class Conflict(CrmError, RuntimeError):
    """Somebody else changed the record first, or the value is already taken."""

    code = "conflict"
    exit_status = 5


class Rejected(CrmError, RuntimeError):
    """A plugin refused the whole unit of work: the one error that plugins raise to a person.

    Raise it in a `before_*` hook. Nothing of the unit of work is kept.
    """

    code = "rejected"
    exit_status = 5


class PluginError(CrmError, RuntimeError):
    """A plugin cannot be loaded, or failed in a hook; the message names plugin, version and hook."""

    code = "plugin"


class ReadOnly(CrmError, PermissionError):
    """Writing is refused: safe mode, a missing decider, or a schema of another version."""

    code = "read_only"
    exit_status = 4


class SchemaError(CrmError, RuntimeError):
    """The database's schema and this program do not fit; nothing was written."""

    code = "schema"


class StoreError(CrmError, RuntimeError):
    """The database could not do what was asked (disk full, damaged file, unreachable server)."""

    code = "store"


class TryAgain(CrmError, TimeoutError):
    """Busy just now; the same call may succeed in a moment."""

    code = "try_again"
    exit_status = 75


class ExtraMissing(CrmError, ImportError):
    """An optional dependency is not installed; the hint is the exact install line."""

    code = "extra_missing"
