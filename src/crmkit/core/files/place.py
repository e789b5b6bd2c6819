"""Where a rule may write: beside `crm.toml` or beneath, and over nothing that the business is made of."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Final

from crmkit.core.errors import Invalid
from crmkit.core.normalise.text import quoted
from crmkit.core.phrase import phrase

if TYPE_CHECKING:
    from crmkit.core.config import Config

# What decides, what is run, and what is kept for later.
_OWN_FOLDERS: Final = ("plugins", "templates", "rehearsal")
_OWN_SUFFIXES: Final = (".toml", ".py", ".pyc", ".so", ".pth", ".sh", ".db")
# Beside a database of this kind lie its log and its index.
_BESIDE: Final = ("", "-wal", "-shm", "-journal")


def place_of(config: Config, name: str) -> PurePath:
    """The path from `crm.toml`'s folder that `name` means. Raises `Invalid` for one that is not a rule's."""
    path = PurePath(name)
    if not name.strip() or "\0" in name or path.is_absolute() or "\\" in name or ".." in path.parts:
        raise _refused(name, phrase("it has to lie beside crm.toml, or beneath"))
    if not path.parts or any(part.startswith(".") or part != part.strip() for part in path.parts):
        raise _refused(name, phrase("a part of its name begins with a dot, or begins or ends with a blank"))
    if any(len(part.encode()) > 200 for part in path.parts):
        raise _refused(name, phrase("its name is too long"))
    if path.parts[0].casefold() in _OWN_FOLDERS:
        raise _refused(
            name, phrase("what is in {part}/ decides what crmkit does, or tells of it", part=path.parts[0])
        )
    if path.suffix.casefold() in _OWN_SUFFIXES:
        raise _refused(
            name, phrase("a file that ends in {suffix} could decide what crmkit does", suffix=path.suffix)
        )
    wanted = config.directory.resolve() / path
    if any(_is_same(wanted, each) for each in own_files(config)):
        raise _refused(name, phrase("the business itself is kept there"))
    return path


def own_files(config: Config) -> Iterator[Path]:
    """The files that the business is made of: `crm.toml`, what it includes, secrets, and the database."""
    from crmkit.core.config.secrets import Secret

    yield from (config.path, *config.files)
    database = config.crs.database
    secrets = [database, *(each.secret for each in config.webhooks.values())]
    secrets += [each.url for each in config.webhooks.values()]
    secrets += [secret for each in config.incoming.values() for secret in each.secrets]
    for secret in secrets:
        if isinstance(secret, Secret) and secret.reference.startswith("file:"):
            yield secret.directory / secret.reference.removeprefix("file:")
    if isinstance(database, str) and "://" not in database:
        for end in _BESIDE:
            yield config.directory / f"{database}{end}"


def _is_same(one: Path, other: Path) -> bool:
    other = other.resolve()
    if str(one).casefold() == str(other).casefold():
        return True
    try:
        return one.samefile(other)
    except OSError:
        return False


def _refused(name: str, why: str) -> Invalid:
    return Invalid(
        phrase("No rule can write to {name}: {why}", name=quoted(name), why=why),
        hint="Name another, such as exports/calls.csv.",
    )
