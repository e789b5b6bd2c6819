"""An employee's tasks as a calendar to subscribe to, under an address that only they know."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from crmkit import CrmError
from crmkit.plugin import Request, Response, _, speaking, zone_of
from crmkit.plugins.operational.tasks.calendar import calendar_of
from crmkit.plugins.operational.tasks.tasks import Tasks

if TYPE_CHECKING:
    from crmkit import Crm

_KIND: Final = "calendar"
_BYTES: Final = 8


def path_for(crm: Crm, employee_id: int) -> str:
    """The path of an employee's calendar on the public server: whoever has it can read the titles."""
    return f"/calendar/{crm.tokens.issue(_KIND, employee_id.to_bytes(_BYTES))}.ics"


def _calendar_name(crm: Crm) -> str:
    """What calendar programs call it, in the language of the business."""
    with speaking(crm.config.crs.locale):
        return _("{business}: tasks", business=crm.config.crs.name)


def answered(request: Request, crm: Crm) -> Response:
    """Their open tasks, as calendars read them."""
    payload = crm.tokens.read(_KIND, request.parameters.get("token", "").removesuffix(".ics"))
    if payload is None or len(payload) != _BYTES:
        return Response(status=404)
    try:
        me = crm.acting_as(str(int.from_bytes(payload)))
        body = calendar_of(Tasks(me).list(mine=True), zone_of(crm), name=_calendar_name(crm))
    except CrmError:  # who left, or may not read tasks any more, has no calendar
        return Response(status=404)
    return Response(body=body, content_type="text/calendar; charset=utf-8")
