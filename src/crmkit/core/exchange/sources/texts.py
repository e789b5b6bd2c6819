"""A text file: what identifies it, how it is encoded, and its content as UTF-8 whatever it is in."""

from __future__ import annotations

import codecs
import hashlib
import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, Final

from attrs import define, evolve, field, frozen

from crmkit.core.errors import Invalid
from crmkit.core.exchange.sources import encodings
from crmkit.core.exchange.sources.files import opened, start_of
from crmkit.core.exchange.sources.table import Survey
from crmkit.core.normalise.text import quoted
from crmkit.core.phrase import joined, phrase

_BLOCK: Final = 1 << 20
# So much of what is no UTF-8 is looked at closely; then it is decided.
_LOOKED_AT: Final = 16
_NAME_IT: Final = phrase(
    "Name it with --encoding: cp1251 (Cyrillic), cp1256 (Arabic, Urdu), cp1253 (Greek), cp1250 (Central "
    "Europe), cp1252 (Western Europe) or another. If none reads right, it is no text."
)
_STRAY: Final = re.compile("[\udc80-\udcff]")
_BEYOND_ASCII: Final = re.compile(r"[^\x00-\x7f\udc80-\udcff]")


@frozen
class TextFile:
    """A text file; `mark` is the length of its byte order mark, `start` its beginning as text."""

    path: Path
    survey: Survey
    encoding: str
    is_guessed: bool
    mark: int
    start: str

    @property
    def name(self) -> str:
        """What the encoding is called."""
        return encodings.shown(self.encoding)

    @property
    def says(self) -> str:
        """`UTF-8`, `Windows-1250 (guessed from its letters)`."""
        return (
            phrase("{encoding} (guessed from its letters)", encoding=self.name)
            if self.is_guessed
            else self.name
        )

    @property
    def notes(self) -> tuple[str, ...]:
        """A guess is said aloud, with what to do if it is wrong."""
        if not self.is_guessed:
            return ()
        return (
            phrase(
                "It is not UTF-8; its letters say {encoding}. If they came out wrong: --encoding NAME",
                encoding=self.name,
            ),
        )

    @contextmanager
    def opened(self) -> Iterator[IO[bytes]]:
        """The content in UTF-8 without a mark; a byte that means nothing stays as it is."""
        with opened(self.path) as file:
            file.read(self.mark)
            if self.encoding == "utf-8":
                yield file
            else:
                yield io.BufferedReader(_Recoded(file, self.encoding), 1 << 16)

    def unfit(self, text: str) -> str | None:
        """Why a row with this text cannot be used, if so; only for files that are damaged."""
        if "\0" in text:
            return phrase("The row holds a NUL character")
        if self.is_guessed and (reason := self._stranger(text)):
            return reason
        try:
            text.encode()
        except UnicodeEncodeError as error:
            place, byte = text[error.start], ord(text[error.start]) & 0xFF
            if "\udc80" <= place <= "\udcff":
                return phrase(
                    "The row is not {encoding}: it has the byte 0x{byte:02X}", encoding=self.name, byte=byte
                )
            return phrase("The row is not {encoding}: it has half a character", encoding=self.name)
        if "\ufffd" in text and self.encoding.startswith("utf-"):
            return phrase("The row is not {encoding}: a character of it is lost", encoding=self.name)
        return None

    def _stranger(self, text: str) -> str | None:
        """A row in UTF-8 within a file that is in a one-byte encoding."""
        if text.isascii():
            return None
        try:
            read = text.encode(self.encoding, "surrogateescape").decode("utf-8")
        except UnicodeError:
            return None
        if all(char < "\u0250" or "\u2000" <= char < "\u2100" for char in read):
            return phrase("The row is in UTF-8, the file in {encoding}", encoding=self.name)
        return None


def text_file(path: Path, encoding: str | None = None) -> TextFile:
    """Read the file once. Raises `NotFound`, and `Invalid` where its encoding cannot be told."""
    start = start_of(path)
    mark = encodings.marked(start)
    told = encodings.known(encoding) if encoding else None
    if mark and (told is None or told in ("utf-8", "utf-16", "utf-32", mark[0])):
        told = mark[0]
    elif told is None:
        told = encodings.wide(start)
    look = _Look(path, told)
    with opened(path) as file:
        for block in _blocks(file):
            look.at(block)
    found, guessed = look.encoding()
    length = mark[1] if mark and mark[0] == found else 0
    return TextFile(path, look.survey(found), found, guessed, length, start[length:].decode(found, "replace"))


def with_digest(text: TextFile, more: str) -> TextFile:
    """The same file read in another manner, which makes it another import."""
    digest = hashlib.sha256(f"{text.survey.digest} {more}".encode()).hexdigest()
    return evolve(text, survey=evolve(text.survey, digest=digest))


