"""Signatures: those of the Standard Webhooks specification."""

from __future__ import annotations

import pytest

from crmkit.core.errors import ConfigError
from crmkit.core.webhooks.signing import headers, key_of


def test_a_known_signature() -> None:
    """The specification's libraries test themselves by this one."""
    key = key_of("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    made = headers(key, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}')
    assert made == {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }


def test_with_and_without_its_prefix() -> None:
    """It is the same secret."""
    text = "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    assert key_of(f" whsec_{text}\n") == key_of(text)


@pytest.mark.parametrize("secret", ["hunter2", "whsec_c2hvcnQ=", "not base64 at all, and quite long enough"])
def test_secrets_that_are_none(secret: str) -> None:
    """Too short or no base64: it is refused, and not repeated."""
    with pytest.raises(ConfigError) as caught:
        key_of(secret)
    assert secret not in str(caught.value)
