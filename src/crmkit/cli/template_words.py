"""What the files of a template say to people, in the language of whoever begins with them.

A crm.toml, a campaign, a journey: their comments, and the sentences of `doc`, `label`, `wording`, `task` and
the like. Names, keys, choices and conditions are the same in every language, and so is code in comments.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from itertools import groupby
from textwrap import wrap
from typing import Final

from crmkit.core.language import translated

_WIDTH: Final = 110
_COMMENT: Final = re.compile(r"# (?P<rule>---- )?(?P<text>\S.*)")
# A setting or a heading that is commented out, to be taken in by whoever wants it.
_CODE: Final = re.compile(r"#\s*(?:\[|[\w.-]+ = )")
# What is said after a setting, on its line.
_ASIDE: Final = re.compile(r"(?<=\S)(?P<gap>\s{2,}# )(?P<text>\S.*)$")
_VALUE: Final = re.compile(r'(?P<key>[\w-]+)(?P<sign> = )(?P<text>"(?:[^"\\]|\\.)*")')
_NAMED: Final = ("doc", "label")
_NOT_SAID: Final = ("address",)


def said(text: str) -> str:
    """A template's file in the language spoken."""
    return "\n".join(_said(text)) + "\n"


def texts(text: str) -> Iterator[str]:
    """Each text of a template's file that has to be translated."""
    for lines in _blocks(text):
        if _is_prose(lines[0]):
            yield _sentence(lines)
        for line in lines:
            if aside := _aside(line):
                yield aside["text"]
            yield from (json.loads(each["text"]) for each in _VALUE.finditer(line) if _is_said(each))


def _said(text: str) -> Iterator[str]:
    for lines in _blocks(text):
        if _is_prose(lines[0]):
            yield from _comment(lines)
        else:
            yield from map(_line, lines)


def _blocks(text: str) -> Iterator[list[str]]:
    """Lines that belong together: those of one comment, else each line by itself."""
    for is_prose, lines in groupby(text.splitlines(), _is_prose):
        if is_prose:
            yield list(lines)
        else:
            yield from ([line] for line in lines)


def _is_prose(line: str) -> bool:
    return bool(_COMMENT.fullmatch(line)) and not _CODE.match(line)


def _sentence(lines: list[str]) -> str:
    return " ".join(found["text"] for line in lines if (found := _COMMENT.fullmatch(line)))


def _comment(lines: list[str]) -> Iterator[str]:
    """A comment translated, in lines of its own length; as it stands where nothing is translated."""
    sentence = _sentence(lines)
    if (meant := translated(sentence)) == sentence:
        yield from lines
        return
    rule = "---- " if lines[0].startswith("# ----") else ""
    for line in wrap(rule + meant, _WIDTH - 2, break_long_words=False, break_on_hyphens=False):
        yield f"# {line}"


def _line(line: str) -> str:
    if aside := _aside(line):
        line = line[: aside.start("text")] + translated(aside["text"])
    return _VALUE.sub(_value, line)


def _value(found: re.Match[str]) -> str:
    if not _is_said(found):
        return found[0]
    meant = translated(json.loads(found["text"]))
    return f"{found['key']}{found['sign']}{json.dumps(meant, ensure_ascii=False)}"


def _is_said(found: re.Match[str]) -> bool:
    """Whether a value is a sentence for people: not in a given language, no condition, no code."""
    text = json.loads(found["text"])
    if found["key"] in _NAMED:
        return True
    if found["key"] in _NOT_SAID:
        return False
    return len(found["key"]) > 2 and " " in text and (text[0].isupper() or text.startswith("{{"))


def _aside(line: str) -> re.Match[str] | None:
    """What stands after a setting; not after one that is commented out, where it names values."""
    return None if line.startswith("#") else _ASIDE.search(line)
