"""What `crm check` and `crm doctor` say of the inbox."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from crmkit import CrmError
from crmkit.plugin import Finding, phrase

if TYPE_CHECKING:
    from crmkit import Crm
    from crmkit.plugins.collaborative.settings import Settings

FOLDER: Final = "replies"


def findings(crm: Crm, settings: Settings) -> Iterator[Finding]:
    """What is wrong with canned replies, the purpose of answers, the types of messages, and the teams."""
    inbox = settings.inbox
    yield from crm.messages.folder(FOLDER).check()
    place = "[plugins.collaborative.inbox]"
    purpose = crm.words.purposes.get(inbox.purpose) if inbox.purpose is not None else None
    if inbox.purpose is not None and (purpose is None or purpose.type == "marketing"):
        wrong = (
            phrase('{place} answers for the purpose "{purpose}", which is marketing',
                   place=place, purpose=inbox.purpose)
            if purpose is not None
            else phrase('{place} answers for the purpose "{purpose}", which does not exist',
                        place=place, purpose=inbox.purpose)
        )  # fmt: skip
        yield Finding("error", wrong, phrase("Name one of the type service or contract."))
    for name in inbox.types:
        if crm.words.interaction_types.get(name) is None:
            missing = phrase('{place} names the type "{name}", which there is not', place=place, name=name)
            yield Finding("error", missing, phrase("See: crm words"))
    yield from _of_teams(crm, settings)


def _of_teams(crm: Crm, settings: Settings) -> Iterator[Finding]:
    wanted = settings.inbox.teams
    for channel in wanted:
        if crm.words.channels.get(channel) is None:
            yield Finding(
                "error",
                phrase('[plugins.collaborative.inbox] has a team for "{channel}", which is no channel',
                       channel=channel),
                phrase("There are: {names}", names=", ".join(crm.words.channels.names)),
            )  # fmt: skip
    try:
        known = {each.name for each in crm.people.teams()} if wanted else set()
    except CrmError:  # the database lacks its tables yet, and crm check says so itself
        return
    for team in sorted(set(wanted.values()) - known):
        yield Finding(
            "warning",
            phrase('[plugins.collaborative.inbox] names the team "{team}", which there is not', team=team),
            phrase('Add it: crm people teams add "{team}"', team=team),
        )  # fmt: skip
