"""Values that must not stand in a file: a reference to each, read as late as possible."""

from __future__ import annotations

import os
import re
from pathlib import Path

from attrs import field, frozen

from crmkit.core.config.faults import fault
from crmkit.core.errors import ConfigError
from crmkit.core.phrase import phrase

_REFERENCE = re.compile(r"env:[A-Za-z_][A-Za-z0-9_]*|file:[^\0]+")
_URL_PASSWORD = re.compile(r"(?P<before>\b[a-z][a-z0-9+.-]*://[^\s:/?#]*:)[^\s/?#]*(?=@)", re.IGNORECASE)
_QUERY_PASSWORD = re.compile(r"(?P<before>[?&](?:password|passfile|sslpassword)=)[^&\s]*", re.IGNORECASE)
_LARGEST = 64 * 1024
HIDDEN = "***"


@frozen(repr=False)
class Secret:
    """A reference to a secret: `env:NAME` or `file:PATH`; a relative path starts at `directory`.

    Neither `str` nor `repr` gives the reference or the value away; `reveal()` does.
    """

    reference: str = field()
    directory: Path = field(factory=Path, eq=False)

    @reference.validator
    def _is_reference(self, _: object, value: str) -> None:
        if not is_reference(value):
            # The value is not repeated: it may be the secret itself.
            raise fault(phrase('must say where the secret is, "env:NAME" or "file:PATH"'))

    def __str__(self) -> str:
        return f"{self.reference.partition(':')[0]}:{HIDDEN}"

    def __repr__(self) -> str:
        return f"Secret({str(self)!r})"

    def reveal(self) -> str:
        """The secret itself, read now. A file's last line break is not part of it.

        Errors: ConfigError if the variable is not set, the file cannot be read, or either is empty.
        """
        kind, _, name = self.reference.partition(":")
        value = _from_environment(name) if kind == "env" else _from_file(self.directory / name)
        if not value:
            raise ConfigError(
                phrase('the secret "{reference}" is empty', reference=self.reference),
                hint="Put the value there, or change the reference.",
            )
        return value


def is_reference(value: object) -> bool:
    """Whether a text has the form of a reference to a secret."""
    return isinstance(value, str) and _REFERENCE.fullmatch(value) is not None


def masked(text: str) -> str:
    """The text with the passwords of URLs in it hidden."""
    if "://" not in text:
        return text
    text = _URL_PASSWORD.sub(rf"\g<before>{HIDDEN}", text)
    return _QUERY_PASSWORD.sub(rf"\g<before>{HIDDEN}", text)


def _from_environment(name: str) -> str:
    value = os.environ.get(name)
    if value is None:
        raise ConfigError(
            phrase('the environment variable "{name}" is not set', name=name),
            hint=phrase("Set it: export {name}=…", name=name),
        )
    return value


def _from_file(path: Path) -> str:
    try:
        if not path.is_file():
            raise ConfigError(
                phrase(
                    'the file "{path}" that should hold a secret is missing or not a regular file', path=path
                ),
                hint="Create it, readable for you alone, with the secret as its only line.",
            )
        with path.open("rb") as file:
            content = file.read(_LARGEST + 1)
        if len(content) > _LARGEST:
            raise ConfigError(
                phrase('the file "{path}" is too large to hold a secret', path=path), hint="Correct the path."
            )
        return content.decode("utf-8").removesuffix("\n").removesuffix("\r")
    except (OSError, UnicodeDecodeError) as error:
        from crmkit.core.files.refusals import refusal_of

        reason = refusal_of(error) if isinstance(error, OSError) else phrase("is not UTF-8")
        raise ConfigError(
            phrase('the secret in the file "{path}" cannot be read: {reason}', path=path, reason=reason),
            hint="Check the file and its permissions.",
        ) from None
