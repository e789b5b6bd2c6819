"""`POST /sms/gateway`: the gateway tells, signed, whether messages arrived and what people answer."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from crmkit import CrmError
from crmkit.plugin import JSON, Response, is_signed, webhook_key
from crmkit_sms.answers import take_answer
from crmkit_sms.reports import take_report

if TYPE_CHECKING:
    from crmkit import Crm
    from crmkit.plugin import Request
    from crmkit_sms.settings import Settings


def receive(request: Request, crm: Crm) -> Response:
    """Take in one notice. The same one again changes nothing, so that the gateway may repeat what it likes.

    200 says that it was understood, 400 that it never will be, 401 that it is not signed as agreed.
    """
    settings: Settings = crm.plugins.settings("sms")
    if not _is_signed(request, crm, settings):
        return Response(status=401)
    try:
        said = json.loads(request.body)
    except ValueError:
        said = None
    if not isinstance(said, Mapping):
        return _answer(400, error="the body is no JSON object")
    if said.get("type") == "report":
        return _answer(200, known=take_report(crm, said))
    if said.get("type") == "received":
        return _answer(200, customers=take_answer(crm, said, settings))
    return _answer(400, error="its type is neither report nor received")


def _is_signed(request: Request, crm: Crm, settings: Settings) -> bool:
    try:
        key = webhook_key(settings.secret.reveal()) if settings.secret else None
    except CrmError:
        key = None  # `crm doctor` tells; nobody outside hears of it
    now = crm.clock.now() // 1_000_000
    return key is not None and is_signed([key], request.headers, request.body, now)


def _answer(status: int, **said: Any) -> Response:
    return Response(status=status, body=json.dumps(said), content_type=JSON)
