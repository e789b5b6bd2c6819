"""What the public server takes and gives, as plain values: no route knows by what it is served."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from attrs import field, frozen

if TYPE_CHECKING:
    from attrs import Attribute

    from crmkit.core.crm import Crm

HTML: Final = "text/html; charset=utf-8"
# What a browser's form sends.
FORM: Final = "application/x-www-form-urlencoded"
# What a form with files sends.
MULTIPART: Final = "multipart/form-data"
# What programs send and read.
JSON: Final = "application/json"
METHODS: Final = ("GET", "POST", "PUT", "PATCH", "DELETE")
_NONE: Final[Mapping[str, Any]] = MappingProxyType({})


@frozen(kw_only=True)
class Request:
    """What somebody asks of a page. `parameters` are those of the route's path, `headers` have small letters,
    `form` is what a form sent, `client` the address it came from, `languages` what its reader prefers, the
    best first."""

    method: str
    path: str
    parameters: Mapping[str, str] = _NONE
    query: Mapping[str, Sequence[str]] = _NONE
    form: Mapping[str, Sequence[str]] = _NONE
    headers: Mapping[str, str] = _NONE
    body: bytes = field(default=b"", repr=False)
    client: str = ""
    languages: Sequence[str] = ()

    def value(self, name: str) -> str:
        """The last value of a form's field; empty where there is none."""
        values = self.form.get(name) or ("",)
        return values[-1]


@frozen(kw_only=True)
class Response:
    """What is answered. The server adds what makes it safe: it is never cached, framed or guessed at. An
    error without a body is answered with the server's own plain page.

    `style` is the text of the one `<style>` that stands in the body of a page with a look of its own:
    browsers heed it and no other.
    """

    status: int = 200
    body: str | bytes = ""
    content_type: str = HTML
    headers: Mapping[str, str] = _NONE
    style: str = field(default="", repr=False)


def _method(_: object, __: Attribute[str], value: str) -> None:
    if value not in METHODS:
        raise ValueError(f"a route answers one of {', '.join(METHODS)}, not {value!r}")


def _path(_: object, __: Attribute[str], value: str) -> None:
    if not value.startswith("/"):
        raise ValueError(f"the path of a route begins with /, such as /card/{{token}}, not {value!r}")


@frozen(kw_only=True)
class Route:
    """A page or door of the public server: `path` such as `/c/{token}`, answered by `handle(request, crm)`.

    `handle` runs in a thread; `crm` acts for crmkit itself, because whoever asks is nobody on record. `limit`
    is the number of bytes a body may have, `per_minute` the number of requests from one address, `accepts`
    the types of body it takes: of `FORM` and `MULTIPART` it is given the fields. One that answers GET is
    asked with HEAD, too, by those who only want to look. `link` is what templates of messages call an address
    of it: with "quote", what is sent by `crm.messages.send(…, links={"quote": url})` has `links.quote`.
    """

    method: str = field(validator=_method)
    path: str = field(validator=_path)
    handle: Callable[[Request, Crm], Response]
    doc: str = ""
    limit: int = 65_536
    per_minute: int = 120
    accepts: Sequence[str] = (FORM,)
    link: str = ""
    owner: str = ""
