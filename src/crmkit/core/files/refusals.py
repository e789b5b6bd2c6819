"""Why the operating system refuses a file or an address, in words that the catalogues have."""

from __future__ import annotations

from typing import Final

from crmkit.core.language import N_
from crmkit.core.phrase import Phrase, phrase

# As the operating system says them in English, which it does whatever language is spoken here.
KNOWN: Final = (
    N_("Address already in use"), N_("Cannot assign requested address"), N_("Connection refused"),
    N_("Directory not empty"), N_("File exists"), N_("File name too long"), N_("Input/output error"),
    N_("Is a directory"), N_("No space left on device"), N_("No such file or directory"),
    N_("Not a directory"), N_("Operation not permitted"), N_("Permission denied"),
    N_("Read-only file system"), N_("Too many open files"),
)  # fmt: skip


def refusal_of(error: OSError) -> Phrase:
    """What the operating system says, as a phrase; another text than these stays as it is."""
    return phrase(error.strerror or str(error))
