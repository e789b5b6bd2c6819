"""`crm.arrow()`: statements whose answers are streams of Arrow record batches, all on one state."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Generator, Iterator
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, TYPE_CHECKING, Any

import sqlalchemy as sa

from crmkit.core.arrow.child import DONE
from crmkit.core.arrow.schema import columns_of
from crmkit.core.errors import ExtraMissing, StoreError
from crmkit.core.phrase import joined, phrase

if TYPE_CHECKING:
    from crmkit.core.store.engine import Store

_CHILD = Path(__file__).with_name("child.py")
_END = 10


class Arrow:
    """The answers of one session: one after the other, each read to its end or closed before the next."""

    def __init__(self, store: Store, process: subprocess.Popen[bytes], errors: IO[bytes]) -> None:
        self._store = store
        self._process = process
        self._errors = errors

    def batches(self, select: sa.Select[Any] | sa.CompoundSelect[Any]) -> Generator[Any, None, None]:
        """The `pyarrow.RecordBatch`es of a statement with every parameter bound, in its order.

        Whole numbers are int64, floats double, texts string, whatever the first rows hold. Raises `Invalid`
        for a column whose type is not certain, `StoreError` when the database fails.
        """
        import pyarrow as pa

        text, parameters = self._compiled(select)
        question = {"sql": text, "parameters": parameters, "columns": columns_of(select)}
        try:
            self._send(question)
            with pa.ipc.open_stream(self._process.stdout) as stream:
                try:
                    yield from stream
                finally:
                    # Whoever did not read to the end must not leave the rest to the next statement.
                    for _ in stream:
                        pass
                    self._ended()
        except (pa.ArrowInvalid, OSError) as error:
            raise self._failure() from error

    def _ended(self) -> None:
        """Raise unless the answer was whole."""
        assert self._process.stdout is not None
        if self._process.stdout.read(len(DONE)) != DONE:
            raise self._failure()

    def _compiled(self, select: Any) -> tuple[str, list[Any]]:
        compiled = select.compile(dialect=_dialect(self._store)).construct_expanded_state()
        return compiled.statement, list(compiled.positional_parameters)

    def _send(self, line: Any) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(line).encode() + b"\n")
        self._process.stdin.flush()

    def begin(self, uri: str) -> None:
        """Say where the database is; its password travels in no argument."""
        try:
            self._send({"dialect": self._store.dialect, "uri": uri})
        except OSError as error:
            raise self._failure() from error

    def _failure(self) -> StoreError:
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(_END)
        self._errors.seek(0)
        lines = self._errors.read().decode(errors="replace").strip().splitlines()
        said = lines[-1] if lines else phrase("its reader has ended")
        return StoreError(
            phrase("The database could not be read as Arrow: {said}", said=said), hint="Run: crm doctor"
        )


@contextmanager
def arrow_session(store: Store) -> Iterator[Arrow]:
    """A session over what is committed when its first statement is asked."""
    _require(store)
    with TemporaryFile() as errors:
        # -P: the file's own folder must not stand in front of the standard library.
        process = subprocess.Popen(
            [sys.executable, "-P", str(_CHILD)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
        )
        session = Arrow(store, process, errors)
        try:
            session.begin(_uri(store))
            yield session
        finally:
            _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    assert process.stdin is not None
    assert process.stdout is not None
    with suppress(OSError):
        process.stdin.close()
    process.stdout.close()
    try:
        process.wait(_END)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _uri(store: Store) -> str:
    if store.path is not None:
        return f"{store.path.absolute().as_uri()}?mode=ro"
    return store.url.set(drivername="postgresql").render_as_string(hide_password=False)


def _dialect(store: Store) -> Any:
    if store.is_sqlite:
        from sqlalchemy.dialects.sqlite.base import SQLiteDialect

        return SQLiteDialect(paramstyle="qmark")
    from sqlalchemy.dialects.postgresql.base import PGDialect

    return PGDialect(paramstyle="numeric_dollar")  # type: ignore[no-untyped-call]


def _require(store: Store) -> None:
    driver = "adbc_driver_sqlite" if store.is_sqlite else "adbc_driver_postgresql"
    missing = [name for name in (driver, "pyarrow") if find_spec(name) is None]
    if missing:
        extras = phrase("analytical") if store.is_sqlite else phrase("analytical,postgres")
        raise ExtraMissing(
            phrase(
                "Reading as Arrow needs {missing}, which is not installed",
                missing=joined(phrase(" and "), missing),
            ),
            hint=phrase("Install it: pip install 'crmkit[{extras}]'", extras=extras),
        )
