"""Databases for tests: a real PostgreSQL server in a temporary folder, with as many databases as they ask
for.

The server listens on a unix socket only, so it needs no port and nobody else on the network reaches it. It
ends with the process that started it, also when that process is killed.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from attrs import define, field

from crmkit.core.errors import StoreError

if TYPE_CHECKING:
    import psycopg

# Durability is of no use to a test, and costs most of its time.
_SETTINGS: Final = {
    "listen_addresses": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "60",
    "shared_buffers": "64MB",
    "autovacuum": "off",
    "jit": "off",
}
# When the starter goes away, however it goes, its end of the pipe closes and `read` returns.
_GUARD: Final = """
pid=
"$@" </dev/null & pid=$!
read _ || true
kill -QUIT "$pid" 2>/dev/null  # at once: the folder is thrown away
wait "$pid" 2>/dev/null
rm -rf "$FOLDER"
"""
_CLUSTER: Final = ("--auth=trust", "-U", "postgres", "-E", "UTF8", "--locale=C", "--no-sync")
_PATIENCE: Final = 30.0
_ROOM: Final = 3 << 30


@define
class PostgresServer:
    """A PostgreSQL server of its own for one test run. Use it as a context manager, or `start` and `stop`
    it."""

    programs: Path
    folder: Path
    _guard: subprocess.Popen[bytes] | None = None
    _numbers: Any = field(factory=lambda: count(1))
    _connection: psycopg.Connection[Any] | None = None

    @classmethod
    def start(cls) -> PostgresServer:
        """Make and start a server; `StoreError` when none is installed or it does not come up in 30
        seconds."""
        programs = find_programs()
        if programs is None:
            raise StoreError(
                "No PostgreSQL server is installed",
                hint="Install one (apt install postgresql), or put its programs on the PATH.",
            )
        folder = Path(tempfile.mkdtemp(prefix="crmkit-pg-", dir=memory_folder()))
        server = cls(programs, folder)
        try:
            server._launch()
        except BaseException:
            server.stop()
            raise
        return server

    def _launch(self) -> None:
        account = _account()
        if account:
            shutil.chown(self.folder, "postgres", "postgres")
        data = self.folder / "data"
        subprocess.run(
            [self.programs / "initdb", *_CLUSTER, "-D", data],
            check=True,
            cwd=self.folder,
            stdout=subprocess.DEVNULL,
            timeout=2 * _PATIENCE,
            **account,
        )
        settings = [part for name, value in _SETTINGS.items() for part in ("-c", f"{name}={value}")]
        server: list[str | Path] = [self.programs / "postgres", "-D", data, "-k", self.folder, *settings]
        with (self.folder / "log").open("wb") as log:
            self._guard = subprocess.Popen(
                ["sh", "-c", _GUARD, "sh", *server],
                cwd="/",
                env={**os.environ, "FOLDER": str(self.folder)},
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                start_new_session=True,
                **account,
            )
        self._await()

    def _await(self) -> None:
        import psycopg

        end = time.monotonic() + _PATIENCE
        while True:
            try:
                psycopg.connect(self._address("postgres")).close()
                return
            except psycopg.OperationalError as error:
                if time.monotonic() > end:
                    raise StoreError(f"PostgreSQL did not start: {self._last_words()}") from error
                time.sleep(0.05)

    def _last_words(self) -> str:
        return (self.folder / "log").read_text(errors="replace")[-500:]

    def _address(self, name: str) -> str:
        return f"postgresql://postgres@/{name}?host={self.folder}"

    def create_database(self, template: str | None = None) -> str:
        """A new database, empty or a copy of the one at the address `template`; returns its address."""
        name = f"test_{next(self._numbers)}"
        source = _name(template) if template else "template0"
        self._run(f'CREATE DATABASE "{name}" TEMPLATE "{source}"{self._copying()}')
        return self._address(name)

    def _copying(self) -> str:
        """Copying files is the cheapest way; before version 15 it was the only one, and had no name."""
        with (self.folder / "data" / "PG_VERSION").open() as version:
            return " STRATEGY file_copy" if float(version.read()) >= 15 else ""

    def drop_database(self, address: str) -> None:
        """Drop a database, closing whatever connections it still has."""
        self._run(f'DROP DATABASE IF EXISTS "{_name(address)}" WITH (FORCE)')

    def _run(self, statement: str) -> None:
        """On one connection, for each new one is a process of the server's, which has to begin."""
        import psycopg

        if self._connection is None or self._connection.closed:
            self._connection = psycopg.connect(self._address("postgres"), autocommit=True)
        self._connection.execute(statement.encode())

    def stop(self) -> None:
        """Stop the server and remove its folder."""
        if self._connection is not None:
            self._connection.close()
        guard, self._guard = self._guard, None
        if guard is not None and guard.stdin is not None:
            guard.stdin.close()
            try:
                guard.wait(_PATIENCE)
            except subprocess.TimeoutExpired:
                guard.kill()
                guard.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self) -> PostgresServer:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


def memory_folder() -> str | None:
    """A folder in memory, where there is one with room for a test run; None where a disk has to do."""
    folder = Path("/dev/shm")  # noqa: S108 - what is made in it has a name of its own, for this user only
    try:
        roomy = shutil.disk_usage(folder).free > _ROOM
    except OSError:
        return None
    return str(folder) if roomy and os.access(folder, os.W_OK | os.X_OK) else None


def find_programs() -> Path | None:
    """The folder with `initdb` and `postgres`: from the PATH, else the newest of /usr/lib/postgresql."""
    if (found := shutil.which("initdb")) and shutil.which("postgres"):
        return Path(found).resolve().parent
    folders = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    return max(folders, key=lambda path: float(path.parent.name), default=None)


def _account() -> dict[str, Any]:
    """The server refuses to run as root; then it runs as the account that its package made."""
    return {"user": "postgres", "group": "postgres", "extra_groups": []} if os.geteuid() == 0 else {}


def _name(address: str) -> str:
    return address.partition("?")[0].rpartition("/")[2]
