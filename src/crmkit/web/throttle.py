"""How often somebody may ask: a bucket of tokens for each address and route, kept in this process."""

from __future__ import annotations

import math
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Final

_MOST: Final = 50_000


class Throttle:
    """Counts by theoretical arrival times: one number a bucket. Thread-safe; memory is bounded.

    Several servers each count for themselves; what must hold for all of them is kept in the database.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic, most: int = _MOST) -> None:
        self._clock = clock
        self._most = most
        self._next: OrderedDict[Hashable, float] = OrderedDict()
        self._lock = threading.Lock()

    def wait(self, key: Hashable, per_minute: int) -> int:
        """Take a token: 0, or the whole seconds after which to try again. A full bucket holds a minute's."""
        now, step = self._clock(), 60.0 / max(1, per_minute)
        with self._lock:
            due = max(self._next.get(key, now), now)
            late = due + step - now - 60.0
            if late > 1e-9:
                return max(1, math.ceil(late))
            self._next[key] = due + step
            self._next.move_to_end(key)
            # Those who asked longest ago have been forgiven most.
            while len(self._next) > self._most:
                self._next.popitem(last=False)
        return 0
