"""Who belongs to which group: chance, but the same answer every time."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha256

from crmkit.core.errors import Invalid
from crmkit.core.normalise.text import quoted
from crmkit.core.phrase import phrase


def arm(uid: str, salt: str, shares: Sequence[tuple[str, float]]) -> str:
    """The group to which the customer `uid` belongs, out of `shares`: pairs of a group's name and its share.

    The answer depends on nothing but the arguments, neither on when it is asked nor on who else there is,
    and not on the order of `shares`. Groups under different salts have nothing to do with each other. In
    expectation each group gets exactly its share. When a share is raised, customers move into that group and
    nobody moves anywhere else, so whoever was in a control group of 10 % is in it at 20 %. A group is known
    by its name: under another name it gets other customers.

    Each group draws a uniform number for the customer, the first 53 bits of SHA-256 over salt, name and uid;
    the smallest −ln(number) / share wins, a race of exponential waiting times (weighted rendezvous hashing,
    Thaler & Ravishankar 1998).

    Raises `Invalid` where `shares` is empty, a share is negative, two groups have one name, or the shares
    do not add up to 1.
    """
    return next(arms([uid], salt, shares))


def arms(uids: Iterable[str], salt: str, shares: Sequence[tuple[str, float]]) -> Iterator[str]:
    """The group of each customer in turn, as `arm`; the groups are looked at only once.

    Raises `Invalid` as `arm`, before the first answer.
    """
    _check(shares)
    # With their lengths, because "ab" + "c" and "a" + "bc" are different groups.
    drawn = [(f"{len(salt)}:{salt}{len(name)}:{name}", share, name) for name, share in shares if share > 0]
    for uid in uids:
        yield min((_waiting(f"{start}{uid}", share), name) for start, share, name in drawn)[1]


def _waiting(text: str, share: float) -> float:
    number = ((int.from_bytes(sha256(text.encode()).digest()[:8], "big") >> 11) + 0.5) / 2**53
    return -math.log(number) / share


def _check(shares: Sequence[tuple[str, float]]) -> None:
    for name, share in shares:
        if not share >= 0:
            raise Invalid(
                phrase("The share of the group {name} is {share}", name=quoted(name), share=share),
                hint="Write 0.1 for 10 %.",
            )
    if len({name for name, _ in shares}) < len(shares):
        raise Invalid(
            phrase(
                "Two groups have the same name: {names}", names=", ".join(quoted(name) for name, _ in shares)
            )
        )
    total = math.fsum(share for _, share in shares)
    if abs(total - 1) > 1e-9:
        raise Invalid(phrase("The shares of the groups add up to {total:.6g}, not to 1", total=total))
