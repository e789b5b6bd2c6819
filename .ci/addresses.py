"""Fails when a file of the project holds a package registry's address or a path of somebody's machine.

Both make a checkout depend on one place: a lock with an address works only where that address answers, and
an absolute path works only for whoever wrote it.

Usage: `python .ci/addresses.py [FILE …]`; without a file, every text file of the checkout that git keeps.
"""

from __future__ import annotations

import fnmatch
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

# Written in pieces, so that this file passes its own check.
HOSTS = (
    "py" + "pi.org",
    "python" + "hosted.org",
    "registry.npm" + "js",
    "deb.deb" + "ian.org",
    "conda." + "anaconda",
)
INDEX_OPTIONS = ("--index" + "-url", "--extra-index" + "-url", "--find" + "-links")
HOMES = ("root", "home", "Users")
SHARED_PLACES = frozenset({"tmp", "usr", "var", "opt", "srv", "mnt", "src", "app", "data"})
SIZE_LIMIT = 2_000_000


def forbidden() -> re.Pattern[str]:
    """What no file may hold; the checkout's own top folder counts when it is not a common one."""
    tops = {*HOMES, ROOT.parts[1]} - SHARED_PLACES
    places = "|".join(re.escape(top) for top in sorted(tops))
    words = "|".join(re.escape(word) for word in (*HOSTS, *INDEX_OPTIONS))
    return re.compile(rf"{words}|(?<![\w./~*)}}\]-])/(?:{places})/[\w.]")


def ignored_patterns() -> list[str]:
    """The names and folders that .gitignore leaves out."""
    lines = (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()
    return [line.strip().strip("/") for line in lines if line.strip() and not line.startswith("#")]


def is_ignored(relative: Path, patterns: list[str]) -> bool:
    """Whether .gitignore leaves the file out, by any part of its path or by its beginning."""
    parents = [relative, *relative.parents]
    return relative.parts[0] == ".git" or any(
        fnmatch.fnmatch(path.name, pattern) or path.as_posix() == pattern
        for path in parents
        for pattern in patterns
    )


def project_files() -> Iterator[Path]:
    """Every file that belongs to the project; folders that git ignores are not entered."""
    patterns = ignored_patterns()
    for folder, folders, names in os.walk(ROOT):
        here = Path(folder).relative_to(ROOT)
        folders[:] = [name for name in folders if not is_ignored(here / name, patterns)]
        yield from (Path(folder) / name for name in names if not is_ignored(here / name, patterns))


def findings(path: Path, pattern: re.Pattern[str]) -> Iterator[str]:
    """`file:line: text` for each line that holds what no file may hold."""
    if path.stat().st_size > SIZE_LIMIT:
        return
    raw = path.read_bytes()
    if b"\0" in raw:
        return
    for number, line in enumerate(raw.decode("utf-8", errors="replace").splitlines(), 1):
        if pattern.search(line):
            yield f"{path.relative_to(ROOT)}:{number}: {line.strip()[:100]}"


def main(arguments: list[str]) -> int:
    """Print what was found; 0 when there is nothing, else 1."""
    paths = [ROOT / name for name in arguments] or sorted(project_files())
    pattern = forbidden()
    found = [line for path in paths for line in findings(path, pattern)]
    if not found:
        print(f"addresses: {len(paths)} files, no registry's address and no machine's path")
        return 0
    print("A registry's address or a machine's path has no place in the project:", *found, sep="\n  ")
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
