"""Appending to a file: all of the lines or none, whoever else appends, and on disk before it is said."""

from __future__ import annotations

import fcntl
import os
import stat
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import PurePath
from typing import TYPE_CHECKING, Final

from crmkit.core.errors import Invalid
from crmkit.core.files.place import own_files, place_of
from crmkit.core.files.refusals import refusal_of
from crmkit.core.phrase import phrase

if TYPE_CHECKING:
    from crmkit.core.config import Config

_FOLDER: Final = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
# Read as well: the end of what is there decides where a new line begins.
_FILE: Final = os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


class NotAppended(Exception):
    """The lines are not in the file, or, where it `is_unsure`, perhaps they are."""

    def __init__(self, reason: str, *, is_unsure: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.is_unsure = is_unsure


def append(config: Config, path: PurePath, header: str, lines: Sequence[str]) -> None:
    """Append `lines` to the file at `path`, which starts at `crm.toml`'s folder; a new one gets the header.

    Symbolic links are not followed. Raises `Invalid` for a file that is not a rule's to write, and
    `NotAppended`.
    """
    place_of(config, str(path))
    with _folder(config, path) as folder, _opened(folder, path) as file:
        _require_ours(config, path, file)
        fcntl.flock(file, fcntl.LOCK_EX)
        _write(path, file, header, lines)


@contextmanager
def _folder(config: Config, path: PurePath) -> Iterator[int]:
    """The folder of the file, made if need be; each step of the way is held, so none can be swapped."""
    here = os.open(config.directory.resolve(), _FOLDER)
    try:
        for part in path.parts[:-1]:
            with suppress(FileExistsError):
                os.mkdir(part, dir_fd=here)
            below = os.open(part, _FOLDER, dir_fd=here)
            os.close(here)
            here = below
        yield here
    except OSError as error:
        raise _trouble(path, error) from None
    finally:
        os.close(here)


@contextmanager
def _opened(folder: int, path: PurePath) -> Iterator[int]:
    try:
        file = os.open(path.name, _FILE, 0o640, dir_fd=folder)
    except OSError as error:
        raise _trouble(path, error) from None
    try:
        yield file
    finally:
        os.close(file)


def _trouble(path: PurePath, error: OSError) -> Exception:
    import errno

    if error.errno in (errno.ELOOP, errno.ENOTDIR, errno.EISDIR, errno.ENXIO, errno.EMLINK):
        return Invalid(
            phrase(
                '"{path}" is no file that a rule can write to: {reason}', path=path, reason=refusal_of(error)
            )
        )
    return NotAppended(phrase('"{path}" cannot be written: {reason}', path=path, reason=refusal_of(error)))


def _require_ours(config: Config, path: PurePath, file: int) -> None:
    """Whatever it is called: a second name of `crm.toml` is `crm.toml`."""
    found = os.fstat(file)
    if not stat.S_ISREG(found.st_mode):
        raise Invalid(phrase('"{path}" is no ordinary file', path=path))
    for each in own_files(config):
        with suppress(OSError):
            if os.path.samestat(each.stat(), found):
                raise Invalid(phrase('"{path}" is another name of {name}', path=path, name=each.name))


def _write(path: PurePath, file: int, header: str, lines: Sequence[str]) -> None:
    """Under the lock. What was written in part is taken away again."""
    size = os.fstat(file).st_size
    text = "".join(f"{line}\n" for line in ([header] if header and not size else []) + list(lines))
    if size and os.pread(file, 1, size - 1) != b"\n":
        text = f"\n{text}"
    rest = memoryview(text.encode("utf-8", "replace"))
    try:
        while rest:
            rest = rest[os.write(file, rest) :]
        os.fsync(file)
    except OSError as error:
        try:
            os.ftruncate(file, size)
        except OSError:
            raise NotAppended(
                phrase('"{path}" was written in part: {reason}', path=path, reason=refusal_of(error)),
                is_unsure=True,
            ) from None
        raise NotAppended(
            phrase('"{path}" cannot be written: {reason}', path=path, reason=refusal_of(error))
        ) from None
