"""A mail server with mailboxes of the tests' own: dovecot, on this machine only, in a folder of its own."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import mkdtemp

import pytest
from attrs import define
from imapclient import IMAPClient

USER, PASSWORD = "shop", "secret words"
_PATIENCE = 20.0
# As root it changes to users that the package makes; as anybody else it stays who it is.
_CONFIGURATION = """
base_dir = {folder}/run
state_dir = {folder}/run
log_path = {folder}/log
login_greeting = {greeting}
protocols = imap
listen = 127.0.0.1
ssl = no
disable_plaintext_auth = no
auth_mechanisms = plain
mail_location = maildir:{folder}/mail/%u
mail_uid = {uid}
mail_gid = {gid}
first_valid_uid = 0
first_valid_gid = 0
default_login_user = {login}
default_internal_user = {internal}
default_internal_group = {group}
import_environment = TZ
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
passdb {{
  driver = passwd-file
  args = scheme=PLAIN username_format=%u {folder}/users
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}/home/%u
}}
namespace inbox {{
  inbox = yes
  separator = /
}}
"""


@define
class MailServer:
    """A running dovecot with one user."""

    port: int
    folder: Path

    @contextmanager
    def client(self) -> Iterator[IMAPClient]:
        """A connection of the user's own mail program."""
        with IMAPClient("127.0.0.1", self.port, ssl=False, timeout=10) as client:
            client.login(USER, PASSWORD)
            yield client

    def put(self, *messages: bytes, folder: str = "INBOX") -> list[int]:
        """Put messages into a folder; their numbers there."""
        with self.client() as client:
            if not client.folder_exists(folder):
                client.create_folder(folder)
            for each in messages:
                client.append(folder, each)
            client.select_folder(folder, readonly=True)
            return sorted(client.search())[-len(messages) :] if messages else []

    def flags(self, folder: str = "INBOX") -> list[Sequence[bytes]]:
        """The flags of each message."""
        with self.client() as client:
            client.select_folder(folder, readonly=True)
            return [each[b"FLAGS"] for _, each in sorted(client.fetch(client.search(), ["FLAGS"]).items())]

    def number_anew(self, folder: str = "INBOX") -> None:
        """Give the folder's messages other numbers, as a restored backup does."""
        path = self.folder / "mail" / USER
        path = path if folder == "INBOX" else path / f".{folder}"
        for name in ("dovecot.index", "dovecot.index.log", "dovecot.index.cache"):
            (path / name).unlink(missing_ok=True)
        listed = path / "dovecot-uidlist"
        text = listed.read_text()
        listed.write_text(re.sub(r"\bV(\d+)", lambda found: f"V{int(found[1]) + 1000}", text, count=1))


@contextmanager
def mail_server() -> Iterator[MailServer]:
    """A dovecot that ends with the block; skips where none is installed, which with CI=true is an error."""
    program = shutil.which("dovecot", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    if program is None:
        if os.environ.get("CI") == "true":
            raise RuntimeError("dovecot is not installed: apt install dovecot-imapd")
        pytest.skip("no IMAP server is installed (apt install dovecot-imapd)")
    # Not in pytest's own folder: paths of sockets are short.
    folder = Path(mkdtemp(prefix="crmkit-imap-"))
    folder.chmod(0o755)
    process = None
    try:
        _make_ready(folder)
        port, process = _at_a_free_port(program, folder)
        yield MailServer(port, folder)
    finally:
        if process is not None:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait(10)
        shutil.rmtree(folder, ignore_errors=True)


def _make_ready(folder: Path) -> None:
    for name in ("mail", "home"):
        (folder / name).mkdir(mode=0o777)
        (folder / name).chmod(0o777)
    (folder / "users").write_text(f"{USER}:{{PLAIN}}{PASSWORD}\n")


def _at_a_free_port(program: str, folder: Path) -> tuple[int, subprocess.Popen[bytes]]:
    """Where it listens; a port that was free may be another program's by the time that dovecot takes it."""
    for _attempt in range(5):
        port = _free_port()
        with suppress(_Taken):
            return port, _started(program, folder, port)
    raise RuntimeError("there is no port that stays free for dovecot")


class _Taken(Exception):
    """Another program has the port."""


def _started(program: str, folder: Path, port: int) -> subprocess.Popen[bytes]:
    is_root = os.geteuid() == 0
    me = _name(os.geteuid())
    owner = "mail" if is_root else me
    configuration = folder / "dovecot.conf"
    configuration.write_text(
        _CONFIGURATION.format(
            folder=folder, greeting=folder.name, port=port, uid=owner, gid=owner,
            login="dovenull" if is_root else me, internal="dovecot" if is_root else me,
            group="dovecot" if is_root else _group(os.getegid()),
        )
    )  # fmt: skip
    command = [program, "-F", "-c", str(configuration)]
    quiet = subprocess.DEVNULL
    with (folder / "errors").open("wb") as errors:
        process = subprocess.Popen(command, stdin=quiet, stdout=quiet, stderr=errors, cwd="/")
    end = time.monotonic() + _PATIENCE
    while not _answers(port, folder.name):
        if process.poll() is not None or time.monotonic() > end:
            said = "".join(
                path.read_text(errors="replace")
                for path in (folder / "errors", folder / "log")
                if path.exists()
            )
            process.kill()
            process.wait(10)
            if "in use" in said:
                raise _Taken
            raise RuntimeError(f"dovecot did not start: {said[-2000:]}")
        time.sleep(0.05)
    return process


def _answers(port: int, greeting: str) -> bool:
    """Whether this very server does: another test run's may be at the same port."""
    try:
        with (
            socket.create_connection(("127.0.0.1", port), 1) as connection,
            connection.makefile("rb") as lines,
        ):
            said = lines.readline()
    except OSError:
        return False
    return said.startswith(b"* OK") and greeting.encode() in said


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def _name(uid: int) -> str:
    import pwd

    return pwd.getpwuid(uid).pw_name


def _group(gid: int) -> str:
    import grp

    return grp.getgrgid(gid).gr_name


@pytest.fixture(scope="module")
def imap() -> Iterator[MailServer]:
    """A mail server for the tests of one module; each reads a folder of its own."""
    with mail_server() as server:
        yield server
