"""How often somebody may ask."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from crmkit.web.clients import client_of, network_of
from crmkit.web.throttle import Throttle


def test_memory_is_bounded() -> None:
    """However many ask, no more than so many are remembered."""
    throttle = Throttle(lambda: 0.0, most=10)
    for number in range(100):
        assert throttle.wait(number, 1) == 0
    assert len(throttle._next) == 10


@given(st.lists(st.floats(0, 10, allow_nan=False), max_size=60), st.integers(1, 20))
def test_never_more_than_a_bucket_and_its_refill(pauses: list[float], per_minute: int) -> None:
    """In any span, at most a minute's worth and what flowed in since were let through."""
    now = 0.0
    throttle, passed = Throttle(lambda: now), 0
    for pause in pauses:
        now += pause
        passed += throttle.wait("x", per_minute) == 0
        assert passed <= per_minute + now * per_minute / 60 + 1e-6


def test_whoever_waits_as_told_is_let_in() -> None:
    """The seconds that are told are enough."""
    now = 0.0
    throttle = Throttle(lambda: now)
    while not (wait := throttle.wait("x", 7)):
        pass
    now += wait
    assert throttle.wait("x", 7) == 0


@given(st.lists(st.text(max_size=40), max_size=4), st.integers(0, 5))
def test_no_header_breaks_the_client(lines: list[str], proxies: int) -> None:
    """Whatever stands in X-Forwarded-For, there is a client, and it is an address or the peer."""
    client = client_of("192.0.2.1", lines, proxies)
    assert network_of(client)
