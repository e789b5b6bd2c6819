"""Where an export goes: a file that appears when it is whole, a file object, or stdout."""

from __future__ import annotations

import os
import secrets
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import IO, Any, Final

from crmkit.core.errors import CrmError, StoreError
from crmkit.core.files.refusals import refusal_of
from crmkit.core.normalise.text import quoted
from crmkit.core.phrase import phrase

STDOUT: Final = "-"
Target = str | Path | IO[Any]


def path_of(target: Target) -> Path | None:
    """The path that `target` names; None for a stream."""
    if isinstance(target, str):
        return None if target == STDOUT else Path(target)
    return target if isinstance(target, Path) else None


@contextmanager
def opened(target: Target) -> Iterator[IO[bytes]]:
    """A binary stream into `target`. A file is there once the block has ended well.

    A new file can be read by its owner only; one that is replaced keeps its mode. Raises `StoreError` for
    what the system refuses, such as a full disk.
    """
    path = path_of(target)
    if path is None:
        stream: Any = sys.stdout if target == STDOUT else target
        yield getattr(stream, "buffer", stream)
        return
    try:
        path = path.resolve()
        with _written_over(path) if _is_special(path) else _whole(path) as file:
            yield file
    except CrmError:  # some of which are OSError as well
        raise
    except OSError as error:
        raise StoreError(
            phrase("{path} cannot be written: {reason}", path=quoted(path), reason=refusal_of(error)),
            hint="Nothing of the export was kept. Make room, or give another place: --output FILE",
        ) from error


def _is_special(path: Path) -> bool:
    """Whether it is a device or a pipe, which nothing can take the place of."""
    return path.exists() and not path.is_file() and not path.is_dir()


@contextmanager
def _written_over(path: Path) -> Iterator[IO[bytes]]:
    with path.open("wb") as file:
        yield file


@contextmanager
def _whole(path: Path) -> Iterator[IO[bytes]]:
    mode = path.stat().st_mode & 0o777 if path.is_file() else 0o600
    beside = path.with_name(f".{path.name[:80]}.{secrets.token_hex(4)}.part")
    with ExitStack() as stack:
        descriptor, is_nameless = _started(beside)
        if not is_nameless:
            stack.callback(beside.unlink, missing_ok=True)
        with os.fdopen(descriptor, "wb", buffering=1 << 20) as file:
            yield file
            file.flush()
            os.fchmod(descriptor, mode)
            os.fsync(descriptor)
            if is_nameless:
                stack.callback(beside.unlink, missing_ok=True)
                # With a folder, which an absolute path ignores: else Python calls what links the symlink.
                os.link(f"/proc/self/fd/{descriptor}", beside, src_dir_fd=descriptor, follow_symlinks=True)
        beside.replace(path)


def _started(beside: Path) -> tuple[int, bool]:
    """A new file, and whether it has no name: such a one is gone when the process is killed."""
    nameless = getattr(os, "O_TMPFILE", 0)
    if nameless and Path("/proc/self/fd").is_dir():
        with suppress(OSError):  # not every file system can
            return os.open(beside.parent, nameless | os.O_RDWR | os.O_CLOEXEC, 0o600), True
    return os.open(beside, os.O_CREAT | os.O_EXCL | os.O_RDWR | os.O_CLOEXEC, 0o600), False