@define
class _Look:
    """What has been seen of the file so far; `told` is its encoding where that is known."""

    path: Path
    told: str | None
    digest: Any = field(factory=hashlib.sha256)
    lines: int = 0
    has_nul: bool = False
    good: int = 0
    bad: int = 0
    looked: int = 0
    first_bad: tuple[int, int] | None = None
    words: dict[bytes, None] = field(factory=dict)

    def at(self, block: bytes) -> None:
        self.digest.update(block)
        if self.told in (None, "utf-8"):
            self.has_nul = self.has_nul or b"\0" in block
            if not block.isascii():
                self._decode(block)
        self.lines += block.count(b"\n") or block.count(b"\r")

    def _decode(self, block: bytes) -> None:
        try:
            self.good += len(block) - len(block.decode())
        except UnicodeDecodeError as error:
            line = self.lines + block.count(b"\n", 0, error.start) + 1
            self.first_bad = self.first_bad or (line, block[error.start])
            self.looked += 1
            if self.looked <= _LOOKED_AT:
                self._look_closely(block)

    def _look_closely(self, block: bytes) -> None:
        text = block.decode("utf-8", "surrogateescape")
        self.bad += sum(1 for _ in _STRAY.finditer(text))
        self.good += sum(1 for _ in _BEYOND_ASCII.finditer(text))
        self.words.update(dict.fromkeys(encodings.words_in(block)))

    def encoding(self) -> tuple[str, bool]:
        """The file's encoding, and whether it is a guess."""
        if self.told:
            return self.told, False
        if self.first_bad is None or self.good >= self.bad:
            return "utf-8", False
        found = encodings.guesses(self.words)
        best = encodings.clear_winner(found)
        if best is None:
            raise self._untold(found)
        return best.encoding, True

    def survey(self, encoding: str) -> Survey:
        if encoding == "utf-8":
            return Survey(self.digest.hexdigest(), self.lines, self.has_nul or self.first_bad is not None)
        self.digest.update(encoding.encode())
        return Survey(self.digest.hexdigest(), self.lines, damaged=True)

    def _untold(self, found: list[encodings.Guess]) -> Invalid:
        line, byte = self.first_bad or (0, 0)
        offers = [
            phrase(
                "  --encoding {encoding}    reads {example}",
                encoding=each.encoding,
                example=quoted(each.example),
            )
            for each in found[:4]
            if each.fit > 0.5
        ]
        return Invalid(
            phrase(
                "{path} is not UTF-8: line {line} has the byte 0x{byte:02X}. In which encoding it is "
                "cannot be told for sure",
                path=quoted(self.path.name),
                line=line,
                byte=byte,
            ),
            hint=phrase("Say which one reads right:\n{offers}", offers=joined("\n", offers))
            if offers
            else _NAME_IT,
            line=line,
        )


def _blocks(file: IO[bytes]) -> Iterator[bytes]:
    """Blocks that end where a line ends, or at least where a character ends."""
    rest = b""
    while block := file.read(_BLOCK):
        block = rest + block
        end = max(block.rfind(b"\n"), block.rfind(b"\r")) + 1
        if not end:
            end = len(block)
            while end > max(1, len(block) - 3) and block[end - 1] & 0xC0 == 0x80:
                end -= 1
            end -= block[end - 1] >= 0xC0
        rest = block[end:]
        yield block[:end]
    if rest:
        yield rest


class _Recoded(io.RawIOBase):
    """A text in any encoding as UTF-8."""

    def __init__(self, file: IO[bytes], encoding: str) -> None:
        # Half a character of a wide encoding cannot be kept as a byte; it becomes the sign for "lost".
        errors = "replace" if encoding.startswith(("utf-16", "utf-32")) else "surrogateescape"
        self._file, self._encoding = file, encoding
        self._decoder = codecs.getincrementaldecoder(encoding)(errors)
        self._ready = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._ready:
            octets = self._file.read(1 << 16)
            self._ready = self._decoded(octets)
            if not octets and not self._ready:
                return 0
        size = min(len(buffer), len(self._ready))
        buffer[:size] = self._ready[:size]
        self._ready = self._ready[size:]
        return size

    def _decoded(self, octets: bytes) -> bytes:
        try:
            return self._decoder.decode(octets, final=not octets).encode("utf-8", "surrogateescape")
        except UnicodeDecodeError as error:
            what = phrase(
                "The file is not {shown}: {reason}",
                shown=encodings.shown(self._encoding),
                reason=error.reason,
            )
            raise Invalid(what, hint="Name another encoding with --encoding.") from None
