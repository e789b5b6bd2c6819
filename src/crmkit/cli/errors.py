"""How a run ends: expected errors as a few lines, unexpected ones without a wall of text, always a status."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from typing import Any

import click

from crmkit.core.errors import Ambiguous, CrmError

USAGE, INTERRUPTED, FINDINGS = 2, 130, 6


class Findings(click.exceptions.Exit):
    """A check has found something: the command's output says what."""

    def __init__(self, status: int = FINDINGS) -> None:
        super().__init__(status)


def guarded(run: Callable[[], Any], arguments: Sequence[str]) -> int:
    """Run the program; whatever goes wrong is explained on stderr. The exit status."""
    try:
        status = run()
        sys.stdout.flush()
    except BaseException as error:  # noqa: BLE001 - whatever leaves here would be a traceback
        try:
            return _explained(error, arguments)
        except BrokenPipeError:
            return _gone()
    return status if isinstance(status, int) else 0


def briefly(message: str) -> str:
    """What went wrong, in the language spoken and without the lines below that show the place."""
    from crmkit.core.phrase import shown

    return shown(message).partition("\n")[0]


def _explained(error: BaseException, arguments: Sequence[str]) -> int:
    as_json = "--json" in arguments
    match error:
        case SystemExit():
            status = error.code if isinstance(error.code, int) else 1
        case click.exceptions.Exit():
            status = error.exit_code
        case click.Abort() | KeyboardInterrupt() | EOFError():
            status = _interrupted(as_json=as_json)
        case CrmError():
            message = error.message if as_json else _one_by_one(error)
            if error.code == "plugin" and not as_json and _wants_more(arguments):
                _trace(error.__cause__ or error)
            _tell(error.code, message, error.hint, error.details, as_json=as_json)
            status = error.exit_status
        case click.ClickException():
            status = _misused(error, as_json=as_json)
        case BrokenPipeError():
            status = _gone()
        case OSError(filename=str() as path, strerror=str() as reason):
            status = _of_a_file(path, reason, as_json=as_json)
        case Exception():
            status = _unexpected(error, arguments, as_json=as_json)
        case _:
            raise error
    return status


def _one_by_one(error: CrmError) -> str:
    """The message; candidates of an ambiguous reference stand below each other, to choose from."""
    from crmkit.core.phrase import Phrase, shown

    said, message = shown(error.message), error.message
    listed = message.values.get("candidates", "") if isinstance(message, Phrase) else ""
    if not isinstance(error, Ambiguous) or not listed:
        return said
    listed = shown(listed)
    return said.replace(f" {listed}", "\n  ".join(["", *listed.split("; ")]))


def _tell(code: str, message: str, hint: str, details: Any = None, *, as_json: bool) -> None:
    """An error on stderr: what happened, and what to do next."""
    from crmkit.cli.plain import to_json
    from crmkit.cli.tables import coloured
    from crmkit.cli.terminal import safe
    from crmkit.core.language import _, laid_out
    from crmkit.core.phrase import shown

    if as_json:
        body = {"code": code, "message": message, "hint": hint, "details": dict(details or {})}
        click.echo(to_json({"error": body}), err=True)
        return
    label = _("Error:")
    first = click.style(label, fg="red", bold=True) if coloured(sys.stderr) else label
    click.echo(f"{first} {laid_out(safe(shown(message), lines=True))}", err=True)
    if hint:
        click.echo(laid_out(safe(shown(hint), lines=True)), err=True)


