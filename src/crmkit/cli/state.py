"""What one run of `crm` shares: the global options, the output, and the Crm, opened when it is needed.

A plugin's command receives it by `click.pass_obj` and uses `.crm`, `.output`, `.confirm` and `.progress`.
"""

from __future__ import annotations

import os
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

import click
from attrs import define, field

from crmkit.cli.output import Output

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from crmkit.cli.mounted import Offered
    from crmkit.cli.progress import Advance
    from crmkit.core.config import Config, RawConfig
    from crmkit.core.crm import Crm
    from crmkit.core.plugins.discovery import Found

F = TypeVar("F", bound="Callable[..., Any]")


@define(slots=False)
class State:
    """The global options as given, and everything that is opened late because of them."""

    config_path: str | None = None
    actor: str | None = None
    no_plugins: bool = False
    strict: bool = False
    yes: bool = False
    no_input: bool = False
    output: Output = field(factory=Output)
    plugin_problems: list[str] = field(factory=list)
    _context: click.Context | None = None

    @classmethod
    def of(cls, ctx: click.Context) -> State:
        """The state of the run that `ctx` belongs to."""
        root = ctx.find_root()
        if not isinstance(root.obj, cls):
            # `crm --help` is answered before the options beside it are looked at.
            root.obj = cls(context=root, config_path=os.environ.get("CRMKIT_CONFIG") or None)
        return root.obj

    @property
    def config_file(self) -> Path:
        """The `crm.toml` of this run. Raises NotFound where there is none."""
        from crmkit.cli.locate import config_file

        return config_file(self.config_path)

    @cached_property
    def raw(self) -> RawConfig:
        """The tables of this run's `crm.toml`, not judged yet."""
        from crmkit.core.config import read_raw

        opened = vars(self).get("crm")
        return read_raw(self.config_file) if opened is None else opened.config.raw

    @cached_property
    def config(self) -> Config:
        """The configuration of this run."""
        from crmkit.core.config import load

        return load(self.config_file)

    @cached_property
    def crm(self) -> Crm:
        """The Crm of this run, opened on first use and closed when the command has ended."""
        from crmkit.cli.opening import opened

        crm = opened(self)
        if self._context is not None:
            self._context.call_on_close(crm.close)
        return crm

    @cached_property
    def rescued(self) -> Crm:
        """The Crm of this run, without its plugins where the database lacks what they need.

        It is what plugins are managed with: one that is newly in use must not lock its own way out.
        """
        from crmkit.cli.opening import opened
        from crmkit.core.errors import PluginError, SchemaError

        try:
            return self.crm
        except (SchemaError, PluginError) as error:
            self.output.detail(str(error))
            crm = opened(self, plugins=False)
        if self._context is not None:
            self._context.call_on_close(crm.close)
        return crm

    @cached_property
    def plugin_commands(self) -> Offered:
        """The commands that plugins' manifests offer: name → (plugin, entry). Imports no plugin."""
        from crmkit.cli.mounted import offered_commands

        return offered_commands(self)

    @cached_property
    def discovery(self) -> tuple[Found, ...]:
        """The plugins in use that are there. Imports none; what is wrong with others is said elsewhere."""
        from crmkit.cli.mounted import discovered
        from crmkit.core.errors import CrmError

        try:
            return () if self.no_plugins else discovered(self).found
        except CrmError:
            return ()

    def confirm(self, question: str) -> None:
        """Ask before something that cannot be taken back lightly; leaves the command when refused."""
        from crmkit.cli.prompts import confirm

        confirm(question, yes=self.yes, no_input=self.no_input)

    def writing_in(self, language: str | None) -> AbstractContextManager[None]:
        """Write a document inside of the `with`: in `language`, such as `pl`, or in that of whoever gave the
        command, also where programs read what is printed. Raises `Invalid` for one that is not spoken.
        """
        from crmkit.cli.language import chosen_locale, places
        from crmkit.core.errors import Invalid
        from crmkit.core.language import languages, speaking
        from crmkit.core.phrase import phrase

        if language is not None and language not in languages():
            raise Invalid(
                phrase('There is no catalogue of the language "{language}"', language=language),
                hint=phrase("There are: {languages}", languages=", ".join(languages())),
            )
        return speaking(language or chosen_locale, partial(places, self))

    def progress(self, what: str) -> AbstractContextManager[Advance]:
        """A progress bar on a terminal, silence otherwise: `with state.progress("Importing") as advance`."""
        from crmkit.cli.progress import progress

        return progress(what, quiet=self.output.quiet)


def pass_state(function: Any) -> Any:
    """Give a command the state of the run as its first argument."""
    from functools import update_wrapper

    def command(*args: Any, **kwargs: Any) -> Any:
        from crmkit.core.deprecation import DEPRECATED

        ctx = click.get_current_context()
        state = State.of(ctx)
        if DEPRECATED:
            from crmkit.cli.deprecated import tell_of_deprecated

            tell_of_deprecated(state, ctx)
        return ctx.invoke(function, state, *args, **kwargs)

    return update_wrapper(command, function)


def needs(*permissions: str) -> Callable[[F], F]:
    """Ask for what a command's receipt takes before the command does anything; goes below `pass_state`.

    What it does asks for its own permissions. The receipt names a customer, say: whoever may not read
    customers hears so at once, and not when all is done.
    """

    def decorate(function: F) -> F:
        from functools import wraps

        @wraps(function)
        def command(state: State, *args: Any, **kwargs: Any) -> Any:
            for permission in permissions:
                state.crm.require(permission)
            return function(state, *args, **kwargs)

        return cast("F", command)

    return decorate
