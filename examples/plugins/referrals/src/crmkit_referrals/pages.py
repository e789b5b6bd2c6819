"""`/referrals/{token}`: a customer's own page, with their code and what came of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmkit import Invalid, NotFound
from crmkit.plugin import Response, gone_page, page_language, public_page
from crmkit_referrals.standings import Referrals
from crmkit_referrals.texts import texts_in

if TYPE_CHECKING:
    from crmkit import Crm
    from crmkit.plugin import Request

KIND = "referrals"
PATH = "/referrals/{token}"


def link_of(crm: Crm, customer: int | str) -> str:
    """The address of a customer's page. Raises `NotFound`, and `Invalid` where there is no `[web] url`."""
    if crm.config.web.base is None:
        raise Invalid("crmkit does not know its public address", hint='Set url = "https://…" under [web].')
    token = crm.tokens.issue(KIND, crm.customers.get(customer).uid.encode())
    return crm.config.web.base + PATH.replace("{token}", token)


def look(request: Request, crm: Crm) -> Response:
    """The page; whoever has no right to it, and whoever is on record no more, is told the same."""
    uid = crm.tokens.read(KIND, request.parameters["token"])
    try:
        customer = crm.customers.get(uid.decode()) if uid is not None else None
    except NotFound:
        customer = None
    if customer is None or customer.archived_at is not None:
        return gone_page(request, crm)
    language = page_language(request, crm, customer.locale)
    texts = texts_in(language)
    found = Referrals(crm).of([customer.id])
    points, friends = (found[0].points, found[0].friends) if found else (0, 0)
    lines = [texts["thanks"].format(business=crm.config.crs.name)]
    code = customer.fields.get("referrals.code")
    if code:
        lines.append(texts["code"].format(code=code))
    lines += [texts["friends"].format(number=friends), texts["points"].format(number=points)]
    return public_page(crm, language, texts["title"], "\n".join(lines))
