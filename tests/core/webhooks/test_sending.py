"""One request: it ends in time whatever the other side does, and goes nowhere else."""

from __future__ import annotations

import ssl
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from crmkit.core.webhooks import destination, sending
from crmkit.core.webhooks.destination import parse_url
from crmkit.core.webhooks.sending import Answer, Line, NoAnswer, Watch
from tests.core.webhooks.listening import Listener, answer, listening


@contextmanager
def _line(url: str, timeout: float = 20.0, *, internal: bool = True) -> Iterator[Line]:
    with closing(Watch()) as watch, closing(Line(parse_url(url), timeout, internal, watch)) as line:
        yield line


def _post(server: Listener, timeout: float = 20.0, url: str | None = None) -> Answer:
    with _line(url or server.url, timeout) as line:
        return line.post({"X-Own": "1"}, b"{}")


def test_what_arrives() -> None:
    """The body, the path with its query, and a Host."""
    with listening(answer(204)) as server:
        assert _post(server).status == 204
        path, headers, body = server.received[0]
    assert (path, body, headers["x-own"]) == ("/in?token=hidden", b"{}", "1")
    assert headers["host"] == f"127.0.0.1:{server.server_port}"


def test_the_name_is_resolved_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The connection goes to the address that was looked at, whatever the name leads to a moment later."""
    asked: list[str] = []

    def resolve(host: str, _port: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"] if len(asked) == 1 else ["203.0.113.9"]

    monkeypatch.setattr(destination, "resolve", resolve)
    with listening(answer(200)) as server:
        assert _post(server, url=f"http://hooks.example:{server.server_port}/").status == 200
        assert server.received[0][1]["host"] == f"hooks.example:{server.server_port}"
    assert asked == ["hooks.example"]


def test_redirects_are_not_followed() -> None:
    """Not even one to this machine."""
    with listening(answer(200)) as inside, listening(answer(307, Location=inside.url)) as server:
        found = _post(server)
        assert (found.status, found.location) == (307, inside.url)
        assert inside.received == []


def _hangs(handler: Any) -> None:
    handler.server.over.wait(60)


def _drips(handler: Any) -> None:
    while not handler.server.over.wait(0.05):
        handler.wfile.write(b"x")


def _is_rude(handler: Any) -> None:
    handler.wfile.write(b"\x00\xff nonsense\r\n\r\n")


@pytest.fixture
def end(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Called by the other side, it ends the time of the request that it has got: on a busy machine that time
    may be over before a request has left, and an idle one would wait for it."""
    watched: list[Any] = []
    add = Watch.add

    def noted(self: Watch, cut: Any) -> None:
        watched.append(cut)
        add(self, cut)

    def end_of_the_last() -> None:
        watched[-1].now()

    monkeypatch.setattr(Watch, "add", noted)
    return end_of_the_last


@pytest.mark.parametrize("behave", [_hangs, _drips, _is_rude])
def test_no_answer(behave: Any) -> None:
    """Whoever hangs, speaks a byte at a time or talks nonsense is left."""
    with listening(behave) as server, pytest.raises(NoAnswer) as caught:
        _post(server, timeout=0.6)
    assert "hidden" not in caught.value.reason


@pytest.mark.parametrize("behave", [_hangs, _drips, _is_rude])
def test_whoever_gives_no_answer_may_have_got_the_request(behave: Any, end: Callable[[], None]) -> None:
    """Once it was sent, nobody knows what became of it."""

    def asked(handler: Any) -> None:
        end()
        behave(handler)

    with listening(asked) as server, pytest.raises(NoAnswer) as caught:
        _post(server)
    assert caught.value.sent


def _drips_after(said: bytes, end: Callable[[], None]) -> Any:
    def behave(handler: Any) -> None:
        handler.wfile.write(said)
        end()
        while not handler.server.over.wait(0.05):
            handler.wfile.write(b"x")

    return behave


@pytest.mark.parametrize("said", [b"HTTP/1.0 200 OK\r\nX-Slow: ", b"HTTP/1.0 200 OK\r\n\r\n"])
def test_headers_and_a_body_that_do_not_end(said: bytes, end: Callable[[], None]) -> None:
    """The status has decided; the rest is waited for no longer than was said."""
    with listening(_drips_after(said, end)) as server:
        assert _post(server).status == 200
        assert not server.over.is_set()


def test_a_huge_body() -> None:
    """Of what nobody reads, no more is taken than 64 KiB."""
    written: list[int] = []

    def huge(handler: Any) -> None:
        handler.wfile.write(b"HTTP/1.0 200 OK\r\n\r\n")
        written.extend(handler.wfile.write(b"x" * 65_536) for _ in range(2_000))

    with listening(huge) as server:
        assert _post(server).status == 200
    assert sum(written) < 100_000_000


def test_nobody_there() -> None:
    """Nothing was sent."""
    with listening(answer(200)) as server:
        url = server.url
    with _line(url) as line, pytest.raises(NoAnswer, match="cannot be reached") as caught:
        line.post({}, b"")
    assert not caught.value.sent


