"""`crm serve`, `crm forms` and `crm incoming`, as a shell runs them."""

from __future__ import annotations

import http.client
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from crmkit.testing import open_crm, run_crm

_PATIENCE = 60.0


def _started(folder: Path, log: Path, *options: str) -> tuple[subprocess.Popen[bytes], str]:
    """A server in a process of its own, and where it is reached."""
    command = [sys.executable, "-m", "crmkit", "--config", str(folder / "crm.toml"), "serve", "--port", "0"]
    with log.open("wb") as out:
        process = subprocess.Popen([*command, *options], stdout=out, stderr=out)
    until = time.monotonic() + _PATIENCE
    while time.monotonic() < until and process.poll() is None:
        if found := re.search(r"http://[^ :]+:[0-9]+", log.read_text()):
            return process, found[0]
        time.sleep(0.1)
    process.kill()
    pytest.fail(f"the server did not start: {log.read_text()}")


def _get(url: str, path: str) -> int:
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(str(parts.hostname), parts.port, timeout=_PATIENCE)
    connection.request("GET", path)
    status = connection.getresponse().status
    connection.close()
    return status


@pytest.mark.parametrize("by", [signal.SIGTERM, signal.SIGINT])
def test_it_serves_until_it_is_asked_to_end(tmp_path: Path, by: signal.Signals) -> None:
    """The server says where it is, answers, writes a log without tokens, and ends in peace."""
    open_crm(tmp_path).close()
    process, url = _started(tmp_path, tmp_path / "log")
    try:
        assert _get(url, "/health") == 200
        assert _get(url, "/f/secret-token?anna@example.com") == 404
    finally:
        process.send_signal(by)
    assert process.wait(_PATIENCE) == 0
    said = (tmp_path / "log").read_text()
    assert "GET /health 200" in said
    assert "GET /f/{name} 404" in said
    assert "secret-token" not in said
    assert "anna" not in said
    assert "[web] url" in said
    assert said.rstrip().endswith("Stopped.")


@pytest.mark.parametrize("by", ["--port", "crm.toml"])
def test_a_port_that_is_taken_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, by: str) -> None:
    """Where another server listens already at the port that was asked for, the message says what to do."""
    monkeypatch.chdir(tmp_path)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        open_crm(tmp_path, f"[web]\nport = {port}\n" if by == "crm.toml" else "").close()
        answer = run_crm("serve", *(("--port", port) if by == "--port" else ()))
        elsewhere = run_crm("serve", "--host", "192.0.2.1", "--port", 0)
    assert answer.status == 5
    assert str(port) in answer.stderr
    assert "crm serve --port" in answer.stderr
    assert elsewhere.status == 5
    assert "192.0.2.1" in elsewhere.stderr
    assert "--host 127.0.0.1" in elsewhere.stderr


def test_without_the_extra_it_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever has not installed the server is told the line to type."""
    import importlib.util

    open_crm(tmp_path).close()
    monkeypatch.chdir(tmp_path)
    find = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "litestar" else find(name))
    answer = run_crm("serve", "--port", 0)
    assert answer.status == 1
    assert "pip install 'crmkit[web]'" in answer.stderr


_TOML = """
[web]
url = "https://post.rye.example/"

[purposes.news]
type = "marketing"

[forms.club]
title = "Club"
doc = "Whoever wants to hear of new bread"
fields = ["email", "{field}"]
purpose = "{purpose}"
channel = "{channel}"

[incoming.shop]
secret = "env:SHOP_SECRET"
defaults = {{ {target} = "x" }}
"""


def test_forms_and_doors_are_listed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who looks for the addresses finds them."""
    toml = _TOML.format(field="name", purpose="news", channel="web", target="type")
    open_crm(tmp_path, toml).close()
    monkeypatch.chdir(tmp_path)
    (form,) = run_crm("forms", "list", "--json").json
    assert (form["url"], form["doc"]) == (
        "https://post.rye.example/f/club",
        "Whoever wants to hear of new bread",
    )
    (door,) = run_crm("incoming", "doors", "--json").json
    assert door["url"] == "https://post.rye.example/in/shop"
    assert run_crm("incoming", "list").status == 0
    assert run_crm("check").status == 0


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"field": "birthday"}, "[forms.club]"),
        ({"purpose": "noise"}, "[forms.club]"),
        ({"channel": "pigeon"}, "[forms.club]"),
        ({"target": "shoe_size"}, "[incoming.shop]"),
    ],
)
def test_what_cannot_work_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, wrong: dict[str, str], said: str
) -> None:
    """`crm check` names the form or door that names what is not there."""
    right = {"field": "name", "purpose": "news", "channel": "web", "target": "type"}
    open_crm(tmp_path, _TOML.format(**(right | wrong))).close()
    monkeypatch.chdir(tmp_path)
    answer = run_crm("check")
    assert answer.status == 6
    assert said in answer.stdout + answer.stderr


def test_a_secret_is_not_repeated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A secret that was written into crm.toml by mistake is not shown in the error about it."""
    (tmp_path / "crm.toml").write_text('[crs]\nname = "Rye"\n[incoming.shop]\nsecret = "c2VjcmV0LXZhbHVl"\n')
    monkeypatch.chdir(tmp_path)
    answer = run_crm("check")
    assert answer.status == 5
    assert "env:NAME" in answer.stderr
    assert "c2VjcmV0" not in answer.stderr


def test_doctor_tells_what_nobody_can_reach(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Forms without an address, and a server open to all, are found."""
    toml = '[web]\nhost = "0.0.0.0"\n[forms.club]\ntitle = "Club"\n'
    open_crm(tmp_path, toml).close()
    monkeypatch.chdir(tmp_path)
    said = run_crm("doctor").stdout
    assert "[web] url" in said
    assert "0.0.0.0" in said
