"""The world around the business: mail server, mailbox, public pages, the program that is told, a clock."""

from __future__ import annotations

import json
import logging
import re
import threading
import urllib.error
import urllib.request
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from datetime import datetime
from email.message import EmailMessage
from functools import cached_property
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import urlencode, urlsplit
from zoneinfo import ZoneInfo

from attrs import define, field

from crmkit import Crm
from crmkit.core.webhooks.signing import headers, key_of
from crmkit.core.worker import Worker
from crmkit.testing import FakeClock, serving
from tests.acceptance.year.business import SECRET, WEB, found_business
from tests.acceptance.year.killed import kill_worker
from tests.plugins.imap_server import MailServer, mail_server
from tests.plugins.post_office import DROP, PostOffice, Taken, post_office

ZONE = ZoneInfo("Europe/Warsaw")
# How often a worker dies in its pass.
KILLED = 0.15
_BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"


@define
class Mail:
    """A message that the mail server took: its place among all, and when by the clock."""

    place: int
    at: int
    taken: Taken

    @cached_property
    def message(self) -> EmailMessage:
        """It, read by the standard library."""
        return self.taken.message

    @cached_property
    def id(self) -> str:
        """Its `Message-ID`."""
        return str(self.message["Message-ID"])

    @cached_property
    def effect(self) -> int | None:
        """The number of the effect that it names; None of what employees are told."""
        found = re.match(r"<effect-(\d+)\.", self.id)
        return int(found[1]) if found else None

    @cached_property
    def subject(self) -> str:
        """Its subject."""
        return str(self.message["Subject"])

    @cached_property
    def text(self) -> str:
        """What it says."""
        body = self.message.get_body(("plain",))
        return str(body.get_content()) if body else ""


_CLOSED = "closed today"
# What is said of the plugin that breaks, and of a report that has to wait for the mail server.
_FORESEEN = ("out of order", _CLOSED)


@define
class Weather:
    """What goes wrong elsewhere at the moment."""

    gone: set[str] = field(factory=set)  # addresses at which nobody is
    full: set[str] = field(factory=set)  # mailboxes that take nothing now
    breaks: set[str] = field(factory=set)  # addresses before whose answer the line breaks
    is_post_closed: bool = False
    is_sink_down: bool = False

    def mood(self, said: str, _number: int) -> str | None:
        """What the mail server answers."""
        address = said.partition("<")[2].partition(">")[0]
        if said == "CONNECT" and self.is_post_closed:
            return f"421 4.3.2 {_CLOSED}"
        if said.startswith("RCPT") and address in self.gone:
            return "550 5.1.1 no such user"
        if said.startswith("RCPT") and address in self.full:
            return "452 4.2.2 mailbox full"
        if said.startswith(". ") and said[2:] in self.breaks:
            return DROP
        return None


class _Sink(ThreadingHTTPServer):
    """The program that is told; it keeps what it took, in the order in which it took it."""

    daemon_threads = True
    request_queue_size = 128  # who is not let in takes itself for connected

    def __init__(self, weather: Weather) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.weather, self.lock = weather, threading.Lock()
        self.heard: list[tuple[str, Mapping[str, Any]]] = []

    def handle_error(self, *_: Any) -> None:
        """Workers are killed while they speak."""


class _Handler(BaseHTTPRequestHandler):
    server: _Sink

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        with self.server.lock:
            status = 503 if self.server.weather.is_sink_down else 200
            if status == 200:
                self.server.heard.append((self.headers["webhook-id"], json.loads(body)))
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        pass


