"""All deprecations in one list; what is on it stays for two minor versions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final, Literal

from attrs import field, frozen

Kind = Literal["name", "hook", "argument", "setting", "command", "option"]
_STAYS: Final = 2


@frozen(kw_only=True)
class Deprecation:
    """Something public that will go: `what` is written as its users write it, by its `kind`.

    A name is `crmkit.plugin.Old`, a hook `crmkit_old_hook`, an argument of a hook `crmkit_hook.old`, a
    setting `rules.*.old` (`*` for any name), a command `crm old`, an option `crm customers list --old`.
    `since` is the minor version that deprecated it, such as 0.2; `instead` says what to use.
    """

    kind: Kind
    what: str
    since: str = field()
    instead: str

    @since.validator
    def _minor(self, _attribute: object, value: str) -> None:
        if len(_numbers(value)) != 2:
            raise ValueError(f"since is a minor version such as 0.2, not {value!r}")

    @property
    def until(self) -> str:
        """The first version without it: it stays in `since` and in the minor version after that."""
        major, minor = _numbers(self.since)
        return f"{major}.{minor + _STAYS}"

    @property
    def sentence(self) -> str:
        """What is known of it, as the end of a sentence that says who uses it."""
        return f"{self.what}, which is deprecated since crmkit {self.since} and gone in {self.until}"


# In the order of their versions. Each is named in its version's section of docs/integrators/upgrading.md.
DEPRECATED: Final[tuple[Deprecation, ...]] = ()


def deprecated(*kinds: Kind) -> Iterator[Deprecation]:
    """What is deprecated of these kinds."""
    return (each for each in DEPRECATED if each.kind in kinds)


def outlived(version: str, among: Iterable[Deprecation]) -> list[Deprecation]:
    """What was promised to be gone in `version`."""
    now = _numbers(version)[:2]
    return [each for each in among if _numbers(each.until) <= now]


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".") if part.isdecimal())
