"""The doors at which other programs report what happened: `/in/NAME`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from crmkit.core.errors import Invalid, NotAllowed, NotFound, StoreError, TryAgain
from crmkit.core.model.web import JSON, Response, Route

if TYPE_CHECKING:
    from crmkit.core.crm import Crm
    from crmkit.core.model.web import Request

_LARGEST: Final = 1 << 20
_PER_MINUTE: Final = 600


def incoming_route() -> Route:
    """The route of all doors: whether there is one of that name is told to nobody who cannot sign."""
    return Route(
        method="POST", path="/in/{name}", handle=_receive, doc="Signed requests of other programs",
        limit=_LARGEST, per_minute=_PER_MINUTE, accepts=(JSON,),
    )  # fmt: skip


def _receive(request: Request, crm: Crm) -> Response:
    try:
        received = crm.incoming.receive(request.parameters["name"], request.headers, request.body)
    except NotAllowed as error:
        return _said(401, error=error.message)
    except (TryAgain, StoreError):
        raise  # 503: they send it again
    except (Invalid, NotFound) as error:
        return _said(400, error=error.message)
    counts = received.counts
    return _said(
        200, created=counts.created, updated=counts.updated, unchanged=counts.unchanged,
        rejected=counts.rejected, repeated=received.is_repeated,
    )  # fmt: skip


def _said(status: int, **values: Any) -> Response:
    body = json.dumps(values, ensure_ascii=False) + "\n"
    return Response(status=status, body=body, content_type="application/json; charset=utf-8")
