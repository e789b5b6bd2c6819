"""Thousands of bounces have been collected by others: how many of their samples are sorted right.

The samples are not part of crmkit. `make mail-samples` fetches them into `.samples`, or the variable
CRMKIT_MAIL_SAMPLES names a folder that holds them: the source packages of flufl.bounce (from PyPI) and of
Mail::DeliveryStatus::BounceParser (from Debian), unpacked.
"""

from __future__ import annotations

import ast
import os
import re
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from crmkit.plugins.email.incoming.bounce_report import bounce_report
from crmkit.plugins.email.incoming.failure import DELAYED, HARD
from crmkit.plugins.email.incoming.mail import read_mail

_FOLDER = Path(os.environ.get("CRMKIT_MAIL_SAMPLES", Path(__file__).parents[3] / ".samples"))
# By the names of the samples of BounceParser, as its own tests have them: nobody is there; somebody is, or
# may be; a machine or a person wrote something that is no bounce; a bounce without a word on that.
_NAMES = {
    "nobody": r".*unknown|badrcptto|cam-|deactivated|doesnotexist|mailbox-unknown|nomailbox|rcpt-dne"
    r"|no-such-domain"
    r"|malformed-dns|postfix-malformed|warning-[123]\.|iis-|me-user|novell",
    "somebody": r"quota|message-too-large|spam-rejection|junkemail|spamassassin|spambouncer|warning-[478]\."
    r"|aol-senderblock|aol.attachment|relaying|not-a-relay|rcpthosts"
    r"|postfix(?:-orig)?\.msg|whitelist",
    "none": r"aol-vacation|autoreply|polish-autoreply|bluebottle|boxbe|warning-6|spam-with-image"
    r"|spam-bogus|spam-lots",
    "bounce": r"no-message-collected|long-smtp|warning-[59]|non-autoreply|misidentified"
    r"|postfix-smtp-550|surfcontrol",
}
_VACATIONS = re.compile(r"aol-vacation|autoreply|polish-autoreply|warning-6|qmail_08")


def _found(pattern: str) -> list[Path]:
    paths = sorted(_FOLDER.glob(pattern))
    if not paths:
        if os.environ.get("CI") == "true" and "CRMKIT_MAIL_SAMPLES" in os.environ:
            pytest.fail(f"CRMKIT_MAIL_SAMPLES={_FOLDER} has no {pattern}")
        pytest.skip(f"no samples in {_FOLDER}: fetch them with make mail-samples")
    return paths


def _sort(path: Path) -> tuple[str, set[str]]:
    """(what the message is, the addresses that it reports)."""
    mail = read_mail(path.read_bytes())
    report = bounce_report(mail.message)
    if report is None or not report.failures:
        return "automatic" if mail.is_automatic else "none", set()
    kinds = {each.kind for each in report.failures}
    kind = "delayed" if kinds == {DELAYED} else "nobody" if HARD in kinds else "somebody"
    return kind, {each.address for each in report.failures}


def _wanted_of_bounce_parser(name: str) -> str | None:
    order = ("none", "somebody", "bounce", "nobody")
    return next((kind for kind in order if re.match(_NAMES[kind], name)), None)


def test_the_samples_of_bounce_parser() -> None:
    """98 of 100 samples are sorted right, by whether anybody is there; no vacation counts as an answer."""
    right: Counter[str] = Counter()
    wrong: list[str] = []
    for path in _found("**/t/corpus/*.msg"):
        wanted, (kind, _) = _wanted_of_bounce_parser(path.name), _sort(path)
        is_right = {
            "none": kind in ("none", "automatic"),
            "somebody": kind in ("somebody", "delayed"),
            "bounce": kind in ("nobody", "somebody"),
            "nobody": kind == "nobody",
        }
        if wanted is None:
            continue
        if is_right[wanted]:
            right[wanted] += 1
        else:
            wrong.append(f"{path.name}: {kind}, not {wanted}")
        assert not _VACATIONS.match(path.name) or kind == "automatic", path.name
    _print("Mail::DeliveryStatus::BounceParser", right, wrong)
    assert sum(right.values()) >= 110
    assert sum(right.values()) / (sum(right.values()) + len(wrong)) >= 0.98


def _labels(path: Path) -> Iterator[tuple[str, set[str], bool]]:
    """(file, addresses, whether they are only delayed) as the tests of flufl.bounce have them."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in tree.body:
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "DETECTORS":
            by_file: dict[str, tuple[set[str], bool]] = {}
            for _, name, addresses, delayed in ast.literal_eval(node.value):
                known = by_file.get(name, (set(), False))[0]
                by_file[name] = (known | {each.decode().lower() for each in addresses}, delayed)
            yield from ((name, *wanted) for name, wanted in by_file.items())


def test_the_samples_of_flufl() -> None:
    """98 of 100 samples are sorted right: whether they are bounces, only delays or neither, and of whom."""
    (tests,) = _found("**/tests/test_detectors.py")
    right: Counter[str] = Counter()
    wrong: list[str] = []
    for name, expected, delayed in _labels(tests):
        addresses = expected
        kind, named = _sort(tests.parent / "data" / name)
        wanted = "delayed" if delayed else "bounce" if addresses else "none"
        if not addresses and name in ("simple_42.txt", "simple_43.txt"):
            wanted = "bounce"  # of nobody whom that library would name
            addresses = named
        is_right = {
            "none": kind in ("none", "automatic"),
            "delayed": kind == "delayed" and named == addresses,
            "bounce": kind in ("nobody", "somebody") and named == addresses,
        }[wanted]
        if is_right:
            right[wanted] += 1
        else:
            wrong.append(f"{name}: {kind} {sorted(named)}, not {wanted} {sorted(addresses)}")
        assert not _VACATIONS.match(name) or kind == "automatic", name
    _print("flufl.bounce", right, wrong)
    assert sum(right.values()) >= 100
    assert sum(right.values()) / (sum(right.values()) + len(wrong)) >= 0.98


def _print(title: str, right: Counter[str], wrong: list[str]) -> None:
    """Say it where pytest is asked to show what tests print (-s)."""
    total = sum(right.values())
    share = total / (total + len(wrong))
    lines = [f"\n{title}: {total} of {total + len(wrong)} right ({share:.1%})"]
    lines += [f"  {kind:<10}{count:>5}" for kind, count in sorted(right.items())]
    sys.stdout.write("\n".join([*lines, *(f"  wrong: {each}" for each in wrong), ""]))
