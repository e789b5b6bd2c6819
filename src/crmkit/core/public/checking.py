"""Whether what the public reaches can work: forms, doors, and the address of both."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Final

from crmkit.core.errors import CrmError
from crmkit.core.jobs import Check, Finding, Job
from crmkit.core.phrase import joined, nphrase, phrase

if TYPE_CHECKING:
    from crmkit.core.config.forms import FormDeclaration
    from crmkit.core.config.incoming import IncomingDeclaration
    from crmkit.core.crm import Crm
    from crmkit.core.kernel import Kernel

_DAY: Final = 86_400.0
_WEEK: Final = 7 * 86_400_000_000


def findings_of(kernel: Kernel) -> Iterator[Finding]:
    """What is wrong with `[forms]` and `[incoming]`; asks the database nothing, and reads no secret."""
    for name, form in kernel.config.forms.items():
        yield from _under(f"forms.{name}", _form(kernel, name, form))
    for name, door in kernel.config.incoming.items():
        yield from _under(f"incoming.{name}", _door(kernel, door))


def public_checks() -> Iterator[Check]:
    """The core's checks of what the public reaches."""
    yield Check(name="web", doc="The public reaches what it is to reach", run=_web, owner="core")
    yield Check(name="incoming", doc="What other programs send is taken in", run=_refused, owner="core")


def public_jobs() -> Iterator[Job]:
    """The core's jobs for it."""
    yield Job(
        name="incoming",
        every=_DAY,
        run=lambda crm: crm.incoming.prune(),
        doc="Forgets the numbers of requests that came more than a month ago",
        owner="core",
    )


def _form(kernel: Kernel, name: str, form: FormDeclaration) -> Iterator[Callable[[], object]]:
    from crmkit.core.forms.questions import questions_of

    yield lambda: questions_of(kernel, form)
    for each in form.required:
        if each not in form.fields:
            yield lambda each=each: _raise(
                phrase("required names {each}, which the form does not ask for", each=each)
            )  # type: ignore[misc]
    if form.purpose is not None:
        purpose = form.purpose
        yield lambda: kernel.words.purposes[purpose]
        yield lambda: kernel.words.channels[form.channel]
    if not kernel.config.web.url:
        yield lambda: _raise(
            phrase("nobody reaches the form: [web] url does not say where"),
            phrase("crm serve; /f/{name}", name=name),
        )


def _door(kernel: Kernel, door: IncomingDeclaration) -> Iterator[Callable[[], object]]:
    from crmkit.core.exchange.targets import parse_target

    kind, _, type_ = door.what.partition(":")
    if kind == "records":
        yield lambda: kernel.words.record_types[type_]
        return
    for target in (*door.map.values(), *door.defaults):
        yield lambda target=target: parse_target(target, kind, kernel.words)  # type: ignore[misc]


def _under(where: str, judgements: Iterator[Callable[[], object]]) -> Iterator[Finding]:
    for judge in judgements:
        try:
            judge()
        except _Said as error:
            yield Finding(
                "warning", phrase("[{where}] {problem}", where=where, problem=error.message), error.hint
            )
        except CrmError as error:
            yield Finding(
                "error", phrase("[{where}] {problem}", where=where, problem=error.message), error.hint
            )


class _Said(CrmError):
    """A finding that is no error of another part."""


def _raise(message: str, hint: str = "") -> None:
    raise _Said(message, hint=hint)


def _web(crm: Crm) -> Iterator[Finding]:
    """Whether there are pages and nobody can reach them. The server itself is not asked."""
    config = crm.config
    doors = [*config.forms, *config.incoming]
    if config.web.url is None and doors:
        yield Finding(
            "warning",
            "No [web] url says where the public reaches your forms and incoming webhooks",
            'In crm.toml: [web] url = "https://post.example.com"; then run: crm serve',
        )
    if config.web.url is not None and config.web.url.startswith("http://"):
        yield Finding("note", "[web] url is this machine's own: nobody else can follow a link to it")
    if config.web.host not in ("127.0.0.1", "::1", "localhost") and not config.web.proxies:
        yield Finding(
            "warning",
            phrase(
                "crm serve listens at {host} without encryption and without a proxy before it",
                host=config.web.host,
            ),
            'In crm.toml: [web] host = "127.0.0.1", or proxies = 1 behind a proxy on another machine.',
        )


def _refused(crm: Crm) -> Iterator[Finding]:
    since = crm.clock.now() - _WEEK
    recent = [each for each in crm.incoming.list(1_000) if each.at > since]
    for name in sorted({each.name for each in recent}):
        mine = [each for each in recent if each.name == name]
        unread = sum(each.error is not None for each in mine)
        refused = sum(each.counts.rejected for each in mine)
        if unread or refused:
            parts = (
                [nphrase("{count} request could not be read", "{count} requests could not be read", unread)]
                if unread
                else []
            )
            parts += (
                [nphrase("{count} row was refused", "{count} rows were refused", refused)] if refused else []
            )
            yield Finding(
                "warning",
                phrase(
                    "Of what {name} sent within a week, {parts}",
                    name=name,
                    parts=joined(phrase(" and "), parts),
                ),
                "See which, and why: crm incoming list",
            )
