"""What the capability brings to the worker, the doctor and the public server."""

from __future__ import annotations

import hmac
import json
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Final

from attrs import asdict

from crmkit import Invalid
from crmkit.plugin import JSON, Check, Finding, Job, Request, Response, Route
from crmkit.plugins.collaborative.subscriptions.subscriptions import Subscriptions

if TYPE_CHECKING:
    from crmkit import Crm
    from crmkit.plugins.collaborative.subscriptions.settings import Feed, Subscription

_DAY: Final = 86_400.0
_OFTEN: Final = 5.0
_SHORTEST: Final = 24
_MOST: Final = 1_000


def jobs(wanted: Mapping[str, Subscription]) -> Iterator[Job]:
    """Queueing and delivering; forgetting what was delivered long ago."""
    yield Job(
        name="subscriptions", every=_OFTEN, doc="Tells other programs what happened",
        run=lambda crm: Subscriptions(crm, wanted).run(),
    )  # fmt: skip
    yield Job(
        name="subscriptions.prune", every=_DAY, doc="Forgets what other programs were told a month ago",
        run=lambda crm: Subscriptions(crm, wanted).prune(),
    )  # fmt: skip


def settings_check(subscriptions: Mapping[str, Subscription], feeds: Mapping[str, Feed]) -> Check:
    """Names of webhooks and events, and conditions, in `crm.toml`."""
    return Check(
        name="subscriptions", doc="What other programs are told names what there is", of_settings=True,
        run=lambda crm: _wrong(crm, subscriptions, feeds),
    )  # fmt: skip


def _wrong(
    crm: Crm, subscriptions: Mapping[str, Subscription], feeds: Mapping[str, Feed]
) -> Iterator[Finding]:
    where = "[plugins.collaborative.{}.{}]"
    for name, each in subscriptions.items():
        here = where.format("subscriptions", name)
        if each.webhook not in crm.config.webhooks:
            yield Finding(
                "error", f'{here} webhook: there is no webhook "{each.webhook}"',
                f"Declare it: [webhooks.{each.webhook}]",
            )  # fmt: skip
        yield from _wrong_names(crm, here, each.on)
        if each.where:
            try:
                crm.predicates.parse(each.where)
            except Invalid as error:
                yield Finding("error", f"{here} where: {error.message}", error.hint)
    for name, feed in feeds.items():
        yield from _wrong_names(crm, where.format("feeds", name), feed.on)


def _wrong_names(crm: Crm, here: str, names: tuple[str, ...]) -> Iterator[Finding]:
    for name in names:
        try:
            crm.events.check(name)
        except Invalid as error:
            yield Finding("error", f"{here} on: {error.message}", error.hint)


def parked_check(wanted: Mapping[str, Subscription]) -> Check:
    """Deliveries that nobody took."""
    return Check(
        name="subscriptions.parked", doc="Whether other programs take what they are told",
        run=lambda crm: _parked(crm, wanted),
    )  # fmt: skip


def _parked(crm: Crm, wanted: Mapping[str, Subscription]) -> Iterator[Finding]:
    for each in Subscriptions(crm, wanted).list():
        if each.parked:
            yield Finding(
                "warning", f"{each.parked:,} events were not taken by {each.name}",
                f"Look: crm webhooks show {each.name} --parked; again: crm webhooks retry {each.name}",
            )  # fmt: skip


def feed_routes(feeds: Mapping[str, Feed]) -> Iterator[Route]:
    """`/feed/NAME?after=CURSOR`, for programs that ask rather than listen."""
    if feeds:
        yield Route(
            method="GET", path="/feed/{name}", handle=lambda request, crm: _answer(request, crm, feeds),
            doc="What happened, for a program that shows the secret of its feed",
        )  # fmt: skip


def _answer(request: Request, crm: Crm, feeds: Mapping[str, Feed]) -> Response:
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
