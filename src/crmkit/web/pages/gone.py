"""The page for every link that leads nowhere: forged, damaged, or of somebody who is not on record any more.

It is the same for all of them, down to the status. That is 200, because mail programs that unsubscribe by
themselves count anything else against the sender, also for people who were erased since.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmkit.web.pages.layout import contact_link, language_of, page, rendered
from crmkit.web.pages.texts import texts_in

if TYPE_CHECKING:
    from crmkit.core.crm import Crm
    from crmkit.core.model.web import Request, Response


def gone_page(request: Request, crm: Crm) -> Response:
    """That the link does not work, and how else to reach the business."""
    language = language_of(request, crm)
    contact = contact_link(crm.config.web.contact)
    body = rendered("gone.html", language, business=crm.config.crs.name, contact=contact)
    return page(crm, language, texts_in(language).say("gone.title"), body)