def test_a_name_that_leads_nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """It cannot be found now, and perhaps tomorrow."""

    def resolve(*_: object) -> list[str]:
        raise OSError(-2, "Name or service not known")

    monkeypatch.setattr(destination, "resolve", resolve)
    said = r"hooks\.example cannot be found: Name or service not known"
    with _line("https://hooks.example/", internal=False) as line, pytest.raises(NoAnswer, match=said):
        line.post({}, b"")


def test_whose_certificate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The certificate has to be that of the name, though the connection goes to an address."""
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    command = (
        f"openssl req -x509 -newkey rsa:2048 -nodes -days 2 -keyout {key} -out {certificate} -subj /CN=x"
    )
    made = subprocess.run(
        [*command.split(), "-addext", "subjectAltName=DNS:hooks.example"], check=False, capture_output=True
    )
    if made.returncode:
        pytest.skip("there is no openssl to make a certificate with")
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    monkeypatch.setattr(destination, "resolve", lambda *_: ["127.0.0.1"])
    with listening(answer(200)) as server:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        server.socket = context.wrap_socket(server.socket, server_side=True)
        port = server.server_port
        assert _post(server, url=f"https://hooks.example:{port}/").status == 200
        with pytest.raises(NoAnswer, match="its certificate is not valid") as caught:
            _post(server, url=f"https://other.example:{port}/")
    assert not caught.value.sent
    assert len(server.received) == 1


def test_the_time_counts_from_the_beginning(monkeypatch: pytest.MonkeyPatch) -> None:
    """A resolver that took all of it leaves nothing for the request."""

    def slow(*_: object) -> list[str]:
        time.sleep(0.3)
        return ["127.0.0.1"]

    monkeypatch.setattr(destination, "resolve", slow)
    with listening(answer(200)) as server:
        with pytest.raises(NoAnswer, match="the time is over"):
            _post(server, timeout=0.2, url=f"http://hooks.example:{server.server_port}/")
        assert server.received == []


@pytest.mark.parametrize("keeps", [False, True])
def test_an_answer_may_take_longer_than_connecting(monkeypatch: pytest.MonkeyPatch, keeps: bool) -> None:
    """Who thinks before they answer has all of the time that was said, at the first request and the next."""
    monkeypatch.setattr(sending, "_LONGEST_CONNECT", 0.1)

    def thinks(handler: Any) -> None:
        handler.server.over.wait(0.3)
        answer(200)(handler)

    with listening(thinks, keeps=keeps) as server, _line(server.url) as line:
        assert [line.post({}, b"{}").status for _ in range(2)] == [200, 200]


@pytest.mark.parametrize("status", [200, 404, 503])
def test_a_connection_is_kept(monkeypatch: pytest.MonkeyPatch, status: int) -> None:
    """The other side is connected to once, and the name looked up once, for one request after the other."""
    asked: list[str] = []

    def resolve(host: str, _port: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"]

    monkeypatch.setattr(destination, "resolve", resolve)
    with (
        listening(answer(status, b"what nobody reads"), keeps=True) as server,
        _line(f"http://hooks.example:{server.server_port}/") as line,
    ):
        assert [line.post({}, b"%d" % number).status for number in range(3)] == [status] * 3
        assert [body for _, _, body in server.received] == [b"0", b"1", b"2"]
        assert (server.connections, asked) == (1, ["hooks.example"])


def _lets_go(handler: Any) -> None:
    """Answer as if there were more to come, and go."""
    answer(200)(handler)
    handler.close_connection = True


def _goes_at_the_second(handler: Any) -> None:
    """Keep the connection, take one more request by it, and go without a word."""
    if len(handler.server.received) == 2:
        handler.close_connection = True
    else:
        answer(200)(handler)


@pytest.mark.parametrize(("behave", "arrived"), [(_lets_go, 2), (_goes_at_the_second, 3)])
def test_a_connection_that_is_not_kept(behave: Any, arrived: int) -> None:
    """What the other side has let go of is made again; a request that it left without an answer goes out
    once more."""
    with listening(behave, keeps=True) as server, _line(server.url) as line:
        assert [line.post({}, b"{}").status for _ in range(2)] == [200, 200]
        assert (server.connections, len(server.received)) == (2, arrived)


def test_a_connection_with_half_an_answer_is_not_used_again() -> None:
    """What is left of a long answer is never taken for the next one."""
    with listening(answer(200, b"x" * 1_000_000), keeps=True) as server, _line(server.url) as line:
        assert [line.post({}, b"{}").status for _ in range(2)] == [200, 200]
        assert server.connections == 2


def test_each_request_has_a_time_of_its_own() -> None:
    """Who answered quickly before is not waited for any longer than who never did."""

    def behave(handler: Any) -> None:
        (_drips if len(handler.server.received) == 2 else answer(200))(handler)

    with listening(behave, keeps=True) as server, _line(server.url) as line:
        assert line.post({}, b"{}").status == 200
        line.timeout = 0.6
        with pytest.raises(NoAnswer, match="did not answer in time"):
            line.post({}, b"{}")
        line.timeout = 20.0
        assert line.post({}, b"{}").status == 200
        assert server.connections == 2
