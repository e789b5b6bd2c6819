"""A file's bytes, unpacked where it is packed, never more than it may hold."""

from __future__ import annotations

import gzip
import io
import stat
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, Final, cast

from crmkit.core.errors import CrmError, Invalid, NotFound
from crmkit.core.files.refusals import refusal_of
from crmkit.core.normalise.text import quoted
from crmkit.core.phrase import phrase

_GZIP: Final = b"\x1f\x8b"
# Tables pack ten- to fiftyfold. What unpacks to more than this is made to fill the disk or the day.
_UNPACKED_FREELY: Final = 256 << 20
_UNPACKED_RATIO: Final = 200


@contextmanager
def opened(path: Path) -> Iterator[IO[bytes]]:
    """The file's bytes, unpacked where it is a gzip file; errors of the system say what to do."""
    try:
        _refuse_irregular(path)
        with path.open("rb") as plain:
            if plain.peek(2)[:2] != _GZIP:
                yield plain
                return
            limit = max(_UNPACKED_FREELY, path.stat().st_size * _UNPACKED_RATIO)
            with gzip.GzipFile(fileobj=plain) as packed:
                # It is no subclass of RawIOBase and has all that a buffered reader asks for.
                unpacked = _Bounded(cast("Any", packed), limit, path)
                yield io.BufferedReader(unpacked, 1 << 16)
    except CrmError:  # some of them are errors of the system by class; they are not about this file
        raise
    except FileNotFoundError:
        missing = phrase("There is no file {path}", path=quoted(path, limit=500))
        raise NotFound(missing, hint="Check the name and the folder.") from None
    except (gzip.BadGzipFile, zlib.error, EOFError) as error:
        hint = phrase("Fetch or pack it again.")
        raise Invalid(
            phrase("{path} is a damaged .gz file: {error}", path=quoted(path), error=error), hint=hint
        ) from None
    except OSError as error:
        raise Invalid(
            phrase("{path} cannot be read: {reason}", path=quoted(path), reason=refusal_of(error))
        ) from None


def start_of(path: Path, size: int = 64 << 10) -> bytes:
    """The first bytes of the file, unpacked."""
    with opened(path) as file:
        return file.read(size)


def _refuse_irregular(path: Path) -> None:
    mode = path.stat().st_mode
    if not stat.S_ISREG(mode) and not stat.S_ISDIR(mode):
        raise Invalid(
            phrase("{path} is no file that can be read twice", path=quoted(path)),
            hint="Save what it gives to a file and import that.",
        )


class _Bounded(io.RawIOBase):
    """What a packed file unpacks to, up to a limit."""

    def __init__(self, file: IO[bytes], limit: int, path: Path) -> None:
        self._file, self._left, self._path = file, limit, path

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        octets = self._file.read(len(buffer))
        self._left -= len(octets)
        if self._left < 0:
            raise Invalid(
                phrase(
                    "{path} unpacks to more than {unpacked_ratio} times its size",
                    path=quoted(self._path),
                    unpacked_ratio=_UNPACKED_RATIO,
                ),
                hint="If it is what you expect, unpack it yourself (gunzip) and import that.",
            )
        buffer[: len(octets)] = octets
        return len(octets)
