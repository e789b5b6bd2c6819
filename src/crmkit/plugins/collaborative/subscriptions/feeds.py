"""`/feed/NAME?after=CURSOR`, for programs that ask rather than listen."""

from __future__ import annotations

import hmac
import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from attrs import asdict

from crmkit import Invalid
from crmkit.plugin import JSON, Request, Response

if TYPE_CHECKING:
    from crmkit import Crm
    from crmkit.plugins.collaborative.subscriptions.settings import Feed

_SHORTEST: Final = 24
_MOST: Final = 1_000


def answer(feeds: Mapping[str, Feed], request: Request, crm: Crm) -> Response:
    """A page of the stream, for whoever shows the secret."""
    feed = feeds.get(request.parameters["name"])
    if not _may(request, feed) or feed is None:
        return _said(401, {"error": "The secret of the feed is to be shown: Authorization: Bearer …"})
    given = (request.query.get("after") or ("",))[-1]
    size = (request.query.get("limit") or (str(_MOST),))[-1]
    limit = int(size) if size.isascii() and size.isdecimal() and len(size) < 6 else 0
    try:
        page = crm.events.after(given or None, on=feed.on, limit=min(limit, _MOST), full=feed.full)
    except Invalid as error:
        return _said(400, {"error": error.message})
    events = [
        {key: value for key, value in asdict(each).items() if key != "customer_id"} for each in page.events
    ]
    return _said(200, {"events": events, "cursor": page.cursor, "is_end": page.is_end})


def _may(request: Request, feed: Feed | None) -> bool:
    """Whether the right secret was shown; takes as long for a feed that there is not."""
    shown = request.headers.get("authorization", "").removeprefix("Bearer ").strip().encode()
    secret = (feed.secret.reveal() if feed else "").encode()
    return hmac.compare_digest(shown, secret or b"\0" * _SHORTEST) and len(secret) >= _SHORTEST


def _said(status: int, what: Mapping[str, object]) -> Response:
    return Response(status=status, body=json.dumps(what, ensure_ascii=False), content_type=JSON)
