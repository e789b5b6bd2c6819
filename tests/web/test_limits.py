"""The limits of the server, by real connections over the loopback."""

from __future__ import annotations

import http.client
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import Any
from urllib.parse import urlsplit

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crmkit import Crm
from crmkit.core.forms.service import Forms, Submission
from crmkit.testing import serving
from crmkit.web import server

_TOO_LONG = 30.0


@pytest.fixture
def crm_toml() -> str:
    """A form, so that there is something that takes a body."""
    return '[forms.club]\ntitle = "Join"\nfields = ["name", "email"]\n'


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """The server waits no longer than a second for headers."""
    monkeypatch.setattr(server, "_HEADERS", 1.0)


@pytest.fixture
def place(crm: Crm) -> Iterator[tuple[str, int]]:
    """Where a server is."""
    with serving(crm) as url:
        parts = urlsplit(url)
        yield str(parts.hostname), int(parts.port or 0)


def _answer(place: tuple[str, int], *parts: bytes, pause: float = 0.0) -> bytes:
    """What comes back for these parts, sent one after the other."""
    with socket.create_connection(place, timeout=_TOO_LONG) as sock:
        for part in parts:
            try:
                sock.sendall(part)
            except OSError:  # it has answered already
                break
            time.sleep(pause)
        found = b""
        try:
            while part := sock.recv(65_536):
                found += part
        except ConnectionError:
            pass
        return found


def _head(line: str, **headers: str) -> bytes:
    named = {
        "Host": "localhost",
        "Connection": "close",
        **{k.replace("_", "-"): v for k, v in headers.items()},
    }
    return "\r\n".join(
        [line, *(f"{name}: {value}" for name, value in named.items() if value), "", ""]
    ).encode()


def _status(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1]) if answer else 0


def test_a_body_that_says_it_is_too_long_is_not_read(place: tuple[str, int]) -> None:
    """50 MB are refused by the header alone: nothing of them needs to be sent."""
    head = _head(
        "POST /f/club HTTP/1.1", Content_Length="52428800", Expect="100-continue",
        Content_Type="application/x-www-form-urlencoded",
    )  # fmt: skip
    answer = _answer(place, head)
    assert _status(answer) == 413
    assert b"100 Continue" not in answer


def test_a_body_in_parts_is_read_no_further_than_it_may(place: tuple[str, int]) -> None:
    """A body that does not say how long it is ends where the limit is."""
    head = _head(
        "POST /f/club HTTP/1.1", Transfer_Encoding="chunked", Content_Type="application/x-www-form-urlencoded"
    )
    chunk = b"4000\r\n" + b"x" * 0x4000 + b"\r\n"
    assert _status(_answer(place, head, *[chunk] * 40)) == 413


def test_long_addresses_and_headers_are_refused(place: tuple[str, int]) -> None:
    """A long address, a long query and long headers cost nothing."""
    assert _status(_answer(place, _head(f"GET /f/{'x' * 9_000} HTTP/1.1"))) == 414
    assert _status(_answer(place, _head(f"GET /f/club?{'x=1&' * 2_500} HTTP/1.1"))) == 414
    assert _status(_answer(place, _head("GET /f/club HTTP/1.1", X_Long="x" * 20_000))) == 431


@pytest.mark.usefixtures("impatient")
def test_whoever_drips_headers_is_cut_off(place: tuple[str, int]) -> None:
    """A request that does not come to its headers' end in time is no request."""
    assert _answer(place, *[b"G"], *[b"E"] * 8, pause=0.4) == b""


