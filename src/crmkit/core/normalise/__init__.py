"""The forms in which values are compared, searched and shown.

What a person wrote is kept as it was written; what stands here makes the second form beside it: the key by
which an e-mail address or phone number is matched, the folded text that search reads, the tidy spelling of a
name. Nothing here does I/O, and the heavy libraries load on first use.
"""

from crmkit.core.normalise.email import EmailNormaliser
from crmkit.core.normalise.fold import fold, fold_digits
from crmkit.core.normalise.name import clean_text, display_name, listed_name, shown_safely, split_name
from crmkit.core.normalise.phone import PhoneNormaliser
from crmkit.core.normalise.text import quoted

__all__ = [
    "EmailNormaliser",
    "PhoneNormaliser",
    "clean_text",
    "display_name",
    "fold",
    "fold_digits",
    "listed_name",
    "quoted",
    "shown_safely",
    "split_name",
]
