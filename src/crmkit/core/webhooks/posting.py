"""Posting to the webhooks of `crm.toml`: signed, a few at once, and what their answers mean."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from functools import partial
from queue import SimpleQueue
from typing import TYPE_CHECKING, Final

from attrs import define, field

from crmkit.core.errors import CrmError
from crmkit.core.model.acting import Later, Parcel, Performed
from crmkit.core.model.batches import Refusal
from crmkit.core.phrase import Phrase, phrase
from crmkit.core.webhooks.request import declared

if TYPE_CHECKING:
    from crmkit.core.crm import Crm
    from crmkit.core.webhooks.destination import Url
    from crmkit.core.webhooks.sending import Answer, Line, Watch

_AT_ONCE: Final = 4
_BUSY: Final = (408, 425, 429)
_LONGEST_PAUSE: Final = 86_400.0
# What became of a request.
_Became = Performed | Refusal | Later


@define(eq=False)
class _Target:
    """A webhook, its secrets read, and the lines to it that nobody uses just now."""

    url: Url
    key: bytes = field(repr=False)
    line: Callable[[], Line]
    _idle: deque[Line] = field(factory=deque)

    def post(self, headers: Mapping[str, str], body: bytes) -> Answer:
        """Raises `NoAnswer` and `Invalid`."""
        try:
            line = self._idle.pop()
        except IndexError:
            line = self.line()
        try:
            return line.post(headers, body)
        finally:
            self._idle.append(line)

    def close(self) -> None:
        """Let go of the connections."""
        for line in self._idle:
            line.close()


def post_all(parcels: Iterable[Parcel], crm: Crm) -> Iterator[_Became]:
    """Send them, a few at once. Once a webhook is out of reach, its others wait for a later pass."""
    from crmkit.core.webhooks.sending import Watch

    answers: SimpleQueue[Future[_Became]] = SimpleQueue()
    under_way = 0
    with closing(_Targets(crm, Watch())) as targets, ThreadPoolExecutor(_AT_ONCE, "crmkit-webhook") as pool:
        try:
            for parcel in parcels:
                targets.know(parcel.content.webhook)
                pool.submit(targets.one, parcel).add_done_callback(answers.put)
                under_way += 1
                there = list(_there(answers)) if under_way >= _AT_ONCE else []
                under_way -= len(there)
                yield from there
            for _ in range(under_way):
                yield answers.get().result()
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def _there(answers: SimpleQueue[Future[_Became]]) -> Iterator[_Became]:
    """The next answer, which is waited for, and those that are there with it."""
    yield answers.get().result()
    while not answers.empty():
        yield answers.get().result()


@define(eq=False)
class _Targets:
    """The webhooks that are called in one pass; threads may share it."""

    crm: Crm
    watch: Watch
    _known: dict[str, _Target | CrmError] = field(factory=dict)
    # Those that are out of reach, and what that means for all others.
    _down: dict[str, Later] = field(factory=dict)

    def know(self, name: str) -> None:
        """Read what there is to know of a webhook, before a thread asks."""
        if name not in self._known:
            self._known[name] = _target(self.crm, name, self.watch)

    def one(self, parcel: Parcel) -> _Became:
        """What becomes of one request."""
        name = parcel.content.webhook
        target = self._known[name]
        if isinstance(target, CrmError):
            return Later(parcel.index, _uncalled(name, target))
        if name in self._down:
            return Later(parcel.index, self._down[name].reason, self._down[name].seconds)
        answer, is_down = _sent(parcel, target, self.crm.clock.now())
        if is_down and isinstance(answer, Later):
            self._down[name] = answer
        return answer

    def close(self) -> None:
        """Let go of all connections."""
        for each in self._known.values():
            if isinstance(each, _Target):
                each.close()
        self.watch.close()


def _target(crm: Crm, name: str, watch: Watch) -> _Target | CrmError:
    from crmkit.core.webhooks.destination import parse_url
    from crmkit.core.webhooks.sending import Line
    from crmkit.core.webhooks.signing import key_of

    try:
        found = declared(crm, name)
        url = parse_url(found.url if isinstance(found.url, str) else found.url.reveal().strip())
        key = key_of(found.secret.reveal())
    except CrmError as error:
        return error
    return _Target(url, key, partial(Line, url, found.timeout, found.internal, watch))


def _sent(parcel: Parcel, target: _Target, now: int) -> tuple[Performed | Refusal | Later, bool]:
    """(What became of it, whether the webhook is out of reach or wants to be left alone)."""
    from crmkit.core.webhooks.sending import NoAnswer
    from crmkit.core.webhooks.signing import headers
    from crmkit.version import __version__

    request = parcel.content
    said = {
        "Content-Type": "application/json",
        "User-Agent": f"crmkit/{__version__}",
        **headers(target.key, request.id, now // 1_000_000, request.body),
    }
    try:
        answer = target.post(said, request.body)
    except NoAnswer as error:
        return Later(parcel.index, error.reason), True
    except CrmError as error:
        return Refusal(parcel.index, _uncalled(request.webhook, error)), False
    return _meaning(parcel, target.url, answer, now)


def _meaning(parcel: Parcel, url: Url, answer: Answer, now: int) -> tuple[Performed | Refusal | Later, bool]:
    status, index = answer.status, parcel.index
    if 200 <= status < 300:
        return Performed(index, str(status)), False
    if status in _BUSY or status >= 500:
        pause = _pause(answer.retry_after, now)
        said = phrase("{url} answered {status}", url=url.shown, status=status)
        return Later(index, said, pause), status in (429, 503)
    return Refusal(index, _refused(url, status, answer.location)), False


def _refused(url: Url, status: int, location: str) -> Phrase:
    """What an answer says that will not be another one later."""
    if status == 410:
        return phrase("{url} answered {status}: it wants no more", url=url.shown, status=status)
    if not 300 <= status < 400:
        return phrase("{url} answered {status}", url=url.shown, status=status)
    if other := _elsewhere(location):
        return phrase(
            "{url} answered {status}, a redirect to {other}: redirects are not followed",
            url=url.shown,
            status=status,
            other=other,
        )
    return phrase(
        "{url} answered {status}, a redirect: redirects are not followed", url=url.shown, status=status
    )


def _uncalled(name: str, error: CrmError) -> Phrase:
    return phrase('The webhook "{webhook}" cannot be called: {reason}', webhook=name, reason=error.message)


def _elsewhere(location: str) -> str:
    """Where a redirect leads, as far as that can be shown; empty where it cannot."""
    from crmkit.core.webhooks.destination import parse_url

    try:
        return parse_url(location).shown
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
