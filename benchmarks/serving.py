"""The public server: pages that read one row, in requests a second, against bare Litestar on uvicorn."""

from __future__ import annotations

import asyncio
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.harness import Bench, Result, Scale
from benchmarks.rig import customers, opened

_CONNECTIONS = 16
_OURS = """
import sys
from pathlib import Path
import sqlalchemy as sa
from crmkit import Crm
from crmkit.core.model.web import Response, Route
from crmkit.web import application as web
from crmkit.web.server import listening, run, url_of

def show(request, crm):
    customer = crm.tables.customer
    with crm.reading() as execute:
        row = execute(sa.select(customer.c.name).where(customer.c.id == int(request.parameters["id"]))).one()
    return Response(body=row[0])

crm = Crm.open(sys.argv[1])
web.all_routes = lambda crm: (Route(method="GET", path="/c/{id}", handle=show, per_minute=10**9),)
sock = listening("127.0.0.1", 0)
print(url_of(sock), flush=True)
run(web.application(crm), sock, stopping=lambda: False)
"""
_BARE = """
import socket, sys
import sqlalchemy as sa, uvicorn
from litestar import Litestar, Response, get

engine = sa.create_engine("sqlite:///" + sys.argv[1])
customer = sa.table("customer", sa.column("id"), sa.column("name"))

@get("/c/{id:int}", sync_to_thread=True)
def show(id: int) -> Response[str]:
    with engine.connect() as connection:
        row = connection.execute(sa.select(customer.c.name).where(customer.c.id == id)).one()
    return Response(row[0], media_type="text/html")

sock = socket.create_server(("127.0.0.1", 0))
print("http://127.0.0.1:%d" % sock.getsockname()[1], flush=True)
config = uvicorn.Config(Litestar([show], openapi_config=None), http="h11", loop="asyncio", access_log=False,
                        log_level="error")
uvicorn.Server(config).run([sock])
"""


def serving(work: Path, scale: Scale) -> Iterator[Result]:
    """20,000 requests by 16 connections, for a name that SQLAlchemy Core reads in a thread."""
    requests = scale.of(20_000)
    with opened(work / "shop") as crm:
        crm.customers.save_all(customers(1_000))
        toml = crm.config.path
    toml.write_text(toml.read_text() + "\n[web]\nproxies = 1\n")
    with _server(_OURS, toml) as ours, _server(_BARE, work / "shop" / "crm.db") as bare:
        times: dict[str, list[float]] = {ours: [], bare: []}
        for _ in range(scale.rounds):
            for url, taken in times.items():
                taken.append(asyncio.run(_load(url, requests)))
    mine, raw = (statistics.median(times[url]) for url in (ours, bare))
    yield Result(
        name=f"{requests:,} requests for a page of one row",
        ours=mine,
        raw=raw,
        unit="s",
        goal="≤ 1.5 × bare Litestar",
        note=f"{requests / mine:,.0f} a second, bare {requests / raw:,.0f}",
    )


@contextmanager
def _server(source: str, argument: Path) -> Iterator[str]:
    """A server in a process of its own: where it is reached."""
    process = subprocess.Popen(
        [sys.executable, "-c", source, str(argument)], stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        yield process.stdout.readline().strip()
    finally:
        process.terminate()
        process.wait(30)


async def _load(url: str, requests: int) -> float:
    """Seconds for so many requests by connections that stay open."""
    host, _, port = url.removeprefix("http://").partition(":")
    began = time.perf_counter()
    share = requests // _CONNECTIONS
    await asyncio.gather(*(_ask(host, int(port), each, share) for each in range(_CONNECTIONS)))
    return time.perf_counter() - began


async def _ask(host: str, port: int, number: int, requests: int) -> None:
    reader, writer = await asyncio.open_connection(host, port)
    for each in range(requests):
        # Each visitor is another one, as the throttle sees it.
        visitor = f"10.{number}.{each // 250}.{each % 250}"
        page = f"GET /c/{1 + each % 1_000} HTTP/1.1\r\nHost: localhost\r\nX-Forwarded-For: {visitor}\r\n\r\n"
        writer.write(page.encode())
        head = await reader.readuntil(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 200"), head
        length = next(line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
        await reader.readexactly(int(length.partition(b":")[2]))
    writer.close()
    await writer.wait_closed()


BENCHES = (Bench(name="serving", run=serving),)
