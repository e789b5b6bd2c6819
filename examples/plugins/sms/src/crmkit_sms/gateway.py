"""The gateway, as it is spoken to: one request for each message, and what its answers mean."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

import urllib3
from attrs import frozen
from urllib3.exceptions import ConnectTimeoutError, HTTPError, NewConnectionError

from crmkit.plugin import Later, Performed, Refusal, Unconfirmed

if TYPE_CHECKING:
    from crmkit.plugin import Message
    from crmkit_sms.settings import Settings

Answer = Performed | Refusal | Later | Unconfirmed
# It knows us no more, or wants to be left alone: that is not the message's fault.
_OURS: Final = (401, 402, 403, 408, 425, 429)
_LONGEST_PAUSE: Final = 86_400.0


@frozen(eq=False)
class Gateway:
    """The gateway of the settings, its token read."""

    url: str
    token: str
    sender: str
    timeout: float
    pool: urllib3.PoolManager

    @classmethod
    def of(cls, settings: Settings) -> Gateway:
        """Raises `ConfigError` where the token cannot be read."""
        token = settings.token.reveal() if settings.token else ""
        return cls(settings.gateway or "", token, settings.sender, settings.timeout, urllib3.PoolManager())

    def send(self, index: int, message: Message) -> Answer:
        """Hand one message over. A line that breaks before anything was sent is `Later`; one that breaks, or
        says nothing, after that is `Unconfirmed`: the message may be on its way."""
        body = {"id": message.key, "from": self.sender, "to": message.to, "text": message.text}
        try:
            response = self.pool.request(
                "POST",
                f"{self.url.rstrip('/')}/messages",
                body=json.dumps(body, ensure_ascii=False).encode(),
                headers={"Content-Type": "application/json", "Authorization": f"Bearer {self.token}"},
                timeout=self.timeout,
                retries=False,
                redirect=False,
            )
        except (NewConnectionError, ConnectTimeoutError):
            return Later(index, "the gateway cannot be reached")
        except HTTPError as error:
            return Unconfirmed(index, f"the gateway did not answer: {type(error).__name__}")
        return _meaning(index, response)

    def close(self) -> None:
        """Close its connections."""
        self.pool.clear()


def _meaning(index: int, response: urllib3.BaseHTTPResponse) -> Answer:
    said = _said(response.data)
    if 200 <= response.status < 300:
        return Performed(index, str(said.get("id", ""))[:100])
    reason = f"the gateway answered {response.status} {said.get('error', '')}".strip()[:300]
    if response.status in _OURS or response.status >= 500:
        return Later(index, reason, _pause(response.headers.get("Retry-After", "")))
    return Refusal(index, reason)


def _said(body: bytes) -> dict[str, object]:
    try:
        found = json.loads(body)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _pause(text: str) -> float | None:
    return min(float(text), _LONGEST_PAUSE) if text.isascii() and text.isdecimal() and int(text) else None
