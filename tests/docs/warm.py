"""`crm` without its start-up: a process that has everything imported and forks once for each page.

A page calls `crm` dozens of times, and most of such a call is Python importing libraries and building what
every business has: the tables, the grammar of predicates. A `WarmCrm` pays that once, with a business of its
own. Each page has a process of its own, in which its commands run one after the other, each with its own
folder, environment, streams and status; in `make soak` each command has a process of its own. What they
import or set is gone when it ends: only what is the same in every call is shared.

The year that `crm init --sample` invents is such a thing too: it is recorded once for each crm.toml, and
copied into the databases of the pages that begin there.

Each page draws the same lots in every run, in `make soak` new ones: of three hundred customers whom a page
divides into groups, chance alone makes groups once in a thousand pages of which the report says that
something is wrong with them.
"""

from __future__ import annotations

import atexit
import fcntl
import gc
import hashlib
import json
import os
import re
import shlex
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from importlib import import_module
from importlib.util import find_spec
from itertools import chain
from pathlib import Path
from pkgutil import walk_packages
from shutil import copyfile
from tempfile import TemporaryDirectory
from typing import Any, NoReturn

from attrs import define, field

from tests.lots import same_lots
from tests.soaking import SOAK

# What crmkit imports only where it is needed.
PRELOADED = (
    "alembic.command",
    "cattrs",
    "email_validator",
    "lark",
    "phonenumbers",
    "rich.table",
    "sqlalchemy.dialects.sqlite",
    "tomli",
    "tomlkit",
)

# What crmkit builds at its first use.
REHEARSED = (
    ("init", ".", "--name", "Rehearsal", "--quiet"),
    *(("plugins", "enable", name, "--quiet") for name in ("operational", "analytical", "campaign", "email")),
    ("db", "upgrade", "--quiet"),
    ("customers", "add", "--name", "Anna"),
    ("log", "anna", "purchase", "12"),
    ("customers", "list", "--where", "open_tasks > 0"),
    ("metrics", "list"),
    ("today",),
)

_SAME_LOTS = "--same-lots"
_NOT_LOADED = re.compile(r"__main__|\.migrations|^crmkit\.testing")

# One `crm` with words that mean to a shell what they mean to us. Whatever else there is (a pipe, `$NAME`,
# `~`, a second line outside quotes) is for a real shell.
_PLAIN = re.compile(r"""crm(?:[ ]+(?:[\w./:@%+,=^-]|'[^']*'|"[^"$`\\!]*")+)*[ ]*""")


def plain_crm(text: str) -> list[str] | None:
    """The arguments of a command line that is one `crm` call and nothing else; None for any other."""
    return shlex.split(text)[1:] if _PLAIN.fullmatch(text) else None


@define
class WarmCrm:
    """The process that forks; starts at its first use. `calls` is how many commands went this way.

    In `samples`, a folder that processes may share, the databases of sample businesses are kept.
    """

    samples: Path
    calls: int = field(init=False, default=0)
    _process: subprocess.Popen[str] | None = field(init=False, default=None)

    def run(self, arguments: list[str], folder: Path, environment: Mapping[str, str], output: Path) -> int:
        """Run `crm` with these arguments and wait for its end; both streams go to `output`. The status."""
        order = {
            "arguments": arguments,
            "folder": str(folder),
            "environment": dict(environment),
            "output": str(output),
        }
        self.calls += 1
        return _answer(self._started(environment), json.dumps(order))

    def leave(self) -> None:
        """End the process in which commands ran so far: the next one runs in another."""
        if self._process is not None:
            _answer(self._process, "")

    def close(self) -> None:
        """End the process that forks."""
        if self._process is not None:
            self._process.communicate()

    def _started(self, environment: Mapping[str, str]) -> subprocess.Popen[str]:
        if self._process is None:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.docs.warm", str(self.samples), *([] if SOAK else [_SAME_LOTS])],
                env=dict(environment),
                cwd=Path(__file__).parents[2],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
                encoding="utf-8",
            )
        return self._process


