"""Phone numbers in E.164, the form in which they are matched and dialled."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import cached_property
from typing import TYPE_CHECKING, Any

from attrs import frozen

from crmkit.core.errors import Invalid
from crmkit.core.normalise.text import quoted
from crmkit.core.phrase import phrase

if TYPE_CHECKING:
    from phonenumbers import PhoneNumber

_Matcher = Callable[[str], "re.Match[str] | None"]
_KINDS = (
    "fixed_line", "mobile", "toll_free", "voip", "shared_cost", "premium_rate", "personal_number", "uan",
    "pager", "voicemail",
)  # fmt: skip
_NEVER = "(?!)"


@frozen
class _CallingCode:
    """What the library's metadata says of one calling code, as two compiled patterns."""

    is_valid: _Matcher
    national_prefix: _Matcher | None

    def accepts(self, national: str) -> bool:
        """Whether `national` is valid as it stands. False also when the library would take off a prefix."""
        if not self.is_valid(national):
            return False
        prefix = self.national_prefix(national) if self.national_prefix else None
        return prefix is None or prefix.end() == 0


class PhoneNormaliser:
    """Turns a phone number as written into E.164 text such as `+48221234567`.

    `default_region` (two letters, ISO 3166, such as `"PL"`) says whose national numbers are meant when no
    calling code is written; without it only international numbers are understood. A function that finds it
    is called when the first such number comes. An extension is kept as RFC 3966 writes it:
    `+48221234567;ext=12`.

    Validity is phonenumbers' own: a number must fit a pattern in use, not only the length. Numbers written
    internationally take a short path over the same patterns, compiled when a calling code is first met. One
    instance serves all threads.
    """

    def __init__(self, default_region: str | Callable[[], str | None] | None = None) -> None:
        self._given_region = default_region
        self._codes: dict[str, _CallingCode] = {}
        self._punctuation = str.maketrans("", "", " -()./")
        self._dials_abroad_by_00: bool | None = None

    @cached_property
    def default_region(self) -> str | None:
        """Whose numbers are meant when no calling code is written."""
        given = self._given_region
        found = given if given is None or isinstance(given, str) else given()
        return found.upper() if found else None

    def normalise(self, text: str) -> str:
        """`text` in E.164. Raises `Invalid` with the reason when it is no valid number."""
        digits = text.translate(self._punctuation)
        if digits.startswith("+"):
            digits = digits[1:]
        elif digits.startswith("00") and self._may_strip_00():
            digits = digits[2:]
        else:
            return self._ask_library(text)
        if digits.isdecimal() and digits.isascii():
            code, national = self._split(digits)
            if code is not None and code.accepts(national):
                return "+" + digits
        return self._ask_library(text)

    def _split(self, digits: str) -> tuple[_CallingCode | None, str]:
        # No calling code is the beginning of another, so the first that fits is the one.
        known = self._codes
        for length in (2, 3, 1):
            code = known.get(digits[:length])
            if code is not None:
                return code, digits[length:]
        return self._learn(digits)

    def _learn(self, digits: str) -> tuple[_CallingCode | None, str]:
        from phonenumbers import COUNTRY_CODE_TO_REGION_CODE

        for length in (1, 2, 3):
            prefix = digits[:length]
            regions = COUNTRY_CODE_TO_REGION_CODE.get(int(prefix or 0))
            if regions and not prefix.startswith("0"):
                self._codes[prefix] = _calling_code(int(prefix), regions)
                return self._codes[prefix], digits[length:]
        return None, digits

    def _may_strip_00(self) -> bool:
        if self._dials_abroad_by_00 is None:
            region = _region(self.default_region) if self.default_region else None
            self._dials_abroad_by_00 = region is not None and region.international_prefix == "00"
        return self._dials_abroad_by_00

    def _ask_library(self, text: str) -> str:
        import phonenumbers

        if self.default_region:
            _region(self.default_region)
        try:
            number = phonenumbers.parse(text, self.default_region)
        except phonenumbers.NumberParseException as error:
            raise _invalid(text, self._reason(error)) from None
        if not phonenumbers.is_valid_number(number):
            raise _invalid(text, _doubt(number))
        plain: str = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
        return f"{plain};ext={number.extension}" if number.extension else plain

    def _reason(self, error: Any) -> str:
        if error.error_type == error.INVALID_COUNTRY_CODE and not self.default_region:
            return phrase(
                "It has no calling code, and nothing says of which country it is; a locale with a "
                'country would, in crm.toml: [crs] locale = "pl_PL".'
            )
        return {
            error.INVALID_COUNTRY_CODE: phrase("Its calling code does not exist."),
            error.NOT_A_NUMBER: phrase("It does not read as a phone number."),
            error.TOO_SHORT_AFTER_IDD: phrase("Nothing follows its international prefix."),
            error.TOO_SHORT_NSN: phrase("It has too few digits."),
            error.TOO_LONG: phrase("It has too many digits."),
        }.get(error.error_type, phrase("It does not read as a phone number."))


