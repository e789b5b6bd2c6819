"""The action `webhook.call`: another program is told."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import TYPE_CHECKING, Any, Final

from attrs import field, frozen

from crmkit.core.errors import CrmError, NotFound
from crmkit.core.model.batches import Refusal
from crmkit.core.model.strategy import ActionItem, Later, Parcel, Performed
from crmkit.core.model.words import Action
from crmkit.core.nearest import nearest
from crmkit.core.normalise.text import quoted
from crmkit.core.strategy.actions.values import as_table

if TYPE_CHECKING:
    from crmkit.core.config.webhooks import WebhookDeclaration
    from crmkit.core.crm import Crm
    from crmkit.core.webhooks.destination import Url
    from crmkit.core.webhooks.sending import Answer

NAME: Final = "webhook.call"
_AT_ONCE: Final = 4
_BUSY: Final = (408, 425, 429)
_LONGEST_PAUSE: Final = 86_400.0


@frozen
class WebhookCall:
    """Which webhook, and what else it is told; values of `data` are templates."""

    webhook: str
    data: Mapping[str, Any] = field(factory=dict, converter=as_table)


@frozen
class WebhookRequest:
    """What is sent: to which webhook, under which id."""

    webhook: str
    id: str
    body: bytes


@frozen
class _Target:
    """A webhook, its secrets read."""

    url: Url
    key: bytes = field(repr=False)
    timeout: float = 0
    internal: bool = False


def webhook_action() -> Action:
    """`webhook.call`, in rules as `webhook = "shop"`."""
    return Action(
        name=NAME, doc="Tells another program, by a signed request", params=WebhookCall,
        shorthand="webhook", rendered=("data",), check=_check, prepare=_prepare, perform=post_all,
        repeatable=True, says=lambda params: f"call the webhook {params.webhook}",
    )  # fmt: skip


def _check(params: WebhookCall, crm: Crm) -> None:
    _declared(crm, params.webhook)


def _declared(crm: Crm, name: str) -> WebhookDeclaration:
    known = crm.config.webhooks
    if name not in known:
        near = nearest(name, known)
        there = f"There are: {', '.join(known)}" if known else f"Declare it: [webhooks.{name}]"
        raise NotFound(
            f"There is no webhook {quoted(name)}", hint=f'Did you mean "{near}"?' if near else there
        )
    return known[name]


def _prepare(items: Sequence[ActionItem], crm: Crm) -> Iterator[Parcel | Refusal]:
    uids, entered = _known(items, crm)
    for index, item in enumerate(items):
        try:
            declared = _declared(crm, item.params.webhook)
        except NotFound as error:
            yield Refusal(index, error.message)
            continue
        occasion, at = entered.get(item.effect, ("", crm.clock.now()))
        said = {
            "id": item.key,
            "rule": item.rule,
            "occasion": occasion,
            "action": NAME,
            "at": _instant(at),
            "customer": uids.get(item.customer_id),
            "data": dict(item.params.data),
        }
        body = json.dumps(said, ensure_ascii=False, separators=(",", ":"), default=str).encode()
        yield Parcel(
            index=index, to=f"webhook:{item.params.webhook}", says=_told(item, declared, said),
            content=WebhookRequest(item.params.webhook, item.key, body),
        )  # fmt: skip


def _known(items: Sequence[ActionItem], crm: Crm) -> tuple[dict[int, str], dict[int, tuple[str, int]]]:
    """(uids of the customers, occasion and instant of the effects), by number."""
    from crmkit.core.customers.sets import rows_among

    with crm.kernel.reading() as connection:
        people = rows_among(
            connection, "SELECT id, uid FROM customer WHERE id", {item.customer_id for item in items}
        )
        uids = {row[0]: row[1] for row in people}
        effects = rows_among(
            connection,
            "SELECT id, occasion, created_at FROM effect WHERE id",
            {item.effect for item in items},
        )
        return uids, {row[0]: (row[1], row[2]) for row in effects}


def _instant(at: int) -> str:
    from datetime import UTC, datetime

    return datetime.fromtimestamp(at // 1_000_000, UTC).isoformat().replace("+00:00", "Z")


def _told(item: ActionItem, declared: WebhookDeclaration, said: Mapping[str, Any]) -> str:
    from crmkit.core.webhooks.destination import parse_url

    # Behind the host there may be what only the other side should know.
    to = parse_url(declared.url).shown if isinstance(declared.url, str) else "an address that is kept secret"
    text = json.dumps(said, ensure_ascii=False, indent=2, default=str)
    return (
        f"Webhook: {item.params.webhook}, {to}\n\nPOST\ncontent-type: application/json\n"
        f"webhook-id: {item.key}\nwebhook-timestamp: when it is sent\nwebhook-signature: v1,…\n\n{text}\n"
    )


def post_all(parcels: Iterable[Parcel], crm: Crm) -> Iterator[Performed | Refusal | Later]:
    """Send them, a few at once. Once a webhook is out of reach, its others wait for a later pass."""
    targets: dict[str, _Target | CrmError] = {}
    down: dict[str, Later] = {}

    def one(parcel: Parcel) -> Performed | Refusal | Later:
        name = parcel.content.webhook
        target = targets[name]
        if isinstance(target, CrmError):
            return Later(parcel.index, f'The webhook "{name}" cannot be called: {target.message}')
        if name in down:
            return Later(parcel.index, down[name].reason, down[name].seconds)
        answer, is_down = _sent(parcel, target, crm.clock.now())
        if is_down and isinstance(answer, Later):
            down[name] = answer
        return answer

    with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="crmkit-webhook") as pool:
        on_their_way: set[Future[Performed | Refusal | Later]] = set()
        try:
            for parcel in parcels:
                name = parcel.content.webhook
                if name not in targets:
                    targets[name] = _target(crm, name)
                on_their_way.add(pool.submit(one, parcel))
                if len(on_their_way) >= _AT_ONCE:
                    answered, on_their_way = wait(on_their_way, return_when=FIRST_COMPLETED)
                    yield from (each.result() for each in answered)
            while on_their_way:
                answered, on_their_way = wait(on_their_way, return_when=FIRST_COMPLETED)
                yield from (each.result() for each in answered)
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def _target(crm: Crm, name: str) -> _Target | CrmError:
    from crmkit.core.webhooks.destination import parse_url
    from crmkit.core.webhooks.signing import key_of

    try:
        declared = _declared(crm, name)
        url = declared.url if isinstance(declared.url, str) else declared.url.reveal().strip()
        return _Target(parse_url(url), key_of(declared.secret.reveal()), declared.timeout, declared.internal)
    except CrmError as error:
        return error


def _sent(parcel: Parcel, target: _Target, now: int) -> tuple[Performed | Refusal | Later, bool]:
    """(What became of it, whether the webhook is out of reach or wants to be left alone)."""
    from crmkit import __version__
    from crmkit.core.webhooks.sending import NoAnswer, post
    from crmkit.core.webhooks.signing import headers

    request = parcel.content
    said = {
        "Content-Type": "application/json",
        "User-Agent": f"crmkit/{__version__}",
        **headers(target.key, request.id, now // 1_000_000, request.body),
    }
    try:
        answer = post(target.url, said, request.body, timeout=target.timeout, internal=target.internal)
    except NoAnswer as error:
        return Later(parcel.index, error.reason), True
    except CrmError as error:
        return Refusal(parcel.index, f'The webhook "{request.webhook}" {error.message}'), False
    return _meaning(parcel, target.url, answer, now)


def _meaning(parcel: Parcel, url: Url, answer: Answer, now: int) -> tuple[Performed | Refusal | Later, bool]:
    status, index = answer.status, parcel.index
    if 200 <= status < 300:
        return Performed(index, str(status)), False
    if status in _BUSY or status >= 500:
        pause = _pause(answer.retry_after, now)
        return Later(index, f"{url.shown} answered {status}", pause), status in (429, 503)
    if 300 <= status < 400:
        reason = f"answered {status}, a redirect{_elsewhere(answer.location)}: redirects are not followed"
        return Refusal(index, f"{url.shown} {reason}"), False
    gone = ": it wants no more" if status == 410 else ""
    return Refusal(index, f"{url.shown} answered {status}{gone}"), False


def _elsewhere(location: str) -> str:
    """Where a redirect leads, as far as that can be shown."""
    from crmkit.core.webhooks.destination import parse_url

    try:
        return f" to {parse_url(location).shown}"
    except CrmError:
        return ""


def _pause(retry_after: str, now: int) -> float | None:
    """The seconds that `Retry-After` asks for, as a number or a date, at most a day."""
    from email.utils import parsedate_to_datetime

    text = retry_after.strip()
    try:
        seconds = int(text) if text.isascii() and text.isdecimal() else None
        if seconds is None:
            seconds = int(parsedate_to_datetime(text).timestamp() - now / 1_000_000)
    except (TypeError, ValueError, OverflowError):
        return None
    return min(float(seconds), _LONGEST_PAUSE) if seconds > 0 else None
