"""`crm config`: the configuration in effect."""

from __future__ import annotations

import click

from crmkit.cli.groups import Noun
from crmkit.cli.options import shows
from crmkit.cli.state import State, pass_state
from crmkit.cli.terminal import safe


@click.group(cls=Noun)
def config() -> None:
    """The configuration: crm.toml, what it includes, and the defaults."""


@config.command()
@shows
@pass_state
def show(state: State) -> None:
    """Show every setting in force, defaults included; secrets are hidden."""
    from crmkit.core.config import show as as_toml

    text = as_toml(state.config)
    if state.output.is_json:
        import tomli

        state.output.json(
            {"files": [str(file) for file in state.config.files], "settings": tomli.loads(text)}
        )
        return
    state.output.say("\n".join(f"# {safe(file)}" for file in state.config.files))
    state.output.data(safe(text, lines=True).rstrip("\n"))


@config.command()
@shows
@pass_state
def path(state: State) -> None:
    """Print where crm.toml is."""
    if state.output.is_json:
        state.output.json({"path": str(state.config_file)})
    else:
        state.output.data(safe(state.config_file))
