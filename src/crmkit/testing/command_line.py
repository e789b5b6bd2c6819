"""The command line in this process."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from attrs import frozen


@frozen
class Answer:
    """What a run of `crm` left: its exit status, the data on stdout, the talk on stderr."""

    status: int
    stdout: str
    stderr: str

    @property
    def json(self) -> Any:
        """The document on stdout."""
        return json.loads(self.stdout)


def run_crm(*arguments: object, input: str | None = None, env: Mapping[str, str] | None = None) -> Answer:  # noqa: A002 - as `subprocess.run` has it
    """Run `crm` with these arguments, as a shell would, and wait for its end.

    `env` is added to the environment. Nothing is a terminal, so nothing is coloured and nothing is asked; it
    speaks English, whatever the computer does, unless `env` has another `CRMKIT_LANGUAGE`. The business is
    opened anew, by the clock of the computer or of its `crm.toml`, not by that of a test.
    """
    from click.testing import CliRunner

    from crmkit.cli.root import crm

    spoken = {"CRMKIT_LANGUAGE": "en", **(env or {})}
    words = [str(each) for each in arguments]
    result = CliRunner().invoke(crm, words, input=input, env=spoken, prog_name="crm")
    return Answer(result.exit_code, result.stdout, result.stderr)
