"""A mailbox on a real mail server, read into the inbox, and answered over a real one."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from crmkit import Crm
from crmkit.core.clock import FakeClock
from crmkit.testing import run_crm
from tests.plugins.collaborative.inbox_business import MONDAY, Bakery
from tests.plugins.imap_server import PASSWORD, USER, MailServer, imap
from tests.plugins.incoming.letters import letter
from tests.plugins.post_office import PostOffice, post_office

__all__ = ["imap"]
TOML = """
[purposes.answers]
type = "service"

[plugins.email]
from = "Rye Bakery <post@rye.example>"
host = "127.0.0.1"
port = {smtp}
security = "none"
unknown = "prospect"

[plugins.email.imap]
host = "127.0.0.1"
port = {imap}
security = "none"
user = "{user}"
password = "file:password"
"""


class Line:
    """The line to the mail server, which can be cut and mended. It keeps its port all the while."""

    def __init__(self, port: int) -> None:
        self._target = port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._ends: list[socket.socket] = []
        self._is_cut = False
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def mend(self) -> None:
        """Let connections through."""
        self._is_cut = False

    def cut(self) -> None:
        """End those that there are, and let none through."""
        self._is_cut = True
        for each in self._ends:
            _end(each)
        self._ends.clear()

    def close(self) -> None:
        """Be no more."""
        self.cut()
        _end(self._listener)

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                near = self._listener.accept()[0]
                if self._is_cut:
                    _end(near)
                    continue
                far = socket.create_connection(("127.0.0.1", self._target), 5)
                self._ends += [near, far]
                for one, other in ((near, far), (far, near)):
                    threading.Thread(target=_carry, args=(one, other), daemon=True).start()


def _end(connection: socket.socket) -> None:
    with suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)
    connection.close()


def _carry(one: socket.socket, other: socket.socket) -> None:
    with suppress(OSError):
        while said := one.recv(65_536):
            other.sendall(said)
        other.shutdown(socket.SHUT_WR)


@pytest.fixture
def office() -> Iterator[PostOffice]:
    """The mail server that answers leave by."""
    with post_office() as server:
        yield server


@pytest.fixture
def line(imap: MailServer) -> Iterator[Line]:
    """The line to the mailbox."""
    found = Line(imap.port)
    yield found
    found.close()


@pytest.fixture
def crm_plugins() -> list[str]:
    """The plugins in use."""
    return ["email", "collaborative"]


@pytest.fixture
def crm_toml(tmp_path: Path, office: PostOffice, line: Line) -> str:
    """Mail comes by the one server and leaves by the other."""
    (tmp_path / "password").write_text(PASSWORD)
    return TOML.format(smtp=office.port, imap=line.port, user=USER)


@pytest.fixture
def clock() -> FakeClock:
    """Monday at ten."""
    return FakeClock(MONDAY)


def test_from_the_mailbox_to_the_answer(
    crm: Crm, clock: FakeClock, imap: MailServer, office: PostOffice, line: Line
) -> None:
    """A stranger's mail is a conversation; the answer leaves beneath it; while the mailbox is away that is
    said, and what came meanwhile goes on with the same conversation."""
    crm.people.add("Ewa", "ewa@rye.example", role="clerk")
    crm.rehearsal.end()
    bakery = Bakery(crm, clock)
    (read,) = [each for each in crm.kernel.loaded.jobs if each.name == "email.read_mailbox"]
    imap.put(letter("anna@example.com", "post@rye.example", "Is it fresh?", Message_ID="<1@x>"))
    read.run(crm)
    (found,) = bakery.all("open")
    assert crm.customers.get(found.customer_id).lifecycle == "prospect"
    assert bakery.as_("Ewa")[1].answer(found.id, "Of today.").state == "done"
    (sent,) = office.taken
    assert (sent.to, sent.message["In-Reply-To"]) == ("anna@example.com", "<1@x>")
    line.cut()
    said = {"In_Reply_To": str(sent.message["Message-ID"]), "Message_ID": "<2@x>"}
    reply = letter("anna@example.com", "post@rye.example", "Then keep me one", **said)
    imap.put(reply.replace(b"11:00:00 +0200", b"13:30:00 +0200"))
    clock.advance(hours=2)
    read.run(crm)
    doctor = run_crm("--config", crm.config.path, "doctor")
    assert "The folder INBOX cannot be read since 2026-05-04 12:00" in doctor.stdout + doctor.stderr
    assert [each.state for each in bakery.all()] == ["waiting"]
    line.mend()
    clock.advance(hours=2)
    read.run(crm)
    (again,) = bakery.all()
    assert (again.id, again.state) == (found.id, "open")
    assert bakery.texts(found.id) == ["Is it fresh?", "Of today.", "Then keep me one"]
