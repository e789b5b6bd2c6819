"""What is wrong with record types beside what each says of itself."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from crmkit.core.jobs import Finding
from crmkit.core.nearest import did_you_mean
from crmkit.core.phrase import phrase

if TYPE_CHECKING:
    from crmkit.core.kernel import Kernel


def faults_of_records(kernel: Kernel) -> Iterator[Finding]:
    """Interactions that record types tell and that there are not; asks the database nothing."""
    types = kernel.words.interaction_types
    for word in kernel.words.record_types:
        for state, told in word.tells.items():
            key = state.removeprefix("> ")
            if types.get(told) is None:
                hint = did_you_mean(told, types.names, phrase("Declare it: [interactions.{name}]", name=told))
                yield Finding(
                    "error",
                    phrase(
                        'A {name} that is "{key}" tells "{told}", which is not there',
                        name=word.name,
                        key=key,
                        told=told,
                    ),
                    hint,
                )
