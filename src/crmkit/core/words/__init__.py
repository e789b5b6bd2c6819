"""The vocabularies: fields, interaction types, channels, identity schemes, purposes and traits."""

from __future__ import annotations

from crmkit.core.words.codec import decode_payload, encode_payload
from crmkit.core.words.registry import Words
from crmkit.core.words.vocabulary import Vocabulary

__all__ = ("Vocabulary", "Words", "decode_payload", "encode_payload")
