"""DMARC (RFC 7489): what servers do with mail that only pretends to be from a domain.

Which domains belong together is found by asking upwards, name by name, as the revision of DMARC does
(draft-ietf-dmarc-dmarcbis, 4.10): no list of public suffixes is needed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from attrs import frozen

from crmkit.plugin import nphrase, phrase
from crmkit.plugins.email.preflight.names import Names
from crmkit.plugins.email.preflight.tags import begins_with_version, tags_of

_VERSION: Final = "DMARC1"
POLICIES: Final = ("none", "quarantine", "reject")
# Of a longer name the walk asks for itself, and then for its last seven parts.
_MOST_LABELS: Final = 8


class BadPolicy(Exception):
    """Servers ignore what is there; the text says why."""


@frozen(kw_only=True)
class Policy:
    """What is published at `at`; `policy` is what it says for the domain that was asked for."""

    at: str
    policy: str
    tags: Mapping[str, str]

    def is_strict(self, what: str) -> bool:
        """Whether `what` (`aspf`, `adkim`) has to be the very same domain."""
        return self.tags.get(what, "r").lower() == "s"


def _unusable(at: str, records: int) -> str:
    if records == 1:
        return phrase("The record at _dmarc.{at} cannot be read, and servers ignore it", at=at)
    return nphrase(
        "The record at _dmarc.{at} is there {count} time, and servers ignore it",
        "The record at _dmarc.{at} is there {count} times, and servers ignore it",
        records,
        at=at,
    )


def policy_of(names: Names, domain: str) -> Policy | None:
    """What counts for a domain; None where there is nothing. Raises `BadPolicy` and `NoAnswer`."""
    found = dict(_walked(names, domain, strictly=True))
    if domain in found:
        return _policy(domain, found[domain], found[domain].get("p"))
    at = _organisation(domain, found)
    if at not in found:
        return None
    return _policy(at, found[at], found[at].get("sp", found[at].get("p")))


def organisation_of(names: Names, domain: str) -> str:
    """The domain of the organisation to which a domain belongs. Raises `NoAnswer`."""
    return _organisation(domain, dict(_walked(names, domain, strictly=False)))


def _organisation(domain: str, found: Mapping[str, Mapping[str, str]]) -> str:
    for at, tags in found.items():
        psd = tags.get("psd", "u").lower()
        if psd == "n":
            return at
        if psd == "y" and at != domain:
            # It is a registry's, and ours is the name right below.
            return ".".join(domain.split(".")[-(at.count(".") + 2) :])
    return min(found, key=lambda each: each.count("."), default=domain)


def _walked(names: Names, domain: str, *, strictly: bool) -> Iterator[tuple[str, Mapping[str, str]]]:
    """(domain, tags) of the records at a domain and above it."""
    labels = domain.split(".")
    tails = [labels] + [labels[-n:] for n in range(min(len(labels) - 1, _MOST_LABELS - 1), 0, -1)]
    for tail in tails:
        at = ".".join(tail)
        records = [text for text in names.texts(f"_dmarc.{at}") if begins_with_version(text, _VERSION)]
        tags = tags_of(records[0]) if len(records) == 1 else None
        if tags is not None:
            yield at, tags
        elif records and strictly and at == domain:
            raise BadPolicy(_unusable(at, len(records)))
        if tags is not None and tags.get("psd", "u").lower() in ("y", "n"):
            return


def _policy(at: str, tags: Mapping[str, str], policy: str | None) -> Policy:
    said = (policy or "").lower()
    if said not in POLICIES:
        if "mailto:" not in tags.get("rua", "").lower():
            raise BadPolicy(
                phrase(
                    "The record at _dmarc.{at} has no policy: p is none of {names}",
                    at=at,
                    names=", ".join(POLICIES),
                )
            )
        said = "none"  # RFC 7489, 6.6.3
    return Policy(at=at, policy=said, tags=tags)
