"""Telling another program of every event: queue, sign, deliver and settle, against bare requests."""

from __future__ import annotations

import asyncio
import base64
import http.client
import multiprocessing
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from benchmarks.harness import Bench, Result, Scale, seconds
from benchmarks.rig import customers, opened, purchases
from crmkit import Crm
from crmkit.plugins.collaborative.subscriptions.subscriptions import Subscriptions

_SECRET = "CRMKIT_BENCH_SECRET"
_AT_ONCE = 4
_TOML = """
[webhooks.sink]
url = "http://127.0.0.1:{port}/in"
secret = "env:{secret}"
internal = true

[plugins.collaborative.subscriptions.all]
webhook = "sink"
on = ["purchase"]
"""


def told(work: Path, scale: Scale) -> Iterator[Result]:
    """Purchases of 20,000 customers, each told to a program on this machine."""
    count = scale.of(100_000)
    os.environ[_SECRET] = base64.b64encode(bytes(range(32))).decode()
    with _sink() as port:
        with opened(work, plugins=["collaborative"]) as crm:
            ids = [id_ for id_ in crm.customers.save_all(customers(scale.of(20_000))).ids if id_ is not None]
        path = work / "crm.toml"
        path.write_text(path.read_text(encoding="utf-8") + _TOML.format(port=port, secret=_SECRET))
        with Crm.open(path) as crm:
            with crm.transaction() as tx:
                tx.execute(sa.text("INSERT INTO setting (key, value) VALUES ('live_at', '1')"))
            service = crm.service(Subscriptions)
            service.run()
            crm.interactions.record_all(purchases(count, ids))
            ours = seconds(lambda: _all(service))
            (standing,) = service.list()
            assert (standing.waiting, standing.parked) == (0, 0)
        raw = seconds(lambda: _bare(port, count))
    yield Result(
        name=f"{count:,} events told to a program here",
        ours=ours / count * 1e3,
        raw=raw / count * 1e3,
        unit="ms per event",
        goal="≤ 3 × bare requests",
        note=f"{count / ours:,.0f} a second",
    )


def _all(service: Subscriptions) -> None:
    while service.run():
        pass


def _bare(port: int, count: int) -> None:
    """The same number of requests of that size, each on a connection of its own, as many at once."""
    body = b"x" * 220

    def some(share: int) -> None:
        for _ in range(share):
            connection = http.client.HTTPConnection("127.0.0.1", port)
            connection.request("POST", "/in", body)
            connection.getresponse().read()
            connection.close()

    with ThreadPoolExecutor(_AT_ONCE) as pool:
        list(pool.map(some, [count // _AT_ONCE] * _AT_ONCE))


@contextmanager
def _sink() -> Iterator[int]:
    """The port of a program in a process of its own that takes whatever comes."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(theirs,), daemon=True)
    process.start()
    try:
        yield ours.recv()
    finally:
        process.terminate()
        process.join(10)


def _serve(pipe: Any) -> None:
    async def main() -> None:
        server = await asyncio.start_server(_take, "127.0.0.1", 0)
        pipe.send(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    asyncio.run(main())


async def _take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(asyncio.IncompleteReadError, ConnectionError):
        while True:
            head = (await reader.readuntil(b"\r\n\r\n")).lower()
            _, _, rest = head.partition(b"content-length:")
            await reader.readexactly(int(rest.partition(b"\r\n")[0] or 0))
            writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")
            await writer.drain()
    writer.close()


BENCHES = (Bench(name="subscriptions", run=told),)