def _region(code: str) -> Any:
    """The library's metadata of the region `code`; raises `Invalid` when there is no such region."""
    from phonenumbers import PhoneMetadata

    metadata = PhoneMetadata.metadata_for_region(code, None)
    if metadata is None:
        raise Invalid(
            phrase("{code} is not a region that phone numbers belong to.", code=quoted(code)),
            hint="Set the default region to a two-letter country code such as PL, GB or PK.",
        )
    return metadata


def _calling_code(code: int, regions: Iterable[str]) -> _CallingCode:
    """Compile what decides validity under `code`, in the order in which the library asks its regions."""
    from phonenumbers import PhoneMetadata

    described: list[Any] = [
        PhoneMetadata.metadata_for_region_or_calling_code(code, region) for region in regions
    ]
    pattern = _NEVER
    for metadata in reversed(described):
        own = _region_pattern(metadata)
        if metadata.leading_digits is None:
            pattern = f"{own}|{pattern}"
        else:  # leading digits alone decide the region, even where its patterns then refuse the number
            leading = metadata.leading_digits
            pattern = f"(?={leading})(?:{own})|(?!{leading})(?:{pattern})"
    prefix = described[0].national_prefix_for_parsing
    return _CallingCode(re.compile(pattern).fullmatch, re.compile(prefix).match if prefix else None)


def _region_pattern(metadata: Any) -> str:
    kinds = [_description_pattern(getattr(metadata, kind)) for kind in _KINDS]
    union = "|".join(dict.fromkeys(kind for kind in kinds if kind != _NEVER)) or _NEVER
    return f"(?={_description_pattern(metadata.general_desc)}\\Z)(?:{union})"


def _description_pattern(description: Any) -> str:
    if description is None or not description.national_number_pattern:
        return _NEVER
    lengths = "|".join(f".{{{length}}}" for length in description.possible_length)
    fits = f"(?=(?:{lengths})\\Z)" if lengths else ""
    return f"(?:{fits}(?:{description.national_number_pattern}))"


def _doubt(number: PhoneNumber) -> str:
    from phonenumbers import ValidationResult, is_possible_number_with_reason, region_code_for_country_code

    code = number.country_code or 0
    where = f"+{code} ({region_code_for_country_code(code)})"
    verdict = is_possible_number_with_reason(number)
    if verdict == ValidationResult.TOO_SHORT:
        return phrase("It has too few digits for {where}.", where=where)
    if verdict == ValidationResult.TOO_LONG:
        return phrase("It has too many digits for {where}.", where=where)
    return phrase("No number of {where} looks like that.", where=where)


def _invalid(text: str, reason: str) -> Invalid:
    return Invalid(
        phrase("{text} is not a usable phone number. {reason}", text=quoted(text), reason=reason),
        hint="Write it with + and the calling code, such as +48 22 123 45 67.",
        value=text,
    )
