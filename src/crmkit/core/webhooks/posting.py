"""Posting to the webhooks of `crm.toml`: signed, a few at once, and what their answers mean."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import TYPE_CHECKING, Final

from attrs import field

from crmkit.core.errors import CrmError, NotFound
from crmkit.core.model.acting import Later, Parcel, Performed
from crmkit.core.model.batches import Refusal
from crmkit.core.nearest import nearest
from crmkit.core.normalise.text import quoted
from crmkit.core.phrase import phrase
from crmkit.core.values import frozen

if TYPE_CHECKING:
    from crmkit.core.config.webhooks import WebhookDeclaration
    from crmkit.core.crm import Crm
    from crmkit.core.webhooks.destination import Url
    from crmkit.core.webhooks.sending import Answer

_AT_ONCE: Final = 4
_BUSY: Final = (408, 425, 429)
_LONGEST_PAUSE: Final = 86_400.0


@frozen
class WebhookRequest:
    """What is sent: to which of `[webhooks]`, under which id, by which the other side knows a repetition."""

    webhook: str
    id: str
    body: bytes


@frozen
class _Target:
    """A webhook, its secrets read."""

    url: Url
    key: bytes = field(repr=False)
    timeout: float
    internal: bool


def declared(crm: Crm, name: str) -> WebhookDeclaration:
    """The webhook with this name. Raises `NotFound`."""
    known = crm.config.webhooks
    if name not in known:
        near = nearest(name, known)
        there = (
            phrase("There are: {known}", known=", ".join(known))
            if known
            else phrase("Declare it: [webhooks.{name}]", name=name)
        )
        raise NotFound(
            phrase("There is no webhook {name}", name=quoted(name)),
            hint=phrase('Did you mean "{near}"?', near=near) if near else there,
        )
    return known[name]


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
        found = declared(crm, name)
        url = found.url if isinstance(found.url, str) else found.url.reveal().strip()
        return _Target(parse_url(url), key_of(found.secret.reveal()), found.timeout, found.internal)
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
