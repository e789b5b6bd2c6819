"""What batches do around their statements."""

from __future__ import annotations

import gc
from contextlib import ExitStack

from crmkit.core.customers.sets import without_collector


def test_the_collector_is_paused_until_the_last_batch_ends() -> None:
    """Threads save at the same time: the first to end does not end the pause of the others."""
    assert gc.isenabled()
    with ExitStack() as first, ExitStack() as second:
        first.enter_context(without_collector())
        second.enter_context(without_collector())
        first.close()
        assert not gc.isenabled()
    assert gc.isenabled()
