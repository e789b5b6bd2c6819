"""`crm completion`: the script that makes a shell complete commands and options."""

from __future__ import annotations

import click


@click.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def completion(ctx: click.Context, shell: str) -> None:
    """Print the completion script for SHELL.

    To have it for good, run the line of your shell once and open a new one:

    \b
        bash:  echo 'eval "$(crm completion bash)"' >> ~/.bashrc
        zsh:   echo 'eval "$(crm completion zsh)"' >> ~/.zshrc
        fish:  crm completion fish > ~/.config/fish/completions/crm.fish
    """
    from click.shell_completion import get_completion_class

    make = get_completion_class(shell)
    assert make is not None, "click knows the shells that the argument accepts"
    click.echo(make(ctx.find_root().command, {}, "crm", "_CRM_COMPLETE").source())
