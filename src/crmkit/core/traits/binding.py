"""The words of one opened business, with what computes the core's traits."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from attrs import evolve

from crmkit.core.lazily import lazily
from crmkit.core.words.vocabulary import Vocabulary

if TYPE_CHECKING:
    from crmkit.core.kernel import Kernel
    from crmkit.core.model.words import Trait
    from crmkit.core.words.registry import Words


# Imported when the trait is first asked for.
_CORE: Final = {
    "age": lazily("crmkit.core.traits.people:age"),
    "lifecycle_since": lazily("crmkit.core.traits.people:lifecycle_since"),
    "customer_type": lazily("crmkit.core.traits.types:customer_type"),
    "level": lazily("crmkit.core.traits.types:level"),
    "overdue_contact": lazily("crmkit.core.traits.types:overdue_contact"),
    "reachable": lazily("crmkit.core.traits.reach:reachable"),
    "listed": lazily("crmkit.core.traits.lists:listed"),
}


def bound(kernel: Kernel, *, of_types: bool = True) -> Words:
    """The vocabularies in which every trait can be computed.

    Without `of_types`, those that depend on `[customer_types]` cannot: it is what their own conditions see.
    """
    words = kernel.loaded.words
    traits = [_computable(kernel, trait, of_types) for trait in words.traits]
    return evolve(words, traits=Vocabulary("traits", traits, words.elsewhere))


def _computable(kernel: Kernel, trait: Trait, of_types: bool) -> Trait:
    if trait.compute is not None:
        return evolve(trait, select=_kept(trait), past=False)
    if trait.owner != "core":
        return trait
    from crmkit.core.traits.words import OF_TYPES

    if trait.name in OF_TYPES and not of_types:
        return trait
    return evolve(trait, select=_core(kernel, trait.name))


def _core(kernel: Kernel, name: str) -> Callable[..., Any]:
    """The function of a core trait."""
    from functools import partial

    return partial(_CORE[name], kernel)


def _kept(trait: Trait) -> Callable[..., Any]:
    from crmkit.core.traits.kept import select_kept

    return select_kept(trait)
