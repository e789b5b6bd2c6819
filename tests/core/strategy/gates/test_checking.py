"""What is odd about rules that decide, or write: notes, before anything goes wrong."""

from __future__ import annotations

from collections.abc import Callable

from crmkit import Crm
from crmkit.core.strategy.checking import notes_on_collisions, notes_on_purposes

Open = Callable[..., Crm]


def test_two_rules_that_always_collide(shop: Open) -> None:
    """The second never has its way; others differ in whom, when, or what they decide."""
    crm = shop(
        '[rules.a]\nrun = "daily"\nwho = "count(purchase) > 1"\nlifecycle = "customer"\n'
        '[rules.b]\nrun = "every monday"\nwho = "(count(purchase) > 1)"\nlifecycle = "lead"\n'
        '[rules.c]\non = "purchase"\nwho = "count(purchase) > 1"\nlifecycle = "lead"\n'
        '[rules.d]\nrun = "daily"\nwho = "count(purchase) > 1"\ntag = "x"\n'
        '[rules.e]\nrun = "daily"\nlifecycle = "lead"\n'
    )
    (note,) = notes_on_collisions(crm.kernel)
    assert note.message == (
        'The rules "a" and "b" decide the same (lifecycle) for the same customers; where both are due, "a" '
        "goes first"
    )


def test_purposes_that_nobody_could_agree_to(shop: Open) -> None:
    """Marketing has to say what people agree to; a contract needs no consent."""
    crm = shop(
        '[purposes.told]\ntype = "marketing"\nwording = "Tell me."\n'
        '[rules.a]\nrun = "daily"\nwrite = "Hi {{ customer.name }}"\npurpose = "offers"\n'
        '[rules.b]\nrun = "daily"\nwrite = "Hi"\npurpose = "orders"\n'
        '[rules.c]\nrun = "daily"\nwrite = "Hi"\npurpose = "told"\n'
    )
    (note,) = notes_on_purposes(crm.kernel)
    assert note.message.startswith('The rule "a" writes for the purpose "offers", which has no wording')
