"""The public server as strangers meet it."""

from __future__ import annotations

import logging
import time
from pathlib import Path

import pytest

from crmkit import Crm
from crmkit.testing import Public

_PLUGIN = '''"""Pages of its own."""

from crmkit.plugin import FORM, MULTIPART, Response, Route, hookimpl


def show(request, crm):
    token = request.parameters["token"]
    if token == "broken":
        raise RuntimeError("secret-in-an-error")
    if token == "split":
        return Response(status=302, headers={"Location": "https://a.example\\r\\nX: y"})
    if token == "away":
        return Response(status=302, headers={"Location": "https://shop.example/", "Cache-Control": "public"})
    if token == "picture":
        return Response(body=b"GIF", content_type="image/gif")
    said = (request.method, token, crm.actor.name, request.client, "+".join(request.languages))
    return Response(body=" ".join(said))


def take(request, crm):
    return Response(body=repr({name: list(values) for name, values in request.form.items()}))


@hookimpl
def crmkit_register_routes(settings):
    yield Route(method="GET", path="/card/{token}", handle=show)
    yield Route(method="POST", path="/card/{token}", handle=take, limit=1000, accepts=(FORM, MULTIPART))
    yield Route(method="GET", path="/text", handle=lambda request, crm: "ok")
    yield Route(method="GET", path="/rare", handle=lambda request, crm: Response(body="x"), per_minute=2)
'''


@pytest.fixture
def crm_plugins(tmp_path: Path) -> list[str]:
    """A plugin with pages."""
    folder = tmp_path / "plugins"
    folder.mkdir()
    (folder / "cards.py").write_text(_PLUGIN)
    (folder / "cards.toml").write_text('name = "cards"\ntitle = "Cards"\ndoc = "Cards."\n')
    return ["cards"]


@pytest.fixture
def crm_toml() -> str:
    """The public reaches it at an address with a path, behind one proxy."""
    return '[web]\nurl = "https://post.rye.example/mail"\nproxies = 1\n'


def test_a_page_of_a_plugin_is_served(public: Public) -> None:
    """The page of a plugin answers at its path, for crmkit itself, with what the reader prefers."""
    page = public.get("/card/abc", accept_language="pl;q=0.5, ur-PK, x;q=0, *")
    assert page.text == "GET abc crmkit 192.0.2.7 ur-pk+pl"


def test_the_path_of_the_public_address_may_come_along(public: Public) -> None:
    """A proxy may cut off the path that [web] url has, or hand it on."""
    assert public.get("https://post.rye.example/mail/card/abc").text.startswith("GET abc")
    assert public.get("https://post.rye.example/card/abc").text.startswith("GET abc")


