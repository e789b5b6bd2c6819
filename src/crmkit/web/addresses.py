"""The address of a request: judged before anything is done for it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from crmkit.core.config.web import WebSettings

LONGEST: Final = 8_192
# One way to write a path: what else would come out the same is no page of ours.
_PATH: Final = re.compile(
    r"""(?: / (?! \.{1,2} (?:/|$) )                             # no climbing
        (?: [A-Za-z0-9._~!$&'()*+,;=:@-]
          | % (?! 2[EF] | [01][0-9A-F] | 7F | 5C ) [0-9A-F]{2}  # no hidden dot, slash, backslash, control
        )+ )+ | /""",
    re.VERBOSE | re.IGNORECASE,
)
_LOOPBACK: Final = ("localhost", "127.0.0.1", "[::1]")
_HOST: Final = re.compile(r"(?P<name>\[[0-9a-fA-F:.]+\]|[A-Za-z0-9._-]+)(?::(?P<port>[0-9]{1,5}))?")


def is_path(raw: bytes) -> bool:
    """Whether a path is written as a page's is: nothing damaged, doubled, hidden or climbing in it."""
    try:
        text = raw.decode("ascii")
    except UnicodeDecodeError:
        return False
    return _PATH.fullmatch(text) is not None


class Hosts:
    """By which names the server is known: that of `[web] url`, and those of this machine for itself."""

    def __init__(self, web: WebSettings) -> None:
        parts = urlsplit(web.base or "")
        self.is_encrypted = parts.scheme == "https"
        self.prefix = parts.path
        self._names = {*_LOOPBACK}
        if parts.hostname:
            self._names.add(f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname)

    def knows(self, host: str) -> bool:
        """Whether `host`, the header of that name, means this server. Its port is the proxy's matter."""
        found = _HOST.fullmatch(host)
        return found is not None and found["name"].lower().removesuffix(".") in self._names

    def within(self, path: str) -> str:
        """The path without what `[web] url` has before all of them; a proxy may have cut that off already."""
        if self.prefix and path.startswith(f"{self.prefix}/"):
            return path[len(self.prefix) :]
        return path
