"""What somebody meant who typed a command that there is not: by another word for it, or misspelt."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Final

_AT_MOST: Final = 3
# Of a word of four letters one may be wrong, or two may have changed places.
_ALIKE: Final = 0.75
# Other words for what is done; of each line a group may have some.
_VERBS: Final = (
    ("add", "new", "make", "create", "insert", "open", "issue"),
    ("remove", "delete", "rm", "del", "drop", "archive", "uninstall"),
    ("update", "edit", "change", "modify", "set"),
    ("list", "ls", "all"),
    ("show", "view", "get", "display", "details", "info"),
    ("find", "search", "query", "lookup"),
    ("done", "complete", "finish", "close", "resolve"),
    ("start", "run", "launch", "execute", "send"),
    ("grant", "give", "allow"),
    ("withdraw", "revoke", "deny"),
    ("stop", "pause", "halt", "cancel"),
    ("win", "won", "close"),
    ("lose", "lost", "close"),
    ("enable", "install", "activate"),
    ("disable", "deactivate", "uninstall"),
)
# What other programs, or people, call what stands elsewhere here: the words after `crm`, then what was meant.
NOUNS: Final[Mapping[str, tuple[str, ...]]] = {
    "absences": ("people away",),
    "accounts": ("customers",),
    "activities": ("interactions",),
    "add": ("customers add", "log"),
    "audit": ("access", "customers history"),
    "automations": ("rules", "journeys"),
    "backup": ("db backup",),
    "blacklist": ("suppressions",),
    "chat": ("inbox",),
    "clients": ("customers",),
    "cohorts": ("analytics cohorts",),
    "companies": ("customers",),
    "complaints": ("cases",),
    "contacts": ("customers", "interactions"),
    "conversations": ("inbox",),
    "coupons": ("loyalty coupons",),
    "currencies": ("rates",),
    "customers delete": ("customers archive", "privacy erase"),
    "customers remove": ("customers archive", "privacy erase"),
    "customers search": ("find",),
    "dashboard": ("status", "today"),
    "dedupe": ("customers duplicates",),
    "delete": ("customers archive", "privacy erase"),
    "duplicates": ("customers duplicates",),
    "edit": ("customers update",),
    "emails": ("send", "mail"),
    "employees": ("people employees",),
    "erase": ("privacy erase",),
    "export": ("customers export", "interactions export"),
    "feedback": ("surveys", "reviews"),
    "forecast": ("deals forecast",),
    "forget": ("privacy erase",),
    "gdpr": ("privacy",),
    "groups": ("segments",),
    "history": ("interactions list", "customers history"),
    "hooks": ("webhooks",),
    "import": ("customers import", "interactions import"),
    "invoices": ("quotes",),
    "list": ("customers list",),
    "merge": ("customers merge",),
    "messages": ("send", "templates", "inbox"),
    "migrate": ("db upgrade",),
    "newsletters": ("campaigns",),
    "offers": ("quotes",),
    "opportunities": ("deals",),
    "orders": ("interactions", "records"),
    "people add": ("people employees add",),
    "people list": ("people employees", "people directory"),
    "pipelines": ("deals",),
    "points": ("loyalty",),
    "prices": ("products price",),
    "promises": ("handovers",),
    "purchases": ("interactions",),
    "remove": ("customers archive", "privacy erase"),
    "reports": ("analytics report", "metrics"),
    "restore": ("db restore",),
    "rewards": ("loyalty",),
    "rfm": ("analytics rfm",),
    "roles": ("people roles",),
    "rules apply": ("plan", "apply"),
    "rules run": ("plan", "apply"),
    "sales": ("deals", "interactions"),
    "search": ("find",),
    "settings": ("config",),
    "setup": ("init",),
    "sms": ("send",),
    "staff": ("people employees",),
    "statistics": ("metrics", "status"),
    "tags": ("customers tag",),
    "teams": ("people teams",),
    "tickets": ("cases",),
    "todos": ("tasks",),
    "upgrade": ("db upgrade",),
    "users": ("people employees",),
    "version": ("--version",),
    "vouchers": ("loyalty coupons",),
    "workflows": ("rules", "journeys"),
}


def meant(path: str, name: str, known: Collection[str]) -> list[str]:
    """The commands, as they are typed, of which one may be meant by `name` after `path`; the likeliest first.

    `known` are the commands there. What has another name is found before what is spelled alike: roles are
    not rules.
    """
    crm, _, group = path.partition(" ")
    if group and (found := NOUNS.get(f"{group} {name}", ())):
        return [f"{crm} {each}" for each in found]
    others = dict(_others(known) if group else _elsewhere(known))
    found = others.get(_plain(name)) or _spelled(name, known, others)
    return [f"{path} {each}" for each in found[:_AT_MOST]]


def _others(known: Collection[str]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Other words for the commands of a group."""
    found: dict[str, list[str]] = {}
    for line in _VERBS:
        here = [each for each in line if each in known]
        for word in map(_plain, line):
            found.setdefault(word, []).extend(each for each in here if each not in found.get(word, ()))
    return ((word, tuple(here)) for word, here in found.items() if here)


def _elsewhere(known: Collection[str]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Other words for the commands of `crm`, and for those in its groups, where the group is in use."""
    for word, commands in NOUNS.items():
        here = tuple(each for each in commands if each.partition(" ")[0] in known or each.startswith("-"))
        if here:
            yield _plain(word), here


def _plain(word: str) -> str:
    """A word without what makes it plural: one ticket, and several."""
    word = word.casefold().replace("_", "-")
    if word.endswith("ies"):
        return f"{word[:-3]}y"
    return word.removesuffix("s")


def _spelled(name: str, known: Collection[str], others: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    from crmkit.core.nearest import nearest_few

    (*found,) = nearest_few(name, [*known, *others], at_most=1, alike=_ALIKE)
    return tuple(command for each in found for command in ((each,) if each in known else others[each]))