def _misused(error: click.ClickException, *, as_json: bool) -> int:
    from crmkit.core.phrase import phrase

    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        click.echo(error.format_message(), err=True)
        return USAGE
    ctx = getattr(error, "ctx", None)
    error = _of_a_group(error, ctx)
    message, _, hint = _in_language(error, as_json=as_json).partition("\n")
    if isinstance(error, click.NoSuchOption) and ctx is not None and _is_global(ctx, error.option_name):
        command = ctx.command_path.partition(" ")[2]
        hint = phrase(
            "It goes before the command: crm {option} {command} …", option=error.option_name, command=command
        )
    if isinstance(error, click.NoSuchOption) and error.option_name[1:2].isdigit():
        hint = phrase(
            "What begins with - is taken for an option. Money given back is a refund: {command}",
            command="crm log REF refund 5",
        )
    if not hint and isinstance(error, click.UsageError) and ctx is not None:
        hint = phrase("How it is used: {command} --help", command=ctx.command_path)
    _tell("usage" if isinstance(error, click.UsageError) else "error", message, hint, as_json=as_json)
    return error.exit_code


def _of_a_group(error: click.ClickException, ctx: click.Context | None) -> click.ClickException:
    """What click says of a command that is not there, with the nearest name, as our own groups say it."""
    from crmkit.cli.groups import unknown_command

    name = getattr(error, "command_name", None)
    if name is None or ctx is None or not isinstance(ctx.command, click.Group):
        return error
    return unknown_command(ctx, name, ctx.command.list_commands(ctx))


def _in_language(error: click.ClickException, *, as_json: bool) -> str:
    """What a misuse is: in English for programs, for people also what click says by itself."""
    from crmkit.core.language import ENGLISH, spoken
    from crmkit.core.phrase import shown

    if as_json or spoken() == ENGLISH:
        return error.format_message()
    from crmkit.cli.misuse import told

    said, own = error.format_message(), error.message
    return told(said.replace(own, shown(own)) if own else said)


def _is_global(ctx: click.Context, option: str) -> bool:
    return any(option in parameter.opts for parameter in ctx.find_root().command.params)


def _interrupted(*, as_json: bool) -> int:
    from crmkit.core.phrase import phrase

    said = phrase("Interrupted. What was committed stays; the rest was not written.")
    _tell("interrupted", said, "", as_json=as_json)
    return INTERRUPTED


def _gone() -> int:
    """The reader of our output has left: say nothing more, not even at the interpreter's end."""
    devnull = os.open(os.devnull, os.O_WRONLY)
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError):
            _redirect(stream, devnull)
    return 1


def _redirect(stream: Any, descriptor: int) -> None:
    try:
        os.dup2(descriptor, stream.fileno())
    except (OSError, ValueError):  # not a real file, as in tests
        return


def _of_a_file(path: str, reason: str, *, as_json: bool) -> int:
    """A file that somebody named, such as `-o FILE`, cannot be opened: no defect of the program."""
    from crmkit.core.phrase import phrase

    said = phrase('"{path}" cannot be read or written: {reason}', path=path, reason=phrase(reason))
    _tell("file", said, phrase("Name another, or see to its folder and its permissions."), as_json=as_json)
    return 1


def _unexpected(error: Exception, arguments: Sequence[str], *, as_json: bool) -> int:
    from crmkit.core.phrase import phrase

    message = phrase(
        "Something unexpected happened: {kind}: {error}", kind=type(error).__name__, error=str(error)
    )
    if not as_json and _wants_more(arguments):
        _trace(error)
        hint = phrase("This is a defect in crmkit or in a plugin. Please report it with the lines above.")
    else:
        hint = phrase(
            "This is a defect in crmkit or in a plugin. The details are in {file}; "
            "please report it with them.",
            file=_written(error),
        )
    _tell("unexpected", message, hint, as_json=as_json)
    return 1


def _wants_more(arguments: Sequence[str]) -> bool:
    return bool({"-v", "--verbose"} & set(arguments))


def _trace(error: BaseException) -> None:
    import traceback

    traceback.print_exception(error)


def _written(error: Exception) -> str:
    """A file that holds the traceback, readable by its owner alone."""
    import tempfile
    import traceback

    descriptor, path = tempfile.mkstemp(prefix="crmkit-error-", suffix=".txt")
    with os.fdopen(descriptor, "w", encoding="utf-8", errors="backslashreplace") as file:
        file.writelines(traceback.format_exception(error))
    return path
