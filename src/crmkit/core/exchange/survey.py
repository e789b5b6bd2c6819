"""A first look at a file: what identifies it, how it is encoded, and what in it needs care."""

from __future__ import annotations

import gzip
import hashlib
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, Final, cast

from attrs import define, field, frozen

from crmkit.core.errors import CrmError, Invalid, NotFound
from crmkit.core.normalise.text import quoted

_BLOCK: Final = 1 << 20
# No line of a table is longer; a file without line ends would otherwise be read into memory as one.
_LONGEST_LINE: Final = 16 << 20
_FOREIGN: Final = (
    (b"PK\x03\x04", "a spreadsheet or an archive", "Open it and save it as CSV in UTF-8, then import that."),
    (b"\xd0\xcf\x11\xe0", "an old spreadsheet", "Open it and save it as CSV in UTF-8, then import that."),
    (b"\xff\xfe", "text in UTF-16", "Save it as CSV in UTF-8, or: iconv -f UTF-16 -t UTF-8 FILE > NEW"),
    (b"\xfe\xff", "text in UTF-16", "Save it as CSV in UTF-8, or: iconv -f UTF-16 -t UTF-8 FILE > NEW"),
)


@frozen
class Survey:
    """`digest` identifies the content; `lines` is their number; `damaged` says that NUL or bytes that are no
    UTF-8 occur, so that every row must be looked at."""

    digest: str
    lines: int
    damaged: bool


def survey(path: Path) -> Survey:
    """Read the file once. Raises `NotFound`, and `Invalid` for what is no UTF-8 text at all."""
    look = _Look(path)
    with opened(path) as file:
        for block in _whole_lines(file, path):
            look.at(block)
    return look.result()


@contextmanager
def opened(path: Path) -> Iterator[IO[bytes]]:
    """The file's bytes, unpacked where its name ends in `.gz`; errors of the system say what to do."""
    try:
        with cast("IO[bytes]", gzip.open(path, "rb") if path.suffix == ".gz" else path.open("rb")) as file:
            yield file
    except CrmError:  # some of them are errors of the system by class; they are not about this file
        raise
    except FileNotFoundError:
        missing = f"There is no file {quoted(path, limit=500)}"
        raise NotFound(missing, hint="Check the name and the folder.") from None
    except (gzip.BadGzipFile, zlib.error, EOFError) as error:
        hint = "Fetch or pack it again."
        raise Invalid(f"{quoted(path)} is a damaged .gz file: {error}", hint=hint) from None
    except OSError as error:
        raise Invalid(f"{quoted(path)} cannot be read: {error.strerror or error}") from None


@define
class _Look:
    """What has been seen of the file so far."""

    path: Path
    digest: Any = field(factory=hashlib.sha256)
    lines: int = 0
    has_nul: bool = False
    is_utf8_somewhere: bool = False
    first_bad: tuple[int, int] | None = None

    def at(self, block: bytes) -> None:
        if not self.lines:
            _refuse_foreign(self.path, block)
        self.digest.update(block)
        self.has_nul = self.has_nul or b"\0" in block
        if not block.isascii():
            self._decode(block)
        self.lines += block.count(b"\n") or block.count(b"\r")

    def _decode(self, block: bytes) -> None:
        try:
            block.decode("utf-8")
            self.is_utf8_somewhere = True
        except UnicodeDecodeError as error:
            line = self.lines + block.count(b"\n", 0, error.start) + 1
            self.first_bad = self.first_bad or (line, block[error.start])
            self.is_utf8_somewhere |= not block.decode("utf-8", "ignore").removeprefix("\ufeff").isascii()

    def result(self) -> Survey:
        if self.first_bad and not self.is_utf8_somewhere:
            line, byte = self.first_bad
            raise Invalid(
                f"{quoted(self.path.name)} is not UTF-8: line {line} has the byte 0x{byte:02X}",
                hint="Save it as CSV in UTF-8; for a file from an older Windows: "
                "iconv -f WINDOWS-1252 -t UTF-8 FILE > NEW",
                line=line,
            )
        return Survey(self.digest.hexdigest(), self.lines, self.has_nul or self.first_bad is not None)


def _refuse_foreign(path: Path, start: bytes) -> None:
    for mark, what, hint in _FOREIGN:
        if start.startswith(mark):
            raise Invalid(f"{quoted(path.name)} is {what}, not CSV in UTF-8", hint=hint)


def _whole_lines(file: IO[bytes], path: Path) -> Iterator[bytes]:
    """Blocks that end where a line ends, so that no character is cut in two."""
    rest, line = b"", 1
    while block := file.read(_BLOCK):
        block = rest + block
        end = max(block.rfind(b"\n"), block.rfind(b"\r")) + 1
        if not end and len(block) > _LONGEST_LINE:
            raise Invalid(
                f"{quoted(path.name)}: line {line} is longer than {_LONGEST_LINE >> 20} MB; this is no table",
                hint="Check that it is a CSV file.",
                line=line,
            )
        rest = block[end:]
        if end:
            line += block.count(b"\n", 0, end)
            yield block[:end]
    if rest:
        yield rest
