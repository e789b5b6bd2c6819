"""Changing `crm.toml` from a command, with its comments and layout kept."""

from __future__ import annotations

import os
import stat
import tempfile
from collections.abc import Mapping, MutableMapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from attrs import define, field

from crmkit.core.config.faults import Keys
from crmkit.core.config.problems import config_error, problem
from crmkit.core.config.raw import RawConfig
from crmkit.core.errors import Conflict, Invalid
from crmkit.core.phrase import phrase

if TYPE_CHECKING:
    from tomlkit import TOMLDocument

    from crmkit.core.config.schema import Config


class ConfigEdit:
    """Changes to a configuration, none of them on disk before `save()`.

    A key that an included file gives is changed there; a new one joins its table, or else the main file.
    Errors: ConfigError where the files cannot be read as TOML.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        from crmkit.core.config.include import read_raw

        self._raw = read_raw(path)
        self._files = {file: _EditedFile.read(self._raw, file) for file in self._raw.files}

    @property
    def path(self) -> Path:
        """The main file."""
        return self._raw.path

    def add_plugin(self, name: str) -> bool:
        """Put a plugin last under `[crs] plugins`; False if it is there already."""
        plugins = self._get(("crs", "plugins"))
        if plugins is None:
            self.set(("crs", "plugins"), [name])
            return True
        if name in plugins:
            return False
        plugins.append(name)
        return True

    def remove_plugin(self, name: str) -> bool:
        """Take a plugin out of `[crs] plugins`, leaving its settings; False if it was not there."""
        plugins = self._get(("crs", "plugins"))
        if plugins is None or name not in plugins:
            return False
        plugins.remove(name)
        return True

    def set(self, keys: Sequence[str], value: Any, *, comment: str = "") -> None:
        """Give a key its value, making its tables where they are missing.

        A new key follows the others of its table, before the comment that stands above the next one; it may
        have a `comment` on its line, which goes with it when it is removed.
        """
        home = self._home(keys)
        table: MutableMapping[str, Any] = home.document
        for at, key in enumerate(keys[:-1]):
            if key not in table:
                table[key] = _new_table(is_super=at < len(keys) - 2)
                home.created.append(tuple(keys[: at + 1]))
            table = table[key]
            if not isinstance(table, MutableMapping):
                raise Invalid(
                    phrase(
                        '"{keys}" in "{path}" is not a table', keys=".".join(keys[: at + 1]), path=self.path
                    )
                )
        if keys[-1] in table:
            table[keys[-1]] = _plain(value)
        else:
            _add(table, keys[-1], _plain(value), comment)

    def remove(self, keys: Sequence[str]) -> bool:
        """Take a key out; False if it was not there."""
        if self._get(keys) is None:
            return False
        table: MutableMapping[str, Any] = self._home(keys).document
        for key in keys[:-1]:
            table = table[key]
        del table[keys[-1]]
        return True

    def declare_field(self, name: str, declaration: Mapping[str, Any]) -> None:
        """Add `[fields.NAME]`, with keys as in the file. Errors: Conflict if it is declared already."""
        if self._get(("fields", name)) is not None:
            raise Conflict(
                phrase('the field "{name}" is declared already', name=name),
                hint=phrase("See [fields.{name}] in {path}.", name=name, path=self.path),
            )
        for key, value in declaration.items():
            if value is not None:
                self.set(("fields", name, key), value)

    def save(self) -> Config:
        """Check the result as a whole, then put each changed file in place of the old one.

        Errors: ConfigError if the result would not load; Conflict if a file was changed by someone else in
        the meantime. In both cases every file stays as it was.
        """
        from crmkit.core.config.loading import load_with

        changed = {file: edited.text() for file, edited in self._files.items() if edited.is_changed()}
        config = load_with(self.path, {**self._raw.texts, **changed})
        for file in changed:
            self._files[file].refuse_if_touched(file)
        for file, text in changed.items():
            replace(file, text)
            self._files[file].before = text
        self._raw = config.raw
        return config

    def _get(self, keys: Sequence[str]) -> Any:
        found: Any = self._home(keys).document
        for key in keys:
            if not isinstance(found, Mapping) or key not in found:
                return None
            found = found[key]
        return found

    def _home(self, keys: Sequence[str]) -> _EditedFile:
        """The file that has the key, or the most of the tables around it; the earliest of several."""
        return max(self._files.values(), key=lambda edited: edited.depth(keys))


@define
class _EditedFile:
    before: str
    document: TOMLDocument = field(repr=False)
    created: list[Keys] = field(factory=list)

    @classmethod
    def read(cls, raw: RawConfig, file: Path) -> _EditedFile:
        import tomlkit
        from tomlkit.exceptions import ParseError

        text = raw.texts[file]
        try:
            return cls(text, tomlkit.parse(text))
        except ParseError as error:
            message = phrase(
                "cannot be edited by a command, because of column {col}; edit it by hand", col=error.col
            )
            raise config_error(raw.path, [problem(file, error.line, message)]) from None

    def depth(self, keys: Sequence[str]) -> int:
        """How many of the keys, from the left, the file has."""
        found: Any = self.document
        for at, key in enumerate(keys):
            if not isinstance(found, Mapping) or key not in found:
                return at
            found = found[key]
        return len(keys)

    def text(self) -> str:
        text = _set_apart(self.document.as_string(), self.created)
        return text.replace("\r\n", "\n").replace("\n", "\r\n") if "\r\n" in self.before else text

    def is_changed(self) -> bool:
        return self.document.as_string() != self.before

    def refuse_if_touched(self, file: Path) -> None:
        from crmkit.core.config.read import Unreadable, read_text

        with suppress(Unreadable):
            if read_text(file) == self.before:
                return
        raise Conflict(
            phrase('"{file}" was changed in the meantime', file=file),
            hint="Nothing was written; run the command again.",
        )


def _set_apart(text: str, tables: Sequence[Keys]) -> str:
    """The text with an empty line after each of the tables: tomlkit puts one only before what it adds."""
    from crmkit.core.config.locate import lines_of

    for table in tables:
        lines = text.split("\n")
        start = lines_of(text).get(table, len(lines))
        following = (at for at in range(start, len(lines)) if lines[at].startswith("["))
        after = next(following, start)
        if after > start and lines[after - 1].strip():
            lines.insert(after, "")
            text = "\n".join(lines)
    return text


def replace(file: Path, text: str) -> None:
    """Put a text in place of a file's: whoever reads it sees the old or the new one, also after a crash.

    The file keeps its permissions; a symbolic link stays one.
    """
    target = Path(os.path.realpath(file))
    descriptor, name = tempfile.mkstemp(prefix=f".{target.name}.", suffix=".new", dir=target.parent)
    try:
        with os.fdopen(descriptor, "wb") as out:
            out.write(text.encode("utf-8"))
            out.flush()
            os.fchmod(out.fileno(), stat.S_IMODE(target.stat().st_mode))
            os.fsync(out.fileno())
        Path(name).replace(target)
    except BaseException:
        with suppress(OSError):
            Path(name).unlink()
        raise
    _sync_directory(target.parent)


def _sync_directory(directory: Path) -> None:
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _add(table: MutableMapping[str, Any], key: str, value: Any, comment: str) -> None:
    """Put a new key behind the last one; tomlkit puts it behind all that stands before the next table."""
    import tomlkit
    from tomlkit.items import Comment, Table, Whitespace

    item = tomlkit.item(value)
    if comment:
        item.comment(comment)
    if not isinstance(table, Table):
        table[key] = item
        return
    body, behind = table.value.body, list[Comment | Whitespace]()
    while body and isinstance(last := body[-1][1], (Comment, Whitespace)):
        behind.append(last)
        body.pop()
    table[key] = item
    for each in reversed(behind):
        table.add(each)


def _new_table(*, is_super: bool) -> Any:
    import tomlkit

    return tomlkit.table(is_super_table=is_super)


def _plain(value: Any) -> Any:
    """The value with tuples as lists, which is how TOML arrays are made."""
    if isinstance(value, Mapping):
        return {key: _plain(each) for key, each in value.items() if each is not None}
    return [_plain(each) for each in value] if isinstance(value, (list, tuple)) else value