def test_whoever_drips_a_second_request_is_cut_off(
    place: tuple[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither does it help to have asked well before."""
    real = Forms.submit

    def submit(self: Forms, *args: Any, **kwargs: Any) -> Submission:
        # Only now, for a busy machine may take its time over the first request.
        monkeypatch.setattr(server, "_HEADERS", 1.0)
        return real(self, *args, **kwargs)

    monkeypatch.setattr(Forms, "submit", submit)
    body = b"q.email=anna%40example.com"
    good = _head(
        "POST /f/club HTTP/1.1", Connection="", Content_Length=str(len(body)),
        Content_Type="application/x-www-form-urlencoded",
    )  # fmt: skip
    answer = _answer(place, good + body, *[b"G"] * 8, pause=0.4)
    assert answer.count(b"HTTP/1.1") == 1


def test_what_is_no_http_is_refused(place: tuple[str, int]) -> None:
    """Noise, two hosts, two lengths: refused, and the server goes on."""
    for noise in (b"\x16\x03\x01\x02\x00\x01\x00\r\n\r\n", b"GET\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n"):
        assert _status(_answer(place, noise)) in (0, 400, 421, 505)
    two = b"GET /health HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\n\r\n"
    assert _status(_answer(place, two)) == 400
    lengths = b"POST /f/club HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab"
    assert _status(_answer(place, lengths)) == 400
    both = (
        b"POST /f/club HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: 4\r\n"
        b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /health HTTP/1.1\r\nHost: localhost\r\n\r\n"
    )
    assert _answer(place, both).count(b"HTTP/1.1 ") == 1
    assert _status(_answer(place, _head("GET /health HTTP/1.1"))) == 200


def test_no_upgrade_and_no_proxy(place: tuple[str, int]) -> None:
    """It is neither a web socket nor a way to elsewhere."""
    upgrade = _head("GET /health HTTP/1.1", Connection="Upgrade", Upgrade="websocket")
    assert b" 101 " not in _answer(
        place, upgrade.replace(b"Connection: Upgrade", b"Connection: Upgrade, close")
    )
    assert _status(_answer(place, _head("GET http://evil.example/health HTTP/1.1"))) in (400, 404, 421)
    assert _status(_answer(place, _head("CONNECT evil.example:443 HTTP/1.1"))) in (400, 404, 405, 421)
    assert _status(_answer(place, _head("OPTIONS * HTTP/1.1"))) == 404


def test_it_answers_many_at_once(place: tuple[str, int]) -> None:
    """More ask at once than there are threads, and all are answered."""

    def ask(_: int) -> int:
        connection = http.client.HTTPConnection(*place, timeout=_TOO_LONG)
        connection.request("GET", "/health")
        status = connection.getresponse().status
        connection.close()
        return status

    with ThreadPoolExecutor(40) as pool:
        assert set(pool.map(ask, range(100))) == {200}


def test_what_is_being_answered_is_answered_when_it_ends(crm: Crm, monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that is stopped finishes what it has begun, and takes no more."""
    begun, real = Event(), Forms.submit

    def submit(self: Forms, *args: Any, **kwargs: Any) -> Submission:
        begun.set()
        return real(self, *args, **kwargs)

    monkeypatch.setattr(Forms, "submit", submit)
    with serving(crm) as url, ThreadPoolExecutor(1) as pool:
        parts = urlsplit(url)
        place = (str(parts.hostname), int(parts.port or 0))
        body = b"q.email=anna%40example.com"
        head = _head("POST /f/club HTTP/1.1", Content_Length=str(len(body)),
                     Content_Type="application/x-www-form-urlencoded")  # fmt: skip
        answer = pool.submit(_answer, place, head + body)
        assert begun.wait(_TOO_LONG)
    assert _status(answer.result()) == 422
    with pytest.raises(ConnectionError):
        socket.create_connection(place, timeout=_TOO_LONG)


_PIECES = st.sampled_from(
    [
        "/",
        "f",
        "club",
        "in",
        "x",
        "%",
        "%00",
        "%2F",
        "%ff",
        "..",
        "?",
        "&",
        "=",
        "#",
        ";",
        "a" * 300,
        "é",
        "\\",
    ]
)


@given(
    st.sampled_from(["GET", "POST", "HEAD", "OPTIONS", "PUT", "DELETE"]),
    st.lists(_PIECES, max_size=12),
    st.binary(max_size=300),
    st.sampled_from(
        [
            "application/x-www-form-urlencoded",
            "multipart/form-data; boundary=x",
            "application/json",
            "",
            ";;",
            "é",
        ]
    ),
)
@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_no_request_is_a_failure(crm: Crm, method: str, pieces: list[str], body: bytes, kind: str) -> None:
    """Whatever path and body come, the answer is one of those that are meant: never 500."""
    from crmkit.testing import Public

    public = Public(crm)
    page = public.ask(method, "http://localhost/" + "".join(pieces), body, {"content-type": kind})
    assert page.status in (200, 204, 400, 401, 404, 405, 413, 414, 415, 421, 422, 429)