def _answer(process: subprocess.Popen[str], order: str) -> int:
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(order + "\n")
    process.stdin.flush()
    return int(process.stdout.readline())


def _serve() -> None:
    """Answer each order on stdin with its exit status, those between two empty lines in one fork."""
    import crmkit

    own = (each.name for each in walk_packages(crmkit.__path__, "crmkit."))
    for module in (*PRELOADED, *(name for name in own if not _NOT_LOADED.search(name))):
        if find_spec(module):
            import_module(module)
    _rehearse()
    _fill_once(Path(sys.argv[1]))
    if _SAME_LOTS in sys.argv:
        _draw_the_same()
    gc.collect()
    gc.freeze()
    orders, answers = os.fdopen(os.dup(0), encoding="utf-8"), os.dup(1)
    for order in orders:
        status = 0
        if order.strip():
            child = os.fork()
            if child == 0:
                _follow(order, orders, answers)
            status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        os.write(answers, b"%d\n" % status)


def _follow(first: str, orders: Iterator[str], answers: int) -> NoReturn:
    """In the forked process: answer each order until an empty line, which the forking process answers."""
    for order in chain([first], orders):
        if not order.strip():
            break
        os.write(answers, b"%d\n" % _status(json.loads(order)))
    # Not through the interpreter's own end, which would take a second to tidy up what it shares.
    os._exit(0)


def _draw_the_same() -> None:
    """Let each process that is forked from here on begin with the first lot."""
    from crmkit.core import opening

    for name, value in same_lots("page").items():
        setattr(opening, name, value)


def _rehearse() -> None:
    """Call `crm` here, where nobody sees it."""
    from crmkit.testing.command_line import run_crm

    before = Path.cwd()
    with TemporaryDirectory() as folder:
        os.chdir(folder)
        for words in REHEARSED:
            run = run_crm(*words)
            assert run.status == 0, run.stderr
        os.chdir(before)


def _fill_once(samples: Path) -> None:
    """Let sample data be recorded once for each crm.toml, and copied from then on."""
    from crmkit.data.samples.sample import Sample

    record = Sample.fill

    def fill(
        self: Sample, config: str | Path, progress: Callable[[int, int | None], Any] = lambda *_: None
    ) -> None:
        file = Path(config)
        own = file.with_name("crm.db")
        kept = samples / hashlib.sha256(file.read_bytes()).hexdigest()
        with _alone(samples):
            if kept.with_suffix(".db").exists():
                _copy(kept.with_suffix(".db"), own)
                copyfile(kept.with_suffix(".toml"), file)  # it sets the clock now
                return
            record(self, config, progress)
            if own.exists():  # not where the business has its facts elsewhere
                copyfile(file, kept.with_suffix(".toml"))
                _copy(own, kept.with_suffix(".db"))

    Sample.fill = fill  # type: ignore[method-assign]


@contextmanager
def _alone(samples: Path) -> Iterator[None]:
    """Wait until no other process records sample data there."""
    samples.mkdir(parents=True, exist_ok=True)
    with (samples / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _copy(origin: Path, target: Path) -> None:
    """Copy a database; the target may be open elsewhere."""
    with closing(sqlite3.connect(origin)) as source, closing(sqlite3.connect(target)) as copy:
        source.backup(copy)


def _status(order: dict[str, Any]) -> int:
    """Be the `crm` of a shell in that folder, with that environment; with which status it ends."""
    from crmkit.cli import main

    nothing = os.open(os.devnull, os.O_RDONLY)
    output = os.open(order["output"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND, 0o600)
    for stream, meant in ((nothing, 0), (output, 1), (output, 2)):
        os.dup2(stream, meant)
    os.close(nothing)
    os.close(output)
    os.environ.clear()
    os.environ.update(order["environment"])
    time.tzset()
    os.chdir(order["folder"])
    sys.argv = ["crm", *order["arguments"]]
    try:
        main()
    except SystemExit as end:
        atexit._run_exitfuncs()
        sys.stdout.flush()
        sys.stderr.flush()
        return end.code if isinstance(end.code, int) else 1


if __name__ == "__main__":
    _serve()
