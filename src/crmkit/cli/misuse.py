"""What click says of a wrong command line, in the language spoken.

click says it in English, in sentences of its own. Each is found by its form, and said again by the
catalogue; one that is not known here stays as it is.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Final

from crmkit.core.language import ENGLISH, N_, _, spoken, translated

# A sentence before the ones that it would fit as well: the first that fits is said.
_SENTENCES: Final = (
    N_("Invalid value for {parameter}: {message}"),
    N_("Invalid value: {message}"),
    N_("Missing argument {name}. Choose from: {choices}"),
    N_("Missing option {name}. Choose from: {choices}"),
    N_("Missing argument {name}."),
    N_("Missing option {name}."),
    N_("Missing command."),
    N_("No such option {name}. Did you mean {nearest}?"),
    N_("No such option {name}. (Did you mean one of: {nearest}?)"),
    N_("No such option {name}."),
    N_("No such option: {name}"),
    N_("No such command {name}."),
    N_("Option {name} does not take a value."),
    N_("Option {name} requires an argument."),
    N_("Option {name} requires {count} arguments."),
    N_("Argument {name} takes {count} values."),
    N_("Got unexpected extra argument ({arguments})"),
    N_("Got unexpected extra arguments ({arguments})"),
    N_("{value} is not one of {choices}."),
    N_("{value} is not a valid integer."),
    N_("{value} is not a valid integer range."),
    N_("{value} is not a valid float."),
    N_("{value} is not a valid float range."),
    N_("{value} is not a valid boolean. Recognized values: {choices}"),
    N_("{value} is not in the range {range}."),
    N_("{value} does not match the format {formats}."),
    N_("{value} does not match the formats {formats}."),
    N_("File {path} does not exist."),
    N_("File {path} is a directory."),
    N_("File {path} is not readable."),
    N_("File {path} is not writable."),
    N_("Directory {path} does not exist."),
    N_("Directory {path} is a file."),
    N_("Directory {path} is not readable."),
    N_("Directory {path} is not writable."),
    N_("Path {path} does not exist."),
    N_("Path {path} is not readable."),
    N_("Path {path} is not writable."),
    N_("Could not open file {path}: {message}"),
)


def told(message: str) -> str:
    """What click says of a misuse, in the language spoken."""
    if spoken() == ENGLISH:
        return message
    for sentence, form in _forms().items():
        if found := form.fullmatch(message):
            return _(sentence, **{name: _value(name, value) for name, value in found.groupdict().items()})
    return translated(message)


def _value(name: str, value: str) -> str:
    """What is wrong with a value is a sentence too; choices stand beside each other."""
    if name == "message":
        return told(value)
    return " ".join(value.split()) if name == "choices" else value


@cache
def _forms() -> Mapping[str, re.Pattern[str]]:
    """What each sentence looks like with values in it; white space of any kind where it has a space."""
    return {sentence: re.compile(_form(sentence), re.DOTALL) for sentence in _SENTENCES}


def _form(sentence: str) -> str:
    parts = re.split(r"\{(\w+)\}", sentence)
    words = (re.escape(part).replace(r"\ ", r"\s+") for part in parts[::2])
    names = [f"(?P<{name}>.+?)" for name in parts[1::2]]
    return "".join(each for pair in zip(words, [*names, ""], strict=True) for each in pair)