@define
class World:
    """One business in its world. The clock goes on only by `at`, when no process is at work."""

    path: Path
    crm: Crm
    clock: FakeClock
    weather: Weather
    office: PostOffice
    imap: MailServer
    sink: _Sink
    url: str
    random: Random
    new_database: Callable[[], str]
    kills: int = 0
    killed: int = 0
    mails: list[Mail] = field(factory=list)
    mails_to: dict[str, list[Mail]] = field(factory=lambda: defaultdict(list))
    troubles: list[str] = field(factory=list)
    _visitors: int = 0

    @property
    def folder(self) -> Path:
        """The business's folder."""
        return self.path.parent

    def local(self) -> datetime:
        """The time in the shops."""
        return datetime.fromtimestamp(self.clock.now() / 1_000_000, ZONE)

    def at(self, when: datetime) -> None:
        """Put the clock to a time in the shops, whichever way that is."""
        self._stamp()
        self.clock.set(round(when.replace(tzinfo=ZONE).timestamp() * 1_000_000))

    def work(self) -> None:
        """A worker does what is due, unless it is killed on the way; then another takes its place."""
        if self.kills and self.random.random() < KILLED:
            self.kills -= 1
            self.killed += kill_worker(self.path, self.clock.now(), self.random)
            self._stamp()
            self.clock.advance(minutes=11)  # until what it had in hand is free again
        Worker(self.crm.kernel).drain()
        self._stamp()

    def _stamp(self) -> None:
        """Note when what has come came."""
        for each in self.office.taken[len(self.mails) :]:
            self.mails.append(Mail(len(self.mails), self.clock.now(), each))
            self.mails_to[each.to].append(self.mails[-1])

    def write(self, *letters: bytes) -> None:
        """Letters arrive in the business's mailbox."""
        self.imap.put(*letters)

    def report(self, door: str, events: Sequence[Mapping[str, Any]], *, secret: str = SECRET) -> int:
        """Another program reports at a door of ours; the status of the answer."""
        body = json.dumps(events).encode()
        id_ = f"{door}-{self.clock.now()}-{self._visitors}"
        signed = headers(key_of(secret), id_, self.clock.now() // 1_000_000, body)
        return self._ask(f"/in/{door}", body, {"Content-Type": "application/json", **signed})[0]

    def visit(self, link: str, form: Mapping[str, Any] | None = None) -> int:
        """Somebody follows a link of a message, or sends the form behind it; the status of the answer."""
        assert link.startswith(WEB), link
        body = None if form is None else urlencode(form, doseq=True).encode()
        parts = urlsplit(link)
        return self._ask(f"{parts.path}?{parts.query}".rstrip("?"), body, {})[0]

    def read(self, path: str, form: Mapping[str, Any] | None = None) -> tuple[int, str]:
        """Somebody opens a page of the site, or sends the form on it; the status, and what they read."""
        return self._ask(path, None if form is None else urlencode(form).encode(), {})

    def _ask(self, path: str, body: bytes | None, said: Mapping[str, str]) -> tuple[int, str]:
        self._visitors += 1
        visitor = f"198.{self._visitors >> 16 & 255}.{self._visitors >> 8 & 255}.{self._visitors & 255}"
        named = {"User-Agent": _BROWSER, "X-Forwarded-For": visitor, **said}
        request = urllib.request.Request(self.url + path, data=body, headers=named)
        try:
            with urllib.request.build_opener(_Stays).open(request, timeout=60) as answer:
                return int(answer.status), answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()


class _Stays(urllib.request.HTTPRedirectHandler):
    """Where a link leads is not on this machine."""

    def redirect_request(self, *_: Any) -> None:
        return None


class _Troubles(logging.Handler):
    """Keeps what was logged as an error, but for what is foreseen."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.said: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        if not any(each in record.getMessage() for each in _FORESEEN):
            self.said.append(logging.Formatter().format(record))


@contextmanager
def world(
    folder: Path, new_database: Callable[[], str], clock: FakeClock, random: Random, *, kills: int
) -> Iterator[World]:
    """A business that has just begun, live, with everything around it. `new_database` says where a database
    may be made: a file's name, or an address."""
    weather, troubles = Weather(), _Troubles()
    with ExitStack() as stack:
        office = stack.enter_context(post_office(weather.mood))
        imap = stack.enter_context(mail_server())
        sink = stack.enter_context(_sink(weather))
        told = f"http://127.0.0.1:{sink.server_port}/in"
        path = found_business(folder, new_database(), smtp=office.port, imap=imap.port, sink=told)
        crm = stack.enter_context(Crm.open(path, strict=True, clock=clock, random=Random(3)))
        outside = stack.enter_context(Crm.open(path, strict=True, clock=clock))
        crm.rehearsal.end()
        url = stack.enter_context(serving(outside))
        logging.getLogger("crmkit").addHandler(troubles)
        stack.callback(logging.getLogger("crmkit").removeHandler, troubles)
        yield World(
            path, crm, clock, weather, office, imap, sink, url, random, new_database, kills,
            troubles=troubles.said,
        )  # fmt: skip


@contextmanager
def _sink(weather: Weather) -> Iterator[_Sink]:
    server = _Sink(weather)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join(10)
        server.server_close()