@pytest.mark.parametrize("path", ["/card/abc", "/nothing", "/card/broken", "/f/none"])
def test_every_answer_is_safe(public: Public, path: str) -> None:
    """Nothing is run, framed, kept, guessed at or told on, whatever was asked."""
    headers = public.get(path).headers
    policy = headers["content-security-policy"]
    assert policy.startswith(
        "default-src 'none'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    )
    assert "unsafe" not in policy
    assert "script" not in policy
    assert headers["cache-control"] == "no-store"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["strict-transport-security"].startswith("max-age=")
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert not {"set-cookie", "server", "access-control-allow-origin"} & headers.keys()


def test_a_picture_may_be_shown_in_a_message(public: Public) -> None:
    """A page of somebody's mail program may load a picture from here."""
    assert public.get("/card/picture").headers["cross-origin-resource-policy"] == "cross-origin"


def test_a_route_cannot_make_its_answer_less_safe(public: Public) -> None:
    """The server's own headers win over a route's."""
    page = public.get("/card/away")
    assert (page.status, page.location) == (302, "https://shop.example/")
    assert page.headers["cache-control"] == "no-store"


def test_an_error_tells_nothing(public: Public, caplog: pytest.LogCaptureFixture) -> None:
    """A route that fails says so to nobody outside; the log names the place, and not what the error says."""
    page = public.get("/card/broken")
    assert page.status == 500
    assert "RuntimeError" not in page.text
    said = caplog.text
    assert "GET /card/{token} failed: RuntimeError" in said
    assert "cards.py" in said
    assert "secret-in-an-error" not in said


def test_a_handler_that_gives_no_response(public: Public, caplog: pytest.LogCaptureFixture) -> None:
    """A handler that returns text, as in other frameworks, is told so in the log."""
    assert public.get("/text").status == 500
    assert "GET /text failed: it gives str, and not a Response" in caplog.text


def test_a_header_cannot_be_split(public: Public) -> None:
    """A line break in a header of a route is a failure, not another header."""
    page = public.get("/card/split")
    assert page.status == 500
    assert "x" not in page.headers


def test_the_log_has_no_token_and_no_address(public: Public, caplog: pytest.LogCaptureFixture) -> None:
    """Of a request the log has the method, the route, the status and the time."""
    with caplog.at_level(logging.INFO, logger="crmkit"):
        public.get("/card/token-of-anna?email=anna@example.com")
        public.get("/elsewhere/token-of-anna")
    assert "GET /card/{token} 200 " in caplog.text
    assert "GET - 404 " in caplog.text
    assert "anna" not in caplog.text
    assert public.client not in caplog.text


def test_methods(public: Public) -> None:
    """HEAD is GET without a body, OPTIONS says what there is, and what there is not is refused by name."""
    head = public.ask("HEAD", "/card/abc")
    assert (head.status, head.body) == (200, b"")
    assert head.headers["content-length"] == str(len(public.get("/card/abc").text) + 1)
    options = public.ask("OPTIONS", "/card/abc")
    assert (options.status, options.headers["allow"]) == (204, "GET, POST, HEAD, OPTIONS")
    put = public.ask("PUT", "/card/abc")
    assert (put.status, put.headers["allow"]) == (405, "GET, POST, HEAD, OPTIONS")
    assert public.ask("POST", "/health").status == 405
    assert public.ask("TRACE", "/card/abc").status == 405
    assert public.ask("BREW", "/card/abc").status == 501


@pytest.mark.parametrize(
    "path",
    [
        "/card/abc/", "/card//abc", "//card/abc", "/card/../card/abc", "/card/%2e%2e/abc", "/card/a%2Fb",
        "/card/a%5Cb", "/card/a%00", "/card/a%0d%0a", "/card/%zz", "/card/%", "/card/a\\b", "/card/ä", "/",
        "/CARD/abc", "/card", "/docs", "/schema", "/schema/openapi.json", "/.env",
    ],
)  # fmt: skip
def test_there_is_one_way_to_write_a_path(public: Public, path: str) -> None:
    """What is doubled, climbing, hidden or damaged is no page."""
    scope = f"http://localhost{path}"
    assert public.get(scope).status == 404


def test_only_its_own_names(public: Public) -> None:
    """A request for another site is refused, so that no link is made for that."""
    assert public.get("https://evil.example/card/abc").status == 421
    assert public.get("/card/abc", host="").status == 421
    assert public.get("/card/abc", host="post.rye.example:443").status == 200
    assert public.get("/card/abc", host="127.0.0.1:8484").status == 200
    assert public.get("/card/abc", host="a b").status == 421


def test_the_client_is_whom_the_nearest_proxy_names(public: Public) -> None:
    """Of X-Forwarded-For only what one's own proxy wrote counts."""
    page = public.get("/card/abc", x_forwarded_for="203.0.113.9, 198.51.100.4:80")
    assert "198.51.100.4" in page.text
    assert "203.0.113.9" not in page.text
    assert public.client in public.get("/card/abc", x_forwarded_for="nonsense").text


def test_forms_of_both_kinds(public: Public) -> None:
    """A route is given the fields of a form, in either way of writing one."""
    assert public.post("/card/a", {"one": ["1", "2"], "ä": "ł"}).text == "{'one': ['1', '2'], 'ä': ['ł']}"
    body = (
        b'--x\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n'
        b'--x\r\nContent-Disposition: form-data; name="f"; filename="a"\r\n\r\nfile\r\n--x--\r\n'
    )
    page = public.ask("POST", "/card/a", body, {"content-type": "multipart/form-data; boundary=x"})
    assert page.text == "{'List-Unsubscribe': ['One-Click']}"
    for careless in (
        body.replace(b"\r\n", b"\n"),
        b"preamble\r\n" + body,
        body.removesuffix(b"\r\n--x--\r\n"),
        body.replace(b"form-data; name", b"FORM-DATA;name").replace(b"Content-D", b"content-d"),
        body.replace(b"One-Click\r\n", b"One-Click\r\n--x\r\n\r\nnameless\r\n").replace(b"file\r", b"\xff\r"),
    ):
        for kind in ('multipart/form-data; charset=utf-8; boundary="x"', "Multipart/Form-Data;BOUNDARY=x"):
            page = public.ask("POST", "/card/a", careless, {"content-type": kind})
            assert page.text == "{'List-Unsubscribe': ['One-Click']}", careless


@pytest.mark.parametrize(
    ("body", "headers", "status"),
    [
        (b"a=%ff", {}, 400),
        (b"a=%00", {}, 400),
        ("a=ä".encode(), {}, 400),
        (b"&".join(b"a%d=1" % i for i in range(150)) * 2, {}, 413),
        (b"&".join([b"a="] * 201), {}, 400),
        (b"a=1", {"content-type": "application/json"}, 415),
        (b"a=1", {"content-type": ""}, 415),
        (b"a=1", {"content-encoding": "gzip"}, 415),
        (b"x" * 1001, {}, 413),
        (b"", {"content-length": "99999999999999999999"}, 413),
        (b"", {"content-length": "-1"}, 400),
        (b"no parts", {"content-type": "multipart/form-data; boundary=x"}, 400),
        (b"no parts", {"content-type": "multipart/form-data"}, 400),
    ],
)
def test_damaged_bodies(public: Public, body: bytes, headers: dict[str, str], status: int) -> None:
    """What is damaged, too long or of another kind is refused as such."""
    named = {"content-type": "application/x-www-form-urlencoded", **headers}
    assert public.ask("POST", "/card/a", body, named).status == status


def test_somebody_who_asks_too_often_waits(public: Public) -> None:
    """Requests of one address to one route are bounded; the answer says when to come back."""
    assert [public.get("/rare").status for _ in range(3)] == [200, 200, 429]
    late = public.get("/rare")
    assert late.status == 429
    assert int(late.headers["retry-after"]) == 30
    public.seconds += 30
    assert public.get("/rare").status == 200
    public.client = "192.0.2.8"
    assert public.get("/rare").status == 200


def test_a_house_counts_as_one(public: Public) -> None:
    """Of the newer addresses, a /64 is one client."""
    for number in range(2):
        public.client = f"2001:db8::{number}"
        assert public.get("/rare").status == 200
    public.client = "2001:db8::ffff"
    assert public.get("/rare").status == 429
    public.client = "2001:db8:0:1::1"
    assert public.get("/rare").status == 200


def test_no_robot_is_invited(public: Public) -> None:
    """Search engines are asked to stay away; a monitor is told that all is well."""
    assert "Disallow: /" in public.get("/robots.txt").text
    assert public.get("/health").text == "ok\n"


def test_a_database_that_cannot_be_read_is_busy(public: Public, crm: Crm) -> None:
    """Where the database fails for the moment, whoever asks is to come back."""
    path = crm.kernel.store.path
    assert path is not None
    crm.close()
    path.write_bytes(b"no database at all, and long enough to be looked at" * 100)
    page = public.get("/health")
    assert (page.status, page.headers["retry-after"]) == (503, "5")


@pytest.mark.parametrize(
    "head",
    [
        b"Content-Type: " + b"a;" * 30_000,
        b"Content-Disposition: form-data; name=x; " + b'"\\;a=' * 10_000,
        b"Content-Disposition: form-data; " + b"name*0*=a;" * 6_000,
        b"Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n" * 1_200,
        b"Content-Disposition: form-data; name=" + b"(" * 900,
        b"\r\n\r\n--x\r\n" * 199,
    ],
)
def test_parts_that_somebody_wrote_to_cost_time_cost_none(public: Public, head: bytes) -> None:
    """Nobody else is answered while a body is read: one that is odd is refused, or read at once."""
    kind = {"content-type": "multipart/form-data; boundary=x"}
    body = b"--x\r\n" + head[:64_000] + b"\r\n\r\nx\r\n--x--\r\n"
    public.ask("POST", "/u/nothing", b"--x--\r\n", kind)  # whatever is imported at the first
    begun = time.process_time()
    page = public.ask("POST", "/u/nothing", body, kind)
    assert page.status in (200, 400)
    # These took a second to a minute each; a tenth of a second is usual.
    assert time.process_time() - begun < 3
