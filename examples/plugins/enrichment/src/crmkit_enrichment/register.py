"""The register, as it is asked: `GET {register}/{number}` gives a JSON object, or 404."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import urllib3
from attrs import frozen
from urllib3.exceptions import HTTPError

if TYPE_CHECKING:
    from crmkit_enrichment.settings import Settings

_LONGEST_PAUSE = 86_400


@frozen
class Unknown:
    """The register knows no such number."""


@frozen
class Unavailable:
    """The register did not answer as it should; `seconds` is for how long it asks to be left alone."""

    problem: str
    seconds: int | None = None


Answer = Mapping[str, Any] | Unknown | Unavailable


@frozen(eq=False)
class Register:
    """The register of the settings."""

    url: str
    timeout: float
    pool: urllib3.PoolManager

    @classmethod
    def of(cls, settings: Settings) -> Register:
        """The register, which must be set."""
        return cls((settings.register or "").rstrip("/"), settings.timeout, urllib3.PoolManager())

    def look_up(self, number: str) -> Answer:
        """What it says of the organisation with this number."""
        address = f"{self.url}/{quote(number, safe='')}"
        try:
            response = self.pool.request("GET", address, timeout=self.timeout, retries=False, redirect=False)
        except HTTPError as error:
            return Unavailable(f"the register cannot be reached: {type(error).__name__}")
        if response.status in (404, 410):
            return Unknown()
        if response.status != 200:
            pause = response.headers.get("Retry-After", "")
            seconds = min(int(pause), _LONGEST_PAUSE) if pause.isascii() and pause.isdecimal() else None
            return Unavailable(f"the register answered {response.status}", seconds)
        try:
            said = json.loads(response.data)
        except ValueError:
            said = None
        return said if isinstance(said, Mapping) else Unavailable("the register answered no JSON object")

    def close(self) -> None:
        """Close its connections."""
        self.pool.clear()
