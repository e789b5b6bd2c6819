"""The key of the tokens that stand in links.

It lies in the table `setting`, so that a backup that is restored still knows the links that were sent.
"""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa

from crmkit.core.store.setting import ensure_secret, secret_of

KEY_SETTING: Final = "token_key"
_KEY_BYTES: Final = 64


def ensure_token_key(connection: sa.Connection) -> bytes:
    """The key of this database, made where there is none."""
    return ensure_secret(connection, KEY_SETTING, _KEY_BYTES)


def kept_token_key(connection: sa.Connection) -> bytes | None:
    """The key of this database, None where none was made yet."""
    return secret_of(connection, KEY_SETTING)
