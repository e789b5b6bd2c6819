"""What is answered behind tracked links: they lead on, or show nothing, whatever else may go wrong."""

from __future__ import annotations

import logging
from base64 import b64decode
from typing import TYPE_CHECKING, Final

from crmkit import CrmError
from crmkit.plugin import N_, Request, Response
from crmkit.plugins.email.tracking.hits import note_hit
from crmkit.plugins.email.tracking.links import url_of
from crmkit.plugins.email.tracking.machines import told_by_request
from crmkit.plugins.email.tracking.tracker import CLICK, NUMBER_BYTES, OPEN

if TYPE_CHECKING:
    from crmkit import Crm

log = logging.getLogger("crmkit.email")

_IMAGE: Final = b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")
# Browsers that were told to ask not to be watched (Global Privacy Control, Do Not Track).
_ASKS_NOT_TO: Final = ("sec-gpc", "dnt")
_PLAIN: Final = "text/plain; charset=utf-8"


def click(request: Request, crm: Crm) -> Response:
    """On to where a link of a message leads."""
    said = crm.tokens.effect_of(CLICK, request.parameters.get("token", ""))
    number = int.from_bytes(said[1]) if said is not None and len(said[1]) == NUMBER_BYTES else None
    url = None if number is None else url_of(crm, number)
    if said is None or url is None:
        return Response(status=404)
    _note(request, crm, said[0], number)
    return Response(status=302, headers={"location": _ascii(url)}, content_type=_PLAIN)


def open_(request: Request, crm: Crm) -> Response:
    """The image of a message."""
    said = crm.tokens.effect_of(OPEN, request.parameters.get("token", ""))
    if said is not None and not said[1]:
        _note(request, crm, said[0], None)
    # The same for any token: nobody learns from an image which ones there are.
    return Response(body=_IMAGE, content_type="image/gif")


def _note(request: Request, crm: Crm, effect: int, link: int | None) -> None:
    if any(request.headers.get(name) == "1" for name in _ASKS_NOT_TO):
        return
    why = told_by_request(request.method, request.headers, image=link is None)
    try:
        note_hit(crm, effect, link, why)
    except CrmError as error:
        log.warning(N_("A click or an open was not recorded: %s"), error.message)


def _ascii(url: str) -> str:
    """The address as a header holds it."""
    from urllib.parse import quote, urlsplit

    if url.isascii():
        return url
    parts = urlsplit(url)
    host = (parts.hostname or "").encode("idna").decode() if not parts.netloc.isascii() else parts.netloc
    port = f":{parts.port}" if parts.port and not parts.netloc.isascii() else ""
    return quote(parts._replace(netloc=host + port).geturl(), safe="%/:=&?~#+!$,;'@()*[]")
